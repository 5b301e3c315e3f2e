-- The history stays as it was written.
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON appointment_transition
  FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
