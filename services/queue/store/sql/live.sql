-- name: lock_line
-- One numbers the changes of a queue at a time. Who writes an entry does not wait for this.
SELECT FROM queue WHERE id = $1 AND facility_id = $2 FOR NO KEY UPDATE;

-- name: number_changes
-- After lock_line, and as a statement of its own, so that it sees what the one before has numbered. Changes of one entry
-- are in their order: each was written under the lock of the entry.
WITH fresh AS (
  SELECT l.id, row_number() OVER (ORDER BY l.id) AS n FROM live_change l
  WHERE l.queue_id = $1 AND l.facility_id = $2 AND l.number IS NULL
), numbered AS (
  UPDATE live_change l SET number = q.changes + fresh.n FROM fresh, queue q
  WHERE l.id = fresh.id AND q.id = $1 AND q.facility_id = $2
)
UPDATE queue SET changes = changes + (SELECT count(*) FROM fresh) WHERE id = $1 AND facility_id = $2
RETURNING changes;

-- name: live_snapshot
-- After lock_line. What stands in the line now, and up to which change. It numbers as number_changes does, in one statement
-- with the reading: between two a change could come that is in the picture and told after it. Emergencies stay over midnight.
WITH fresh AS (
  SELECT l.id, row_number() OVER (ORDER BY l.id) AS n FROM live_change l
  WHERE l.queue_id = $1 AND l.facility_id = $2 AND l.number IS NULL
), numbered AS (
  UPDATE live_change l SET number = q.changes + fresh.n FROM fresh, queue q
  WHERE l.id = fresh.id AND q.id = $1 AND q.facility_id = $2
), line AS (
  UPDATE queue SET changes = changes + (SELECT count(*) FROM fresh) WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, changes
)
SELECT q.changes, e.*, p.display_name AS patient_name, p.mrn AS patient_mrn, v.name AS visitor_name,
       v.phone AS visitor_phone
FROM line q JOIN facility f ON f.id = q.facility_id
LEFT JOIN queue_entry e ON e.queue_id = q.id AND e.facility_id = q.facility_id
  AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
  AND (e.day = ($3::timestamptz AT TIME ZONE f.zone)::date OR e.queue_kind = 'EMERGENCY')
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
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
SELECT id, changes, EXISTS (SELECT FROM live_change l WHERE l.queue_id = queue.id AND l.number IS NULL) AS moved
FROM queue WHERE id = ANY ($1::uuid[]);

-- name: lines_left_unnumbered
-- no facility: lines that nobody has watched since; what is forgotten must have had its number, or who comes back would
-- not know that they missed it
SELECT DISTINCT facility_id, queue_id FROM live_change WHERE number IS NULL AND at < $1;

-- name: forget_live_changes
-- no facility: age alone
DELETE FROM live_change WHERE id IN (
  SELECT id FROM live_change WHERE at < $1 AND number IS NOT NULL ORDER BY at LIMIT 5000);

-- name: queue_of_board
-- no facility: the token is the key, and opens labels only
SELECT * FROM queue WHERE board_token = $1;
