-- Statements of the inbox (inbox.cpp) and of the operators' verbs (parked.cpp).

-- name: load_offsets
-- no facility: offsets belong to partitions.
SELECT topic, partition, next_offset FROM consumer_offset WHERE consumer = $1

-- name: claim_offsets
-- no facility: offsets belong to partitions.
-- Comes first in its transaction: it locks the partitions, and it moves an offset only from the value that this
-- member knows ($4; -1 = none yet) to the next ($5), so a member that lost its partitions changes nothing.
WITH want AS (
  SELECT * FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[])
    AS w (topic, partition, expected, next)
), moved AS (
  UPDATE consumer_offset AS o SET next_offset = w.next
  FROM want AS w
  WHERE o.consumer = $1 AND o.topic = w.topic AND o.partition = w.partition
    AND o.next_offset = w.expected
  RETURNING 1
), made AS (
  INSERT INTO consumer_offset (consumer, topic, partition, next_offset)
  SELECT $1, w.topic, w.partition, w.next FROM want AS w WHERE w.expected = -1
  ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM made) AS claimed

-- name: add_to_inbox
-- no facility: an event id is unique for ever.
INSERT INTO inbox (consumer, event_id)
SELECT DISTINCT $1, e FROM unnest($2::uuid[]) AS e
ON CONFLICT DO NOTHING
RETURNING event_id

-- name: key_states
-- no facility: the keys are those of the events in hand.
SELECT k.topic, k.key, coalesce(p.version, 0) AS version,
       EXISTS (SELECT FROM parked_event AS e
               WHERE e.consumer = $1 AND e.topic = k.topic AND e.key = k.key) AS parked
FROM unnest($2::text[], $3::text[]) AS k (topic, key)
LEFT JOIN inbox_position AS p ON p.consumer = $1 AND p.topic = k.topic AND p.key = k.key

-- name: save_positions
-- no facility: the keys are those of the events in hand.
INSERT INTO inbox_position (consumer, topic, key, version)
SELECT $1, p.topic, p.key, p.version
FROM unnest($2::text[], $3::text[], $4::bigint[]) AS p (topic, key, version)
ON CONFLICT (consumer, topic, key)
  DO UPDATE SET version = greatest(inbox_position.version, excluded.version)

-- name: park_event
INSERT INTO parked_event (consumer, topic, partition, kafka_offset, event_id, key, type, source, event_time,
                          facility_id, aggregate_version, traceparent, causation_id, actor_id, payload,
                          tombstone, held, reason)
VALUES ($1, $2, $3::int, $4::bigint, $5::uuid, $6, $7, $8, $9::timestamptz, $10::uuid, $11::bigint, $12,
        $13::uuid, $14::uuid, $15, $16::boolean, $17::boolean, $18)
ON CONFLICT (consumer, topic, partition, kafka_offset) DO NOTHING

-- name: parked_count
-- no facility: a figure for operators.
SELECT count(*) AS parked FROM parked_event WHERE consumer = $1

-- name: delete_old_inbox
-- no facility: retention is the same for all.
-- Event ids are UUIDv7, so the lowest are the oldest.
DELETE FROM inbox
WHERE consumer = $1
  AND event_id IN (SELECT event_id FROM inbox WHERE consumer = $1 ORDER BY event_id LIMIT $3::int)
  AND applied_at < clock_timestamp() - $2::bigint * interval '1 millisecond'

-- name: list_parked
-- no facility: operators deal with all of a consumer's parked events.
SELECT event_id, topic, key, type, aggregate_version, held, reason, parked_at FROM parked_event
WHERE consumer = $1
ORDER BY parked_at, topic, partition, kafka_offset
LIMIT $2::int

-- name: parked_keys
-- no facility: operators deal with all of a consumer's parked events.
SELECT topic, key, partition FROM parked_event
WHERE consumer = $1 AND ($2::uuid IS NULL OR event_id = $2::uuid)
GROUP BY topic, key, partition
ORDER BY topic, key, partition

-- name: lock_partition
-- no facility: offsets belong to partitions.
-- The inbox locks the same row before it looks whether a key is parked.
SELECT next_offset FROM consumer_offset WHERE consumer = $1 AND topic = $2 AND partition = $3::int
FOR UPDATE

-- name: lock_offsets
-- no facility: offsets belong to partitions.
-- Nothing of the topic is applied until the transaction ends.
SELECT partition, next_offset FROM consumer_offset WHERE consumer = $1 AND topic = $2
ORDER BY partition
FOR UPDATE

-- name: parked_offsets
-- no facility: a rebuild is of all facilities.
SELECT partition, kafka_offset FROM parked_event WHERE consumer = $1 AND topic = $2

-- name: first_parked
-- In the order in which the events were meant: what was parked for a gap comes after what filled it.
SELECT topic, partition, kafka_offset, event_id, key, type, source, event_time, facility_id,
       aggregate_version, traceparent, causation_id, actor_id, payload, tombstone, reason
FROM parked_event
WHERE consumer = $1 AND topic = $2 AND key = $3
ORDER BY aggregate_version, partition, kafka_offset
LIMIT 1

-- name: find_parked
SELECT topic, partition, kafka_offset, event_id, key, type, source, event_time, facility_id,
       aggregate_version, traceparent, causation_id, actor_id, payload, tombstone, reason
FROM parked_event
WHERE consumer = $1 AND event_id = $2::uuid

-- name: set_parked_apart
-- no facility: a partition's log was lost; its offsets will be given again.
UPDATE parked_event AS e SET kafka_offset = last.low - 1 - e.kafka_offset
FROM (SELECT least(min(kafka_offset), 0) AS low FROM parked_event
      WHERE consumer = $1 AND topic = $2 AND partition = $3::int) AS last
WHERE e.consumer = $1 AND e.topic = $2 AND e.partition = $3::int AND e.kafka_offset >= 0

-- name: delete_parked
-- no facility: the row was read by its key just before.
DELETE FROM parked_event
WHERE consumer = $1 AND topic = $2 AND partition = $3::int AND kafka_offset = $4::bigint

-- name: set_parked_reason
-- no facility: the row was read by its key just before.
UPDATE parked_event SET reason = $5
WHERE consumer = $1 AND topic = $2 AND partition = $3::int AND kafka_offset = $4::bigint

-- name: lock_meeting
-- no facility: a lock, no row. Each service has its own.
SELECT pg_advisory_xact_lock(hashtextextended(current_schema || '/' || $1 || '/' || $2::uuid, 0))
