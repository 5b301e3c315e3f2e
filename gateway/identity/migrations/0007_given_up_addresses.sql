-- A new address that a record waits for no more is not to be proved.
CREATE INDEX mail_token_of_patient ON mail_token (patient_id) WHERE kind = 'VERIFY' AND patient_id IS NOT NULL;
