-- For triggers of tables that are a history: what was written down stays, also for the service's own role.
CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'history_is_append_only', MESSAGE = 'append only';
END $$;
