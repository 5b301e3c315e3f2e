-- name: booking_facts
-- Everything that the booking rules need, in one round trip; exceptions and holidays around $4 to $5 only.
SELECT f.zone, f.day_cap, f.urgent_seats, f.desk_may_complete, f.no_show_grace_min,
       p.active AS patient_active,
       d.active AS doctor_active, d.department_id, d.hours_version,
       d.valid_from, d.valid_to, d.weekdays, d.from_mins, d.to_mins, d.slot_mins,
       e.exception_ids, e.exception_kinds, e.exception_from, e.exception_to, e.exception_slots,
       h.holiday_ids, h.holiday_dates
FROM facility f
LEFT JOIN patient p ON p.id = $2 AND p.facility_id = f.id
LEFT JOIN doctor d ON d.id = $3 AND d.facility_id = f.id
CROSS JOIN LATERAL (
  SELECT array_agg(x.id ORDER BY x.starts_at, x.id) AS exception_ids,
         array_agg(x.kind ORDER BY x.starts_at, x.id) AS exception_kinds,
         array_agg(x.starts_at ORDER BY x.starts_at, x.id) AS exception_from,
         array_agg(x.ends_at ORDER BY x.starts_at, x.id) AS exception_to,
         array_agg(x.slot_min ORDER BY x.starts_at, x.id) AS exception_slots
  FROM hours_exception x WHERE x.doctor_id = d.id AND x.starts_at < $5 AND x.ends_at > $4) AS e
CROSS JOIN LATERAL (
  SELECT array_agg(x.id ORDER BY x.date) AS holiday_ids, array_agg(x.date::text ORDER BY x.date) AS holiday_dates
  FROM holiday x WHERE x.facility_id = f.id AND x.date BETWEEN $4::date - 1 AND $5::date + 1) AS h
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
                           status, triage_level, reason, notes, created_at, created_by, updated_at, updated_by,
                           assignment_reason)
  SELECT $1, $2, $3, doctor_row.id, doctor_row.department_id, $6, $7, $8, seat.seat,
         'BOOKED', $10, $11, $12, $13, $14, $13, $14, $27
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
-- otherwise a free one is drawn ($13 = how many there are). Time that becomes free is noted for those who wait. $24: without a seat nothing is saved (the day is full).
WITH before AS (
  SELECT a.id, a.doctor_id, a.starts_at, a.ends_at, a.status FROM appointment a WHERE a.id = $1 AND a.facility_id = $2
), seat AS (
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
    reason = $14, notes = $15, assignment_reason = $25,
    version = version + 1, event_seq = event_seq + cardinality($18::uuid[]), updated_at = $16, updated_by = $17
  FROM seat
  WHERE id = $1 AND facility_id = $2 AND (seat.number IS NOT NULL OR NOT $24::boolean)
  RETURNING id, facility_id, version, event_seq, status, status_reason, updated_at, updated_by, doctor_id, starts_at, ends_at
), freed AS (
  INSERT INTO freed_time (facility_id, doctor_id, starts_at, ends_at)
  SELECT saved.facility_id, before.doctor_id, before.starts_at, before.ends_at
  FROM saved JOIN before ON before.id = saved.id
  WHERE before.status IN ('BOOKED', 'CHECKED_IN', 'IN_CONSULTATION') AND before.ends_at > saved.updated_at
    AND (saved.status IN ('CANCELLED', 'NO_SHOW')
         OR (before.doctor_id, before.starts_at, before.ends_at) <> (saved.doctor_id, saved.starts_at, saved.ends_at))
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

-- name: list_by_day
-- Keyset by (starts_at, id) from ($2, $3) on. The page is found in the index alone; only its own rows are fetched.
SELECT a.* FROM (
  SELECT k.id FROM appointment k
  WHERE k.facility_id = $1 AND (k.starts_at, k.id) > ($2, $3::uuid) AND k.starts_at < $4
    AND ($5::uuid IS NULL OR k.department_id = $5) AND ($6::text IS NULL OR k.status = $6)
  ORDER BY k.starts_at, k.id
  LIMIT $7) AS page
JOIN appointment a ON a.id = page.id
ORDER BY a.starts_at, a.id;

-- name: list_by_doctor
SELECT a.* FROM (
  SELECT k.id FROM appointment k
  WHERE k.facility_id = $1 AND k.doctor_id = $8 AND (k.starts_at, k.id) > ($2, $3::uuid) AND k.starts_at < $4
    AND ($5::uuid IS NULL OR k.department_id = $5) AND ($6::text IS NULL OR k.status = $6)
  ORDER BY k.starts_at, k.id
  LIMIT $7) AS page
JOIN appointment a ON a.id = page.id
ORDER BY a.starts_at, a.id;

-- name: list_by_patient
SELECT a.* FROM (
  SELECT k.id FROM appointment k
  WHERE k.facility_id = $1 AND k.patient_id = $8 AND (k.starts_at, k.id) > ($2, $3::uuid) AND k.starts_at < $4
    AND ($5::uuid IS NULL OR k.department_id = $5) AND ($6::text IS NULL OR k.status = $6)
    AND ($9::uuid IS NULL OR k.doctor_id = $9)
  ORDER BY k.starts_at, k.id
  LIMIT $7) AS page
JOIN appointment a ON a.id = page.id
ORDER BY a.starts_at, a.id;

-- name: free_time
-- Hours that came back, for those who wait.
INSERT INTO freed_time (facility_id, doctor_id, starts_at, ends_at)
SELECT d.facility_id, d.id, $3, $4 FROM doctor d
WHERE d.facility_id = $1 AND d.active AND ($2::uuid IS NULL OR d.id = $2);
