-- Visitors, triage, assignment, waits, and the log that live views are resumed from.

ALTER TABLE facility
  ADD COLUMN staging_factor int NOT NULL DEFAULT 6,
  ADD COLUMN visitor_days   int NOT NULL DEFAULT 90;
ALTER TABLE patient ADD COLUMN birth_date date;

-- When doctors are on duty, by the facility's clock; replaced whole with each fact about the doctor.
ALTER TABLE doctor
  ADD COLUMN specialty  text NOT NULL DEFAULT '',
  ADD COLUMN valid_from date,
  ADD COLUMN valid_to   date;
CREATE TABLE doctor_session (
  doctor_id uuid NOT NULL REFERENCES doctor (id) ON DELETE CASCADE,
  weekday   int NOT NULL,  -- 0 Sunday … 6 Saturday
  from_min  int NOT NULL,
  to_min    int NOT NULL,
  PRIMARY KEY (doctor_id, weekday, from_min)
);
CREATE TABLE doctor_exception (
  doctor_id uuid NOT NULL REFERENCES doctor (id) ON DELETE CASCADE,
  kind      text NOT NULL CHECK (kind IN ('LEAVE', 'EXTRA', 'HOLIDAY')),
  from_at   timestamptz NOT NULL,
  to_at     timestamptz NOT NULL
);
CREATE INDEX doctor_exception_by_doctor ON doctor_exception (doctor_id, to_at);
CREATE INDEX doctor_by_department ON doctor (facility_id, department_id);

-- Anonymous walk-ins. Name and phone go after the facility's visitor_days; the row stays.
CREATE TABLE visitor (
  id            uuid PRIMARY KEY,
  facility_id   uuid NOT NULL,
  name          text,
  phone         text,
  patient_id    uuid,
  recorded_at   timestamptz NOT NULL,
  identified_at timestamptz,
  erased_at     timestamptz,
  event_seq     bigint NOT NULL DEFAULT 1,
  CHECK ((name IS NULL) = (erased_at IS NOT NULL))
);
CREATE INDEX visitor_to_erase ON visitor (facility_id, recorded_at) WHERE erased_at IS NULL;

ALTER TABLE queue_entry
  ALTER COLUMN patient_id DROP NOT NULL,
  ADD COLUMN visitor_id      uuid REFERENCES visitor (id),
  ADD COLUMN specialty       text,        -- asked for at triage
  ADD COLUMN triage          json,        -- what the rules said, as clients are told
  ADD COLUMN assignment      text,        -- why this doctor
  ADD COLUMN first_called_at timestamptz, -- when the wait was over
  ADD CONSTRAINT queue_entry_somebody CHECK (patient_id IS NOT NULL OR visitor_id IS NOT NULL);
CREATE INDEX queue_entry_by_visitor ON queue_entry (visitor_id) WHERE visitor_id IS NOT NULL;
-- A successor keeps the token.
CREATE INDEX queue_entry_tracking ON queue_entry (tracking_token);
CREATE INDEX queue_entry_open_by_doctor ON queue_entry (doctor_id)
  WHERE status IN ('WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD');
CREATE INDEX queue_entry_emergency ON queue_entry (department_id, urgency, seniority, ticket_number)
  WHERE status = 'WAITING' AND queue_kind = 'EMERGENCY';
CREATE INDEX queue_entry_waits ON queue_entry (queue_id, first_called_at) WHERE first_called_at IS NOT NULL;
CREATE INDEX queue_entry_waits_of_facility ON queue_entry (facility_id, day) WHERE first_called_at IS NOT NULL;

-- One row for each change of a queue's entries, as it was then: what a live view that comes back is told. Short-lived.
CREATE TABLE live_change (
  facility_id    uuid NOT NULL,
  queue_id       uuid NOT NULL REFERENCES queue (id),
  number         bigint NOT NULL,
  queue_entry_id uuid NOT NULL,
  at             timestamptz NOT NULL,
  state          jsonb NOT NULL,
  PRIMARY KEY (queue_id, number)
);
CREATE INDEX live_change_by_age ON live_change (at);

-- Rules of triage: data with a version. The nil facility's are for those that have none of their own.
CREATE TABLE rule_set (
  facility_id  uuid NOT NULL,
  version      text NOT NULL,
  rules        json NOT NULL,
  activated_at timestamptz NOT NULL,
  PRIMARY KEY (facility_id, version)
);

-- What was asked and found at each triage, for replaying cases against other rules. Append-only.
CREATE TABLE triage_case (
  id             uuid PRIMARY KEY,
  facility_id    uuid NOT NULL,
  queue_entry_id uuid NOT NULL REFERENCES queue_entry (id),
  at             timestamptz NOT NULL,
  actor_id       uuid NOT NULL,
  rule_set       text NOT NULL,
  input          json NOT NULL,
  level          text NOT NULL,
  override_level text
);
CREATE INDEX triage_case_by_time ON triage_case (facility_id, at, id);

-- A patient's own assessment.
CREATE TABLE assessment (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  patient_id  uuid NOT NULL,
  at          timestamptz NOT NULL,
  valid_until timestamptz NOT NULL,
  rule_set    text NOT NULL,
  level       text NOT NULL,
  input       json NOT NULL
);

INSERT INTO rule_set (facility_id, version, rules, activated_at) VALUES
('00000000-0000-0000-0000-000000000000', 'v1', '{
  "version": "v1",
  "rules": [
    {"code": "NOT_BREATHING", "level": "CRITICAL", "symptom": "NOT_BREATHING"},
    {"code": "UNRESPONSIVE", "level": "CRITICAL", "symptom": "UNRESPONSIVE"},
    {"code": "MAJOR_BLEEDING", "level": "CRITICAL", "symptom": "MAJOR_BLEEDING"},
    {"code": "SEIZURE", "level": "CRITICAL", "symptom": "SEIZURE"},
    {"code": "CHEST_PAIN", "level": "HIGH", "symptom": "CHEST_PAIN"},
    {"code": "STROKE_SIGNS", "level": "HIGH", "symptom": "STROKE_SIGNS"},
    {"code": "SEVERE_BREATHLESSNESS", "level": "HIGH", "symptom": "SEVERE_BREATHLESSNESS"},
    {"code": "SEVERE_ALLERGY", "level": "HIGH", "symptom": "SEVERE_ALLERGY"},
    {"code": "HIGH_FEVER", "level": "MODERATE", "symptom": "HIGH_FEVER"},
    {"code": "SEVERE_PAIN", "level": "MODERATE", "symptom": "SEVERE_PAIN"},
    {"code": "HEAD_INJURY", "level": "MODERATE", "symptom": "HEAD_INJURY"},
    {"code": "PERSISTENT_VOMITING", "level": "MODERATE", "symptom": "PERSISTENT_VOMITING"},
    {"code": "DEHYDRATION", "level": "MODERATE", "symptom": "DEHYDRATION"},
    {"code": "PAIN_7_OR_MORE", "level": "MODERATE", "pain_from": 7}
  ],
  "news2": {"from_age": 16, "critical_from": 7, "high_from": 5, "low_from": 1, "single_3": "HIGH"},
  "shifts": []
}', now());
