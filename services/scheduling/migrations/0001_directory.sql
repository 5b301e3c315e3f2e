-- Departments, specialties, doctors with their weekly hours; and what this service keeps of its neighbours.

-- Projection of ambula.facility.v1.
CREATE TABLE facility (
  id                uuid PRIMARY KEY,
  zone              text NOT NULL,
  day_cap           int NOT NULL,
  urgent_seats      int NOT NULL,
  desk_may_complete boolean NOT NULL,
  no_show_grace_min int NOT NULL,
  currency          text NOT NULL
);

-- Projection of ambula.patient.v1: who may be booked.
CREATE TABLE patient (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  active      boolean NOT NULL
);

-- Projection of ambula.account.v1: which accounts are doctors where.
CREATE TABLE account (
  id          uuid NOT NULL,
  facility_id uuid NOT NULL,
  is_doctor   boolean NOT NULL,
  active      boolean NOT NULL,
  PRIMARY KEY (id, facility_id)
);

CREATE TABLE department (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  code        text NOT NULL,
  name        text NOT NULL,
  active      boolean NOT NULL DEFAULT true,
  version     bigint NOT NULL DEFAULT 1,
  event_seq   bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  created_by  uuid NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  uuid NOT NULL,
  CONSTRAINT department_code_key UNIQUE (facility_id, code)
);

CREATE TABLE specialty (LIKE department INCLUDING DEFAULTS);
ALTER TABLE specialty ADD PRIMARY KEY (id);
ALTER TABLE specialty ADD CONSTRAINT specialty_code_key UNIQUE (facility_id, code);

CREATE TABLE doctor (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  display_name  text NOT NULL,
  account_id    uuid,
  specialty     text NOT NULL,
  department_id uuid NOT NULL REFERENCES department (id),
  sex           text,
  room          text,
  phone         text,
  email         text,
  fee_amount    numeric(12, 2),
  fee_currency  text,
  active        boolean NOT NULL DEFAULT true,
  valid_from    date,
  valid_to      date,
  -- Rises with every change of hours; a booking that was decided on older hours books nothing and is run again.
  hours_version bigint NOT NULL DEFAULT 1,
  version       bigint NOT NULL DEFAULT 1,
  event_seq     bigint NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL,
  created_by    uuid NOT NULL,
  updated_at    timestamptz NOT NULL,
  updated_by    uuid NOT NULL,
  CONSTRAINT doctor_account_key UNIQUE (facility_id, account_id),
  CONSTRAINT doctor_specialty_fkey FOREIGN KEY (facility_id, specialty) REFERENCES specialty (facility_id, code)
);
CREATE INDEX doctor_list ON doctor (facility_id, display_name, id);

CREATE TABLE weekly_session (
  facility_id uuid NOT NULL,
  doctor_id   uuid NOT NULL REFERENCES doctor (id) ON DELETE CASCADE,
  weekday     int NOT NULL CHECK (weekday BETWEEN 1 AND 7),  -- ISO: 1 = Monday
  from_min    int NOT NULL CHECK (from_min BETWEEN 0 AND 1440),
  to_min      int NOT NULL CHECK (to_min BETWEEN 0 AND 1440),
  slot_min    int NOT NULL CHECK (slot_min BETWEEN 15 AND 180),
  PRIMARY KEY (doctor_id, weekday, from_min),
  CHECK (from_min < to_min)
);
