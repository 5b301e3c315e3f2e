-- name: list_history
-- Newest first, keyset by (at, event_id). Names are those of today; what an event does not say itself comes from the
-- prescription and the doctor.
SELECT h.event_id, h.at, h.kind, h.event, h.ref_type, h.ref_id, h.starts_at, coalesce(h.label, r.number) AS label,
       coalesce(h.doctor_id, r.doctor_id) AS doctor_id, d.display_name AS doctor_name,
       coalesce(h.department_id, d.department_id) AS department_id, u.name AS department_name
FROM history_item h
LEFT JOIN prescription r ON r.id = h.prescription_id AND r.facility_id = h.facility_id
LEFT JOIN doctor d ON d.id = coalesce(h.doctor_id, r.doctor_id) AND d.facility_id = h.facility_id
LEFT JOIN department u ON u.id = coalesce(h.department_id, d.department_id) AND u.facility_id = h.facility_id
WHERE h.facility_id = $1 AND h.patient_id = $2 AND h.kind = ANY ($3::text[])
  AND ($4::timestamptz IS NULL OR (h.at, h.event_id) < ($4, $5::uuid))
ORDER BY h.at DESC, h.event_id DESC
LIMIT $6;

-- name: add_history
INSERT INTO history_item (event_id, facility_id, patient_id, visitor_id, prescription_id, at, kind, event, ref_type, ref_id,
                          doctor_id, department_id, starts_at, label)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (event_id) DO NOTHING;

-- name: project_facility
-- no facility: the facility's own row
INSERT INTO facility (id, code, zone, locale) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, zone = excluded.zone, locale = excluded.locale;

-- name: project_department
INSERT INTO department (id, facility_id, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET name = excluded.name;

-- name: project_doctor
INSERT INTO doctor (id, facility_id, display_name, department_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, department_id = excluded.department_id;

-- name: forget_doctor
-- no facility: a tombstone names the doctor only
DELETE FROM doctor WHERE id = $1;

-- name: note_visitor
-- Locks the visitor's row and answers who it is, when somebody has told.
INSERT INTO visitor AS v (id, facility_id, patient_id) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET patient_id = coalesce(excluded.patient_id, v.patient_id)
RETURNING patient_id;

-- name: identify_visitor
-- What was stored before the visitor had a name.
WITH items AS (
  UPDATE history_item SET patient_id = $3 WHERE visitor_id = $1 AND facility_id = $2 AND patient_id IS NULL
), entries AS (
  UPDATE queue_entry SET patient_id = $3 WHERE visitor_id = $1 AND facility_id = $2 AND patient_id IS NULL
)
UPDATE consultation SET patient_id = $3 WHERE visitor_id = $1 AND facility_id = $2 AND patient_id IS NULL;

-- name: forget_visitor
-- no facility: a tombstone names the visitor only
-- Nobody will be told of by what a visitor left who was never identified. Who an identified one was stays: it is told
-- nowhere else, and what they left is the patient's, also after a rebuild.
WITH items AS (
  DELETE FROM history_item WHERE visitor_id = $1 AND patient_id IS NULL
)
DELETE FROM visitor WHERE id = $1 AND patient_id IS NULL;

-- name: project_appointment
INSERT INTO appointment (id, facility_id, patient_id, doctor_id, starts_at, status) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET patient_id = excluded.patient_id, doctor_id = excluded.doctor_id,
  starts_at = excluded.starts_at, status = excluded.status;

-- name: project_queue_entry
INSERT INTO queue_entry (id, facility_id, patient_id, visitor_id, doctor_id, department_id, day, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET patient_id = excluded.patient_id, visitor_id = excluded.visitor_id,
  doctor_id = excluded.doctor_id, department_id = excluded.department_id, day = excluded.day, status = excluded.status;

-- name: project_consultation
INSERT INTO consultation (id, facility_id, patient_id, visitor_id, doctor_id, status) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET patient_id = excluded.patient_id, visitor_id = excluded.visitor_id,
  doctor_id = excluded.doctor_id, status = excluded.status;

-- name: project_prescription
-- Completes the items of dispenses that came first.
WITH told AS (
  INSERT INTO prescription AS r (id, facility_id, patient_id, visitor_id, doctor_id, number)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (id) DO UPDATE SET patient_id = coalesce(excluded.patient_id, r.patient_id),
    visitor_id = coalesce(excluded.visitor_id, r.visitor_id), doctor_id = excluded.doctor_id, number = excluded.number
  RETURNING id, facility_id, patient_id, visitor_id
)
UPDATE history_item h SET patient_id = told.patient_id, visitor_id = told.visitor_id
FROM told
WHERE h.prescription_id = told.id AND h.facility_id = told.facility_id AND h.patient_id IS NULL;

-- name: note_prescription
-- Locks the prescription's row and answers whose it is, when that is known.
INSERT INTO prescription AS r (id, facility_id) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET facility_id = r.facility_id
RETURNING patient_id, visitor_id;
