-- name: insert_prescription
-- A repeated fact changes nothing. A visitor identified before the prescription arrived is known already.
INSERT INTO prescription (id, facility_id, number, status, patient_id, visitor_id, doctor_id, consultation_id, issued_at,
                          expires_on, created_at, created_by, updated_at, updated_by)
VALUES ($1, $2, $3, $4, coalesce($5::uuid, (SELECT v.patient_id FROM visitor v WHERE v.id = $6 AND v.facility_id = $2)),
        $6, $7, $8, $9, $10, $11, $12, $11, $12)
ON CONFLICT (id) DO NOTHING;

-- name: insert_items
INSERT INTO prescription_item (item_id, facility_id, prescription_id, position, free_text, medicine_id, name, strength, form,
                               dose, route, frequency, duration_days, instructions, quantity)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (item_id) DO NOTHING;

-- name: medicines_of
SELECT DISTINCT medicine_id FROM prescription_item
WHERE prescription_id = $1 AND facility_id = $2 AND medicine_id IS NOT NULL;

-- name: map_by_name
-- Free text that names exactly what is stocked needs nobody to map it.
UPDATE prescription_item i SET medicine_id = m.id
FROM medicine m
WHERE i.prescription_id = $1 AND i.facility_id = $2 AND i.medicine_id IS NULL
  AND m.facility_id = $2 AND m.active AND lower(m.name) = lower(i.name)
  AND lower(m.strength) = lower(i.strength) AND lower(m.form) = lower(i.form);

-- name: map_item
UPDATE prescription_item SET medicine_id = $4
WHERE item_id = $3 AND prescription_id = $1 AND facility_id = $2 AND free_text
  AND EXISTS (SELECT 1 FROM medicine m WHERE m.id = $4 AND m.facility_id = $2);

-- name: lock_prescription
SELECT id, facility_id, number, status, fulfilment, patient_id, visitor_id, doctor_id, consultation_id, issued_at,
       expires_on, ready_at, reserved_until, reason, version, created_at, created_by, updated_at, updated_by
FROM prescription WHERE id = $1 AND facility_id = $2 FOR NO KEY UPDATE;

-- name: items_of
-- $3: the facility's today, for what is available.
SELECT i.prescription_id, i.item_id, i.free_text, i.medicine_id, i.name, i.strength, i.form, i.dose, i.route, i.frequency,
       i.duration_days, i.instructions, i.quantity, i.dispensed,
       coalesce((SELECT sum(l.on_hand - l.reserved) FROM lot l
                 WHERE l.facility_id = $1 AND l.medicine_id = i.medicine_id AND l.status = 'AVAILABLE'
                   AND l.expires_on >= $3), 0) AS available
FROM prescription_item i
WHERE i.facility_id = $1 AND i.prescription_id = ANY ($2::uuid[])
ORDER BY i.prescription_id, i.position;

-- name: reservations_of
SELECT r.prescription_id, r.item_id, l.medicine_id, r.lot_id, l.lot_number, l.expires_on, r.quantity
FROM reservation r JOIN prescription_item i ON i.item_id = r.item_id JOIN lot l ON l.id = r.lot_id
WHERE r.facility_id = $1 AND r.prescription_id = ANY ($2::uuid[])
ORDER BY r.prescription_id, i.position, l.expires_on, l.id;

-- name: save_prescription
WITH saved AS (
  UPDATE prescription SET status = $3, fulfilment = $4, ready_at = $5, reserved_until = $6, reason = $7, updated_at = $8,
    updated_by = $9, version = version + 1, event_seq = event_seq + cardinality($10::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, fulfilment, updated_at, updated_by
), history AS (
  INSERT INTO prescription_transition (facility_id, prescription_id, version, event, status, fulfilment, reason, at, actor_id)
  SELECT saved.facility_id, saved.id, saved.version, e.type, saved.status, saved.fulfilment, $7, saved.updated_at,
         saved.updated_by
  FROM saved, unnest(CASE WHEN cardinality($11::text[]) > 0 THEN $11::text[] ELSE ARRAY[$16::text] END) AS e (type)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.dispense.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($10::uuid[]) + e.n, e.payload, $13::uuid, $14::uuid, $15::text
  FROM saved, unnest($10::uuid[], $11::text[], $12::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: add_dispensed
UPDATE prescription_item SET dispensed = dispensed + d.quantity
FROM unnest($3::uuid[], $4::int[]) AS d (item_id, quantity)
WHERE prescription_item.item_id = d.item_id AND prescription_id = $1 AND facility_id = $2;

-- name: clear_reservations
DELETE FROM reservation WHERE prescription_id = $1 AND facility_id = $2;

-- name: insert_reservations
INSERT INTO reservation (facility_id, prescription_id, item_id, lot_id, quantity)
SELECT $2, $1, r.item_id, r.lot_id, r.quantity FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS r (item_id, lot_id, quantity);

-- name: get_prescription
SELECT p.id, p.facility_id, p.number, p.status, p.fulfilment, p.patient_id, p.visitor_id, p.doctor_id, p.consultation_id,
       p.issued_at, p.expires_on, p.ready_at, p.reserved_until, p.reason, p.version, p.created_at, p.created_by,
       p.updated_at, p.updated_by,
       coalesce(pa.display_name, v.display_name) AS patient_name, pa.mrn, pa.birth_date, pa.allergies,
       d.display_name AS doctor_name
FROM prescription p
LEFT JOIN patient pa ON pa.id = p.patient_id AND pa.facility_id = p.facility_id
LEFT JOIN visitor v ON v.id = p.visitor_id AND v.facility_id = p.facility_id
LEFT JOIN doctor d ON d.id = p.doctor_id AND d.facility_id = p.facility_id
WHERE p.id = $1 AND p.facility_id = $2;

-- name: list_prescriptions
SELECT p.id, p.facility_id, p.number, p.status, p.fulfilment, p.patient_id, p.visitor_id, p.doctor_id, p.consultation_id,
       p.issued_at, p.expires_on, p.ready_at, p.reserved_until, p.reason, p.version, p.created_at, p.created_by,
       p.updated_at, p.updated_by,
       coalesce(pa.display_name, v.display_name) AS patient_name, pa.mrn, pa.birth_date, pa.allergies,
       d.display_name AS doctor_name
FROM prescription p
LEFT JOIN patient pa ON pa.id = p.patient_id AND pa.facility_id = p.facility_id
LEFT JOIN visitor v ON v.id = p.visitor_id AND v.facility_id = p.facility_id
LEFT JOIN doctor d ON d.id = p.doctor_id AND d.facility_id = p.facility_id
WHERE p.facility_id = $1
  AND ($2::boolean IS NULL
       OR (p.status = 'ISSUED' AND p.fulfilment IN ('NONE', 'RESERVED', 'PARTIAL')) = $2)
  AND ($3::text IS NULL OR p.status = $3) AND ($4::text IS NULL OR p.fulfilment = $4)
  AND ($5::text IS NULL
       OR strpos(public.unaccent(lower(p.number || ' ' || coalesce(pa.mrn, '') || ' ' ||
                                       coalesce(pa.display_name, v.display_name, ''))), public.unaccent(lower($5))) > 0)
  AND ($6::timestamptz IS NULL OR p.issued_at >= $6) AND ($7::timestamptz IS NULL OR p.issued_at < $7)
  AND ($8::timestamptz IS NULL OR (p.issued_at, p.id) > ($8, $9::uuid))
ORDER BY p.issued_at, p.id
LIMIT $10;

-- name: due_reservations
-- no facility: the job looks at all of them
SELECT id, facility_id FROM prescription WHERE reserved_until <= $1 ORDER BY reserved_until LIMIT 200;
