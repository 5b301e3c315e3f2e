-- name: insert_mail_token
-- no facility: a token belongs to an account, which may belong to several
WITH counted AS (
  UPDATE account SET mail_seq = mail_seq + cardinality($11::uuid[]) WHERE id = $1 RETURNING id, mail_seq
), older AS (
  -- The newest mail of a kind is the one that counts; but of sign-ups (they have a person) each, for anybody may type
  -- another's address. The rows stay: they are counted against too many mails.
  UPDATE mail_token t SET expires_at = $9::timestamptz FROM counted
  WHERE t.account_id = counted.id AND t.kind = $3 AND t.person IS NULL AND $8::text IS NULL AND t.patient_id IS NOT DISTINCT FROM $6::uuid AND t.expires_at > $9::timestamptz
), token AS (
  INSERT INTO mail_token (token_hash, account_id, kind, address, facility_id, patient_id, password_hash, person,
                          created_at, expires_at, wished_at)
  SELECT $2, counted.id, $3, $4, $5::uuid, $6::uuid, $7, $8, $9::timestamptz, $10::timestamptz, $17::timestamptz FROM counted
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.account-mail.v1', counted.id::text, e.type, $5::uuid,
         counted.mail_seq - cardinality($11::uuid[]) + e.n, e.payload, $14::uuid, $15::uuid, $16::text
  FROM counted, unnest($11::uuid[], $12::text[], $13::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM counted;

-- name: mails_lately
-- no facility: mails to one account, whoever asked for them
SELECT count(*) AS mails FROM mail_token WHERE account_id = $1 AND created_at > $2;

-- name: find_mail_token
-- no facility: who has the token has proved the address
SELECT * FROM mail_token WHERE token_hash = $1 AND kind = $2 AND expires_at > $3;

-- name: take_mail_token
-- no facility: who has the token has proved the address
DELETE FROM mail_token WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 RETURNING *;

-- name: note_wish
-- no facility: a record has one
INSERT INTO wished_address (patient_id, address, told_at) VALUES ($1, $2, $3)
ON CONFLICT (patient_id) DO UPDATE SET address = excluded.address, told_at = excluded.told_at
WHERE wished_address.told_at <= excluded.told_at;

-- name: forget_wish
-- no facility: a record has one
DELETE FROM wished_address WHERE patient_id = $1;

-- name: is_given_up
-- no facility: a record has one
SELECT EXISTS (SELECT 1 FROM wished_address
               WHERE patient_id = $1 AND told_at > $2 AND lower(address) IS DISTINCT FROM lower($3)) AS given_up;

-- name: drop_reset_tokens
-- no facility: what was mailed to the account
DELETE FROM mail_token WHERE account_id = $1 AND kind = 'RESET';

-- name: drop_mail_tokens
-- no facility: what else was mailed to the account; invitations to other records stay good
DELETE FROM mail_token WHERE account_id = $1 AND (kind <> 'INVITE' OR patient_id = $2::uuid);

-- name: tell_registration
-- no facility: the account; $2 is the facility that the events name
WITH counted AS (
  UPDATE account SET registration_seq = registration_seq + cardinality($3::uuid[]) WHERE id = $1
  RETURNING id, registration_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.self-registration.v1', counted.id::text, e.type, $2::uuid,
         counted.registration_seq - cardinality($3::uuid[]) + e.n, e.payload, $6::uuid, $7::uuid, $8::text
  FROM counted, unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM counted;

-- name: forget_mail_tokens
-- no facility: nobody can use them any more
DELETE FROM mail_token WHERE token_hash IN
  (SELECT token_hash FROM mail_token WHERE expires_at < $1 ORDER BY expires_at LIMIT 5000);

-- name: forget_unverified_accounts
-- no facility: sign-ups and invitations that nobody followed
DELETE FROM account WHERE id IN
  (SELECT a.id FROM account a
   WHERE NOT a.email_verified AND a.created_at < $1
     AND NOT EXISTS (SELECT 1 FROM mail_token t WHERE t.account_id = a.id)
   ORDER BY a.created_at LIMIT 1000);

-- name: drop_unverified_account
-- no facility: a sign-up that was not followed must not keep an address from the person an administrator names
DELETE FROM account WHERE lower(email) = lower($1) AND NOT email_verified AND id <> $2;
