-- name: insert_doctor
WITH inserted AS (
  INSERT INTO doctor (id, facility_id, display_name, account_id, specialty, department_id, sex, room, phone, email,
                      fee_amount, fee_currency, active, created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $14, $15)
  RETURNING id, facility_id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.doctor.v1', inserted.id::text, e.type, inserted.facility_id,
         inserted.event_seq - cardinality($16::uuid[]) + e.n, e.payload, $19::uuid, $20::uuid, $21::text
  FROM inserted, unnest($16::uuid[], $17::text[], $18::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: get_doctor
SELECT d.*,
       array(SELECT weekday FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS weekdays,
       array(SELECT from_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS from_mins,
       array(SELECT to_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS to_mins,
       array(SELECT slot_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS slot_mins
FROM doctor d WHERE d.id = $1 AND d.facility_id = $2;

-- name: lock_doctor
SELECT d.*,
       array(SELECT weekday FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS weekdays,
       array(SELECT from_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS from_mins,
       array(SELECT to_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS to_mins,
       array(SELECT slot_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS slot_mins
FROM doctor d WHERE d.id = $1 AND d.facility_id = $2
FOR UPDATE OF d;

-- name: save_doctor
WITH saved AS (
  UPDATE doctor SET display_name = $3, account_id = $4, specialty = $5, department_id = $6, sex = $7, room = $8,
    phone = $9, email = $10, fee_amount = $11, fee_currency = $12, active = $13, updated_at = $14, updated_by = $15,
    version = version + 1, event_seq = event_seq + cardinality($16::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.doctor.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($16::uuid[]) + e.n, e.payload, $19::uuid, $20::uuid, $21::text
  FROM saved, unnest($16::uuid[], $17::text[], $18::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: clear_weekly_sessions
DELETE FROM weekly_session WHERE doctor_id = $1 AND facility_id = $2;

-- name: insert_weekly_sessions
INSERT INTO weekly_session (facility_id, doctor_id, weekday, from_min, to_min, slot_min)
SELECT $1, $2, s.weekday, s.from_min, s.to_min, s.slot_min
FROM unnest($3::int[], $4::int[], $5::int[], $6::int[]) AS s (weekday, from_min, to_min, slot_min);

-- name: save_hours
WITH saved AS (
  UPDATE doctor SET valid_from = $3, valid_to = $4, hours_version = hours_version + 1, updated_at = $5, updated_by = $6,
    event_seq = event_seq + cardinality($7::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, hours_version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.doctor.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($7::uuid[]) + e.n, e.payload, $10::uuid, $11::uuid, $12::text
  FROM saved, unnest($7::uuid[], $8::text[], $9::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT hours_version FROM saved;

-- name: list_doctors
SELECT d.*,
       array(SELECT weekday FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS weekdays,
       array(SELECT from_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS from_mins,
       array(SELECT to_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS to_mins,
       array(SELECT slot_min FROM weekly_session w WHERE w.doctor_id = d.id ORDER BY weekday, from_min) AS slot_mins
FROM doctor d
WHERE d.facility_id = $1 AND ($2::uuid IS NULL OR d.department_id = $2) AND ($3::text IS NULL OR d.specialty = $3)
  AND ($4::boolean IS NULL OR d.active = $4)
  AND ($5::text IS NULL OR public.unaccent(lower(d.display_name)) LIKE '%' || public.unaccent(lower($5)) || '%')
  AND ($6::text IS NULL OR (d.display_name, d.id) > ($6, $7::uuid))
ORDER BY d.display_name, d.id
LIMIT $8;

-- name: doctor_account
-- Whether the account may be this facility's doctor; no row = not known here.
SELECT is_doctor AND active AS may FROM account WHERE id = $1 AND facility_id = $2;

-- name: doctor_of_account
SELECT id FROM doctor WHERE account_id = $1 AND facility_id = $2;

-- name: stranded_appointments
-- Visits to come of a doctor; the caller keeps those that the new hours no longer cover.
SELECT a.* FROM appointment a
WHERE a.facility_id = $1 AND a.doctor_id = $2 AND a.starts_at >= $3 AND a.status = 'BOOKED'
ORDER BY a.starts_at, a.id
LIMIT 1000;
