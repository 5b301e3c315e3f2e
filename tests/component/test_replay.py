"""The whole of each topic again, twice: no row changes and no mail goes out a second time [NOT-4; I7, I8; issue 3 §5.3].

First the records are produced once more, as a relay does that died before it marked them; then every service loses its
offsets and reads all topics from the beginning.
"""

import signal

import confluent_kafka
import psycopg
import pytest

from support.clinic import Clinic
from support.eventually import eventually
from support.visit import Visit

# What may change by itself or must: who relays, how far was read, when the clock makes a digest due (its mails are messages).
MOVING = ("relay_lease", "consumer_offset", "schema_migration", "stock_digest")
SCHEMAS = ("patient", "scheduling", "queue", "consultation", "pharmacy", "notification", "identity")
SERVICES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification")


def fingerprint(database) -> dict[str, tuple]:
    """Rows and their hash, of every table."""
    tables = database.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2",
                              [list(SCHEMAS)]).fetchall()
    prints = {}
    for schema, table in tables:
        if table not in MOVING:
            prints[f"{schema}.{table}"] = database.execute(
                f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{schema}"."{table}" t').fetchone()
    return prints


def differences(before, after):
    return {table: (before[table][0], after[table][0]) for table in before if before[table] != after[table]}


def unread(database, ends):
    """Partitions that some service has not read to this end. What never had a record has no row."""
    behind = []
    for schema in SCHEMAS:
        for consumer, topic, partition, offset in database.execute(
                f"SELECT consumer, topic, partition, next_offset FROM {schema}.consumer_offset"):
            if offset < ends.get((topic, partition), 0):
                behind.append((consumer, topic, partition, offset))
    return behind


def settle(stack, kafka, database):
    """Everything read, sent and quiet; answers the fingerprint."""
    ends = kafka.ends()
    eventually(lambda: not unread(database, ends), 60)
    eventually(lambda: all(database.execute(f"SELECT count(*) FROM {schema}.outbox WHERE sent_at IS NULL").fetchone()[0] == 0
                           for schema in SCHEMAS), 30)
    eventually(lambda: database.execute(
        "SELECT count(*) FROM notification.message WHERE status IN ('QUEUED', 'SENDING', 'RETRYING') AND due_at <= now()"
    ).fetchone()[0] == 0, 60)
    last = {}

    def unchanged():
        nonlocal last
        now = fingerprint(database)
        same, last = not differences(last, now) and bool(last), now
        return same

    eventually(unchanged, 60, every_s=0.5)
    return last


def produce_again(stack, kafka) -> None:
    """Every record of every topic, with the same key and headers, to the same partition, in the same order."""
    producer = confluent_kafka.Producer({"bootstrap.servers": stack.brokers, "enable.idempotence": True, "linger.ms": 5})
    records = kafka.records()
    assert len(records) > 50
    for record in records:
        producer.produce(record.topic(), record.value(), record.key(), partition=record.partition(), headers=record.headers())
        producer.poll(0)
    assert producer.flush(30) == 0


def forget_offsets(stack, database):
    """As after the loss of the group's offsets; the inbox stays."""
    for name in SERVICES:
        stack.kill(name, signal.SIGTERM)
    eventually(lambda: not any(stack.is_alive(name) for name in SERVICES), 30)
    for schema in SCHEMAS:
        database.execute(f"DELETE FROM {schema}.consumer_offset")
    stack.ensure_up()


@pytest.fixture(scope="module")
def visit(api, sign_in):
    clinic = Clinic(api, sign_in("admin"))
    made = Visit(clinic, email=f"replay-{clinic.tag}@patients.example")
    made.notification()
    return made


def reminders(database):
    return database.execute("SELECT count(*) FROM notification.message WHERE template = 'appointment-reminder'").fetchone()


def test_the_whole_of_every_topic_twice_changes_nothing(stack, kafka, mail, visit):
    with psycopg.connect(stack.pg_url, autocommit=True) as database:
        replay_twice(stack, kafka, mail, database)


def replay_twice(stack, kafka, mail, database):
    for replay in (lambda: produce_again(stack, kafka), lambda: forget_offsets(stack, database)):
        for last_try in (False, True):  # a reminder that falls due meanwhile is no fault of the replay
            before, mails, due = settle(stack, kafka, database), len(mail.messages()), reminders(database)
            assert before["notification.message"][0] > 0 and mails > 0
            replay()
            after = settle(stack, kafka, database)
            if reminders(database) == due or last_try:
                break
        assert differences(before, after) == {}
        assert len(mail.messages()) == mails


def test_the_comparison_sees_a_change(stack, visit):
    with psycopg.connect(stack.pg_url) as database:
        before = fingerprint(database)
        database.execute("UPDATE scheduling.patient SET active = NOT active WHERE id = %s", [visit.patient["id"]])
        assert differences(before, fingerprint(database)).keys() == {"scheduling.patient"}
        database.rollback()
        database.execute("INSERT INTO queue.inbox (consumer, event_id) VALUES ('ambula-queue', gen_random_uuid())")
        assert differences(before, fingerprint(database)).keys() == {"queue.inbox"}
        database.rollback()
