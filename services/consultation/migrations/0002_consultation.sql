-- Consultations with their note, and prescriptions with their items.

CREATE TABLE consultation (
  id                  uuid PRIMARY KEY,
  facility_id         uuid NOT NULL,
  patient_id          uuid,
  visitor_id          uuid,
  doctor_id           uuid NOT NULL,
  appointment_id      uuid,
  queue_entry_id      uuid,
  status              text NOT NULL CHECK (status IN ('DRAFT', 'COMPLETED', 'CANCELLED')),
  started_at          timestamptz NOT NULL,
  completed_at        timestamptz,
  status_reason       text,
  no_diagnosis_reason text,
  note_status         text NOT NULL CHECK (note_status IN ('DRAFT', 'FINAL', 'AMENDED')),
  complaint           text,
  history             text,
  examination         text,
  plan                text,
  has_follow_up       boolean NOT NULL DEFAULT false,
  follow_up_on        date,
  follow_up_note      text,
  respiratory_rate    int,
  spo2                int,
  spo2_scale          int,
  on_oxygen           boolean,
  systolic            int,
  diastolic           int,
  pulse               int,
  consciousness       text CHECK (consciousness IN ('A', 'C', 'V', 'P', 'U')),
  temperature_c       double precision,
  weight_kg           double precision,
  height_cm           double precision,
  -- One element per diagnosis, in the doctor's order; '' is "none".
  diagnosis_codes     text[] NOT NULL DEFAULT '{}',
  diagnosis_systems   text[] NOT NULL DEFAULT '{}',
  diagnosis_texts     text[] NOT NULL DEFAULT '{}',
  diagnosis_primaries int[] NOT NULL DEFAULT '{}',
  version             bigint NOT NULL DEFAULT 1,
  event_seq           bigint NOT NULL DEFAULT 0,
  created_at          timestamptz NOT NULL,
  created_by          uuid NOT NULL,
  updated_at          timestamptz NOT NULL,
  updated_by          uuid NOT NULL,
  CHECK (patient_id IS NOT NULL OR visitor_id IS NOT NULL),
  CHECK (appointment_id IS NOT NULL OR queue_entry_id IS NOT NULL),
  CHECK ((status = 'COMPLETED') = (completed_at IS NOT NULL)),
  CHECK (cardinality(diagnosis_codes) = cardinality(diagnosis_texts)
         AND cardinality(diagnosis_systems) = cardinality(diagnosis_texts)
         AND cardinality(diagnosis_primaries) = cardinality(diagnosis_texts))
);
-- One live consultation per appointment and per entry: the last word in every race.
CREATE UNIQUE INDEX consultation_live_appointment ON consultation (appointment_id)
  WHERE appointment_id IS NOT NULL AND status IN ('DRAFT', 'COMPLETED');
CREATE UNIQUE INDEX consultation_live_entry ON consultation (queue_entry_id)
  WHERE queue_entry_id IS NOT NULL AND status IN ('DRAFT', 'COMPLETED');
-- Lists, each in the order (started_at, id) of the cursor, newest first.
CREATE INDEX consultation_by_day ON consultation (facility_id, started_at, id);
CREATE INDEX consultation_by_doctor ON consultation (facility_id, doctor_id, started_at, id);
CREATE INDEX consultation_by_patient ON consultation (facility_id, patient_id, started_at, id);
CREATE INDEX consultation_by_appointment ON consultation (facility_id, appointment_id);
CREATE INDEX consultation_by_entry ON consultation (facility_id, queue_entry_id);

CREATE TABLE consultation_addendum (
  id              uuid PRIMARY KEY,
  facility_id     uuid NOT NULL,
  consultation_id uuid NOT NULL REFERENCES consultation (id),
  text            text NOT NULL,
  at              timestamptz NOT NULL,
  by              uuid NOT NULL
);
CREATE INDEX consultation_addendum_of ON consultation_addendum (consultation_id, at, id);

-- Every transition with actor, time and reason; append-only.
CREATE TABLE consultation_transition (
  facility_id     uuid NOT NULL,
  consultation_id uuid NOT NULL REFERENCES consultation (id),
  version         bigint NOT NULL,
  event           text NOT NULL,
  status          text NOT NULL,
  reason          text,
  at              timestamptz NOT NULL,
  actor_id        uuid,
  PRIMARY KEY (consultation_id, version, event)
);

-- The last prescription number of a facility in a local year.
CREATE TABLE prescription_counter (
  facility_id uuid NOT NULL,
  year        int NOT NULL,
  last_number int NOT NULL,
  PRIMARY KEY (facility_id, year)
);

CREATE TABLE prescription (
  id              uuid PRIMARY KEY,
  facility_id     uuid NOT NULL,
  consultation_id uuid NOT NULL REFERENCES consultation (id),
  patient_id      uuid,
  visitor_id      uuid,
  doctor_id       uuid NOT NULL,
  number          text NOT NULL,
  status          text NOT NULL CHECK (status IN
                    ('DRAFT', 'ISSUED', 'ON_HOLD', 'COMPLETED', 'STOPPED', 'CANCELLED', 'EXPIRED')),
  fulfilment      text NOT NULL CHECK (fulfilment IN ('NONE', 'RESERVED', 'PARTIAL', 'FULL', 'SHORT', 'DECLINED')),
  issued_at       timestamptz,
  expires_on      date,
  status_reason   text,
  replaces        uuid REFERENCES prescription (id),
  notes           text,
  version         bigint NOT NULL DEFAULT 1,
  event_seq       bigint NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL,
  created_by      uuid NOT NULL,
  updated_at      timestamptz NOT NULL,
  updated_by      uuid NOT NULL,
  CHECK (patient_id IS NOT NULL OR visitor_id IS NOT NULL),
  CHECK ((issued_at IS NULL) = (expires_on IS NULL)),
  CONSTRAINT prescription_number_key UNIQUE (facility_id, number)
);
CREATE INDEX prescription_by_day ON prescription (facility_id, created_at, id);
CREATE INDEX prescription_by_doctor ON prescription (facility_id, doctor_id, created_at, id);
CREATE INDEX prescription_by_patient ON prescription (facility_id, patient_id, created_at, id);
CREATE INDEX prescription_by_consultation ON prescription (consultation_id, id);
CREATE INDEX prescription_to_expire ON prescription (expires_on) WHERE status = 'ISSUED';

CREATE TABLE prescription_item (
  id                uuid PRIMARY KEY,
  facility_id       uuid NOT NULL,
  prescription_id   uuid NOT NULL REFERENCES prescription (id),
  position          int NOT NULL,
  medicine_id       uuid,
  medicine_name     text NOT NULL,
  medicine_strength text,
  medicine_form     text,
  dose              text NOT NULL,
  route             text,
  frequency         text NOT NULL,
  duration_days     int CHECK (duration_days > 0),
  quantity          int NOT NULL CHECK (quantity BETWEEN 1 AND 1000000),
  instructions      text,
  UNIQUE (prescription_id, position)
);

CREATE TABLE prescription_transition (
  facility_id     uuid NOT NULL,
  prescription_id uuid NOT NULL REFERENCES prescription (id),
  version         bigint NOT NULL,
  event           text NOT NULL,
  status          text NOT NULL,
  fulfilment      text NOT NULL,
  reason          text,
  at              timestamptz NOT NULL,
  actor_id        uuid,
  PRIMARY KEY (prescription_id, version, event)
);

-- A doctor's list (docs/api.md): whoever has an appointment with them from 30 days ago on, an open entry of today that is
-- theirs or nobody's in their department, or a consultation they wrote.
CREATE FUNCTION patients_of_doctor(of_facility uuid, of_doctor uuid, at timestamptz)
RETURNS TABLE (patient_id uuid) LANGUAGE sql STABLE AS $$
  SELECT a.patient_id FROM appointment a
  WHERE a.facility_id = of_facility AND a.doctor_id = of_doctor
    AND a.status <> 'CANCELLED' AND a.starts_at >= at - interval '30 days'
  UNION
  SELECT e.patient_id FROM queue_entry e JOIN facility f ON f.id = e.facility_id
  WHERE e.facility_id = of_facility AND e.patient_id IS NOT NULL
    AND e.status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD')
    AND e.day = (at AT TIME ZONE f.zone)::date
    AND (e.doctor_id = of_doctor
         OR (e.doctor_id IS NULL
             AND e.department_id = (SELECT d.department_id FROM doctor d WHERE d.id = of_doctor)))
  UNION
  SELECT c.patient_id FROM consultation c
  WHERE c.facility_id = of_facility AND c.doctor_id = of_doctor AND c.patient_id IS NOT NULL
$$;
