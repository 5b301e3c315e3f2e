-- name: booking_facts
-- Everything that the booking rules need, in one round trip.
SELECT f.zone, f.day_cap, f.urgent_seats, f.desk_may_complete, f.no_show_grace_min,
       p.active AS patient_active,
       d.active AS doctor_active, d.department_id, d.valid_from, d.valid_to, d.hours_version,
       array(SELECT weekday FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS weekdays,
       array(SELECT from_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS from_mins,
       array(SELECT to_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS to_mins,
       array(SELECT slot_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS slot_mins
FROM facility f
LEFT JOIN patient p ON p.id = $2 AND p.facility_id = f.id
LEFT JOIN doctor d ON d.id = $3 AND d.facility_id = f.id
WHERE f.id = $1;

-- name: facility_rules
-- no facility: the facility's own row
SELECT zone, day_cap, urgent_seats, desk_may_complete, no_show_grace_min, currency FROM facility WHERE id = $1;

-- name: book_appointment
-- One round trip: the doctor's row is share-locked so that hours and deactivation cannot change underneath, a free seat
-- is drawn, the visit inserted, and its answer and event stored with it. No row back = something forbids it
-- (why_not_booked tells what). The seat is random so that racing bookings rarely want the same one.
WITH doctor_row AS (
  SELECT d.id, d.department_id
  FROM doctor d
  WHERE d.id = $4 AND d.facility_id = $2 AND d.active AND d.hours_version = $5
  FOR SHARE
), patient_row AS (
  SELECT 1 FROM patient p WHERE p.id = $3 AND p.facility_id = $2 AND p.active
), seat AS (
  SELECT free.seat
  FROM (SELECT generate_series(1, $9::int) AS seat
        EXCEPT
        SELECT a.seat FROM appointment a
        WHERE a.doctor_id = $4 AND a.local_date = $8
          AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')) AS free
  ORDER BY random()
  LIMIT 1
), booked AS (
  INSERT INTO appointment (id, facility_id, patient_id, doctor_id, department_id, starts_at, ends_at, local_date, seat,
                           status, triage_level, reason, notes, created_at, created_by, updated_at, updated_by)
  SELECT $1, $2, $3, doctor_row.id, doctor_row.department_id, $6, $7, $8, seat.seat,
         'BOOKED', $10, $11, $12, $13, $14, $13, $14
  FROM doctor_row, patient_row, seat
  ON CONFLICT DO NOTHING
  RETURNING id, facility_id, version, event_seq, status, created_at
), history AS (
  INSERT INTO appointment_transition (facility_id, appointment_id, version, event, status, at, actor_id)
  SELECT facility_id, id, version, 'AppointmentBooked', status, created_at, $14 FROM booked
), answer AS (
  INSERT INTO idempotency_key (owner, key, request_hash, status, headers, body)
  SELECT $15, $16, $17, $18, $19, $20 FROM booked WHERE $16::text IS NOT NULL
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.appointment.v1', booked.id::text, e.type, booked.facility_id,
         booked.event_seq - cardinality($21::uuid[]) + e.n, e.payload, $24::uuid, $25::uuid, $26::text
  FROM booked, unnest($21::uuid[], $22::text[], $23::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM booked;

-- name: why_not_booked
-- After a booking that found no room: which of the three, or a lost race that is worth another try.
SELECT
  coalesce((SELECT d.active AND d.hours_version = $4 FROM doctor d WHERE d.id = $3 AND d.facility_id = $1), false)
    AS doctor_unchanged,
  EXISTS (SELECT 1 FROM appointment a
          WHERE a.facility_id = $1 AND a.patient_id = $2 AND a.id <> $9
            AND tstzrange(a.starts_at, a.ends_at) && tstzrange($5, $6)
            AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')) AS patient_busy,
  (SELECT count(*) FROM appointment a
   WHERE a.doctor_id = $3 AND a.local_date = $7 AND a.seat <= $8::int AND a.id <> $9
     AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')) >= $8::int AS day_full,
  EXISTS (SELECT 1 FROM appointment a
          WHERE a.doctor_id = $3 AND a.id <> $9
            AND tstzrange(a.starts_at, a.ends_at) && tstzrange($5, $6)
            AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')) AS doctor_busy;

-- name: get_appointment
SELECT a.* FROM appointment a WHERE a.id = $1 AND a.facility_id = $2;

-- name: lock_appointment
SELECT a.*, f.zone, f.day_cap, f.urgent_seats, f.desk_may_complete, f.no_show_grace_min
FROM appointment a JOIN facility f ON f.id = a.facility_id
WHERE a.id = $1 AND a.facility_id = $2
FOR UPDATE OF a;

-- name: save_appointment
-- The state after a decision, its history and its events. The seat is kept while the visit stays with its doctor and day;
-- otherwise a free one is drawn ($13 = how many there are). $24: without a seat nothing is saved (the day is full).
WITH seat AS (
  SELECT CASE
    WHEN a.doctor_id = $3 AND a.local_date = $6 AND a.seat IS NOT NULL
         AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED') THEN a.seat
    ELSE (SELECT free.seat
          FROM (SELECT generate_series(1, $13::int) AS seat
                EXCEPT
                SELECT b.seat FROM appointment b
                WHERE b.doctor_id = $3 AND b.local_date = $6 AND b.id <> $1
                  AND b.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')) AS free
          ORDER BY random()
          LIMIT 1)
    END AS number
  FROM appointment a WHERE a.id = $1 AND a.facility_id = $2
), saved AS (
  UPDATE appointment SET
    doctor_id = $3, starts_at = $4, ends_at = $5, local_date = $6,
    seat = seat.number,
    department_id = $7, status = $8, status_reason = $9, move_count = $10, consultation_id = $11, status_before = $12,
    reason = $14, notes = $15,
    version = version + 1, event_seq = event_seq + cardinality($18::uuid[]), updated_at = $16, updated_by = $17
  FROM seat
  WHERE id = $1 AND facility_id = $2 AND (seat.number IS NOT NULL OR NOT $24::boolean)
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by
), history AS (
  INSERT INTO appointment_transition (facility_id, appointment_id, version, event, status, reason, at, actor_id)
  SELECT saved.facility_id, saved.id, saved.version, e.type, saved.status, saved.status_reason, saved.updated_at,
         saved.updated_by
  FROM saved, unnest($19::text[]) AS e (type)
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.appointment.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($18::uuid[]) + e.n, e.payload, $21::uuid, $22::uuid, $23::text
  FROM saved, unnest($18::uuid[], $19::text[], $20::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: list_appointments
-- Keyset by (starts_at, id). Filters that are NULL do not filter.
SELECT a.* FROM appointment a
WHERE a.facility_id = $1
  AND a.starts_at >= coalesce($2::timestamptz, '-infinity') AND a.starts_at < coalesce($3::timestamptz, 'infinity')
  AND ($4::uuid IS NULL OR a.doctor_id = $4) AND ($5::uuid IS NULL OR a.patient_id = $5)
  AND ($6::uuid IS NULL OR a.department_id = $6) AND ($7::text IS NULL OR a.status = $7)
  AND ($8::timestamptz IS NULL OR (a.starts_at, a.id) > ($8, $9::uuid))
ORDER BY a.starts_at, a.id
LIMIT $10;

-- name: calendars
-- Doctors that a slot search may offer, with their hours.
SELECT d.id, d.valid_from, d.valid_to,
       array(SELECT weekday FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS weekdays,
       array(SELECT from_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS from_mins,
       array(SELECT to_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS to_mins,
       array(SELECT slot_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS slot_mins,
       array(SELECT a.starts_at FROM appointment a
             WHERE a.facility_id = d.facility_id AND a.doctor_id = d.id AND a.starts_at >= $2::timestamptz - interval '3 hours'
               AND a.starts_at < $3 AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')
             ORDER BY a.starts_at, a.id) AS busy_from,
       array(SELECT a.ends_at FROM appointment a
             WHERE a.facility_id = d.facility_id AND a.doctor_id = d.id AND a.starts_at >= $2::timestamptz - interval '3 hours'
               AND a.starts_at < $3 AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')
             ORDER BY a.starts_at, a.id) AS busy_to,
       array(SELECT a.local_date::text FROM appointment a
             WHERE a.facility_id = d.facility_id AND a.doctor_id = d.id
               AND a.local_date BETWEEN $2::date - 1 AND $3::date + 1
               AND a.seat <= $7::int AND a.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION', 'COMPLETED')
             GROUP BY a.local_date HAVING count(*) >= $7::int) AS full_days
FROM doctor d
WHERE d.facility_id = $1 AND d.active
  AND ($4::uuid IS NULL OR d.id = $4) AND ($5::text IS NULL OR d.specialty = $5)
  AND ($6::uuid IS NULL OR d.department_id = $6)
ORDER BY d.id
LIMIT 500;
