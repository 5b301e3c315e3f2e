-- Who did what, to whom, from where (gateway/audit). Rows are only ever added.
CREATE TABLE audit_row (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at            timestamptz NOT NULL,
  facility_id   uuid,  -- NULL: the whole installation
  actor_id      uuid,
  actor_login   text,
  action        text NOT NULL,
  method        text NOT NULL,
  path_template text NOT NULL,
  patient_id    uuid,
  resource      text,
  changed       text[] NOT NULL,
  outcome       text NOT NULL,
  request_id    text NOT NULL,
  remote_addr   text NOT NULL
);
CREATE INDEX audit_row_time ON audit_row (at DESC, id DESC);
CREATE INDEX audit_row_facility ON audit_row (facility_id, at DESC, id DESC);
CREATE INDEX audit_row_patient ON audit_row (patient_id, at DESC, id DESC) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_row_actor ON audit_row (actor_id, at DESC, id DESC) WHERE actor_id IS NOT NULL;

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit rows are append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_row_append_only BEFORE UPDATE OR DELETE ON audit_row
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_row_no_truncate BEFORE TRUNCATE ON audit_row
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
