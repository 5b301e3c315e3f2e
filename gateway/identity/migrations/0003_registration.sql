-- Accounts that people make themselves or are invited to, and the single-use tokens that their mails carry.

ALTER TABLE account
  -- An account whose address nobody has proved yet cannot sign in; it goes when its tokens have expired.
  ADD COLUMN email_verified boolean NOT NULL DEFAULT true,
  -- What became of the patient record behind it.
  ADD COLUMN binding text CONSTRAINT account_binding CHECK (binding IN ('PENDING', 'BOUND', 'REFUSED')),
  -- Events of the account on ambula.self-registration.v1 and ambula.account-mail.v1.
  ADD COLUMN registration_seq bigint NOT NULL DEFAULT 0,
  ADD COLUMN mail_seq bigint NOT NULL DEFAULT 0,
  ALTER COLUMN event_seq SET DEFAULT 0;
UPDATE account SET binding = 'BOUND' WHERE patient_id IS NOT NULL;
CREATE INDEX account_unverified ON account (created_at) WHERE NOT email_verified;

-- Only the hash is kept: who reads this table can use none of them.
CREATE TABLE mail_token (
  token_hash    text PRIMARY KEY,
  account_id    uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind          text NOT NULL CHECK (kind IN ('VERIFY', 'INVITE', 'RESET')),
  address       text NOT NULL,
  facility_id   uuid,
  patient_id    uuid,  -- whose invitation, or whose new address
  -- A sign-up's own password and person: who proves the address gets what that very sign-up said, not what
  -- somebody else typed for the same address.
  password_hash text,
  person        text,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL
);
CREATE INDEX mail_token_account ON mail_token (account_id, created_at);
CREATE INDEX mail_token_expires ON mail_token (expires_at);
