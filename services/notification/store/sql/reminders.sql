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

-- name: take_reminder_setting
-- no facility: the facility's own row
-- A row when the setting is another than the one by which the reminders stand.
INSERT INTO reminder_setting (facility_id, minutes) SELECT id, reminders_min FROM facility WHERE id = $1
ON CONFLICT (facility_id) DO UPDATE SET minutes = excluded.minutes WHERE reminder_setting.minutes <> excluded.minutes
RETURNING facility_id;

-- name: plan_reminders_of_facility
-- The same for the next visits to come after one ($3, $4), when the facility's setting changes or the facility arrives
-- after its visits. In slices, so that none takes as long as a statement may. Answers the last one of them.
WITH setting AS (
  SELECT reminders_min FROM facility WHERE id = $1
), slice AS (
  SELECT id, starts_at FROM appointment
  WHERE facility_id = $1 AND status = 'BOOKED' AND (starts_at, id) > ($3, $4::uuid)
  ORDER BY starts_at, id
  LIMIT 5000
), gone AS (
  -- By an array and a look-up each, whatever the planner believes of the tables' sizes.
  DELETE FROM reminder r USING setting
  WHERE r.appointment_id = ANY (ARRAY(SELECT id FROM slice)) AND r.facility_id = $1
    AND NOT (r.minutes = ANY (setting.reminders_min)
             AND (SELECT d.due_at > $2 OR d.due_at = r.due_at
                  FROM (SELECT a.starts_at - make_interval(mins => r.minutes) AS due_at FROM appointment a
                        WHERE a.id = r.appointment_id AND a.facility_id = $1) AS d))
), saved AS (
  INSERT INTO reminder (appointment_id, facility_id, minutes, due_at)
  SELECT s.id, $1, m.minutes, s.starts_at - make_interval(mins => m.minutes)
  FROM slice s CROSS JOIN (SELECT DISTINCT unnest(reminders_min) AS minutes FROM setting) AS m
  WHERE s.starts_at - make_interval(mins => m.minutes) > $2
  ON CONFLICT (appointment_id, minutes) DO UPDATE SET due_at = excluded.due_at
  WHERE reminder.due_at <> excluded.due_at
)
SELECT starts_at, id FROM slice ORDER BY starts_at DESC, id DESC LIMIT 1;

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
