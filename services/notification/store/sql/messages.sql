-- name: insert_message
-- An intent that is there already is left alone: replaying a fact sends nothing again.
WITH inserted AS (
  INSERT INTO message (id, facility_id, template, recipient, patient_id, subject_id, event_id, resend_no, fact_version,
                       fact_time, language, recipient_masked, status, due_at, reason, resend_reason, created_at,
                       created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $17, $18)
  ON CONFLICT (event_id, recipient, template, resend_no) DO NOTHING
  RETURNING id, facility_id, version, status, reason, resend_reason, created_at, created_by
), history AS (
  INSERT INTO message_transition (facility_id, message_id, version, event, status, reason, at, actor_id)
  SELECT facility_id, id, version, 'Queued', status, coalesce(resend_reason, reason), created_at, created_by
  FROM inserted
)
SELECT id FROM inserted;

-- name: lock_due_message
-- no facility: the sender works for all of them
SELECT * FROM message
WHERE status IN ('QUEUED', 'RETRYING') AND due_at <= $1
ORDER BY due_at, id
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: lock_message
SELECT * FROM message WHERE id = $1 AND facility_id = $2 FOR UPDATE;

-- name: lock_intent
-- All of one intent, however often it was sent anew; locked in order of their numbers.
SELECT * FROM message
WHERE facility_id = $1 AND event_id = $2 AND recipient = $3 AND template = $4
ORDER BY resend_no
FOR UPDATE;

-- name: save_message
-- The secret of an account mail goes with the first state that ends it.
WITH saved AS (
  UPDATE message SET
    language = $3, recipient_masked = $4, status = $5, attempts = $6, due_at = $7, claimed_by = $8, claimed_at = $9,
    sent_at = $10, reason = $11, updated_at = $12, updated_by = $13,
    version = version + 1, event_seq = event_seq + cardinality($15::uuid[])
  WHERE id = $1 AND facility_id = $2
  RETURNING id, facility_id, version, event_seq, status, reason, updated_at, updated_by
), history AS (
  INSERT INTO message_transition (facility_id, message_id, version, event, status, reason, at, actor_id)
  SELECT facility_id, id, version, $14, status, reason, updated_at, updated_by FROM saved
), secret AS (
  DELETE FROM account_mail a USING saved
  WHERE a.message_id = saved.id AND saved.status IN ('SENT', 'UNCERTAIN', 'FAILED', 'SUPPRESSED')
), events AS (
  INSERT INTO outbox (event_id, topic, key, type, facility_id, aggregate_version, payload,
                      actor_id, causation_id, traceparent)
  SELECT e.id, 'ambula.message.v1', saved.id::text, e.type,
         nullif(saved.facility_id, '00000000-0000-0000-0000-000000000000'),
         saved.event_seq - cardinality($15::uuid[]) + e.n, e.payload, $18::uuid, $19::uuid, $20::text
  FROM saved, unnest($15::uuid[], $16::text[], $17::text[]) WITH ORDINALITY AS e (id, type, payload, n)
  ORDER BY e.n
)
SELECT version FROM saved;

-- name: postpone_message
-- Looking again in a moment is no transition worth a row of history.
UPDATE message SET due_at = $3 WHERE id = $1 AND facility_id = $2;

-- name: get_message
SELECT * FROM message WHERE id = $1 AND facility_id = $2;

-- name: list_messages
SELECT * FROM message
WHERE facility_id = $1
  AND ($2::uuid IS NULL OR patient_id = $2) AND ($3::text IS NULL OR status = $3)
  AND ($4::text IS NULL OR template = $4)
  AND ($5::timestamptz IS NULL OR (created_at, id) < ($5, $6::uuid))
ORDER BY created_at DESC, id DESC
LIMIT $7;

-- name: hold_sender
-- no facility: a lock of the sender's own connection; while it is held the sender lives
SELECT pg_try_advisory_lock(hashtextextended('ambula-sender-' || $1::uuid::text, 0)) AS held;

-- name: other_senders
-- no facility: senders work for all of them
SELECT DISTINCT claimed_by FROM message WHERE status = 'SENDING' AND claimed_by <> $1;

-- name: sender_is_gone
-- no facility: the lock of another sender's connection can be had only when that connection is gone
SELECT pg_try_advisory_xact_lock(hashtextextended('ambula-sender-' || $1::uuid::text, 0)) AS gone;

-- name: lock_messages_of_sender
-- no facility: senders work for all of them
SELECT * FROM message WHERE status = 'SENDING' AND claimed_by = $1 ORDER BY id FOR UPDATE;

-- name: oldest_due_age
-- no facility: a figure of the whole process
SELECT coalesce(extract(epoch FROM $1::timestamptz - min(due_at)), 0)::float8 AS age_s FROM message
WHERE status IN ('QUEUED', 'RETRYING') AND due_at <= $1;

-- name: count_messages
-- no facility: a figure of the whole process
SELECT status, count(*)::int AS messages FROM message
WHERE status IN ('QUEUED', 'SENDING', 'RETRYING', 'FAILED', 'UNCERTAIN')
GROUP BY status;

-- name: forget_messages
-- no facility: the age is the same for all; a fact so old is stale and would send nothing
DELETE FROM message WHERE id IN (
  SELECT id FROM message
  WHERE created_at < $1 AND status IN ('SENT', 'UNCERTAIN', 'FAILED', 'SUPPRESSED')
  ORDER BY created_at
  LIMIT 1000)
RETURNING id;
