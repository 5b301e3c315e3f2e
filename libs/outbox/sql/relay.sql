-- Statements of the relay (relay.cpp).

-- name: take_lease
-- no facility: the relay moves the events of all facilities.
UPDATE relay_lease
SET holder = $1::uuid, epoch = epoch + 1,
    expires_at = clock_timestamp() + $2::bigint * interval '1 millisecond'
WHERE id = 1 AND (holder IS NULL OR holder = $1::uuid OR expires_at < clock_timestamp())
RETURNING epoch

-- name: keep_lease
-- no facility: the relay moves the events of all facilities.
UPDATE relay_lease
SET expires_at = clock_timestamp() + $3::bigint * interval '1 millisecond'
WHERE id = 1 AND holder = $1::uuid AND epoch = $2::bigint
RETURNING epoch

-- name: release_lease
-- no facility: the relay moves the events of all facilities.
UPDATE relay_lease
SET holder = NULL, expires_at = '-infinity'
WHERE id = 1 AND holder = $1::uuid AND epoch = $2::bigint

-- name: unsent_events
-- no facility: the relay moves the events of all facilities; facility_id goes out with each.
-- $2 names keys (topic, line feed, key) that are set aside for a moment because they cannot be sent.
SELECT id, event_id, topic, key, type, facility_id, aggregate_version, payload, actor_id, causation_id,
       traceparent, created_at
FROM outbox
WHERE sent_at IS NULL
  AND (cardinality($2::text[]) = 0 OR topic || chr(10) || key <> ALL ($2::text[]))
ORDER BY id
LIMIT $1::int

-- name: mark_sent
-- no facility: the relay moves the events of all facilities.
-- The lease row is locked first and stays so until the commit: a relay whose lease was taken marks nothing.
WITH lease AS (
  UPDATE relay_lease
  SET expires_at = clock_timestamp() + $3::bigint * interval '1 millisecond'
  WHERE id = 1 AND holder = $1::uuid AND epoch = $2::bigint
  RETURNING epoch
), marked AS (
  UPDATE outbox SET sent_at = clock_timestamp()
  WHERE id = ANY ($4::bigint[]) AND EXISTS (SELECT FROM lease)
), deleted AS (
  DELETE FROM outbox
  WHERE id = ANY ($5::bigint[]) AND EXISTS (SELECT FROM lease)
)
SELECT epoch FROM lease

-- name: outbox_backlog
-- no facility: a figure for operators, without any event's content.
SELECT count(*) AS pending,
       coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS oldest_age_s
FROM (SELECT created_at FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 100000) AS unsent

-- name: delete_sent_events
-- no facility: retention is the same for all.
-- Looks at the lowest ids only, so it needs no index on sent_at, which every mark would pay for.
DELETE FROM outbox
WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT $2::int)
  AND sent_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
