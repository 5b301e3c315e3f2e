-- name: waiting_facts
-- Whom a new request names.
SELECT (SELECT p.active FROM patient p WHERE p.id = $2 AND p.facility_id = $1) AS patient_active,
       (SELECT d.active FROM doctor d WHERE d.id = $3 AND d.facility_id = $1) AS doctor_active,
       $4::text IS NULL OR EXISTS (SELECT 1 FROM specialty s WHERE s.facility_id = $1 AND s.code = $4) AS specialty_known,
       $5::uuid IS NULL OR EXISTS (SELECT 1 FROM department d WHERE d.facility_id = $1 AND d.id = $5) AS department_known;

-- name: insert_waiting_request
INSERT INTO waiting_request (id, facility_id, patient_id, doctor_id, specialty, department_id, earliest, latest,
                             duration_min, triage_level, status, created_at, created_by, updated_at, updated_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $13);

-- name: get_waiting_request
SELECT * FROM waiting_request WHERE id = $1 AND facility_id = $2;

-- name: lock_waiting_request
SELECT * FROM waiting_request WHERE id = $1 AND facility_id = $2 FOR UPDATE;

-- name: list_waiting_requests
-- Oldest first.
SELECT * FROM waiting_request w
WHERE w.facility_id = $1 AND ($2::text IS NULL OR w.status = $2) AND ($3::uuid IS NULL OR w.doctor_id = $3)
  AND ($4::uuid IS NULL OR w.patient_id = $4) AND ($5::uuid IS NULL OR w.id > $5)
ORDER BY w.id
LIMIT $6;

-- name: save_waiting_request
UPDATE waiting_request SET status = $3, status_reason = $4, appointment_id = $5, updated_at = $6, updated_by = $7,
  version = version + 1
WHERE id = $1 AND facility_id = $2
RETURNING version;

-- name: expire_waiting_requests
-- no facility: a job over all of them
UPDATE waiting_request SET status = 'EXPIRED', updated_at = $1, version = version + 1
WHERE id IN (SELECT id FROM waiting_request WHERE status = 'OPEN' AND latest <= $1 LIMIT 1000 FOR UPDATE SKIP LOCKED);

-- name: forget_assessments
-- no facility: a job over all of them
DELETE FROM assessment WHERE id IN (SELECT id FROM assessment WHERE valid_until < $1 LIMIT 1000);

-- name: take_freed_time
-- One span that nobody has looked at; it is gone when the transaction commits.
DELETE FROM freed_time WHERE id = (SELECT id FROM freed_time ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING facility_id, doctor_id, starts_at, ends_at;

-- name: waiting_for
-- Who waits for time of this doctor, the most entitled first: triage level, then age. A request that is being changed at
-- this moment is left out.
SELECT w.* FROM waiting_request w
JOIN doctor d ON d.id = $2 AND d.facility_id = w.facility_id AND d.active
JOIN patient p ON p.id = w.patient_id AND p.facility_id = w.facility_id AND p.active
WHERE w.facility_id = $1 AND w.status = 'OPEN' AND w.earliest < $4 AND w.latest > greatest($3::timestamptz, $5::timestamptz)
  AND (w.doctor_id = d.id OR w.specialty = d.specialty OR w.department_id = d.department_id)
ORDER BY array_position(ARRAY['CRITICAL', 'HIGH', 'MODERATE', 'LOW'], coalesce(w.triage_level, 'LOW')), w.created_at, w.id
LIMIT 200
FOR UPDATE OF w SKIP LOCKED;
