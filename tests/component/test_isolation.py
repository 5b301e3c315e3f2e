"""A service's database role reads nothing of another schema [architecture §4; issue 3 §5.5]."""

import json
import urllib.parse

import psycopg
import pytest

from support.stack import RUN_DIR

SCHEMAS = ("patient", "scheduling", "queue", "consultation", "pharmacy", "notification", "identity")

# Everything in a schema of ours that one could be given a right to, with whether the role has any.
RIGHTS = """
SELECT n.nspname, c.relname, format('%%s of table', p.privilege)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p(privilege)
 WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND has_any_column_privilege(%(role)s, c.oid, p.privilege)
UNION ALL
SELECT n.nspname, c.relname, format('%%s of table', p.privilege)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS p(privilege)
 WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND has_table_privilege(%(role)s, c.oid, p.privilege)
UNION ALL
SELECT n.nspname, c.relname, 'use of sequence'
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY(%(schemas)s) AND CASE WHEN c.relkind = 'S'
       THEN has_sequence_privilege(%(role)s, c.oid, 'USAGE,SELECT,UPDATE') ELSE false END
UNION ALL
SELECT n.nspname, '', p.privilege || ' of schema'
  FROM pg_namespace n, unnest(ARRAY['USAGE', 'CREATE']) AS p(privilege)
 WHERE n.nspname = ANY(%(schemas)s) AND has_schema_privilege(%(role)s, n.oid, p.privilege)
UNION ALL
SELECT '', other.rolname, 'member of role'
  FROM pg_roles other
 WHERE other.rolname <> %(role)s AND (other.rolname LIKE 'ambula\\_%%' OR other.rolname LIKE 'pg\\_%%' OR other.rolsuper)
   AND pg_has_role(%(role)s, other.oid, 'MEMBER')
"""


def rights_outside(database, schema):
    """What the role of this schema may do in the schemas of the others; must be nothing."""
    others = [other for other in SCHEMAS if other != schema]
    return database.execute(RIGHTS, {"role": f"ambula_{schema}", "schemas": others}).fetchall()


def url_of(stack, schema):
    password = json.loads((RUN_DIR / "keys" / "passwords.json").read_text())[schema]
    url = urllib.parse.urlsplit(stack.pg_url)
    return urllib.parse.urlunsplit(url._replace(netloc=f"ambula_{schema}:{password}@{url.netloc.rpartition('@')[2]}"))


def tables_of(database, schema):
    return [row[0] for row in database.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1", [schema])]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_role_has_no_right_outside_its_schema(database, schema):
    assert rights_outside(database, schema) == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_role_is_refused_every_table_of_its_neighbours(stack, database, schema):
    with psycopg.connect(url_of(stack, schema), autocommit=True) as session:
        assert session.execute("SELECT count(*) FROM schema_migration").fetchone()[0] >= 1  # It can read at all.
        tried = 0
        for other in (name for name in SCHEMAS if name != schema):
            tables = tables_of(database, other)
            assert {"outbox", "inbox", "parked_event", "idempotency_key", "schema_migration"} <= set(tables)
            for table in tables:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(f'SELECT 1 FROM "{other}"."{table}" LIMIT 1')
                tried += 1
        assert tried > 60
        for statement in ("CREATE TABLE public.mine (a int)", "CREATE SCHEMA mine", "CREATE ROLE mine",
                          f"SET ROLE ambula_{'queue' if schema == 'patient' else 'patient'}", "SET ROLE postgres"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)


HISTORIES = {"scheduling": ["appointment_transition"], "queue": ["queue_entry_transition"],
             "consultation": ["consultation_transition", "prescription_transition"],
             "pharmacy": ["lot_transition", "prescription_transition", "ledger"]}


@pytest.mark.parametrize("schema", HISTORIES)
def test_a_role_cannot_rewrite_its_own_history(stack, schema):
    with psycopg.connect(url_of(stack, schema), autocommit=True) as session:
        for table in HISTORIES[schema]:
            for statement in (f"UPDATE {table} SET facility_id = facility_id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                with pytest.raises(psycopg.errors.CheckViolation):
                    session.execute(statement)


def test_a_role_is_nobody_special(database):
    rows = database.execute("SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolinherit "
                            "FROM pg_roles WHERE rolname LIKE 'ambula\\_%' ORDER BY 1").fetchall()
    assert [row[0] for row in rows] == sorted(f"ambula_{schema}" for schema in SCHEMAS)
    assert all(not any(row[1:]) for row in rows), rows


@pytest.mark.parametrize("grant", [
    "GRANT SELECT ON patient.patient TO ambula_queue",
    "GRANT SELECT (id) ON patient.patient TO ambula_queue",
    "GRANT USAGE ON SCHEMA patient TO ambula_queue",
    "GRANT DELETE ON patient.outbox TO PUBLIC",
    "GRANT ambula_patient TO ambula_queue",
    "GRANT pg_read_all_data TO ambula_queue"])
def test_the_check_sees_a_right_that_was_given(stack, grant):
    with psycopg.connect(stack.pg_url) as connection:
        try:
            connection.execute(grant)
            assert rights_outside(connection, "queue")
        finally:
            connection.rollback()
