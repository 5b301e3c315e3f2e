-- Visits that lost their doctor's time, with a proposal for each; and patients who wait for a time to become free.

CREATE TABLE disruption (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  doctor_id   uuid REFERENCES doctor (id),  -- absent: a holiday
  starts_at   timestamptz NOT NULL,
  ends_at     timestamptz NOT NULL,
  reason      text NOT NULL,
  status      text NOT NULL CHECK (status IN ('PROPOSED', 'APPLIED', 'CLOSED')),
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  created_by  uuid NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  uuid NOT NULL
);
CREATE INDEX disruption_list ON disruption (facility_id, id);

CREATE TABLE disruption_item (
  facility_id        uuid NOT NULL,
  disruption_id      uuid NOT NULL REFERENCES disruption (id),
  appointment_id     uuid NOT NULL REFERENCES appointment (id),
  -- Where the visit was when its time was lost: a visit that stands elsewhere has been taken care of.
  doctor_id          uuid NOT NULL,
  starts_at          timestamptz NOT NULL,
  proposed_doctor_id uuid,
  proposed_from      timestamptz,
  proposed_to        timestamptz,
  reason             text,  -- why there is no proposal, or what became of the visit
  applied            boolean NOT NULL DEFAULT false,
  PRIMARY KEY (disruption_id, appointment_id),
  CHECK ((proposed_doctor_id IS NULL) = (proposed_from IS NULL) AND (proposed_from IS NULL) = (proposed_to IS NULL))
);

CREATE TABLE waiting_request (
  id             uuid PRIMARY KEY,
  facility_id    uuid NOT NULL,
  patient_id     uuid NOT NULL,
  doctor_id      uuid REFERENCES doctor (id),
  specialty      text,
  department_id  uuid,
  earliest       timestamptz NOT NULL,
  latest         timestamptz NOT NULL,
  duration_min   int,
  triage_level   text CHECK (triage_level IN ('CRITICAL', 'HIGH', 'MODERATE', 'LOW')),
  status         text NOT NULL CHECK (status IN ('OPEN', 'SERVED', 'CANCELLED', 'EXPIRED')),
  status_reason  text,
  appointment_id uuid REFERENCES appointment (id),
  version        bigint NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  created_by     uuid NOT NULL,
  updated_at     timestamptz NOT NULL,
  updated_by     uuid NOT NULL,
  CHECK (earliest < latest),
  CHECK (num_nonnulls(doctor_id, specialty, department_id) = 1)
);
CREATE INDEX waiting_request_list ON waiting_request (facility_id, id);
CREATE INDEX waiting_request_open ON waiting_request (facility_id, latest) WHERE status = 'OPEN';

-- Time of a doctor that became free and was not looked at yet; written with the change that freed it.
CREATE TABLE freed_time (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  facility_id uuid NOT NULL,
  doctor_id   uuid NOT NULL,
  starts_at   timestamptz NOT NULL,
  ends_at     timestamptz NOT NULL
);
