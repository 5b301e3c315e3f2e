-- What patients do themselves, what is noted about them for life, and records that were made by mistake.

-- email_pending waits to be verified; deleted_at hides a record until it is purged or restored; binding_seq counts the
-- events of ambula.patient-binding.v1, as event_seq does those of ambula.patient.v1.
ALTER TABLE patient
  ADD COLUMN email_pending text,
  ADD COLUMN deleted_at    timestamptz,
  ADD COLUMN binding_seq   bigint NOT NULL DEFAULT 0;

-- A hidden record holds neither its address nor its account.
DROP INDEX patient_email_active;
CREATE UNIQUE INDEX patient_email_active ON patient (facility_id, lower(email))
  WHERE status = 'ACTIVE' AND deleted_at IS NULL;
CREATE UNIQUE INDEX patient_account ON patient (account_id) WHERE account_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX patient_deleted ON patient (deleted_at) WHERE deleted_at IS NOT NULL;

-- Allergies and long-term conditions; voided, never deleted.
CREATE TABLE clinical_item (
  id          uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  patient_id  uuid NOT NULL REFERENCES patient (id),
  kind        text NOT NULL CHECK (kind IN ('ALLERGY', 'CONDITION')),
  status      text NOT NULL CHECK (status IN ('ACTIVE', 'VOIDED')),
  void_reason text CHECK ((status = 'VOIDED') = (void_reason IS NOT NULL)),
  name        text NOT NULL,
  code        text,
  system      text,
  severity    text CHECK (severity IN ('MILD', 'MODERATE', 'SEVERE')),
  noted_on    date,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  created_by  uuid NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  uuid NOT NULL
);
CREATE INDEX clinical_item_list ON clinical_item (facility_id, patient_id, kind, id);

-- Accounts that want to be a patient: WAITING until the facility is known here, then BOUND or REFUSED. What the person said
-- about themselves is kept for the desk; an invitation has said nothing.
CREATE TABLE binding (
  account_id  uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  status      text NOT NULL CHECK (status IN ('WAITING', 'BOUND', 'REFUSED')),
  reason      text CHECK ((status = 'REFUSED') = (reason IS NOT NULL)),
  email       text NOT NULL,
  given_name  text,
  family_name text,
  birth_date  date,
  sex         text,
  phone       text,
  candidates  uuid[] NOT NULL DEFAULT '{}',
  at          timestamptz NOT NULL,
  event_seq   bigint NOT NULL DEFAULT 0
);
CREATE INDEX binding_refused ON binding (facility_id, at, account_id) WHERE status = 'REFUSED';
CREATE INDEX binding_waiting ON binding (facility_id) WHERE status = 'WAITING';
