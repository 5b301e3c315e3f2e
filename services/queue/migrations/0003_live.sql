-- Changes of a queue are written without their number, so that two calls from one queue do not wait for each other, and
-- numbered by whoever looks (store/sql/live.sql, docs/adr/0007). A log kept for a day needs no reference to its queue,
-- whose row all writers would have to lock for it.
ALTER TABLE live_change
  DROP CONSTRAINT live_change_pkey,
  DROP CONSTRAINT live_change_queue_id_fkey,
  ALTER COLUMN number DROP NOT NULL,
  ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
CREATE UNIQUE INDEX live_change_number ON live_change (queue_id, number);
CREATE INDEX live_change_unnumbered ON live_change (queue_id, id) WHERE number IS NULL;
