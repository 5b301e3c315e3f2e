-- name: insert_facility
WITH inserted AS (
  INSERT INTO facility (id, code, name, zone, currency, locale, address, phone, day_cap, urgent_seats,
                        desk_may_complete, no_show_grace_min, max_calls, staging_factor, reminders_min,
                        prescription_days, reservation_h, visitor_days, stock_digest_to,
                        created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::int[], $16, $17, $18, $19::text[],
          $20, $21, $20, $21)
  RETURNING id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.facility.v1', inserted.id::text, e.type, inserted.id,
         inserted.event_seq - cardinality($22::uuid[]) + e.n, e.payload, $25::uuid, $26::uuid, $27::text
  FROM inserted, unnest($22::uuid[], $23::text[], $24::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: lock_facility
-- no facility: the id is the facility
SELECT * FROM facility WHERE id = $1 FOR UPDATE;

-- name: save_facility
WITH saved AS (
  UPDATE facility SET code = $2, name = $3, zone = $4, currency = $5, locale = $6, address = $7, phone = $8,
    day_cap = $9, urgent_seats = $10, desk_may_complete = $11, no_show_grace_min = $12, max_calls = $13,
    staging_factor = $14, reminders_min = $15::int[], prescription_days = $16, reservation_h = $17,
    visitor_days = $18, stock_digest_to = $19::text[], updated_at = $20, updated_by = $21,
    version = version + 1, event_seq = event_seq + cardinality($22::uuid[])
  WHERE id = $1
  RETURNING id, version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.facility.v1', saved.id::text, e.type, saved.id,
         saved.event_seq - cardinality($22::uuid[]) + e.n, e.payload, $25::uuid, $26::uuid, $27::text
  FROM saved, unnest($22::uuid[], $23::text[], $24::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: get_facility
-- no facility: the id is the facility
SELECT * FROM facility WHERE id = $1;

-- name: list_facilities
-- no facility: the list of facilities itself
SELECT * FROM facility WHERE $1::text IS NULL OR (code, id) > ($1, $2::uuid) ORDER BY code, id LIMIT $3;

-- name: unknown_facilities
-- no facility: which of the ids are none
SELECT wanted.id FROM unnest($1::uuid[]) AS wanted (id) LEFT JOIN facility f ON f.id = wanted.id WHERE f.id IS NULL;

-- name: freeze_zone
-- no facility: the id is the facility
UPDATE facility SET zone_frozen = true WHERE id = $1 AND NOT zone_frozen;

-- name: lock_first_start
-- no facility: replicas that start together make the first facility once
SELECT pg_advisory_xact_lock(hashtextextended('first-start:' || current_schema(), 0));

-- name: any_facility
-- no facility: the first one, by code
SELECT id FROM facility ORDER BY created_at, id LIMIT 1;
