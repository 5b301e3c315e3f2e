-- name: insert_dispense
-- The hand-over, its lines at today's prices (which it answers), and what that makes of the prescription's items.
WITH inserted AS (
  INSERT INTO dispense (id, facility_id, prescription_id, note, handed_over_at, handed_over_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $5, $6)
  RETURNING id, facility_id, prescription_id
), handed AS (
  SELECT l.n, l.item_id, l.medicine_id, l.lot_id, l.quantity
  FROM unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::int[]) WITH ORDINALITY AS l (item_id, medicine_id, lot_id, quantity, n)
), lines AS (
  INSERT INTO dispense_line (facility_id, dispense_id, position, item_id, medicine_id, lot_id, quantity, price_amount,
                             price_currency)
  SELECT inserted.facility_id, inserted.id, h.n, h.item_id, h.medicine_id, h.lot_id, h.quantity, m.price_amount,
         m.price_currency
  FROM inserted, handed h JOIN medicine m ON m.id = h.medicine_id AND m.facility_id = $2
  RETURNING position, price_amount, price_currency
), items AS (
  UPDATE prescription_item SET dispensed = dispensed + h.quantity
  FROM inserted, (SELECT item_id, sum(quantity) AS quantity FROM handed GROUP BY item_id) h
  WHERE prescription_item.item_id = h.item_id AND prescription_item.prescription_id = inserted.prescription_id
    AND prescription_item.facility_id = inserted.facility_id
)
SELECT position, price_amount, price_currency FROM lines ORDER BY position;

-- name: get_dispense
SELECT d.id, d.facility_id, d.prescription_id, p.patient_id, p.number, d.note, d.handed_over_at, d.handed_over_by,
       d.version, d.updated_at, d.updated_by
FROM dispense d JOIN prescription p ON p.id = d.prescription_id
WHERE d.id = $1 AND d.facility_id = $2;

-- name: lock_dispense
SELECT d.id, d.facility_id, d.prescription_id, p.patient_id, p.number, d.note, d.handed_over_at, d.handed_over_by,
       d.version, d.updated_at, d.updated_by
FROM dispense d JOIN prescription p ON p.id = d.prescription_id
WHERE d.id = $1 AND d.facility_id = $2
FOR NO KEY UPDATE OF d;

-- name: list_dispenses
SELECT d.id, d.facility_id, d.prescription_id, p.patient_id, p.number, d.note, d.handed_over_at, d.handed_over_by,
       d.version, d.updated_at, d.updated_by
FROM dispense d JOIN prescription p ON p.id = d.prescription_id
WHERE d.facility_id = $1 AND ($2::uuid IS NULL OR d.prescription_id = $2)
  AND ($3::timestamptz IS NULL OR (d.handed_over_at, d.id) > ($3, $4::uuid))
ORDER BY d.handed_over_at, d.id
LIMIT $5;

-- name: dispenses_of
SELECT d.id, d.facility_id, d.prescription_id, p.patient_id, p.number, d.note, d.handed_over_at, d.handed_over_by,
       d.version, d.updated_at, d.updated_by
FROM dispense d JOIN prescription p ON p.id = d.prescription_id
WHERE d.facility_id = $1 AND d.prescription_id = ANY ($2::uuid[])
ORDER BY d.prescription_id, d.handed_over_at, d.id;

-- name: dispense_lines_of
SELECT l.dispense_id, l.item_id, l.medicine_id, l.lot_id, t.lot_number, t.expires_on, l.quantity, l.returned,
       m.name AS medicine_name, m.strength, m.form, m.unit, l.price_amount, l.price_currency
FROM dispense_line l JOIN lot t ON t.id = l.lot_id JOIN medicine m ON m.id = l.medicine_id
WHERE l.facility_id = $1 AND l.dispense_id = ANY ($2::uuid[])
ORDER BY l.dispense_id, l.position;

-- name: add_returned
WITH saved AS (
  UPDATE dispense SET version = version + 1, updated_at = $3, updated_by = $4 WHERE id = $1 AND facility_id = $2
  RETURNING version
), lines AS (
  UPDATE dispense_line SET returned = r.returned
  FROM unnest($5::uuid[], $6::uuid[], $7::int[]) AS r (item_id, lot_id, returned)
  WHERE dispense_line.dispense_id = $1 AND dispense_line.facility_id = $2 AND dispense_line.item_id = r.item_id
    AND dispense_line.lot_id = r.lot_id
)
SELECT version FROM saved;

-- name: insert_return
INSERT INTO dispense_return (facility_id, dispense_id, version, lot_id, into_lot_id, quantity, reason, at, actor_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
