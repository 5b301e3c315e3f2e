-- Messages, their history, and what this service keeps of its neighbours.

-- Projections. Each has the version of the fact it shows where the topic's facts must not be applied backwards.
CREATE TABLE facility (
  id     uuid PRIMARY KEY,
  name   text NOT NULL,
  zone   text NOT NULL,
  locale text NOT NULL
);
CREATE TABLE patient (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  given_name    text NOT NULL,
  email         text,
  language      text NOT NULL,
  email_allowed boolean NOT NULL,
  opt_out       text[] NOT NULL
);
CREATE TABLE doctor (
  id           uuid PRIMARY KEY,
  facility_id  uuid NOT NULL,
  display_name text NOT NULL
);
CREATE TABLE department (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  name        text NOT NULL
);
CREATE TABLE appointment (
  id             uuid PRIMARY KEY,
  facility_id    uuid NOT NULL,
  patient_id     uuid NOT NULL,
  doctor_id      uuid NOT NULL,
  department_id  uuid NOT NULL,
  starts_at      timestamptz NOT NULL,
  ends_at        timestamptz NOT NULL,
  status         text NOT NULL,
  fact_version   bigint NOT NULL,
  notice_version bigint NOT NULL  -- of the last booking, move, cancellation or reinstatement
);
CREATE TABLE prescription (
  id                 uuid PRIMARY KEY,
  facility_id        uuid NOT NULL,
  patient_id         uuid NOT NULL,
  doctor_id          uuid NOT NULL,
  number             text NOT NULL,
  status             text NOT NULL,
  expires_on         date NOT NULL,
  fact_version       bigint NOT NULL,
  fulfilment_version bigint NOT NULL DEFAULT 0
);
-- What the pharmacy said of prescriptions that have not arrived yet; done when they do.
CREATE TABLE early_dispense (
  facility_id     uuid NOT NULL,
  prescription_id uuid NOT NULL,
  event_id        uuid PRIMARY KEY,
  template        text,
  fact_version    bigint NOT NULL,
  fact_time       timestamptz NOT NULL
);
CREATE INDEX early_dispense_by_prescription ON early_dispense (facility_id, prescription_id);

CREATE TABLE message (
  id               uuid PRIMARY KEY,
  facility_id      uuid NOT NULL,
  template         text NOT NULL,
  channel          text NOT NULL DEFAULT 'EMAIL' CHECK (channel = 'EMAIL'),
  recipient        text NOT NULL,  -- who (a patient's id), never an address
  patient_id       uuid,
  subject_id       uuid NOT NULL,
  event_id         uuid NOT NULL,
  resend_no        int NOT NULL,
  fact_version     bigint NOT NULL,
  fact_time        timestamptz NOT NULL,
  language         text NOT NULL,
  recipient_masked text,
  status           text NOT NULL CHECK (status IN ('QUEUED', 'SENDING', 'SENT', 'UNCERTAIN', 'RETRYING', 'FAILED',
                                                   'SUPPRESSED')),
  attempts         int NOT NULL DEFAULT 0,
  due_at           timestamptz NOT NULL,
  claimed_by       uuid,
  claimed_at       timestamptz,
  sent_at          timestamptz,
  reason           text,
  resend_reason    text,
  version          bigint NOT NULL DEFAULT 1,
  event_seq        bigint NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL,
  created_by       uuid NOT NULL,
  updated_at       timestamptz NOT NULL,
  updated_by       uuid NOT NULL,
  CONSTRAINT message_intent_key UNIQUE (event_id, recipient, template, resend_no),
  CONSTRAINT message_claim CHECK ((status = 'SENDING') = (claimed_by IS NOT NULL))
);
CREATE INDEX message_due ON message (due_at, id) WHERE status IN ('QUEUED', 'RETRYING');
CREATE INDEX message_claimed ON message (claimed_by) WHERE status = 'SENDING';
CREATE INDEX message_list ON message (facility_id, created_at DESC, id DESC);
CREATE INDEX message_by_patient ON message (facility_id, patient_id, created_at DESC, id DESC);
CREATE INDEX message_open ON message (status) WHERE status IN ('QUEUED', 'SENDING', 'RETRYING', 'FAILED', 'UNCERTAIN');
CREATE INDEX message_age ON message (created_at);

-- Every transition with actor, time and reason; append-only until the message itself is forgotten.
CREATE TABLE message_transition (
  facility_id uuid NOT NULL,
  message_id  uuid NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  version     bigint NOT NULL,
  event       text NOT NULL,
  status      text NOT NULL,
  reason      text,
  at          timestamptz NOT NULL,
  actor_id    uuid,
  PRIMARY KEY (message_id, version)
);
