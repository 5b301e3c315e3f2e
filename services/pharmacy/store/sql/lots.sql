-- name: insert_lot
-- A lot comes into being by a movement: its first ledger row.
WITH inserted AS (
  INSERT INTO lot (id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, cost_amount, cost_currency,
                   supplier, returned_from, created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $13)
  RETURNING id, facility_id, medicine_id, status, on_hand, version, created_at, created_by
), history AS (
  INSERT INTO lot_transition (facility_id, lot_id, version, command, status, reason, at, actor_id)
  SELECT facility_id, id, version, lower($14), status, $15::text, created_at, created_by FROM inserted
)
INSERT INTO ledger (facility_id, at, lot_id, medicine_id, kind, delta, balance, reason, actor_id, ref)
SELECT facility_id, created_at, id, medicine_id, $14, on_hand, on_hand, $15::text, created_by, $16::uuid FROM inserted;

-- name: lock_lot
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot WHERE id = $1 AND facility_id = $2 FOR NO KEY UPDATE;

-- name: lock_lots
-- Always in the same order, so that two who want the same lots never wait for each other in a ring.
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot WHERE facility_id = $1 AND medicine_id = ANY ($2::uuid[]) AND on_hand > 0
ORDER BY expires_on, id
FOR NO KEY UPDATE;

-- name: save_lot
-- $6 NULL: no movement. Reservations are another statement's (move_stock).
WITH saved AS (
  UPDATE lot SET status = $3, on_hand = on_hand + $7::int, updated_at = $4, updated_by = $5, version = version + 1
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, medicine_id, status, on_hand, version, updated_at, updated_by
), history AS (
  INSERT INTO lot_transition (facility_id, lot_id, version, command, status, reason, witness, at, actor_id)
  SELECT facility_id, id, version, $8::text, status, $9::text, $10::text, updated_at, updated_by FROM saved
), movement AS (
  INSERT INTO ledger (facility_id, at, lot_id, medicine_id, kind, delta, balance, reason, actor_id)
  SELECT facility_id, updated_at, id, medicine_id, $6::text, $7::int, on_hand, $9::text, updated_by FROM saved
  WHERE $6::text IS NOT NULL
)
SELECT version, on_hand FROM saved;

-- name: move_stock
-- What a prescription's decision does to lots that are locked already: hand-overs ($4) and reservations ($5), in the
-- order of $3.
WITH moved AS (
  UPDATE lot SET on_hand = lot.on_hand + d.on_hand, reserved = lot.reserved + d.reserved
  FROM unnest($3::uuid[], $4::int[], $5::int[]) AS d (lot_id, on_hand, reserved)
  WHERE lot.id = d.lot_id AND lot.facility_id = $1
  RETURNING lot.id, lot.facility_id, lot.medicine_id, lot.on_hand, d.on_hand AS delta
), movement AS (
  INSERT INTO ledger (facility_id, at, lot_id, medicine_id, kind, delta, balance, actor_id, ref)
  SELECT facility_id, $6::timestamptz, id, medicine_id, 'DISPENSE', delta, on_hand, $7::uuid, $2::uuid FROM moved WHERE delta <> 0
)
SELECT count(*)::int AS n FROM moved;

-- name: get_lot
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot WHERE id = $1 AND facility_id = $2;

-- name: list_lots
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot
WHERE facility_id = $1 AND medicine_id = $2 AND ($3::date IS NULL OR (expires_on, id) > ($3, $4::uuid))
ORDER BY expires_on, id
LIMIT $5;

-- name: reserved_by
-- Who holds units of the lot; the caller has locked it, so nobody can be added.
SELECT DISTINCT prescription_id FROM reservation WHERE lot_id = $1 AND facility_id = $2 ORDER BY prescription_id;

-- name: list_ledger
SELECT id, at, lot_id, medicine_id, kind, delta, balance, reason, actor_id, ref
FROM ledger
WHERE facility_id = $1 AND ($2::uuid IS NULL OR medicine_id = $2) AND ($3::uuid IS NULL OR lot_id = $3)
  AND ($4::text IS NULL OR kind = $4)
  AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)
  AND ($7::bigint IS NULL OR id > $7)
ORDER BY id
LIMIT $8;
