-- Reminders, account mail, the stock digest, unsubscribing, and a facility's own words.

ALTER TABLE facility
  ADD COLUMN phone           text,
  ADD COLUMN reminders_min   int[] NOT NULL DEFAULT '{}',
  ADD COLUMN stock_digest_to text[] NOT NULL DEFAULT '{}';

-- When a reminder of a visit falls due; gone once it has become a message.
CREATE TABLE reminder (
  appointment_id uuid NOT NULL,
  facility_id    uuid NOT NULL,
  minutes        int NOT NULL,
  due_at         timestamptz NOT NULL,
  PRIMARY KEY (appointment_id, minutes)
);
CREATE INDEX reminder_due ON reminder (due_at);
CREATE INDEX reminder_by_facility ON reminder (facility_id);
CREATE INDEX appointment_to_come ON appointment (facility_id, starts_at) WHERE status = 'BOOKED';

-- What the reminders of the visits should be, by the settings of their facility as they are now.
CREATE VIEW planned_reminder AS
  SELECT DISTINCT a.id AS appointment_id, a.facility_id, m.minutes, a.starts_at,
         a.starts_at - make_interval(mins => m.minutes) AS due_at
  FROM appointment a JOIN facility f ON f.id = a.facility_id CROSS JOIN unnest(f.reminders_min) AS m (minutes)
  WHERE a.status = 'BOOKED';

-- The secret of an account mail, only until its message is settled.
CREATE TABLE account_mail (
  message_id uuid PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
  address    text NOT NULL,
  language   text NOT NULL,
  token      text NOT NULL,
  expires_at timestamptz NOT NULL
);

-- What the pharmacy last said of a medicine (lot_id nil) or of one of its lots. Rows stay when all is well again
-- (kind NONE), so that an older fact that is read again changes nothing.
CREATE TABLE stock_alert (
  facility_id   uuid NOT NULL,
  medicine_id   uuid NOT NULL,
  lot_id        uuid NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('NONE', 'OUT', 'LOW', 'RECALLED', 'EXPIRED', 'EXPIRING')),
  within_days   int,
  medicine      text NOT NULL,
  quantity      bigint NOT NULL,
  minimum_level bigint NOT NULL,
  lot_number    text NOT NULL,
  expires_on    date,
  fact_version  bigint NOT NULL,
  told_in       uuid,  -- the digest that told it; nil: too old to be told
  PRIMARY KEY (medicine_id, lot_id)
);
CREATE INDEX stock_alert_standing ON stock_alert (facility_id, kind) WHERE kind <> 'NONE';
CREATE TABLE stock_digest (
  facility_id uuid PRIMARY KEY,
  due_at      timestamptz,
  last_at     timestamptz
);
CREATE INDEX stock_digest_due ON stock_digest (due_at) WHERE due_at IS NOT NULL;

-- The link under a patient's reminders, and whether it was used.
CREATE TABLE unsubscription (
  patient_id  uuid PRIMARY KEY,
  facility_id uuid NOT NULL,
  token       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  at          timestamptz
);

-- A facility's own words for a template; without a row ours are used.
CREATE TABLE wording (
  facility_id uuid NOT NULL,
  template    text NOT NULL,
  language    text NOT NULL CHECK (language IN ('en', 'hi', 'de')),
  subject     text NOT NULL,
  body        text NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  created_by  uuid NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  uuid NOT NULL,
  PRIMARY KEY (facility_id, template, language)
);
