-- name: insert_account
-- no facility: an account may belong to several; its memberships name them
WITH inserted AS (
  INSERT INTO account (id, login, email, display_name, password_hash, must_change_password, active,
                       created_at, created_by, updated_at, updated_by, facility_ids, facility_roles, event_seq)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9, $10::uuid[], $11::text[], cardinality($12::uuid[]))
  RETURNING id, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.account.v1', inserted.id::text, e.type, NULL::uuid,
         inserted.event_seq - cardinality($12::uuid[]) + e.n, e.payload, $15::uuid, $16::uuid, $17::text
  FROM inserted, unnest($12::uuid[], $13::text[], $14::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT id FROM inserted;

-- name: insert_unverified_account
-- no facility: whoever signs up or is invited; no row when the address is known. Told once it is verified.
INSERT INTO account (id, login, email, display_name, password_hash, must_change_password, active, email_verified,
                     created_at, created_by, updated_at, updated_by, facility_ids, facility_roles)
VALUES ($1, $2, $2, $3, $4, false, true, false, $5, $6, $5, $6, $7::uuid[], $8::text[])
ON CONFLICT DO NOTHING
RETURNING id;

-- name: lock_account_of_address
-- no facility: an address belongs to one account of the installation
SELECT * FROM account WHERE lower(email) = lower($1) FOR UPDATE;

-- name: lock_account
-- no facility: an account may belong to several; its memberships name them
SELECT * FROM account WHERE id = $1 FOR UPDATE;

-- name: share_account
-- no facility: an account may belong to several; its memberships name them
SELECT * FROM account WHERE id = $1 FOR SHARE;

-- name: save_account
-- no facility: an account may belong to several; its memberships name them
WITH saved AS (
  UPDATE account SET login = $2, email = $3, display_name = $4, must_change_password = $5, active = $6,
    doctor_id = $7, patient_id = $8, updated_at = $9, updated_by = $10,
    password_hash = coalesce($11, password_hash), facility_ids = $12::uuid[], facility_roles = $13::text[],
    email_verified = $14, binding = $15,
    version = version + 1, event_seq = event_seq + cardinality($16::uuid[])
  WHERE id = $1
  RETURNING id, version, event_seq
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.account.v1', saved.id::text, e.type, NULL::uuid,
         saved.event_seq - cardinality($16::uuid[]) + e.n, e.payload, $19::uuid, $20::uuid, $21::text
  FROM saved, unnest($16::uuid[], $17::text[], $18::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: get_account
-- no facility: an account may belong to several; the caller checks who may see it
SELECT * FROM account WHERE id = $1;

-- name: find_account_for_sign_in
-- no facility: nobody is signed in yet. A login with @ is the account's own address, so at most one row fits. $1 has
-- small ASCII letters: lower() would take further letters for some of them, and each such spelling had tries of its own.
SELECT * FROM account WHERE lower(login) = $1 OR lower(email) = $1 LIMIT 1;

-- name: list_accounts
-- no facility: $1 is the facility whose accounts are shown, or NULL for an administrator of the installation
SELECT a.* FROM account a
WHERE ($1::uuid IS NULL OR a.facility_ids @> ARRAY[$1::uuid])
  AND ($2::text IS NULL
       OR EXISTS (SELECT 1 FROM unnest(a.facility_ids, a.facility_roles) AS m (id, roles)
                  WHERE ($1::uuid IS NULL OR m.id = $1) AND $2 = ANY (string_to_array(m.roles, ','))))
  AND ($3::boolean IS NULL OR a.active = $3)
  AND ($4::text IS NULL OR lower(a.login) LIKE '%' || $4 || '%' OR lower(a.email) LIKE '%' || $4 || '%'
       OR public.unaccent(lower(a.display_name)) LIKE '%' || public.unaccent($4) || '%')
  AND ($5::text IS NULL OR (lower(a.login), a.id) > ($5, $6::uuid))
ORDER BY lower(a.login), a.id
LIMIT $7;

-- name: save_password_hash
-- no facility: the password of one account; made again with newer parameters, so nothing else changes
UPDATE account SET password_hash = $2 WHERE id = $1 AND password_hash = $3;

-- name: any_account
-- no facility: whether this is the first start
SELECT EXISTS (SELECT 1 FROM account) AS present;

-- name: other_installation_admin
-- no facility: the whole installation, whose id is nil. Locked, so that two do not step back at once.
SELECT id FROM account
WHERE facility_ids @> ARRAY['00000000-0000-0000-0000-000000000000'::uuid] AND active AND id <> $1
ORDER BY id LIMIT 1 FOR SHARE;

-- name: accounts_of_doctor
-- no facility: who is bound to this doctor now, and who should be
SELECT id FROM account WHERE doctor_id = $1 OR id = $2 ORDER BY id;

-- name: accounts_of_patient
-- no facility: who is bound to this patient now, and who should be
SELECT id FROM account WHERE patient_id = $1 OR id = $2 ORDER BY id;
