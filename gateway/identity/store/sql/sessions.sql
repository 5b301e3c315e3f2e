-- name: insert_session
-- no facility: a sign-in holds in all facilities of the account. Only while the account may sign in.
INSERT INTO session (id, account_id, cookie, created_at, rotated_at, remote_addr)
SELECT $1, a.id, $3, $4, $4, $5 FROM account a WHERE a.id = $2 AND a.active AND a.email_verified AND a.password_hash = $6 FOR SHARE
RETURNING id;

-- name: lock_session
-- no facility: a sign-in holds in all facilities of the account
SELECT * FROM session WHERE id = $1 FOR UPDATE;

-- name: rotate_session
-- no facility: a sign-in holds in all facilities of the account
UPDATE session SET generation = generation + 1, rotated_at = $2 WHERE id = $1;

-- name: end_session
-- no facility: a sign-in holds in all facilities of the account
WITH ended AS (
  UPDATE session SET ended_at = $3 WHERE id = $1 AND account_id = $2 AND ended_at IS NULL RETURNING id
), revoked AS (
  INSERT INTO revocation (subject, issued_before, expires_at) SELECT id, 'infinity', $4 FROM ended
)
SELECT id FROM ended;

-- name: end_sessions
-- no facility: every sign-in of an account, but the one to keep
WITH ended AS (
  UPDATE session SET ended_at = $3 WHERE account_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2::uuid
  RETURNING id
), revoked AS (
  INSERT INTO revocation (subject, issued_before, expires_at) SELECT id, 'infinity', $4 FROM ended
)
SELECT id FROM ended;

-- name: outdate_tokens
-- no facility: tokens of an account issued before now are asked for anew
INSERT INTO revocation (subject, issued_before, expires_at) VALUES ($1, $2, $3);

-- name: read_revocations
-- no facility: what each replica must know; a transaction may commit after a later one, so the reader overlaps
SELECT subject, issued_before, at, expires_at FROM revocation WHERE at > $1 AND expires_at > $2 ORDER BY at;

-- name: forget_revocations
-- no facility: the tokens meant have expired
DELETE FROM revocation WHERE id IN (SELECT id FROM revocation WHERE expires_at < $1 ORDER BY expires_at LIMIT 5000);

-- name: was_here
-- no facility: of an account, which may be of several
SELECT EXISTS (SELECT 1 FROM session WHERE account_id = $1 AND remote_addr = $2) AS here;

-- name: forget_sessions
-- no facility: nobody can come back to them
DELETE FROM session WHERE id IN (SELECT id FROM session WHERE created_at < $1 ORDER BY created_at LIMIT 5000);
