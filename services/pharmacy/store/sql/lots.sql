-- name: insert_lot
-- A lot comes into being by a movement: its first ledger row.
WITH inserted AS (
  INSERT INTO lot (id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, quantity, ledger_seq, cost_amount,
                   cost_currency, supplier, returned_from, created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1, $8, $9, $10, $11, $12, $13, $12, $13)
  RETURNING id, facility_id, medicine_id, status, on_hand, version, created_at, created_by
), history AS (
  INSERT INTO lot_transition (facility_id, lot_id, version, command, status, reason, at, actor_id)
  SELECT facility_id, id, version, lower($14), status, $15::text, created_at, created_by FROM inserted
), touched AS (
  INSERT INTO stock_touched (facility_id, medicine_id) SELECT facility_id, medicine_id FROM inserted
)
INSERT INTO ledger (facility_id, at, lot_id, medicine_id, kind, seq, balance_before, delta, balance, reason, actor_id, ref)
SELECT facility_id, created_at, id, medicine_id, $14, 1, 0, on_hand, on_hand, $15::text, created_by, $16::uuid
FROM inserted;

-- name: lock_lot
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, quantity, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot WHERE id = $1 AND facility_id = $2 FOR NO KEY UPDATE;

-- name: lock_lots_of
-- The lots that may serve a prescription ($1), free text counted by its name, and those of the medicines $3 that its
-- lines are about to be mapped to. Always in the same order, so that two who want the same lots never wait for each
-- other in a ring.
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, quantity, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot
WHERE facility_id = $2 AND on_hand > 0 AND medicine_id IN (
  SELECT coalesce(i.medicine_id, m.id)
  FROM prescription_item i
  LEFT JOIN medicine m ON i.medicine_id IS NULL AND m.facility_id = $2 AND m.active AND lower(m.name) = lower(i.name)
    AND lower(m.strength) = lower(i.strength) AND lower(m.form) = lower(i.form)
  WHERE i.prescription_id = $1 AND i.facility_id = $2
  UNION ALL SELECT unnest($3::uuid[]))
ORDER BY expires_on, id
FOR NO KEY UPDATE;

-- name: save_lot
-- $6 NULL: no movement. Reservations are another statement's (move_stock).
WITH saved AS (
  UPDATE lot SET status = $3, on_hand = on_hand + $7::int, ledger_seq = ledger_seq + ($6::text IS NOT NULL)::int,
    updated_at = $4, updated_by = $5, version = version + 1
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, medicine_id, status, on_hand, ledger_seq, version, updated_at, updated_by
), history AS (
  INSERT INTO lot_transition (facility_id, lot_id, version, command, status, reason, witness, at, actor_id)
  SELECT facility_id, id, version, $8::text, status, $9::text, $10::text, updated_at, updated_by FROM saved
), movement AS (
  INSERT INTO ledger (facility_id, at, lot_id, medicine_id, kind, seq, balance_before, delta, balance, reason, actor_id)
  SELECT facility_id, updated_at, id, medicine_id, $6::text, ledger_seq, on_hand - $7::int, $7::int, on_hand, $9::text,
         updated_by
  FROM saved WHERE $6::text IS NOT NULL
), touched AS (
  INSERT INTO stock_touched (facility_id, medicine_id) SELECT facility_id, medicine_id FROM saved
)
SELECT version, on_hand FROM saved;

-- name: move_stock
-- What a prescription's decision does to lots that are locked already: hand-overs ($4) and reservations ($5), in the
-- order of $3. The reservations that follow are inserted by save_prescription.
WITH moved AS (
  UPDATE lot SET on_hand = lot.on_hand + d.on_hand, reserved = lot.reserved + d.reserved,
    ledger_seq = lot.ledger_seq + (d.on_hand <> 0)::int
  FROM unnest($3::uuid[], $4::int[], $5::int[]) AS d (lot_id, on_hand, reserved)
  WHERE lot.id = d.lot_id AND lot.facility_id = $1
  RETURNING lot.id, lot.facility_id, lot.medicine_id, lot.on_hand, lot.ledger_seq, d.on_hand AS delta
), movement AS (
  INSERT INTO ledger (facility_id, at, lot_id, medicine_id, kind, seq, balance_before, delta, balance, reason, actor_id, ref)
  SELECT facility_id, $6::timestamptz, id, medicine_id, 'DISPENSE', ledger_seq, on_hand - delta, delta, on_hand, $8::text,
         $7::uuid, $9::uuid
  FROM moved WHERE delta <> 0
), touched AS (
  INSERT INTO stock_touched (facility_id, medicine_id) SELECT DISTINCT facility_id, medicine_id FROM moved
), freed AS (
  DELETE FROM reservation WHERE prescription_id = $2 AND facility_id = $1
)
SELECT count(*)::int AS n FROM moved;

-- name: get_lot
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, quantity, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot WHERE id = $1 AND facility_id = $2;

-- name: list_lots
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, quantity, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot
WHERE facility_id = $1 AND medicine_id = $2 AND ($3::date IS NULL OR (expires_on, id) > ($3, $4::uuid))
ORDER BY expires_on, id
LIMIT $5;

-- name: lock_returns
-- What came back of a lot that is locked already; their order follows it in that of every lock.
SELECT id, facility_id, medicine_id, lot_number, expires_on, status, on_hand, reserved, quantity, cost_amount, cost_currency,
       supplier, returned_from, version, created_at, created_by, updated_at, updated_by
FROM lot WHERE returned_from = $1 AND facility_id = $2
ORDER BY id
FOR NO KEY UPDATE;

-- name: reserved_by
-- Who holds units of the lot; the caller has locked it, so nobody can be added.
SELECT DISTINCT prescription_id FROM reservation WHERE lot_id = $1 AND facility_id = $2 ORDER BY prescription_id;

-- name: reserved_on_expired
-- no facility: the job looks at all of them
SELECT l.id, l.facility_id FROM lot l JOIN facility f ON f.id = l.facility_id
WHERE l.reserved > 0 AND l.expires_on < ($1::timestamptz AT TIME ZONE f.zone)::date
ORDER BY l.expires_on, l.id LIMIT 200;

-- name: list_ledger
SELECT g.id, g.at, g.lot_id, l.lot_number, g.medicine_id, m.name, m.strength, m.form, g.kind, g.delta, g.balance, g.reason,
       g.actor_id, g.ref
FROM ledger g JOIN lot l ON l.id = g.lot_id JOIN medicine m ON m.id = g.medicine_id
WHERE g.facility_id = $1 AND ($2::uuid IS NULL OR g.medicine_id = $2) AND ($3::uuid IS NULL OR g.lot_id = $3)
  AND ($4::text IS NULL OR g.kind = $4)
  AND ($5::timestamptz IS NULL OR g.at >= $5) AND ($6::timestamptz IS NULL OR g.at < $6)
  AND ($7::bigint IS NULL OR g.id > $7)
ORDER BY g.id
LIMIT $8;

-- name: recalls_of
SELECT version FROM lot_transition WHERE lot_id = $1 AND facility_id = $2 AND command = 'recall' LIMIT 1;
