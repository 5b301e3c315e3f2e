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
SELECT d.*, f.zone FROM doctor d JOIN facility f ON f.id = d.facility_id WHERE d.id = $1 AND d.facility_id = $2;

-- name: lock_doctor
SELECT d.*, f.zone FROM doctor d JOIN facility f ON f.id = d.facility_id WHERE d.id = $1 AND d.facility_id = $2
FOR UPDATE OF d;

-- name: save_doctor
WITH saved AS (
  UPDATE doctor SET display_name = $3, account_id = $4, specialty = $5, department_id = $6, sex = $7, room = $8,
    phone = $9, email = $10, fee_amount = $11, fee_currency = $12, active = $13, status_reason = $14,
    updated_at = $15, updated_by = $16,
    version = version + 1, event_seq = event_seq + cardinality($17::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.doctor.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($17::uuid[]) + e.n, e.payload, $20::uuid, $21::uuid, $22::text
  FROM saved, unnest($17::uuid[], $18::text[], $19::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: save_hours
WITH saved AS (
  UPDATE doctor SET valid_from = $3, valid_to = $4, weekdays = $5::int[], from_mins = $6::int[], to_mins = $7::int[],
    slot_mins = $8::int[], hours_version = hours_version + 1, updated_at = $9, updated_by = $10,
    event_seq = event_seq + cardinality($11::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, hours_version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.doctor.v1', saved.id::text, e.type, saved.facility_id,
         saved.event_seq - cardinality($11::uuid[]) + e.n, e.payload, $14::uuid, $15::uuid, $16::text
  FROM saved, unnest($11::uuid[], $12::text[], $13::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT hours_version FROM saved;

-- name: list_doctors
SELECT d.*, f.zone FROM doctor d JOIN facility f ON f.id = d.facility_id
WHERE d.facility_id = $1 AND ($2::uuid IS NULL OR d.department_id = $2) AND ($3::text IS NULL OR d.specialty = $3)
  AND ($4::boolean IS NULL OR d.active = $4)
  AND ($5::text IS NULL OR public.unaccent(lower(d.display_name)) LIKE '%' || public.unaccent(lower($5)) || '%')
  AND ($6::text IS NULL OR (d.display_name, d.id) > ($6, $7::uuid))
ORDER BY d.display_name, d.id
LIMIT $8;

-- name: doctor_account
-- Whether the account may be this facility's doctor; no row = not known here.
SELECT is_doctor AND active AS may FROM account WHERE id = $1 AND facility_id = $2;

-- name: lock_facility_doctors
-- Every doctor of the facility, for a change of all their hours; in one order, so that two such changes cannot deadlock.
SELECT d.*, f.zone FROM doctor d JOIN facility f ON f.id = d.facility_id
WHERE d.facility_id = $1 ORDER BY d.id FOR UPDATE OF d;

-- name: save_facility_hours
-- A holiday came or went: the hours of each doctor are others now, and each tells it. One event for each doctor.
WITH wanted AS (
  SELECT * FROM unnest($2::uuid[], $5::uuid[], $6::text[], $7::text[]) AS w (doctor_id, event_id, type, payload)
), saved AS (
  UPDATE doctor d SET hours_version = d.hours_version + 1, event_seq = d.event_seq + 1, updated_at = $3, updated_by = $4
  FROM wanted
  WHERE d.id = wanted.doctor_id AND d.facility_id = $1
  RETURNING d.id, d.facility_id, d.event_seq, wanted.event_id, wanted.type, wanted.payload
)
INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                    actor_id, causation_id, traceparent)
SELECT saved.event_id, 'ambula.doctor.v1', saved.id::text, saved.type, saved.facility_id, saved.event_seq, saved.payload,
       $8::uuid, $9::uuid, $10::text
FROM saved
ORDER BY saved.id;

-- name: doctor_used_by
-- What keeps the record of a doctor: visits, disruptions that name it or proposed it, requests, consultations.
SELECT
  EXISTS (SELECT 1 FROM appointment a WHERE a.facility_id = $1 AND a.doctor_id = $2)
    OR EXISTS (SELECT 1 FROM disruption x WHERE x.facility_id = $1 AND x.doctor_id = $2)
    OR EXISTS (SELECT 1 FROM disruption_item x WHERE x.facility_id = $1
               AND (x.doctor_id = $2 OR x.proposed_doctor_id = $2)) AS appointments,
  EXISTS (SELECT 1 FROM waiting_request w WHERE w.facility_id = $1 AND w.doctor_id = $2) AS waiting_requests,
  d.used AS seen
FROM doctor d WHERE d.facility_id = $1 AND d.id = $2;

-- name: delete_doctor
WITH deleted AS (
  DELETE FROM doctor WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.doctor.v1', deleted.id::text, e.type, deleted.facility_id, deleted.event_seq + e.n, e.payload,
         $6::uuid, $7::uuid, $8::text
  FROM deleted, unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM deleted;

-- name: mark_doctor_used
UPDATE doctor SET used = true WHERE id = $1 AND facility_id = $2 AND NOT used;

-- name: visits_to_come
-- BOOKED visits of a doctor (of the facility when $2 is NULL) that overlap the span; the caller keeps those that the
-- hours no longer cover. Bounded by the day cap.
SELECT a.* FROM appointment a
WHERE a.facility_id = $1 AND ($2::uuid IS NULL OR a.doctor_id = $2)
  AND a.starts_at >= $3 AND a.starts_at < $5 AND a.ends_at > $4 AND a.status = 'BOOKED'
ORDER BY a.starts_at, a.id;
