-- name: live_snapshot
-- What stands in the line now and up to which change, as of one moment. Emergencies stay over midnight.
SELECT q.changes, e.*, p.display_name AS patient_name, p.mrn AS patient_mrn, v.name AS visitor_name,
       v.phone AS visitor_phone
FROM queue q JOIN facility f ON f.id = q.facility_id
LEFT JOIN queue_entry e ON e.queue_id = q.id AND e.facility_id = q.facility_id
  AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
  AND (e.day = ($3::timestamptz AT TIME ZONE f.zone)::date OR e.queue_kind = 'EMERGENCY')
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
WHERE q.id = $1 AND q.facility_id = $2
ORDER BY e.urgency, e.seniority, e.ticket_number
LIMIT 1000;

-- name: live_changes
-- Each change after a number, as the entry was then; names as they are now.
SELECT l.number, e.*, p.display_name AS patient_name, p.mrn AS patient_mrn, v.name AS visitor_name,
       v.phone AS visitor_phone
FROM live_change l CROSS JOIN LATERAL jsonb_populate_record(NULL::queue_entry, l.state) AS e
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
WHERE l.queue_id = $1 AND l.facility_id = $2 AND l.number > $3
ORDER BY l.number
LIMIT $4;

-- name: live_range
-- How far the line has moved, and from which change on each is still known.
SELECT q.changes, coalesce((SELECT min(l.number) FROM live_change l WHERE l.queue_id = q.id), q.changes + 1) AS first_kept
FROM queue q WHERE q.id = $1 AND q.facility_id = $2;

-- name: live_positions
-- no facility: how far each of the lines that somebody watches has moved; nothing of a patient
SELECT id, changes FROM queue WHERE id = ANY ($1::uuid[]);

-- name: forget_live_changes
-- no facility: age alone
DELETE FROM live_change WHERE (queue_id, number) IN (
  SELECT queue_id, number FROM live_change WHERE at < $1 ORDER BY at LIMIT 5000);

-- name: queue_of_board
-- no facility: the token is the key, and opens labels only
SELECT * FROM queue WHERE board_token = $1;
