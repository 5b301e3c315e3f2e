-- Weekly hours move onto the doctor's row, the one that booking locks: a booking can never see half of a change.
-- Exceptions and holidays stand beside it; each change of them raises hours_version.

ALTER TABLE doctor
  ADD COLUMN weekdays  int[] NOT NULL DEFAULT '{}',  -- ISO: 1 = Monday; the same place in the four arrays is one session
  ADD COLUMN from_mins int[] NOT NULL DEFAULT '{}',
  ADD COLUMN to_mins   int[] NOT NULL DEFAULT '{}',
  ADD COLUMN slot_mins int[] NOT NULL DEFAULT '{}',
  -- Somebody was seen by this doctor, with or without an appointment: the record stays.
  ADD COLUMN used boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT doctor_sessions_whole CHECK (cardinality(from_mins) = cardinality(weekdays)
    AND cardinality(to_mins) = cardinality(weekdays) AND cardinality(slot_mins) = cardinality(weekdays));
UPDATE doctor d SET weekdays = w.weekdays, from_mins = w.from_mins, to_mins = w.to_mins, slot_mins = w.slot_mins
FROM (SELECT doctor_id,
             array_agg(weekday ORDER BY weekday, from_min) AS weekdays,
             array_agg(from_min ORDER BY weekday, from_min) AS from_mins,
             array_agg(to_min ORDER BY weekday, from_min) AS to_mins,
             array_agg(slot_min ORDER BY weekday, from_min) AS slot_mins
      FROM weekly_session GROUP BY doctor_id) AS w
WHERE w.doctor_id = d.id;
DROP TABLE weekly_session;

-- A doctor belongs to a department of the own facility.
ALTER TABLE department ADD CONSTRAINT department_facility_key UNIQUE (facility_id, id);
ALTER TABLE doctor DROP CONSTRAINT doctor_department_id_fkey;
ALTER TABLE doctor ADD CONSTRAINT doctor_department_id_fkey
  FOREIGN KEY (facility_id, department_id) REFERENCES department (facility_id, id);

-- A span that differs from the weekly hours: LEAVE takes time away, EXTRA adds a session.
CREATE TABLE hours_exception (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  doctor_id   uuid NOT NULL REFERENCES doctor (id) ON DELETE CASCADE,
  kind        text NOT NULL CHECK (kind IN ('LEAVE', 'EXTRA')),
  starts_at   timestamptz NOT NULL,
  ends_at     timestamptz NOT NULL,
  slot_min    int NOT NULL CHECK (slot_min BETWEEN 15 AND 180),  -- of an EXTRA session
  reason      text,
  created_at  timestamptz NOT NULL,
  created_by  uuid NOT NULL,
  CHECK (starts_at < ends_at)
);
CREATE INDEX hours_exception_by_doctor ON hours_exception (doctor_id, starts_at, id);

-- A local day on which nobody of the facility has sessions.
CREATE TABLE holiday (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  date        date NOT NULL,
  name        text NOT NULL,
  created_at  timestamptz NOT NULL,
  created_by  uuid NOT NULL,
  CONSTRAINT holiday_date_key UNIQUE (facility_id, date)
);

-- Projection of ambula.assessment.v1: the level that a patient may book with.
CREATE TABLE assessment (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  patient_id  uuid NOT NULL,
  level       text NOT NULL CHECK (level IN ('CRITICAL', 'HIGH', 'MODERATE', 'LOW')),
  valid_until timestamptz NOT NULL
);
CREATE INDEX assessment_valid_until ON assessment (valid_until);

-- Why the doctor was chosen, when the booking left it to us.
ALTER TABLE appointment ADD COLUMN assignment_reason text;
