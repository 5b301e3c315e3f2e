-- name: active_rules
-- The facility's own newest rule set, else the one that came with the service.
SELECT version, rules::text AS rules FROM rule_set
WHERE facility_id IN ($1, '00000000-0000-0000-0000-000000000000')
ORDER BY facility_id = $1 DESC, activated_at DESC
LIMIT 1;

-- name: rules_of_version
SELECT version, rules::text AS rules FROM rule_set
WHERE facility_id IN ($1, '00000000-0000-0000-0000-000000000000') AND version = $2
ORDER BY facility_id = $1 DESC
LIMIT 1;

-- name: activate_rules
-- A version is never changed once it is there: cases name it.
INSERT INTO rule_set (facility_id, version, rules, activated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (facility_id, version) DO NOTHING
RETURNING version;

-- name: add_triage_case
INSERT INTO triage_case (id, facility_id, queue_entry_id, at, actor_id, rule_set, input, level, override_level)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: triage_cases
SELECT id, at, rule_set, input::text AS input, level FROM triage_case
WHERE facility_id = $1 AND at >= $2 AND at < $3 AND (at, id) > ($4::timestamptz, $5::uuid)
ORDER BY at, id
LIMIT 500;

-- name: add_assessment
WITH made AS (
  INSERT INTO assessment (id, facility_id, patient_id, at, valid_until, rule_set, level, input)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING id, facility_id
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.assessment.v1', made.id::text, e.type, made.facility_id, e.n, e.payload,
         $12::uuid, $13::uuid, $14::text
  FROM made, unnest($9::uuid[], $10::text[], $11::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM made;
