-- Which new address a bound record waits for, as its newest fact says: what was given up meanwhile is not to be proved by its old mail.
CREATE TABLE wished_address (
  patient_id uuid PRIMARY KEY,
  address    text,                 -- NULL: none
  told_at    timestamptz NOT NULL  -- when the registry said so
);
ALTER TABLE mail_token ADD COLUMN wished_at timestamptz;  -- of an address change: when the patient wished it
