-- Facilities, accounts with their memberships, sign-ins and what ends them.

CREATE TABLE facility (
  id                uuid PRIMARY KEY,
  code              text NOT NULL,
  name              text NOT NULL,
  zone              text NOT NULL,
  currency          text NOT NULL,
  locale            text NOT NULL,
  address           text,
  phone             text,
  day_cap           int NOT NULL,
  urgent_seats      int NOT NULL,
  desk_may_complete boolean NOT NULL,
  no_show_grace_min int NOT NULL,
  max_calls         int NOT NULL,
  staging_factor    int NOT NULL,
  reminders_min     int[] NOT NULL,
  prescription_days int NOT NULL,
  reservation_h     int NOT NULL,
  visitor_days      int NOT NULL,
  stock_digest_to   text[] NOT NULL,
  zone_frozen       boolean NOT NULL DEFAULT false,
  version           bigint NOT NULL DEFAULT 1,
  event_seq         bigint NOT NULL DEFAULT 1,
  created_at        timestamptz NOT NULL,
  created_by        uuid NOT NULL,
  updated_at        timestamptz NOT NULL,
  updated_by        uuid NOT NULL,
  CONSTRAINT facility_code_key UNIQUE (code)
);

CREATE TABLE account (
  id                   uuid PRIMARY KEY,
  login                text NOT NULL,
  email                text,
  display_name         text NOT NULL,
  password_hash        text NOT NULL,
  must_change_password boolean NOT NULL,
  active               boolean NOT NULL,
  doctor_id            uuid,
  patient_id           uuid,
  -- The memberships, on the row itself so that its lock covers them: facility i has the comma-separated roles i. The
  -- nil id stands for the whole installation.
  facility_ids         uuid[] NOT NULL,
  facility_roles       text[] NOT NULL,
  version              bigint NOT NULL DEFAULT 1,
  event_seq            bigint NOT NULL DEFAULT 1,
  created_at           timestamptz NOT NULL,
  created_by           uuid NOT NULL,
  updated_at           timestamptz NOT NULL,
  updated_by           uuid NOT NULL,
  CONSTRAINT account_memberships CHECK (cardinality(facility_ids) = cardinality(facility_roles))
);
-- Unique in the installation, whatever the case. A login with @ is the account's own address (checked by the
-- service), so a sign-in name never means two accounts.
CREATE UNIQUE INDEX account_login_key ON account (lower(login));
CREATE UNIQUE INDEX account_email_key ON account (lower(email));
CREATE INDEX account_facility ON account USING gin (facility_ids);
CREATE UNIQUE INDEX account_patient_key ON account (patient_id);

-- One sign-in: a family of refresh tokens. The tokens are derived (api/refresh_token.cpp), so none is stored.
CREATE TABLE session (
  id          uuid PRIMARY KEY,
  account_id  uuid NOT NULL REFERENCES account (id),
  generation  bigint NOT NULL DEFAULT 1,
  cookie      boolean NOT NULL,
  created_at  timestamptz NOT NULL,
  rotated_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  remote_addr text NOT NULL
);
CREATE INDEX session_account ON session (account_id) WHERE ended_at IS NULL;
CREATE INDEX session_created ON session (created_at);

-- Access tokens that must not be taken any more although they have not expired: those of an ended session, or of an
-- account issued before its roles changed. Each gateway replica reads new rows every second.
CREATE TABLE revocation (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject       uuid NOT NULL,
  issued_before timestamptz NOT NULL,  -- infinity: all of them
  at            timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at    timestamptz NOT NULL
);
CREATE INDEX revocation_at ON revocation (at);
CREATE INDEX revocation_expires ON revocation (expires_at);
