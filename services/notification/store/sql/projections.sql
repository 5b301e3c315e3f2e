-- name: project_facility
-- no facility: the facility's own row
INSERT INTO facility (id, name, zone, locale, phone, reminders_min, stock_digest_to)
VALUES ($1, $2, $3, $4, $5, $6::int[], $7::text[])
ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone, locale = excluded.locale,
  phone = excluded.phone, reminders_min = excluded.reminders_min, stock_digest_to = excluded.stock_digest_to;

-- name: facility_now
-- no facility: the facility's own row
SELECT name, zone, locale, phone FROM facility WHERE id = $1;

-- name: project_patient
INSERT INTO patient (id, facility_id, given_name, email, language, email_allowed, opt_out)
VALUES ($1, $2, $3, $4, $5, $6, $7::text[])
ON CONFLICT (id) DO UPDATE SET given_name = excluded.given_name, email = excluded.email, language = excluded.language,
  email_allowed = excluded.email_allowed, opt_out = excluded.opt_out;

-- name: forget_patient
-- no facility: a tombstone names the patient only
DELETE FROM patient WHERE id = $1;

-- name: forget_unsubscription_link
-- no facility: a tombstone names the patient only
DELETE FROM unsubscription WHERE patient_id = $1;

-- name: patient_now
SELECT p.given_name, p.email, p.language, p.email_allowed, p.opt_out, u.at IS NOT NULL AS unsubscribed
FROM patient p LEFT JOIN unsubscription u ON u.patient_id = p.id
WHERE p.id = $1 AND p.facility_id = $2;

-- name: project_doctor
INSERT INTO doctor (id, facility_id, display_name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name;

-- name: forget_doctor
-- no facility: a tombstone names the doctor only
DELETE FROM doctor WHERE id = $1;

-- name: project_department
INSERT INTO department (id, facility_id, name) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET name = excluded.name;

-- name: project_appointment
-- $10: whether this fact is one that is told by mail. Never backwards.
INSERT INTO appointment (id, facility_id, patient_id, doctor_id, department_id, starts_at, ends_at, status, fact_version,
                         notice_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10::boolean THEN $9::bigint ELSE 0 END)
ON CONFLICT (id) DO UPDATE SET
  patient_id = excluded.patient_id, doctor_id = excluded.doctor_id, department_id = excluded.department_id,
  starts_at = excluded.starts_at, ends_at = excluded.ends_at, status = excluded.status,
  fact_version = excluded.fact_version,
  notice_version = greatest(appointment.notice_version, excluded.notice_version)
WHERE appointment.fact_version < excluded.fact_version;

-- name: appointment_now
SELECT a.status, a.starts_at, a.ends_at, a.notice_version, d.display_name AS doctor, u.name AS department
FROM appointment a LEFT JOIN doctor d ON d.id = a.doctor_id LEFT JOIN department u ON u.id = a.department_id
WHERE a.id = $1 AND a.facility_id = $2;

-- name: project_prescription
-- Never backwards.
INSERT INTO prescription (id, facility_id, patient_id, doctor_id, number, status, expires_on, fact_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET patient_id = coalesce(excluded.patient_id, prescription.patient_id),
  status = excluded.status, expires_on = excluded.expires_on, fact_version = excluded.fact_version
WHERE prescription.fact_version < excluded.fact_version;

-- name: project_fulfilment
-- Whose prescription it is, when it is known.
UPDATE prescription SET fulfilment_version = greatest(fulfilment_version, $3)
WHERE id = $1 AND facility_id = $2
RETURNING patient_id;

-- name: remember_early_dispense
INSERT INTO early_dispense (facility_id, prescription_id, event_id, template, fact_version, fact_time)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (event_id) DO NOTHING;

-- name: forget_early_dispenses
-- no facility: a job for all of them. What is older than a day is told to nobody any more.
DELETE FROM early_dispense WHERE fact_time < $1;

-- name: take_early_dispenses
DELETE FROM early_dispense WHERE facility_id = $1 AND prescription_id = $2
RETURNING event_id, template, fact_version, fact_time;

-- name: prescription_now
SELECT p.number, p.status, p.expires_on, p.fulfilment_version, d.display_name AS doctor
FROM prescription p LEFT JOIN doctor d ON d.id = p.doctor_id
WHERE p.id = $1 AND p.facility_id = $2;
