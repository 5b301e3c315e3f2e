-- name: remember_answer
-- no facility: keys belong to an account, whose requests name the facility
INSERT INTO idempotency_key (owner, key, request_hash, status, headers, body)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: find_remembered
-- no facility: keys belong to an account, whose requests name the facility
SELECT request_hash, status, headers, body FROM idempotency_key WHERE owner = $1 AND key = $2;

-- name: forget_old_answers
-- no facility: keys belong to an account, whose requests name the facility
DELETE FROM idempotency_key
WHERE (owner, key) IN (SELECT owner, key FROM idempotency_key WHERE created_at < $1 ORDER BY created_at LIMIT 5000);

-- name: try_job_lock
-- no facility: a lock on the job's name
SELECT pg_try_advisory_lock(hashtextextended('job:' || current_schema() || ':' || $1, 0)) AS locked;

-- name: release_job_lock
-- no facility: a lock on the job's name
SELECT pg_advisory_unlock(hashtextextended('job:' || current_schema() || ':' || $1, 0));
