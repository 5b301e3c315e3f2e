-- name: lock_matches
-- The ACTIVE records of the facility that have this address.
SELECT * FROM patient
WHERE facility_id = $1 AND lower(email) = lower($2) AND status = 'ACTIVE' AND deleted_at IS NULL
ORDER BY id
FOR UPDATE;

-- name: record_of_account
-- no facility: an account has one record in the whole installation
SELECT id FROM patient WHERE account_id = $1 AND deleted_at IS NULL;

-- name: note_binding
-- Locks the account's row. What was told before stays what it is.
INSERT INTO binding AS b (account_id, facility_id, status, email, given_name, family_name, birth_date, sex, phone, at)
VALUES ($1, $2, 'WAITING', $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (account_id) DO UPDATE SET status = 'WAITING', reason = NULL, facility_id = excluded.facility_id,
  email = excluded.email, given_name = coalesce(excluded.given_name, b.given_name),
  family_name = coalesce(excluded.family_name, b.family_name),
  birth_date = coalesce(excluded.birth_date, b.birth_date), sex = coalesce(excluded.sex, b.sex),
  phone = coalesce(excluded.phone, b.phone), at = excluded.at;

-- name: settle_binding
-- $3 the reason of a refusal, NULL when it was bound.
WITH settled AS (
  UPDATE binding SET status = CASE WHEN $3::text IS NULL THEN 'BOUND' ELSE 'REFUSED' END, reason = $3,
    candidates = $4::uuid[], event_seq = event_seq + cardinality($5::uuid[])
  WHERE account_id = $1 AND facility_id = $2
  RETURNING account_id, facility_id, event_seq
)
INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                    actor_id, causation_id, traceparent)
SELECT e.id, 'ambula.patient-binding.v1', settled.account_id::text, e.type, settled.facility_id,
       settled.event_seq - cardinality($5::uuid[]) + e.n, e.payload, $8::uuid, $9::uuid, $10::text
FROM settled, unnest($5::uuid[], $6::text[], $7::text[]) WITH ORDINALITY AS e (id, type, payload, n)
ORDER BY e.n;

-- name: waiting_bindings
SELECT * FROM binding WHERE facility_id = $1 AND status = 'WAITING' ORDER BY at, account_id FOR UPDATE;

-- name: list_refused_bindings
-- Newest first, keyset by (at, account_id). An invitation's says who was invited.
SELECT b.account_id, b.at, b.reason, coalesce(b.given_name, p.given_name) AS given_name,
       CASE WHEN b.given_name IS NULL THEN p.family_name ELSE b.family_name END AS family_name,
       coalesce(b.birth_date, p.birth_date) AS birth_date, b.candidates
FROM binding b
LEFT JOIN patient p ON p.id = b.candidates[1] AND p.facility_id = b.facility_id
WHERE b.facility_id = $1 AND b.status = 'REFUSED' AND coalesce(b.given_name, p.given_name) IS NOT NULL
  AND ($2::timestamptz IS NULL OR (b.at, b.account_id) < ($2, $3::uuid))
ORDER BY b.at DESC, b.account_id DESC
LIMIT $4;
