-- Fills the scheduling schema with appointments for measurements: as many as wanted, in minutes.
--
--   psql "$AMBULA_PG_URL" -v appointments=10000000 -f tests/load/generate_appointments.sql
--
-- One facility `load` in UTC for each 200 doctors, 12 visits of 15 minutes a doctor and day, one patient in a million
-- each: nobody is double-booked, so the constraints that are taken away for the time of loading come back afterwards.
-- The days lie half in the past (completed, missed, cancelled) and half in the future (booked). Nothing is told to
-- Kafka. Running it again adds further facilities. For a throw-away database.

\set ON_ERROR_STOP on
\if :{?appointments}
\else
  \set appointments 10000000
\endif
SET search_path = scheduling, public;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET statement_timeout = 0;

BEGIN;
-- Two thousand doctors at most; fewer when few appointments are wanted, so that their days still cover weeks.
CREATE TEMPORARY TABLE shape ON COMMIT DROP AS
SELECT doctors, greatest(2, ceil(:appointments / (doctors * 12.0))::int) AS days
FROM (SELECT least(2000, greatest(2, (:appointments / 5000)::int)) AS doctors) AS d;

CREATE TEMPORARY TABLE load_doctor ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS id, (n - 1) / 200 AS facility_no FROM shape, generate_series(1, doctors) AS n;
CREATE TEMPORARY TABLE load_facility ON COMMIT DROP AS
SELECT facility_no, gen_random_uuid() AS id, gen_random_uuid() AS department_id
FROM (SELECT DISTINCT facility_no FROM load_doctor) AS f;
CREATE TEMPORARY TABLE load_patient ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS id FROM generate_series(0, least(1000000, greatest(100, :appointments / 10)) - 1) AS n;
CREATE UNIQUE INDEX ON load_patient (n);
ANALYZE load_patient;

INSERT INTO facility (id, zone, day_cap, urgent_seats, desk_may_complete, no_show_grace_min, currency)
SELECT id, 'UTC', 12, 0, true, 30, 'EUR' FROM load_facility;
INSERT INTO patient (id, facility_id, active)
SELECT p.id, f.id, true FROM load_patient p JOIN load_facility f ON f.facility_no = p.n % (SELECT count(*) FROM load_facility);
INSERT INTO department (id, facility_id, code, name, created_at, created_by, updated_at, updated_by)
SELECT department_id, id, 'LOAD', 'Load', now(), id, now(), id FROM load_facility;
INSERT INTO specialty (id, facility_id, code, name, created_at, created_by, updated_at, updated_by)
SELECT gen_random_uuid(), id, 'LOAD', 'Load', now(), id, now(), id FROM load_facility;
INSERT INTO doctor (id, facility_id, display_name, specialty, department_id, weekdays, from_mins, to_mins, slot_mins,
                    created_at, created_by, updated_at, updated_by)
SELECT d.id, f.id, 'Dr. Load ' || d.n, 'LOAD', f.department_id, '{1,2,3,4,5,6,7}', array_fill(480, ARRAY[7]),
       array_fill(1020, ARRAY[7]), array_fill(15, ARRAY[7]), now(), f.id, now(), f.id
FROM load_doctor d JOIN load_facility f USING (facility_no);

-- Indexes are built at once afterwards, which is many times faster than keeping them row by row.
CREATE TEMPORARY TABLE taken_away ON COMMIT DROP AS
SELECT format('ALTER TABLE appointment DROP CONSTRAINT %I', conname) AS drop_it,
       format('ALTER TABLE appointment ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS add_it
FROM pg_constraint WHERE conrelid = 'appointment'::regclass AND contype = 'x'
UNION ALL
SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = 'appointment'::regclass AND NOT i.indisprimary
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid);
SELECT drop_it FROM taken_away \gexec

INSERT INTO appointment (id, facility_id, patient_id, doctor_id, department_id, starts_at, ends_at, local_date, seat,
                         status, created_at, created_by, updated_at, updated_by)
SELECT gen_random_uuid(), f.id, p.id, d.id, f.department_id, at, at + interval '15 min', at::date, v.seat,
       CASE WHEN at > now() THEN 'BOOKED' WHEN v.no % 10 = 0 THEN 'NO_SHOW' WHEN v.no % 10 = 1 THEN 'CANCELLED'
            ELSE 'COMPLETED' END,
       at - interval '7 days', f.id, at - interval '7 days', f.id
FROM (SELECT day, seat, doctor, ((day * 12 + seat - 1)::bigint * s.doctors + doctor - 1) AS no,
             date_trunc('day', now() AT TIME ZONE 'UTC') + (day - s.days / 2) * interval '1 day'
               + interval '8 hours' + (seat - 1) * interval '40 min' AS local_at
      FROM shape s, generate_series(0, s.days - 1) AS day, generate_series(1, 12) AS seat,
           generate_series(1, s.doctors) AS doctor) AS v
CROSS JOIN LATERAL (SELECT v.local_at AT TIME ZONE 'UTC' AS at) AS t
JOIN load_doctor d ON d.n = v.doctor
JOIN load_facility f ON f.facility_no = d.facility_no
JOIN load_patient p ON p.n = v.no % (SELECT count(*) FROM load_patient)
WHERE v.no < :appointments;

SELECT add_it FROM taken_away \gexec
COMMIT;
-- As autovacuum leaves them.
VACUUM (ANALYZE) appointment, doctor, patient;
SELECT count(*) AS appointments, count(DISTINCT doctor_id) AS doctors, min(starts_at), max(starts_at) FROM appointment;
