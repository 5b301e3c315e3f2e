-- name: insert_prescription
-- A repeated fact changes nothing. A visitor identified before the prescription arrived is known already.
INSERT INTO prescription (id, facility_id, number, status, patient_id, visitor_id, doctor_id, consultation_id, issued_at,
                          expires_on, created_at, created_by, updated_at, updated_by)
VALUES ($1, $2, $3, $4, coalesce($5::uuid, (SELECT v.patient_id FROM visitor v WHERE v.id = $6 AND v.facility_id = $2)),
        $6, $7, $8, $9, $10, $11, $12, $11, $12)
ON CONFLICT (id) DO NOTHING;

-- name: insert_items
-- Free text that names exactly what is stocked needs nobody to map it.
INSERT INTO prescription_item (item_id, facility_id, prescription_id, position, free_text, medicine_id, name, strength, form,
                               dose, route, frequency, duration_days, instructions, quantity)
SELECT i.item_id, $2, $1, i.n, i.medicine_id IS NULL, coalesce(i.medicine_id, m.id), i.name, i.strength, i.form, i.dose,
       i.route, i.frequency, i.duration_days, i.instructions, i.quantity
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::int[],
            $12::text[], $13::int[]) WITH ORDINALITY
  AS i (item_id, medicine_id, name, strength, form, dose, route, frequency, duration_days, instructions, quantity, n)
LEFT JOIN medicine m ON i.medicine_id IS NULL AND m.facility_id = $2 AND m.active AND lower(m.name) = lower(i.name)
  AND lower(m.strength) = lower(i.strength) AND lower(m.form) = lower(i.form)
ON CONFLICT (item_id) DO NOTHING;

-- name: map_by_name
-- For medicines that were added after the prescription arrived.
UPDATE prescription_item i SET medicine_id = m.id
FROM medicine m
WHERE i.prescription_id = $1 AND i.facility_id = $2 AND i.medicine_id IS NULL
  AND m.facility_id = $2 AND m.active AND lower(m.name) = lower(i.name)
  AND lower(m.strength) = lower(i.strength) AND lower(m.form) = lower(i.form)
RETURNING i.item_id, i.medicine_id;

-- name: map_items
-- Answers the items that were mapped; one that is missing names no medicine of ours.
UPDATE prescription_item SET medicine_id = m.id
FROM unnest($3::uuid[], $4::uuid[]) AS d (item_id, medicine_id)
JOIN medicine m ON m.id = d.medicine_id AND m.facility_id = $2
WHERE prescription_item.item_id = d.item_id AND prescription_id = $1 AND prescription_item.facility_id = $2 AND free_text
RETURNING prescription_item.item_id;

-- name: lock_prescription
SELECT id, facility_id, number, status, fulfilment, patient_id, visitor_id, doctor_id, consultation_id, issued_at,
       expires_on, ready_at, reserved_until, reason, version, created_at, created_by, updated_at, updated_by
FROM prescription WHERE id = $1 AND facility_id = $2 FOR NO KEY UPDATE;

-- name: items_of
-- $3: the facility's today, for what is available. A row for each item, or for each reservation of it.
SELECT i.prescription_id, i.item_id, i.free_text, i.medicine_id, i.name, i.strength, i.form, i.dose, i.route, i.frequency,
       i.duration_days, i.instructions, i.quantity AS prescribed, i.dispensed, i.available, r.lot_id, r.quantity,
       l.lot_number, l.expires_on
FROM (
  SELECT p.*, coalesce((SELECT sum(t.on_hand - t.reserved) FROM lot t
                        WHERE t.facility_id = $1 AND t.medicine_id = p.medicine_id AND t.status = 'AVAILABLE'
                          AND t.expires_on >= $3), 0) AS available
  FROM prescription_item p
  WHERE p.facility_id = $1 AND p.prescription_id = ANY ($2::uuid[])) i
LEFT JOIN reservation r ON r.item_id = i.item_id
LEFT JOIN lot l ON l.id = r.lot_id
ORDER BY i.prescription_id, i.position, l.expires_on, l.id;

-- name: save_prescription
-- $16: what else happened, for the history. $17…: the reservations that the prescription holds from now on; those before
-- were deleted by move_stock.
WITH saved AS (
  UPDATE prescription SET status = $3, fulfilment = $4, ready_at = $5, reserved_until = $6, reason = $7, updated_at = $8,
    updated_by = $9, version = version + 1, event_seq = event_seq + cardinality($10::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, fulfilment, updated_at, updated_by
), history AS (
  INSERT INTO prescription_transition (facility_id, prescription_id, version, event, status, fulfilment, reason, at, actor_id)
  SELECT saved.facility_id, saved.id, saved.version, e.type, saved.status, saved.fulfilment, $7, saved.updated_at,
         saved.updated_by
  FROM saved, unnest($11::text[] || $16::text[]) AS e (type)
), held AS (
  INSERT INTO reservation (facility_id, prescription_id, item_id, lot_id, quantity)
  SELECT saved.facility_id, saved.id, r.item_id, r.lot_id, r.quantity
  FROM saved, unnest($17::uuid[], $18::uuid[], $19::int[]) AS r (item_id, lot_id, quantity)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.dispense.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($10::uuid[]) + e.n, e.payload, $13::uuid, $14::uuid, $15::text
  FROM saved, unnest($10::uuid[], $11::text[], $12::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

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

-- name: list_pending
-- The work list, who waits longest first; its condition is that of the partial index prescription_pending.
SELECT p.id, p.facility_id, p.number, p.status, p.fulfilment, p.patient_id, p.visitor_id, p.doctor_id, p.consultation_id,
       p.issued_at, p.expires_on, p.ready_at, p.reserved_until, p.reason, p.version, p.created_at, p.created_by,
       p.updated_at, p.updated_by,
       coalesce(pa.display_name, v.display_name) AS patient_name, pa.mrn, pa.birth_date, pa.allergies,
       d.display_name AS doctor_name
FROM prescription p
LEFT JOIN patient pa ON pa.id = p.patient_id AND pa.facility_id = p.facility_id
LEFT JOIN visitor v ON v.id = p.visitor_id AND v.facility_id = p.facility_id
LEFT JOIN doctor d ON d.id = p.doctor_id AND d.facility_id = p.facility_id
WHERE p.facility_id = $1 AND p.status = 'ISSUED' AND p.fulfilment IN ('NONE', 'RESERVED', 'PARTIAL')
  AND ($2::text IS NULL OR p.status = $2) AND ($3::text IS NULL OR p.fulfilment = $3)
  AND ($4::text IS NULL
       OR strpos(public.unaccent(lower(p.number || ' ' || coalesce(pa.mrn, '') || ' ' ||
                                       coalesce(pa.display_name, v.display_name, ''))), public.unaccent(lower($4))) > 0)
  AND ($5::timestamptz IS NULL OR p.issued_at >= $5) AND ($6::timestamptz IS NULL OR p.issued_at < $6)
  AND ($7::timestamptz IS NULL OR (p.issued_at, p.id) > ($7, $8::uuid))
ORDER BY p.issued_at, p.id
LIMIT $9;

-- name: list_history
-- All of them ($10 NULL), or those that are not pending; the newest first.
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
  AND ($10::boolean IS NULL OR NOT (p.status = 'ISSUED' AND p.fulfilment IN ('NONE', 'RESERVED', 'PARTIAL')))
  AND ($2::text IS NULL OR p.status = $2) AND ($3::text IS NULL OR p.fulfilment = $3)
  AND ($4::text IS NULL
       OR strpos(public.unaccent(lower(p.number || ' ' || coalesce(pa.mrn, '') || ' ' ||
                                       coalesce(pa.display_name, v.display_name, ''))), public.unaccent(lower($4))) > 0)
  AND ($5::timestamptz IS NULL OR p.issued_at >= $5) AND ($6::timestamptz IS NULL OR p.issued_at < $6)
  AND ($7::timestamptz IS NULL OR (p.issued_at, p.id) < ($7, $8::uuid))
ORDER BY p.issued_at DESC, p.id DESC
LIMIT $9;

-- name: due_reservations
-- no facility: the job looks at all of them
SELECT id, facility_id FROM prescription WHERE reserved_until <= $1 ORDER BY reserved_until LIMIT 200;
