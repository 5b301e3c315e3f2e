-- What falls due: reminders of visits.

-- name: plan_reminders
-- From the visit as it is now: a moved one gets new times, one that is not BOOKED any more none. What should have been
-- sent already is not made up for, but what is due and still stands here stays.
WITH planned AS (
  SELECT * FROM planned_reminder WHERE appointment_id = $1 AND facility_id = $2
), gone AS (
  DELETE FROM reminder r
  WHERE r.appointment_id = $1 AND r.facility_id = $2 AND NOT EXISTS (
    SELECT FROM planned p WHERE p.minutes = r.minutes AND (p.due_at > $3 OR p.due_at = r.due_at))
)
INSERT INTO reminder (appointment_id, facility_id, minutes, due_at)
SELECT appointment_id, facility_id, minutes, due_at FROM planned WHERE due_at > $3
ON CONFLICT (appointment_id, minutes) DO UPDATE SET due_at = excluded.due_at
WHERE reminder.due_at <> excluded.due_at;

-- name: plan_reminders_of_facility
-- The same for all visits to come, when the facility's setting changes or the facility arrives after its visits.
WITH planned AS (
  SELECT * FROM planned_reminder WHERE facility_id = $1 AND starts_at > $2
), gone AS (
  DELETE FROM reminder r
  WHERE r.facility_id = $1 AND NOT EXISTS (
    SELECT FROM planned p WHERE p.appointment_id = r.appointment_id AND p.minutes = r.minutes
                            AND (p.due_at > $2 OR p.due_at = r.due_at))
)
INSERT INTO reminder (appointment_id, facility_id, minutes, due_at)
SELECT appointment_id, facility_id, minutes, due_at FROM planned WHERE due_at > $2
ON CONFLICT (appointment_id, minutes) DO UPDATE SET due_at = excluded.due_at
WHERE reminder.due_at <> excluded.due_at;

-- name: take_due_reminders
-- no facility: the sender works for all of them; event_id is made of visit, notice and lead, so it is the same every time
WITH due AS (
  DELETE FROM reminder WHERE (appointment_id, minutes) IN (
    SELECT appointment_id, minutes FROM reminder WHERE due_at <= $1 ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED)
  RETURNING appointment_id, facility_id, minutes, due_at
)
SELECT due.appointment_id, due.facility_id, due.due_at, a.patient_id, a.notice_version,
       md5(due.appointment_id || '/' || a.notice_version || '/' || due.minutes)::uuid AS event_id
FROM due JOIN appointment a ON a.id = due.appointment_id AND a.facility_id = due.facility_id
ORDER BY due.due_at, due.appointment_id;

-- name: unsubscription_token
INSERT INTO unsubscription (patient_id, facility_id) VALUES ($1, $2)
ON CONFLICT (patient_id) DO UPDATE SET facility_id = excluded.facility_id
RETURNING token;

-- name: find_unsubscription
-- no facility: whoever has the link has the token, and nothing else
SELECT u.patient_id, u.at, p.language, f.name, f.locale
FROM unsubscription u LEFT JOIN patient p ON p.id = u.patient_id LEFT JOIN facility f ON f.id = u.facility_id
WHERE u.token = $1;

-- name: unsubscribe
-- no facility: whoever has the link has the token, and nothing else
UPDATE unsubscription SET at = coalesce(at, $2) WHERE token = $1;

-- name: forget_unsubscription
-- no facility: follows a fact of the patient, whose newest word is the one that counts
UPDATE unsubscription SET at = NULL WHERE patient_id = $1 AND at < $2;
