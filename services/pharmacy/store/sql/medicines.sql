-- name: insert_medicine
WITH inserted AS (
  INSERT INTO medicine (id, facility_id, name, strength, form, unit, price_amount, price_currency, minimum_level, active,
                        created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12)
  RETURNING id, facility_id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.medicine.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($13::uuid[]) + e.n, e.payload, $16::uuid, $17::uuid, $18::text
  FROM inserted, unnest($13::uuid[], $14::text[], $15::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
), touched AS (
  INSERT INTO stock_touched (facility_id, medicine_id) SELECT facility_id, id FROM inserted
)
SELECT id FROM inserted;

-- name: lock_medicine
SELECT id, facility_id, name, strength, form, unit, price_amount, price_currency, minimum_level, active, status_reason, version,
       created_at, created_by, updated_at, updated_by
FROM medicine WHERE id = $1 AND facility_id = $2 FOR NO KEY UPDATE;

-- name: save_medicine
WITH saved AS (
  UPDATE medicine SET name = $3, strength = $4, form = $5, unit = $6, price_amount = $7, price_currency = $8,
    minimum_level = $9, active = $10, status_reason = $11, updated_at = $12, updated_by = $13,
    version = version + 1, event_seq = event_seq + cardinality($14::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.medicine.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($14::uuid[]) + e.n, e.payload, $17::uuid, $18::uuid, $19::text
  FROM saved, unnest($14::uuid[], $15::text[], $16::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
), touched AS (
  INSERT INTO stock_touched (facility_id, medicine_id) SELECT facility_id, id FROM saved
)
SELECT version FROM saved;

-- name: emit_stock_events
WITH saved AS (
  UPDATE medicine SET stock_seq = stock_seq + cardinality($3::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, stock_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.stock.v1', saved.id::text, e.type, saved.facility_id,
         saved.stock_seq - cardinality($3::uuid[]) + e.n, e.payload, $6::uuid, $7::uuid, $8::text
  FROM saved, unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT stock_seq FROM saved;

-- name: get_medicine
-- $3: the facility's today.
SELECT m.id, m.facility_id, m.name, m.strength, m.form, m.unit, m.price_amount, m.price_currency, m.minimum_level,
       m.active, m.status_reason, m.version, m.created_at, m.created_by, m.updated_at, m.updated_by,
       s.on_hand, s.reserved, s.available
FROM medicine m
CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.on_hand), 0) AS on_hand, coalesce(sum(l.reserved), 0) AS reserved,
         coalesce(sum(l.on_hand - l.reserved) FILTER (WHERE l.status = 'AVAILABLE' AND l.expires_on >= $3), 0) AS available
  FROM lot l WHERE l.facility_id = m.facility_id AND l.medicine_id = m.id) s
WHERE m.id = $1 AND m.facility_id = $2;

-- name: list_medicines
-- $2: the facility's today.
SELECT m.id, m.facility_id, m.name, m.strength, m.form, m.unit, m.price_amount, m.price_currency, m.minimum_level,
       m.active, m.status_reason, m.version, m.created_at, m.created_by, m.updated_at, m.updated_by,
       s.on_hand, s.reserved, s.available
FROM medicine m
CROSS JOIN LATERAL (
  SELECT coalesce(sum(l.on_hand), 0) AS on_hand, coalesce(sum(l.reserved), 0) AS reserved,
         coalesce(sum(l.on_hand - l.reserved) FILTER (WHERE l.status = 'AVAILABLE' AND l.expires_on >= $2), 0) AS available
  FROM lot l WHERE l.facility_id = m.facility_id AND l.medicine_id = m.id) s
WHERE m.facility_id = $1 AND ($3::boolean IS NULL OR m.active = $3)
  AND ($4::boolean IS NULL OR (s.available <= m.minimum_level) = $4)
  AND ($5::text IS NULL
       OR strpos(public.unaccent(lower(m.name || ' ' || m.strength || ' ' || m.form)), public.unaccent(lower($5))) > 0)
  AND ($6::text IS NULL OR (m.name, m.id) > ($6, $7::uuid))
ORDER BY m.name, m.id
LIMIT $8;

-- name: known_medicines
-- What makes each medicine of the facility one, folded as medicine_key does.
SELECT id, lower(name) AS name, lower(strength) AS strength, lower(form) AS form FROM medicine WHERE facility_id = $1;

-- name: fold_medicines
-- no facility: the texts of a file
SELECT lower(m.name) AS name, lower(m.strength) AS strength, lower(m.form) AS form
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS m (name, strength, form, n)
ORDER BY m.n;

-- name: lots_received
-- Which of these lots (medicine, number, last day) were received already; places count from 0.
SELECT DISTINCT n.place - 1 AS place
FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS n (medicine_id, lot_number, expires_on, place)
JOIN lot l ON l.facility_id = $1 AND l.medicine_id = n.medicine_id AND l.lot_number = n.lot_number
          AND l.expires_on = n.expires_on::date AND l.returned_from IS NULL
ORDER BY place;
