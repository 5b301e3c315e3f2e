-- name: next_ticket
INSERT INTO ticket_counter (facility_id, queue_id, day, last_number) VALUES ($1, $2, $3, 1)
ON CONFLICT (queue_id, day) DO UPDATE SET last_number = ticket_counter.last_number + 1
RETURNING last_number;

-- name: insert_entry
WITH inserted AS (
  INSERT INTO queue_entry (id, facility_id, queue_id, department_id, queue_kind, origin_queue_id, day, ticket_number,
                           ticket_label, patient_id, visitor_id, doctor_id, assignment, appointment_id, status,
                           triage_level, triage, specialty, priority, urgency, reason, transferred_from, seniority,
                           tracking_token, created_at, created_by, updated_at, updated_by, status_reason)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
          $25, $26, $25, $26, $27)
  RETURNING *
), history AS (
  INSERT INTO queue_entry_transition (facility_id, queue_entry_id, version, event, status, reason, at, actor_id)
  SELECT facility_id, id, version, 'QueueEntryCreated', status, status_reason, created_at, created_by FROM inserted
), live AS (
  INSERT INTO live_change (facility_id, queue_id, queue_entry_id, at, state)
  SELECT facility_id, queue_id, id, created_at, to_jsonb(inserted) FROM inserted
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.queue-entry.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($28::uuid[]) + e.n, e.payload,
         $31::uuid, $32::uuid, $33::text
  FROM inserted, unnest($28::uuid[], $29::text[], $30::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: save_entry
-- A write without an event (a visitor is identified) is a change too: live views must show it.
WITH saved AS (
  UPDATE queue_entry SET
    patient_id = $4, doctor_id = $5, assignment = $6, appointment_id = $7, consultation_id = $8, status = $9,
    triage_level = $10, triage = $11, specialty = $12, priority = $13, urgency = $14, calls = $15, status_reason = $16,
    room = $17, transferred_to = $18, seniority = $19, called_at = $20, first_called_at = $21, started_at = $22,
    completed_at = $23, updated_at = $30, updated_by = $31,
    version = version + 1, event_seq = event_seq + cardinality($24::uuid[])
  WHERE id = $1 AND facility_id = $2 AND queue_id = $3
  RETURNING *
), history AS (
  INSERT INTO queue_entry_transition (facility_id, queue_entry_id, version, event, status, reason, at, actor_id)
  SELECT saved.facility_id, saved.id, saved.version, h.event, h.status, h.reason, saved.updated_at, saved.updated_by
  FROM saved, unnest($32::text[], $33::text[], $34::text[]) AS h (event, status, reason)
), live AS (
  INSERT INTO live_change (facility_id, queue_id, queue_entry_id, at, state)
  SELECT saved.facility_id, saved.queue_id, saved.id, saved.updated_at, to_jsonb(saved) FROM saved
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.queue-entry.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($24::uuid[]) + e.n, e.payload,
         $27::uuid, $28::uuid, $29::text
  FROM saved, unnest($24::uuid[], $25::text[], $26::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: call_next_entry
-- One statement: the first by order that nobody else is calling right now (a clerk at the same moment gets the second)
-- is called, with history, event and live update. With a doctor, an emergency of that doctor or an unassigned one of the
-- queue's department goes before the queue's own, and what is another doctor's is never given away; a doctor who calls for
-- themselves ($6) takes unassigned ones of their own department only. The event is composed here, because nobody knows
-- the entry before; a test holds it against events/codec.cpp.
WITH line_of AS (
  SELECT q.id, q.department_id, ($4::timestamptz AT TIME ZONE f.zone)::date AS today,
         (SELECT d.department_id FROM doctor d WHERE d.id = $3 AND d.facility_id = q.facility_id) AS own_department,
         (SELECT d.room FROM doctor d WHERE d.id = $3 AND d.facility_id = q.facility_id) AS own_room
  FROM queue q JOIN facility f ON f.id = q.facility_id
  WHERE q.id = $2 AND q.facility_id = $1
), emergency AS (
  SELECT e.id, e.queue_id
  FROM queue_entry e, line_of l
  WHERE $3::uuid IS NOT NULL AND e.facility_id = $1 AND e.status = 'WAITING' AND e.queue_kind = 'EMERGENCY' AND e.queue_id <> l.id
    AND (e.doctor_id = $3 OR (e.doctor_id IS NULL AND e.department_id = l.department_id
                              AND (NOT $6::boolean OR e.department_id = l.own_department)))
  ORDER BY e.urgency, e.seniority, e.ticket_number
  LIMIT 1
  FOR UPDATE OF e SKIP LOCKED
), own AS (
  -- The queue by the parameter itself, so that its index gives the order and the first row ends the search.
  SELECT e.id, e.queue_id
  FROM queue_entry e
  WHERE e.facility_id = $1 AND e.queue_id = $2 AND e.status = 'WAITING' AND NOT EXISTS (SELECT FROM emergency)
    AND (e.day = (SELECT today FROM line_of) OR e.queue_kind = 'EMERGENCY')
    AND ($3::uuid IS NULL OR e.doctor_id = $3
         OR (e.doctor_id IS NULL AND (NOT $6::boolean OR e.department_id = (SELECT own_department FROM line_of))))
  ORDER BY e.urgency, e.seniority, e.ticket_number
  LIMIT 1
  FOR UPDATE SKIP LOCKED
), next AS (
  SELECT id, queue_id FROM emergency UNION ALL SELECT id, queue_id FROM own
), called AS (
  UPDATE queue_entry e SET
    status = 'CALLED', status_reason = NULL, calls = e.calls + 1, called_at = $4,
    first_called_at = coalesce(e.first_called_at, $4), room = coalesce($5, l.own_room, e.room),
    updated_at = $4, updated_by = $7, version = e.version + 1, event_seq = e.event_seq + 1
  FROM next, line_of l
  WHERE e.id = next.id AND e.facility_id = $1
  RETURNING e.*
), history AS (
  INSERT INTO queue_entry_transition (facility_id, queue_entry_id, version, event, status, at, actor_id)
  SELECT facility_id, id, version, 'QueueEntryCalled', status, updated_at, updated_by FROM called
), live AS (
  INSERT INTO live_change (facility_id, queue_id, queue_entry_id, at, state)
  SELECT called.facility_id, called.queue_id, called.id, called.updated_at, to_jsonb(called) FROM called
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload, actor_id, traceparent)
  SELECT $8::uuid, 'ambula.queue-entry.v1', called.id::text, 'QueueEntryCalled', called.facility_id, called.event_seq,
         json_strip_nulls(json_build_object(
           'queue_entry_id', called.id, 'facility_id', called.facility_id, 'queue_id', called.queue_id,
           'queue_kind', called.queue_kind, 'department_id', called.department_id,
           'ticket', json_build_object('label', called.ticket_label, 'number', called.ticket_number),
           'day', called.day, 'patient_id', called.patient_id, 'visitor_id', called.visitor_id,
           'doctor_id', called.doctor_id, 'appointment_id', called.appointment_id, 'status', called.status,
           'level', (ARRAY['CRITICAL', 'HIGH', 'MODERATE', 'LOW'])[called.urgency + 1], 'calls', called.calls,
           'transferred_to', called.transferred_to, 'transferred_from', called.transferred_from))::text,
         $7::uuid, $9::text
  FROM called
)
SELECT called.*, p.display_name AS patient_name, p.mrn AS patient_mrn, v.name AS visitor_name, v.phone AS visitor_phone
FROM called LEFT JOIN patient p ON p.id = called.patient_id LEFT JOIN visitor v ON v.id = called.visitor_id;

-- name: lock_entry
SELECT e.*, f.zone, f.max_calls, f.staging_factor, p.display_name AS patient_name, p.mrn AS patient_mrn,
       v.name AS visitor_name, v.phone AS visitor_phone
FROM queue_entry e JOIN facility f ON f.id = e.facility_id
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
WHERE e.id = $1 AND e.facility_id = $2
FOR UPDATE OF e;

-- name: get_entry
SELECT e.*, p.display_name AS patient_name, p.mrn AS patient_mrn, v.name AS visitor_name, v.phone AS visitor_phone
FROM queue_entry e
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
WHERE e.id = $1 AND e.facility_id = $2;

-- name: list_entries
SELECT e.*, p.display_name AS patient_name, p.mrn AS patient_mrn, v.name AS visitor_name, v.phone AS visitor_phone
FROM queue_entry e
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
WHERE e.facility_id = $1
  AND ($2::uuid IS NULL OR e.queue_id = $2) AND ($3::date IS NULL OR e.day = $3)
  AND ($4::text IS NULL OR e.status = $4) AND ($5::uuid IS NULL OR e.doctor_id = $5)
  AND ($6::uuid IS NULL OR e.patient_id = $6) AND ($7::uuid IS NULL OR e.appointment_id = $7)
  AND ($8::uuid IS NULL OR e.doctor_id = $8
       OR (e.doctor_id IS NULL AND e.department_id = (SELECT d.department_id FROM doctor d WHERE d.id = $8)))
  AND ($9::timestamptz IS NULL OR (e.created_at, e.id) > ($9, $10::uuid))
ORDER BY e.created_at, e.id
LIMIT $11;

-- name: open_walk_in
SELECT e.id FROM queue_entry e
WHERE e.facility_id = $1 AND e.patient_id = $2 AND e.queue_id = $3 AND e.day = $4 AND e.appointment_id IS NULL
  AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD');

-- name: lock_open_walk_in
-- An open entry of that patient in that queue which no appointment has yet.
SELECT e.*, f.zone, f.max_calls, f.staging_factor, p.display_name AS patient_name, p.mrn AS patient_mrn,
       v.name AS visitor_name, v.phone AS visitor_phone
FROM queue_entry e JOIN facility f ON f.id = e.facility_id
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
WHERE e.facility_id = $1 AND e.patient_id = $2 AND e.queue_id = $3 AND e.day = $4 AND e.appointment_id IS NULL
  AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
FOR UPDATE OF e;

-- name: lock_entry_of_appointment
-- The open one, else the newest. It may be transferred while this waits for it: its successor is not in sight of this
-- statement, so the chain is followed by the next ones (store::lock_of_appointment).
SELECT e.*, f.zone, f.max_calls, f.staging_factor, p.display_name AS patient_name, p.mrn AS patient_mrn,
       v.name AS visitor_name, v.phone AS visitor_phone
FROM queue_entry e JOIN facility f ON f.id = e.facility_id
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
WHERE e.facility_id = $1 AND e.appointment_id = $2
ORDER BY e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD') DESC, e.created_at DESC, e.id DESC
LIMIT 1
FOR UPDATE OF e;

-- name: lock_entries_of_visitor
SELECT e.*, f.zone, f.max_calls, f.staging_factor, p.display_name AS patient_name, p.mrn AS patient_mrn,
       v.name AS visitor_name, v.phone AS visitor_phone
FROM queue_entry e JOIN facility f ON f.id = e.facility_id
LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN visitor v ON v.id = e.visitor_id
WHERE e.facility_id = $1 AND e.visitor_id = $2
ORDER BY e.id
FOR UPDATE OF e;

-- name: due_day_close
-- Entries of days that ended; 04:00 in the facility's zone.
SELECT e.id, e.facility_id FROM queue_entry e JOIN facility f ON f.id = e.facility_id
WHERE e.status IN ('WAITING', 'CALLED', 'ON_HOLD') AND e.queue_kind <> 'EMERGENCY'
  AND (e.day + 1 + time '04:00') AT TIME ZONE f.zone <= $1
ORDER BY e.day
LIMIT 200;

-- name: staging_heads
-- The first who waits in each staging queue whose department has a regular one, and how full that is.
SELECT h.id, h.facility_id, h.department_id, f.staging_factor,
       (SELECT count(*)::int FROM queue_entry o
        WHERE o.queue_id = (SELECT q.id FROM queue q
                            WHERE q.department_id = h.department_id AND q.kind = 'REGULAR'
                            ORDER BY q.created_at, q.id LIMIT 1)
          AND o.day = h.day AND o.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')) AS open_entries
FROM (SELECT DISTINCT ON (e.queue_id) e.id, e.facility_id, e.department_id, e.day
      FROM queue_entry e JOIN facility f ON f.id = e.facility_id
      WHERE e.status = 'WAITING' AND e.queue_kind = 'STAGING' AND e.day = ($1::timestamptz AT TIME ZONE f.zone)::date
        -- Who stands in the regular queue already does not hold up the others.
        AND NOT EXISTS (SELECT 1 FROM queue_entry r
                        WHERE r.patient_id = e.patient_id AND r.day = e.day AND r.department_id = e.department_id
                          AND r.queue_kind = 'REGULAR' AND r.appointment_id IS NULL
                          AND r.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD'))
      ORDER BY e.queue_id, e.urgency, e.seniority, e.ticket_number) AS h
JOIN facility f ON f.id = h.facility_id;

-- name: doctors_on_duty
-- Whose weekly hours or extra sessions cover this moment by the facility's clock, and no leave or holiday does.
SELECT d.id, d.specialty, d.department_id,
       (SELECT count(*)::int FROM queue_entry e
        WHERE e.doctor_id = d.id AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
          AND e.day >= t.today - 1) AS open_entries
FROM facility f
CROSS JOIN LATERAL (SELECT ($2::timestamptz AT TIME ZONE f.zone)::date AS today,
                           extract(dow FROM $2::timestamptz AT TIME ZONE f.zone)::int AS weekday,
                           extract(hour FROM $2::timestamptz AT TIME ZONE f.zone)::int * 60
                             + extract(minute FROM $2::timestamptz AT TIME ZONE f.zone)::int AS minute) AS t
JOIN doctor d ON d.facility_id = f.id AND d.active
WHERE f.id = $1 AND (d.department_id = $3 OR d.specialty = $4)
  AND (EXISTS (SELECT 1 FROM doctor_session s
               WHERE s.doctor_id = d.id AND s.weekday = t.weekday AND s.from_min <= t.minute AND t.minute < s.to_min
                 AND (d.valid_from IS NULL OR d.valid_from <= t.today) AND (d.valid_to IS NULL OR t.today <= d.valid_to))
       OR EXISTS (SELECT 1 FROM doctor_exception x
                  WHERE x.doctor_id = d.id AND x.kind = 'EXTRA' AND x.from_at <= $2 AND $2 < x.to_at))
  AND NOT EXISTS (SELECT 1 FROM doctor_exception x
                  WHERE x.doctor_id = d.id AND x.kind <> 'EXTRA' AND x.from_at <= $2 AND $2 < x.to_at);

-- name: entry_position
-- How many stand before this one, and how many of them its doctor may have to see first: their own, and those of nobody
-- yet; called ones are not ahead. What was really observed of late in this hour of the day: the time from when both the
-- patient and the call before were there until the call, for the doctor's entries and for the queue's.
WITH mine AS (
  SELECT e.*, f.zone, ($3::timestamptz AT TIME ZONE f.zone)::date AS today
  FROM queue_entry e JOIN facility f ON f.id = e.facility_id
  WHERE e.id = $1 AND e.facility_id = $2
), turns AS (
  SELECT o.doctor_id,
         extract(epoch FROM o.first_called_at - greatest(o.seniority, lag(o.first_called_at) OVER w)) / 60 AS minutes,
         extract(epoch FROM o.first_called_at - greatest(o.seniority, lag(o.first_called_at) OVER d)) / 60 AS own_minutes
  FROM queue_entry o, mine
  WHERE o.queue_id = mine.queue_id AND o.facility_id = mine.facility_id
    AND o.first_called_at >= $3::timestamptz - interval '28 days'
    AND extract(hour FROM o.first_called_at AT TIME ZONE mine.zone) = extract(hour FROM $3::timestamptz AT TIME ZONE mine.zone)
  WINDOW w AS (PARTITION BY o.day ORDER BY o.first_called_at),
         d AS (PARTITION BY o.day, o.doctor_id ORDER BY o.first_called_at)
)
SELECT mine.status, mine.day, mine.today, before.everybody AS ahead, before.for_doctor AS ahead_of_doctor,
       own.n AS own_count, own.low AS own_low, own.mid AS own_mid, own.high AS own_high,
       line.n AS line_count, line.low AS line_low, line.mid AS line_mid, line.high AS line_high
FROM mine,
     (SELECT count(*)::int AS everybody, (count(*) FILTER (WHERE a.doctor_id IS NULL OR a.doctor_id = mine.doctor_id))::int AS for_doctor
      FROM queue_entry a, mine
      WHERE mine.status = 'WAITING' AND a.queue_id = mine.queue_id AND a.facility_id = mine.facility_id AND a.status = 'WAITING'
        AND (a.day = mine.day OR a.queue_kind = 'EMERGENCY')
        AND (a.urgency, a.seniority, a.ticket_number) < (mine.urgency, mine.seniority, mine.ticket_number)) AS before,
     (SELECT count(*)::int AS n, percentile_cont(0.25) WITHIN GROUP (ORDER BY own_minutes) AS low,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY own_minutes) AS mid,
             percentile_cont(0.75) WITHIN GROUP (ORDER BY own_minutes) AS high
      FROM turns WHERE doctor_id = (SELECT doctor_id FROM mine)) AS own,
     (SELECT count(*)::int AS n, percentile_cont(0.25) WITHIN GROUP (ORDER BY minutes) AS low,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS mid,
             percentile_cont(0.75) WITHIN GROUP (ORDER BY minutes) AS high
      FROM turns) AS line;

-- name: tracked_entry
-- no facility: the token is the key, and opens this one entry only
SELECT e.id, e.facility_id, e.ticket_label, e.room, q.name AS queue_name
FROM queue_entry e JOIN facility f ON f.id = e.facility_id JOIN queue q ON q.id = e.queue_id
WHERE e.tracking_token = $1 AND e.status <> 'TRANSFERRED' AND e.day = ($2::timestamptz AT TIME ZONE f.zone)::date;

-- name: wait_figures
-- From arrival (or rejoining) to the first call, by department of the queue, over local days.
SELECT q.department_id, d.name AS department_name, count(*)::bigint AS visits,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.first_called_at - e.seniority) / 60) AS p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM e.first_called_at - e.seniority) / 60) AS p90
FROM queue_entry e JOIN queue q ON q.id = e.queue_id LEFT JOIN department d ON d.id = q.department_id
WHERE e.facility_id = $1 AND e.day BETWEEN $2 AND $3 AND e.first_called_at IS NOT NULL
GROUP BY q.department_id, d.name
ORDER BY d.name NULLS LAST, q.department_id;

-- name: floor_figures
-- no facility: what operators see of the whole floor.
-- Of those who wait now; the partial index holds just them.
WITH waiting AS MATERIALIZED (
  SELECT urgency, extract(epoch FROM clock_timestamp() - seniority)::float8 AS age FROM queue_entry WHERE status = 'WAITING'
)
SELECT 'queue_waiting_patients' AS name, level.label, count(w.age)::float8 AS value
FROM (VALUES ('CRITICAL', 0), ('HIGH', 1), ('MODERATE', 2), ('LOW', 3)) AS level (label, urgency)
LEFT JOIN waiting w ON w.urgency = level.urgency
GROUP BY level.label
UNION ALL
SELECT 'queue_waiting_age_seconds', q.label, coalesce(percentile_disc(q.part) WITHIN GROUP (ORDER BY w.age), 0)
FROM (VALUES ('0.5', 0.5), ('0.9', 0.9), ('1', 1)) AS q (label, part) LEFT JOIN waiting w ON true
GROUP BY q.label, q.part;
