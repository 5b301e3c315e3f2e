-- name: is_queue_taken
-- In whatever case. Of two made at the same moment only the same code is found out, by its key.
SELECT EXISTS (SELECT FROM queue WHERE facility_id = $1 AND id <> $2
               AND (lower(code) = lower($3::text) OR lower(name) = lower($4::text))) AS taken;

-- name: open_queue
-- The id is made from department and kind, so that a replayed fact opens nothing twice.
WITH opened AS (
  INSERT INTO queue (id, facility_id, department_id, code, name, kind, board_token, created_at, created_by, updated_at,
                     updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9)
  ON CONFLICT DO NOTHING
  RETURNING id, facility_id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.queue.v1', opened.id::text, e.type, opened.facility_id,
         opened.event_seq - cardinality($10::uuid[]) + e.n, e.payload, $13::uuid, $14::uuid, $15::text
  FROM opened, unnest($10::uuid[], $11::text[], $12::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM opened;

-- name: lock_queue
SELECT * FROM queue WHERE id = $1 AND facility_id = $2 FOR UPDATE;

-- name: save_queue
WITH saved AS (
  UPDATE queue SET name = $3, updated_at = $4, updated_by = $5,
    version = version + 1, event_seq = event_seq + cardinality($6::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.queue.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($6::uuid[]) + e.n, e.payload, $9::uuid, $10::uuid, $11::text
  FROM saved, unnest($6::uuid[], $7::text[], $8::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: get_queue
SELECT * FROM queue WHERE id = $1 AND facility_id = $2;

-- name: list_queues
SELECT * FROM queue
WHERE facility_id = $1 AND ($2::uuid IS NULL OR department_id = $2) AND ($3::text IS NULL OR kind = $3)
  AND ($4::text IS NULL OR (code, id) > ($4, $5::uuid))
ORDER BY code, id
LIMIT $6;

-- name: first_queue_of_kind
-- The department's first of a kind takes what events bring.
SELECT * FROM queue
WHERE facility_id = $1 AND department_id = $2 AND kind = $3
ORDER BY created_at, id
LIMIT 1;

-- name: get_department
SELECT id FROM department WHERE id = $1 AND facility_id = $2;
