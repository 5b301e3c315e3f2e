-- name: record_visitor
WITH recorded AS (
  INSERT INTO visitor (id, facility_id, name, phone, recorded_at) VALUES ($1, $2, $3, $4, $5)
  RETURNING id, facility_id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.visitor.v1', recorded.id::text, e.type, recorded.facility_id,
         recorded.event_seq - cardinality($6::uuid[]) + e.n, e.payload, $9::uuid, $10::uuid, $11::text
  FROM recorded, unnest($6::uuid[], $7::text[], $8::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM recorded;

-- name: lock_visitor
SELECT id, facility_id, name, phone, patient_id FROM visitor WHERE id = $1 AND facility_id = $2 FOR UPDATE;

-- name: identify_visitor
WITH identified AS (
  UPDATE visitor SET patient_id = $3, identified_at = $4, event_seq = event_seq + cardinality($5::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.visitor.v1', identified.id::text, e.type, identified.facility_id,
         identified.event_seq - cardinality($5::uuid[]) + e.n, e.payload, $8::uuid, $9::uuid, $10::text
  FROM identified, unnest($5::uuid[], $6::text[], $7::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM identified;

-- name: visitors_to_erase
SELECT v.id, v.facility_id FROM visitor v JOIN facility f ON f.id = v.facility_id
WHERE v.erased_at IS NULL AND v.recorded_at <= $1::timestamptz - f.visitor_days * interval '1 day'
ORDER BY v.recorded_at
LIMIT 200;

-- name: erase_visitor
-- The name goes everywhere by one tombstone; the row stays for its record.
WITH erased AS (
  UPDATE visitor SET name = NULL, phone = NULL, erased_at = $3, event_seq = event_seq + cardinality($4::uuid[])
  WHERE id = $1 AND facility_id = $2 AND erased_at IS NULL
  RETURNING id, facility_id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.visitor.v1', erased.id::text, e.type, erased.facility_id,
         erased.event_seq - cardinality($4::uuid[]) + e.n, e.payload, $7::uuid, $8::uuid, $9::text
  FROM erased, unnest($4::uuid[], $5::text[], $6::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM erased;
