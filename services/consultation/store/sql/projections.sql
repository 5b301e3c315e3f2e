-- name: project_facility
-- no facility: the facility's own row
INSERT INTO facility (id, code, name, zone, address, phone, prescription_days) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, zone = excluded.zone,
  address = excluded.address, phone = excluded.phone, prescription_days = excluded.prescription_days;

-- name: project_patient
INSERT INTO patient (id, facility_id, display_name, mrn, birth_date) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, mrn = excluded.mrn,
  birth_date = excluded.birth_date;

-- name: known_patient
SELECT p.id FROM patient p WHERE p.id = $1 AND p.facility_id = $2;

-- name: forget_patient
-- no facility: a tombstone names the patient only
DELETE FROM patient WHERE id = $1;

-- name: project_visitor
INSERT INTO visitor (id, facility_id, name, patient_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, patient_id = excluded.patient_id;

-- name: forget_visitor
-- no facility: a tombstone names the visitor only
DELETE FROM visitor WHERE id = $1;

-- name: project_doctor
INSERT INTO doctor (id, facility_id, display_name, department_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, department_id = excluded.department_id;

-- name: forget_doctor
-- no facility: a tombstone names the doctor only
DELETE FROM doctor WHERE id = $1;

-- name: project_medicine
INSERT INTO medicine (id, facility_id, name, strength, form, active) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, strength = excluded.strength, form = excluded.form,
  active = excluded.active;

-- name: forget_medicine
-- no facility: a tombstone names the medicine only
DELETE FROM medicine WHERE id = $1;

-- name: project_appointment
INSERT INTO appointment (id, facility_id, patient_id, doctor_id, starts_at, ends_at, status)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET doctor_id = excluded.doctor_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
  status = excluded.status;

-- name: project_queue_entry
INSERT INTO queue_entry (id, facility_id, queue_id, queue_kind, ticket_label, patient_id, visitor_id, doctor_id,
                         department_id, appointment_id, day, status, level)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (id) DO UPDATE SET queue_id = excluded.queue_id, queue_kind = excluded.queue_kind,
  ticket_label = excluded.ticket_label, patient_id = excluded.patient_id, visitor_id = excluded.visitor_id,
  doctor_id = excluded.doctor_id, department_id = excluded.department_id, appointment_id = excluded.appointment_id,
  status = excluded.status, level = excluded.level;

-- name: is_elsewhere
SELECT EXISTS (SELECT FROM patient WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM doctor WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM appointment WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM queue_entry WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM medicine WHERE id = $1 AND facility_id <> $2) AS elsewhere;
