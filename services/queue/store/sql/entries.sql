-- name: next_ticket
INSERT INTO ticket_counter (facility_id, queue_id, day, last_number) VALUES ($1, $2, $3, 1)
ON CONFLICT (queue_id, day) DO UPDATE SET last_number = ticket_counter.last_number + 1
RETURNING last_number;

-- name: insert_entry
WITH inserted AS (
  INSERT INTO queue_entry (id, facility_id, queue_id, department_id, queue_kind, origin_queue_id, day, ticket_number,
                           ticket_label, patient_id, doctor_id, appointment_id, status, triage_level, priority, urgency,
                           reason, transferred_from, seniority, tracking_token, created_at, created_by, updated_at,
                           updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $21, $22)
  RETURNING id, facility_id, version, event_seq, status, created_at, created_by
), history AS (
  INSERT INTO queue_entry_transition (facility_id, queue_entry_id, version, event, status, at, actor_id)
  SELECT facility_id, id, version, 'QueueEntryCreated', status, created_at, created_by FROM inserted
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.queue-entry.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($23::uuid[]) + e.n, e.payload, $26::uuid, $27::uuid, $28::text
  FROM inserted, unnest($23::uuid[], $24::text[], $25::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: lock_entry
SELECT e.*, f.zone, f.max_calls FROM queue_entry e JOIN facility f ON f.id = e.facility_id
WHERE e.id = $1 AND e.facility_id = $2
FOR UPDATE OF e;

-- name: save_entry
WITH saved AS (
  UPDATE queue_entry SET
    doctor_id = $3, appointment_id = $4, consultation_id = $5, status = $6, priority = $7, urgency = $8, calls = $9,
    status_reason = $10, room = $11, transferred_to = $12, seniority = $13, called_at = $14, started_at = $15,
    completed_at = $16, updated_at = $17, updated_by = $18,
    version = version + 1, event_seq = event_seq + cardinality($19::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by
), history AS (
  INSERT INTO queue_entry_transition (facility_id, queue_entry_id, version, event, status, reason, at, actor_id)
  SELECT saved.facility_id, saved.id, saved.version, e.type, saved.status, saved.status_reason, saved.updated_at,
         saved.updated_by
  FROM saved, unnest($20::text[]) AS e (type)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.queue-entry.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($19::uuid[]) + e.n, e.payload, $22::uuid, $23::uuid, $24::text
  FROM saved, unnest($19::uuid[], $20::text[], $21::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: get_entry
SELECT e.* FROM queue_entry e WHERE e.id = $1 AND e.facility_id = $2;

-- name: lock_next_entry
-- The first by order that nobody else is calling right now: a clerk at the same moment gets the second. With a doctor, an
-- emergency of that doctor or an unassigned one of the department goes before the queue's own; entries of other
-- doctors are never given away.
SELECT e.*, f.zone, f.max_calls
FROM queue_entry e JOIN facility f ON f.id = e.facility_id
WHERE e.facility_id = $1 AND e.status = 'WAITING' AND e.day = $4
  AND (e.queue_id = $2
       OR ($3::uuid IS NOT NULL AND e.queue_kind = 'EMERGENCY'
           AND e.department_id = (SELECT q.department_id FROM queue q WHERE q.id = $2)))
  AND (e.doctor_id IS NULL OR $3::uuid IS NULL OR e.doctor_id = $3)
ORDER BY (e.queue_id <> $2) DESC, e.urgency, e.seniority, e.ticket_number
LIMIT 1
FOR UPDATE OF e SKIP LOCKED;

-- name: list_entries
SELECT e.* FROM queue_entry e
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

-- name: lock_linkable_entry
-- An open entry of that patient in that queue which no appointment has yet.
SELECT e.*, f.zone, f.max_calls FROM queue_entry e JOIN facility f ON f.id = e.facility_id
WHERE e.facility_id = $1 AND e.patient_id = $2 AND e.queue_id = $3 AND e.day = $4 AND e.appointment_id IS NULL
  AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
FOR UPDATE OF e;

-- name: lock_entry_of_appointment
-- The newest of its chain: a fact about a transferred entry applies to its successor.
SELECT e.*, f.zone, f.max_calls FROM queue_entry e JOIN facility f ON f.id = e.facility_id
WHERE e.facility_id = $1 AND e.appointment_id = $2 AND e.status <> 'TRANSFERRED'
ORDER BY e.created_at DESC, e.id DESC
LIMIT 1
FOR UPDATE OF e;

-- name: due_day_close
-- Entries of days that ended; 04:00 in the facility's zone.
SELECT e.id, e.facility_id FROM queue_entry e JOIN facility f ON f.id = e.facility_id
WHERE e.status IN ('WAITING', 'CALLED', 'ON_HOLD') AND e.queue_kind <> 'EMERGENCY'
  AND (e.day + 1 + time '04:00') AT TIME ZONE f.zone <= $1
ORDER BY e.day
LIMIT 200;
