-- name: project_facility
-- no facility: the facility's own row
INSERT INTO facility (id, zone, max_calls, staging_factor, visitor_days) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, max_calls = excluded.max_calls,
  staging_factor = excluded.staging_factor, visitor_days = excluded.visitor_days;

-- name: facility_settings
-- no facility: the facility's own row
SELECT zone, max_calls, staging_factor FROM facility WHERE id = $1;

-- name: project_patient
INSERT INTO patient (id, facility_id, display_name, mrn, birth_date, active) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, mrn = excluded.mrn,
  birth_date = excluded.birth_date, active = excluded.active;

-- name: forget_patient
-- no facility: a tombstone names the patient only
DELETE FROM patient WHERE id = $1;

-- name: get_patient
SELECT id, display_name, mrn, birth_date, active FROM patient WHERE id = $1 AND facility_id = $2;

-- name: project_department
INSERT INTO department (id, facility_id, name, active) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, active = excluded.active;

-- name: project_doctor
INSERT INTO doctor (id, facility_id, display_name, department_id, room, active, specialty, valid_from, valid_to)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, department_id = excluded.department_id,
  room = excluded.room, active = excluded.active, specialty = excluded.specialty, valid_from = excluded.valid_from,
  valid_to = excluded.valid_to;

-- name: forget_doctor_hours
-- no facility: the doctor's own rows, just before their new ones
WITH sessions AS (DELETE FROM doctor_session WHERE doctor_id = $1)
DELETE FROM doctor_exception WHERE doctor_id = $1;

-- name: project_doctor_hours
-- no facility: the doctor's own rows
WITH sessions AS (
  INSERT INTO doctor_session (doctor_id, weekday, from_min, to_min)
  SELECT $1::uuid, s.* FROM unnest($2::int[], $3::int[], $4::int[]) AS s
  ON CONFLICT DO NOTHING
)
INSERT INTO doctor_exception (doctor_id, kind, from_at, to_at)
SELECT $1::uuid, x.* FROM unnest($5::text[], $6::timestamptz[], $7::timestamptz[]) AS x;

-- name: forget_doctor
-- no facility: a tombstone names the doctor only
DELETE FROM doctor WHERE id = $1;

-- name: get_doctor
SELECT id, department_id, active FROM doctor WHERE id = $1 AND facility_id = $2;

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

-- name: remember_withdrawal
INSERT INTO withdrawn_visit (facility_id, appointment_id, at) VALUES ($1, $2, $3)
ON CONFLICT (appointment_id) DO NOTHING;

-- name: is_withdrawn
SELECT EXISTS (SELECT 1 FROM withdrawn_visit WHERE appointment_id = $1 AND facility_id = $2) AS withdrawn;

-- name: forget_withdrawal
DELETE FROM withdrawn_visit WHERE appointment_id = $1 AND facility_id = $2;

-- name: forget_old_withdrawals
-- no facility: age alone. No consultation goes on for so long.
DELETE FROM withdrawn_visit WHERE at < $1;

-- name: forget_old_facts
-- no facility: age alone. A visit that was consulted without a check-in never gets its entry.
DELETE FROM early_consultation WHERE at < $1;

-- name: is_elsewhere
SELECT EXISTS (SELECT FROM patient WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM doctor WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM department WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM queue WHERE id = $1 AND facility_id <> $2) AS elsewhere;
