-- name: next_prescription_number
-- Numbers of a facility and year are gap-free: the row stays locked until the prescription is committed.
INSERT INTO prescription_counter (facility_id, year, last_number) VALUES ($1, $2, 1)
ON CONFLICT (facility_id, year) DO UPDATE SET last_number = prescription_counter.last_number + 1
RETURNING last_number;

-- name: insert_prescription
WITH inserted AS (
  INSERT INTO prescription (id, facility_id, consultation_id, patient_id, visitor_id, doctor_id, number, status,
                            fulfilment, issued_at, expires_on, replaces, notes, event_seq, created_at, created_by,
                            updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'NONE', $9, $10, $11, $12, cardinality($28::uuid[]), $13, $14, $13, $14)
  RETURNING id, facility_id, version, event_seq, status, fulfilment, created_at, created_by
), items AS (
  INSERT INTO prescription_item (id, facility_id, prescription_id, position, medicine_id, medicine_name,
                                 medicine_strength, medicine_form, dose, route, frequency, duration_days, quantity,
                                 quantity_derived, instructions)
  SELECT i.id, inserted.facility_id, inserted.id, i.position, i.medicine_id, i.name, i.strength, i.form, i.dose, i.route,
         i.frequency, i.duration_days, i.quantity, i.derived = 1, i.instructions
  FROM inserted,
       unnest($15::uuid[], $16::uuid[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[],
              $23::int[], $24::int[], $25::int[], $26::text[]) WITH ORDINALITY
         AS i (id, medicine_id, name, strength, form, dose, route, frequency, duration_days, quantity, derived,
               instructions, position)
), history AS (
  INSERT INTO prescription_transition (facility_id, prescription_id, version, event, status, fulfilment, at, actor_id)
  SELECT inserted.facility_id, inserted.id, inserted.version, h.event, inserted.status, inserted.fulfilment,
         inserted.created_at, inserted.created_by
  FROM inserted, unnest($27::text[]) AS h (event)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.prescription.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($28::uuid[]) + e.n, e.payload, $31::uuid, $32::uuid, $33::text
  FROM inserted, unnest($28::uuid[], $29::text[], $30::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: lock_prescription
SELECT p.id, p.facility_id, p.consultation_id, p.patient_id, p.visitor_id, p.doctor_id, p.number, p.status, p.fulfilment,
       p.issued_at, p.expires_on, p.status_reason, p.replaces, p.notes, p.version, p.created_at, p.created_by, p.updated_at,
       p.updated_by, f.zone, f.prescription_days
FROM prescription p LEFT JOIN facility f ON f.id = p.facility_id
WHERE p.id = $1 AND p.facility_id = $2
FOR UPDATE OF p;

-- name: lock_drafts_of_consultation
SELECT p.id, p.facility_id, p.consultation_id, p.patient_id, p.visitor_id, p.doctor_id, p.number, p.status, p.fulfilment,
       p.issued_at, p.expires_on, p.status_reason, p.replaces, p.notes, p.version, p.created_at, p.created_by, p.updated_at,
       p.updated_by, f.zone, f.prescription_days
FROM prescription p LEFT JOIN facility f ON f.id = p.facility_id
WHERE p.consultation_id = $1 AND p.facility_id = $2 AND p.status = 'DRAFT'
ORDER BY p.id
FOR UPDATE OF p;

-- name: save_prescription
WITH saved AS (
  UPDATE prescription SET
    status = $3, fulfilment = $4, issued_at = $5, expires_on = $6, status_reason = $7, replaces = $8, notes = $9,
    updated_at = $10, updated_by = $11, version = version + 1, event_seq = event_seq + cardinality($13::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, fulfilment, status_reason, updated_at, updated_by
), history AS (
  INSERT INTO prescription_transition (facility_id, prescription_id, version, event, status, fulfilment, reason, at,
                                       actor_id)
  SELECT saved.facility_id, saved.id, saved.version, h.event, saved.status, saved.fulfilment, saved.status_reason,
         saved.updated_at, saved.updated_by
  FROM saved, unnest($12::text[]) AS h (event)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.prescription.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($13::uuid[]) + e.n, e.payload, $16::uuid, $17::uuid, $18::text
  FROM saved, unnest($13::uuid[], $14::text[], $15::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: delete_items
-- Of a draft, before it gets others.
DELETE FROM prescription_item WHERE prescription_id = $1 AND facility_id = $2;

-- name: insert_items
INSERT INTO prescription_item (id, facility_id, prescription_id, position, medicine_id, medicine_name, medicine_strength,
                               medicine_form, dose, route, frequency, duration_days, quantity, quantity_derived,
                               instructions)
SELECT i.id, $2, $1, i.position, i.medicine_id, i.name, i.strength, i.form, i.dose, i.route, i.frequency, i.duration_days,
       i.quantity, i.derived = 1, i.instructions
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::int[],
            $12::int[], $13::int[], $14::text[]) WITH ORDINALITY
       AS i (id, medicine_id, name, strength, form, dose, route, frequency, duration_days, quantity, derived, instructions,
             position);

-- name: get_prescription
SELECT p.id, p.facility_id, p.consultation_id, p.patient_id, p.visitor_id, p.doctor_id, p.number, p.status, p.fulfilment,
       p.issued_at, p.expires_on, p.status_reason, p.replaces, p.notes, p.version, p.created_at, p.created_by, p.updated_at,
       p.updated_by
FROM prescription p WHERE p.id = $1 AND p.facility_id = $2;

-- name: items_of_prescriptions
SELECT i.id, i.prescription_id, i.medicine_id, i.medicine_name, i.medicine_strength, i.medicine_form, i.dose, i.route,
       i.frequency, i.duration_days, i.quantity, i.quantity_derived, i.instructions
FROM prescription_item i
WHERE i.facility_id = $1 AND i.prescription_id = ANY ($2::uuid[])
ORDER BY i.prescription_id, i.position;

-- name: list_prescriptions
-- Newest first, keyset by (created_at, id); readers as in list_consultations. A patient sees what was issued.
SELECT p.id, p.facility_id, p.consultation_id, p.patient_id, p.visitor_id, p.doctor_id, p.number, p.status, p.fulfilment,
       p.issued_at, p.expires_on, p.status_reason, p.replaces, p.notes, p.version, p.created_at, p.created_by, p.updated_at,
       p.updated_by
FROM prescription p
WHERE p.facility_id = $1
  AND ($2::uuid IS NULL OR p.patient_id = $2) AND ($3::uuid IS NULL OR p.doctor_id = $3)
  AND ($4::uuid IS NULL OR p.consultation_id = $4) AND ($5::text IS NULL OR p.status = $5)
  AND p.created_at >= coalesce($6::timestamptz, '-infinity') AND p.created_at < coalesce($7::timestamptz, 'infinity')
  AND (p.doctor_id = $8::uuid
       OR p.patient_id IN (SELECT l.patient_id FROM patients_of_doctor($1, $8::uuid, $10::timestamptz) l)
       OR (p.patient_id = $9::uuid AND p.issued_at IS NOT NULL))
  AND ($11::timestamptz IS NULL OR (p.created_at, p.id) < ($11, $12::uuid))
ORDER BY p.created_at DESC, p.id DESC
LIMIT $13;

-- name: is_replaceable
-- Another prescription of the same person, that was given out.
SELECT EXISTS (SELECT 1 FROM prescription p
               WHERE p.id = $1 AND p.facility_id = $2 AND p.issued_at IS NOT NULL
                 AND (p.patient_id = $3::uuid OR p.visitor_id = $4::uuid)) AS replaceable;

-- name: medicines
SELECT m.id, m.name, m.strength, m.form, m.active FROM medicine m WHERE m.facility_id = $1 AND m.id = ANY ($2::uuid[]);

-- name: document_head
-- Who a prescription is from and for, as names.
SELECT f.name AS facility_name, f.address, f.phone, f.zone, d.display_name AS doctor_name,
       coalesce(pa.display_name, v.name) AS patient_name, pa.mrn, pa.birth_date
FROM prescription p
JOIN facility f ON f.id = p.facility_id
LEFT JOIN doctor d ON d.id = p.doctor_id AND d.facility_id = p.facility_id
LEFT JOIN patient pa ON pa.id = p.patient_id AND pa.facility_id = p.facility_id
LEFT JOIN visitor v ON v.id = p.visitor_id AND v.facility_id = p.facility_id
WHERE p.id = $1 AND p.facility_id = $2;

-- name: due_expiries
-- ISSUED ones whose last day is over in their facility.
SELECT p.id, p.facility_id FROM prescription p JOIN facility f ON f.id = p.facility_id
WHERE p.status = 'ISSUED' AND p.expires_on < ($1::timestamptz AT TIME ZONE f.zone)::date
ORDER BY p.expires_on, p.id
LIMIT 200;

-- name: identify_in_prescriptions
-- A visitor turned out to be a patient [QUE-14].
WITH identified AS (
  UPDATE prescription p SET patient_id = $3, version = version + 1
  WHERE p.facility_id = $1 AND p.visitor_id = $2 AND p.patient_id IS NULL
  RETURNING p.facility_id, p.id, p.version, p.status, p.fulfilment
)
INSERT INTO prescription_transition (facility_id, prescription_id, version, event, status, fulfilment, at, actor_id)
SELECT i.facility_id, i.id, i.version, 'PatientIdentified', i.status, i.fulfilment, $4, $5 FROM identified i;
