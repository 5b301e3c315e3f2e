-- What this service keeps of its neighbours: what may be started, who may read, heads of documents.

CREATE TABLE facility (
  id                uuid PRIMARY KEY,
  name              text NOT NULL,
  zone              text NOT NULL,
  address           text,
  phone             text,
  prescription_days int NOT NULL
);
CREATE TABLE patient (
  id           uuid PRIMARY KEY,
  facility_id  uuid NOT NULL,
  display_name text NOT NULL,
  mrn          text NOT NULL,
  birth_date   date NOT NULL
);
CREATE TABLE visitor (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  name        text NOT NULL,
  patient_id  uuid
);
CREATE TABLE doctor (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  display_name  text NOT NULL,
  department_id uuid NOT NULL
);
CREATE TABLE medicine (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  name        text NOT NULL,
  strength    text NOT NULL,
  form        text NOT NULL,
  active      boolean NOT NULL
);
CREATE TABLE appointment (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  patient_id  uuid NOT NULL,
  doctor_id   uuid NOT NULL,
  starts_at   timestamptz NOT NULL,
  status      text NOT NULL
);
CREATE INDEX appointment_by_doctor ON appointment (facility_id, doctor_id, starts_at);
CREATE TABLE queue_entry (
  id             uuid PRIMARY KEY,
  facility_id    uuid NOT NULL,
  patient_id     uuid,
  visitor_id     uuid,
  doctor_id      uuid,
  department_id  uuid NOT NULL,
  appointment_id uuid,
  day            date NOT NULL,
  status         text NOT NULL
);
CREATE INDEX queue_entry_by_day ON queue_entry (facility_id, day);
