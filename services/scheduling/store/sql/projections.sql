-- name: project_facility
-- no facility: the facility's own row
INSERT INTO facility (id, zone, day_cap, urgent_seats, desk_may_complete, no_show_grace_min, currency)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, day_cap = excluded.day_cap, urgent_seats = excluded.urgent_seats,
  desk_may_complete = excluded.desk_may_complete, no_show_grace_min = excluded.no_show_grace_min,
  currency = excluded.currency;

-- name: project_patient
INSERT INTO patient (id, facility_id, active) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET active = excluded.active;

-- name: forget_patient
-- no facility: a tombstone names the patient only
DELETE FROM patient WHERE id = $1;

-- name: clear_account
-- no facility: an account may belong to several
DELETE FROM account WHERE id = $1;

-- name: project_account
INSERT INTO account (id, facility_id, is_doctor, active) VALUES ($1, $2, $3, $4)
ON CONFLICT (id, facility_id) DO UPDATE SET is_doctor = excluded.is_doctor, active = excluded.active;

-- name: project_assessment
INSERT INTO assessment (id, facility_id, patient_id, level, valid_until) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET level = excluded.level, valid_until = excluded.valid_until;

-- name: find_assessment
SELECT patient_id, level, valid_until FROM assessment WHERE id = $1 AND facility_id = $2;

-- name: time_still_free
SELECT NOT EXISTS (
  SELECT 1 FROM appointment a
  WHERE a.facility_id = $1 AND a.id <> $2 AND (a.doctor_id = $3 OR a.patient_id = $4)
    AND tstzrange(a.starts_at, a.ends_at) && tstzrange($5, $6)
    AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')) AS free;

-- name: due_no_shows
-- BOOKED visits whose end and grace have passed; CHECKED_IN ones of earlier days after 04:00. The domain decides again
-- once the row is locked. $2, $3: behind the last one looked at.
SELECT a.id, a.facility_id, a.ends_at FROM appointment a JOIN facility f ON f.id = a.facility_id
WHERE a.status IN ('BOOKED', 'CHECKED_IN') AND a.ends_at <= $1 AND (a.ends_at, a.id) > ($2, $3)
  AND CASE a.status
    WHEN 'BOOKED' THEN a.ends_at + make_interval(mins => f.no_show_grace_min) <= $1
    ELSE (a.local_date + 1 + time '04:00') AT TIME ZONE f.zone <= $1 END
ORDER BY a.ends_at, a.id
LIMIT 200;

-- name: is_elsewhere
-- Not of accounts: one that works elsewhere may be on its way to work here too.
SELECT EXISTS (SELECT FROM patient WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM doctor WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM department WHERE id = $1 AND facility_id <> $2)
    OR EXISTS (SELECT FROM assessment WHERE id = $1 AND facility_id <> $2) AS elsewhere;
