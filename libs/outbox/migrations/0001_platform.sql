-- The tables that every service has for events and idempotent requests (docs/events.md).

-- Events that were decided here. The row commits with the state it tells of. CACHE 1: a session that kept ids in
-- stock would give a later event a lower id.
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
  event_id uuid NOT NULL,
  topic text NOT NULL,
  key text NOT NULL CHECK (key <> ''),
  type text NOT NULL,
  facility_id uuid,
  aggregate_version bigint NOT NULL CHECK (aggregate_version >= 1),
  payload text,  -- NULL: a tombstone
  actor_id uuid,
  causation_id uuid,
  traceparent text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at timestamptz
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;

-- Who moves outbox rows to Kafka. The epoch rises with each change of hands.
CREATE TABLE relay_lease (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  holder uuid,
  epoch bigint NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO relay_lease DEFAULT VALUES;

-- Events that were applied or parked here, by id.
CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, event_id)
);

-- The last ce_aggregateversion applied of each key.
CREATE TABLE inbox_position (
  consumer text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (consumer, topic, key)
);

-- Where to go on reading; Kafka's own copy only feeds lag metrics.
CREATE TABLE consumer_offset (
  consumer text NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (consumer, topic, partition)
);

-- Events that could not be applied, and those held back behind them. Without event_time the record was no CloudEvent
-- and cannot be replayed.
CREATE TABLE parked_event (
  consumer text NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  kafka_offset bigint NOT NULL,
  event_id uuid NOT NULL,
  key text NOT NULL,
  type text NOT NULL,
  source text NOT NULL,
  event_time timestamptz,
  facility_id uuid,
  aggregate_version bigint NOT NULL,
  traceparent text NOT NULL,
  causation_id uuid,
  actor_id uuid,
  payload text,
  tombstone boolean NOT NULL,
  held boolean NOT NULL,
  reason text NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, topic, partition, kafka_offset)
);
CREATE INDEX parked_event_key ON parked_event (consumer, topic, key);

-- Answers to requests with an Idempotency-Key, for repeating them word by word.
CREATE TABLE idempotency_key (
  owner uuid NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  facility_id uuid,
  status int,
  headers text,
  body text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
