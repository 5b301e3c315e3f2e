-- Queues, their entries, and what this service keeps of its neighbours.

-- Projections.
CREATE TABLE facility (
  id        uuid PRIMARY KEY,
  zone      text NOT NULL,
  max_calls int NOT NULL
);
CREATE TABLE patient (
  id           uuid PRIMARY KEY,
  facility_id  uuid NOT NULL,
  display_name text NOT NULL,
  mrn          text NOT NULL,
  active       boolean NOT NULL
);
CREATE TABLE department (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  name        text NOT NULL,
  active      boolean NOT NULL
);
CREATE TABLE doctor (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  display_name  text NOT NULL,
  department_id uuid NOT NULL,
  room          text,
  active        boolean NOT NULL
);

CREATE TABLE queue (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  department_id uuid NOT NULL,
  code          text NOT NULL,
  name          text NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('REGULAR', 'EMERGENCY', 'STAGING')),
  board_token   text NOT NULL UNIQUE,
  changes       bigint NOT NULL DEFAULT 0,  -- counts every change of its entries; the id of live updates
  version       bigint NOT NULL DEFAULT 1,
  event_seq     bigint NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL,
  created_by    uuid NOT NULL,
  updated_at    timestamptz NOT NULL,
  updated_by    uuid NOT NULL,
  CONSTRAINT queue_code_key UNIQUE (facility_id, code)
);
CREATE INDEX queue_by_department ON queue (facility_id, department_id, kind, created_at);

-- The last ticket number of a queue on a local day; taken as the last statement before the insert.
CREATE TABLE ticket_counter (
  facility_id uuid NOT NULL,
  queue_id    uuid NOT NULL REFERENCES queue (id),
  day         date NOT NULL,
  last_number int NOT NULL,
  PRIMARY KEY (queue_id, day)
);

CREATE TABLE queue_entry (
  id               uuid PRIMARY KEY,
  facility_id      uuid NOT NULL,
  queue_id         uuid NOT NULL REFERENCES queue (id),
  department_id    uuid NOT NULL,
  queue_kind       text NOT NULL,
  origin_queue_id  uuid NOT NULL,   -- the queue that drew the ticket
  day              date NOT NULL,
  ticket_number    int NOT NULL,
  ticket_label     text NOT NULL,
  patient_id       uuid NOT NULL,
  doctor_id        uuid,
  appointment_id   uuid,
  consultation_id  uuid,
  status           text NOT NULL CHECK (status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD', 'COMPLETED',
                                                   'TRANSFERRED', 'LEFT', 'NO_SHOW', 'CANCELLED')),
  triage_level     text,
  priority         text,
  -- 0 CRITICAL … 3 LOW: the order of a queue is (urgency, seniority, ticket_number).
  urgency          int NOT NULL,
  calls            int NOT NULL DEFAULT 0,
  reason           text,
  status_reason    text,
  room             text,
  transferred_to   uuid,
  transferred_from uuid,
  seniority        timestamptz NOT NULL,
  called_at        timestamptz,
  started_at       timestamptz,
  completed_at     timestamptz,
  tracking_token   text NOT NULL,
  version          bigint NOT NULL DEFAULT 1,
  event_seq        bigint NOT NULL DEFAULT 1,
  created_at       timestamptz NOT NULL,
  created_by       uuid NOT NULL,
  updated_at       timestamptz NOT NULL,
  updated_by       uuid NOT NULL
);
-- A successor keeps label and number, so only those that drew a number are compared.
CREATE UNIQUE INDEX queue_entry_ticket ON queue_entry (origin_queue_id, day, ticket_number) WHERE transferred_from IS NULL;
CREATE UNIQUE INDEX queue_entry_open_walk_in ON queue_entry (patient_id, queue_id, day)
  WHERE appointment_id IS NULL AND status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD');
CREATE UNIQUE INDEX queue_entry_appointment ON queue_entry (appointment_id)
  WHERE appointment_id IS NOT NULL AND status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD');
CREATE INDEX queue_entry_order ON queue_entry (queue_id, urgency, seniority, ticket_number) WHERE status = 'WAITING';
CREATE INDEX queue_entry_list ON queue_entry (facility_id, day, queue_id, created_at, id);
CREATE INDEX queue_entry_by_appointment ON queue_entry (facility_id, appointment_id);
CREATE INDEX queue_entry_by_patient ON queue_entry (facility_id, patient_id, created_at, id);
CREATE INDEX queue_entry_open ON queue_entry (day) WHERE status IN ('WAITING', 'CALLED', 'ON_HOLD');

-- Every transition with actor, time and reason; append-only.
CREATE TABLE queue_entry_transition (
  facility_id    uuid NOT NULL,
  queue_entry_id uuid NOT NULL REFERENCES queue_entry (id),
  version        bigint NOT NULL,
  event          text NOT NULL,
  status         text NOT NULL,
  reason         text,
  at             timestamptz NOT NULL,
  actor_id       uuid,
  PRIMARY KEY (queue_entry_id, version, event)
);

-- What a consultation said of an appointment whose check-in has not arrived yet (topics are not ordered among each other).
CREATE TABLE early_consultation (
  facility_id     uuid NOT NULL,
  appointment_id  uuid PRIMARY KEY,
  consultation_id uuid NOT NULL,
  doctor_id       uuid NOT NULL,
  completed       boolean NOT NULL,
  at              timestamptz NOT NULL
);

-- Check-ins whose department or facility has not arrived yet; done when it does.
CREATE TABLE early_check_in (
  facility_id    uuid NOT NULL,
  appointment_id uuid PRIMARY KEY,
  department_id  uuid NOT NULL,
  patient_id     uuid NOT NULL,
  doctor_id      uuid NOT NULL,
  triage_level   text,
  checked_in_at  timestamptz NOT NULL
);
CREATE INDEX early_check_in_by_facility ON early_check_in (facility_id);
