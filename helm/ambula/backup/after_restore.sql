-- What the topics held after the dump was made is not in this database, so the restored system gets new topics (docs/operations/backup.md).
-- Consumers begin at their start; events of the last day before the dump are sent once more, because a consumer may not have read them
-- when the dump was made. Those that it had read it knows by its inbox.
DO $$
DECLARE
  schema text;
BEGIN
  FOREACH schema IN ARRAY ARRAY['patient', 'scheduling', 'queue', 'consultation', 'pharmacy', 'notification', 'identity'] LOOP
    EXECUTE format('DELETE FROM %I.consumer_offset', schema);
    EXECUTE format('UPDATE %I.relay_lease SET holder = NULL, expires_at = ''-infinity''', schema);
    EXECUTE format('UPDATE %1$I.outbox SET sent_at = NULL '
                   'WHERE sent_at > (SELECT max(created_at) FROM %1$I.outbox) - interval ''1 day''', schema);
  END LOOP;
END $$;
