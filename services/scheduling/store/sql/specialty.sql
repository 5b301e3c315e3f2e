-- name: insert_specialty
WITH inserted AS (
  INSERT INTO specialty (id, facility_id, code, name, active, created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)
  RETURNING id, facility_id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.specialty.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($8::uuid[]) + e.n, e.payload, $11::uuid, $12::uuid, $13::text
  FROM inserted, unnest($8::uuid[], $9::text[], $10::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: lock_specialty
SELECT * FROM specialty WHERE id = $1 AND facility_id = $2 FOR UPDATE;

-- name: save_specialty
WITH saved AS (
  UPDATE specialty SET code = $3, name = $4, active = $5, status_reason = $6, updated_at = $7, updated_by = $8,
    version = version + 1, event_seq = event_seq + cardinality($9::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.specialty.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($9::uuid[]) + e.n, e.payload, $12::uuid, $13::uuid, $14::text
  FROM saved, unnest($9::uuid[], $10::text[], $11::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: get_specialty
SELECT * FROM specialty WHERE id = $1 AND facility_id = $2;

-- name: list_specialty
SELECT * FROM specialty
WHERE facility_id = $1 AND ($2::boolean IS NULL OR active = $2)
  AND ($3::text IS NULL OR (code, id) > ($3, $4::uuid))
ORDER BY code, id
LIMIT $5;
