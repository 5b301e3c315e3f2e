-- name: project_facility
-- no facility: the facility's own row
INSERT INTO facility (id, zone, max_calls) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, max_calls = excluded.max_calls;

-- name: facility_settings
-- no facility: the facility's own row
SELECT zone, max_calls FROM facility WHERE id = $1;

-- name: project_patient
INSERT INTO patient (id, facility_id, display_name, mrn, active) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, mrn = excluded.mrn, active = excluded.active;

-- name: forget_patient
-- no facility: a tombstone names the patient only
DELETE FROM patient WHERE id = $1;

-- name: get_patients
SELECT id, display_name, mrn, active FROM patient WHERE facility_id = $1 AND id = ANY ($2::uuid[]);

-- name: project_department
INSERT INTO department (id, facility_id, name, active) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, active = excluded.active;

-- name: project_doctor
INSERT INTO doctor (id, facility_id, display_name, department_id, room, active) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, department_id = excluded.department_id,
  room = excluded.room, active = excluded.active;

-- name: forget_doctor
-- no facility: a tombstone names the doctor only
DELETE FROM doctor WHERE id = $1;

-- name: get_doctor
SELECT id, department_id, room, active FROM doctor WHERE id = $1 AND facility_id = $2;

-- name: remember_early_consultation
INSERT INTO early_consultation (facility_id, appointment_id, consultation_id, doctor_id, completed, at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (appointment_id) DO UPDATE SET
  consultation_id = excluded.consultation_id, doctor_id = excluded.doctor_id,
  completed = early_consultation.completed OR excluded.completed;

-- name: forget_early_consultation
DELETE FROM early_consultation WHERE appointment_id = $1 AND facility_id = $2;

-- name: early_consultation_of
SELECT consultation_id, doctor_id, completed FROM early_consultation WHERE appointment_id = $1 AND facility_id = $2;

-- name: remember_early_check_in
INSERT INTO early_check_in (facility_id, appointment_id, department_id, patient_id, doctor_id, triage_level, checked_in_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (appointment_id) DO NOTHING;

-- name: take_early_check_ins
DELETE FROM early_check_in WHERE facility_id = $1
RETURNING appointment_id, department_id, patient_id, doctor_id, triage_level, checked_in_at;

-- name: forget_early_check_in
DELETE FROM early_check_in WHERE appointment_id = $1 AND facility_id = $2;
