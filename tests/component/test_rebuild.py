"""`rebuild TOPIC` of every service: what neighbours told is filled in again exactly, beside the running processes, and no
mail, event or message is made a second time [I8, NOT-4; docs/events.md, "Who keeps what of whom"]."""

import os
import pathlib
import subprocess

import psycopg
import pytest

from support.clinic import Clinic
from support.eventually import eventually
from support.stack import ROOT
from support.visit import Visit
from test_replay import differences, fingerprint, settle

BUILD = ROOT / os.environ.get("AMBULA_BUILD_DIR", "build/release")

# What is damaged before: a table that only this topic fills, and how. Each must be seen to be mended.
DAMAGE = {
    ("patient", "ambula.facility.v1"): "UPDATE patient.facility SET zone = 'Etc/UTC'",
    ("patient", "ambula.department.v1"): "DELETE FROM patient.department",
    ("patient", "ambula.doctor.v1"): "UPDATE patient.doctor SET display_name = 'nobody'",
    ("patient", "ambula.appointment.v1"): "DELETE FROM patient.appointment; DELETE FROM patient.history_item WHERE kind = 'APPOINTMENT'",
    ("patient", "ambula.queue-entry.v1"): "UPDATE patient.queue_entry SET status = 'LEFT'",
    ("patient", "ambula.consultation.v1"): "DELETE FROM patient.consultation",
    ("patient", "ambula.prescription.v1"): "UPDATE patient.prescription SET number = 'wrong'",
    ("patient", "ambula.dispense.v1"): "DELETE FROM patient.history_item WHERE kind = 'DISPENSE'",
    ("scheduling", "ambula.facility.v1"): "UPDATE scheduling.facility SET day_cap = 1",
    ("scheduling", "ambula.patient.v1"): "DELETE FROM scheduling.patient",
    ("scheduling", "ambula.account.v1"): "UPDATE scheduling.account SET active = NOT active",
    ("queue", "ambula.facility.v1"): "UPDATE queue.facility SET max_calls = 9",
    ("queue", "ambula.patient.v1"): "UPDATE queue.patient SET display_name = 'nobody'",
    ("queue", "ambula.department.v1"): "DELETE FROM queue.department",
    ("queue", "ambula.doctor.v1"): "DELETE FROM queue.doctor",
    ("consultation", "ambula.facility.v1"): "DELETE FROM consultation.facility",
    ("consultation", "ambula.patient.v1"): "DELETE FROM consultation.patient",
    ("consultation", "ambula.doctor.v1"): "DELETE FROM consultation.doctor",
    ("consultation", "ambula.appointment.v1"): "UPDATE consultation.appointment SET status = 'CANCELLED'",
    ("consultation", "ambula.queue-entry.v1"): "DELETE FROM consultation.queue_entry",
    ("consultation", "ambula.medicine.v1"): "DELETE FROM consultation.medicine",
    ("pharmacy", "ambula.facility.v1"): "UPDATE pharmacy.facility SET name = 'nobody'",
    ("pharmacy", "ambula.patient.v1"): "UPDATE pharmacy.patient SET display_name = 'nobody'",
    ("pharmacy", "ambula.doctor.v1"): "DELETE FROM pharmacy.doctor",
    ("notification", "ambula.facility.v1"): "UPDATE notification.facility SET reminders_min = '{5}'",
    ("notification", "ambula.patient.v1"): "DELETE FROM notification.patient",
    ("notification", "ambula.doctor.v1"): "DELETE FROM notification.doctor",
    ("notification", "ambula.department.v1"): "DELETE FROM notification.department",
    ("notification", "ambula.appointment.v1"): "UPDATE notification.appointment SET status = 'CANCELLED', fact_version = 99",
}
# Topics with a projection that this visit leaves empty: rebuilt all the same.
QUIET = {("patient", "ambula.visitor.v1"), ("consultation", "ambula.visitor.v1"), ("pharmacy", "ambula.visitor.v1"),
         ("scheduling", "ambula.assessment.v1")}
SERVICES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification")


def command(stack, name, *arguments):
    """A subcommand with the settings of the running process."""
    pairs = pathlib.Path(f"/proc/{stack.pids[name]}/environ").read_bytes().decode().split("\0")
    env = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return subprocess.run([BUILD / "bin" / f"ambula-{name}", *arguments], env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def visit(api, sign_in):
    clinic = Clinic(api, sign_in("admin"))
    made = Visit(clinic, email=f"rebuild-{clinic.tag}@patients.example")
    made.notification()
    return made


def test_every_topic_with_a_projection_is_here(stack):
    listed = {(name, topic) for name in SERVICES for topic in command(stack, name, "rebuild").stdout.split()}
    assert listed == DAMAGE.keys() | QUIET


def test_every_projection_comes_back_exactly(stack, kafka, mail, visit):
    with psycopg.connect(stack.pg_url, autocommit=True) as database:
        before, mails = settle(stack, kafka, database), len(mail.messages())
        for (name, topic), damage in DAMAGE.items():
            database.execute(damage)
            done = command(stack, name, "rebuild", topic)
            assert done.returncode == 0, (name, topic, done.stderr)
            assert int(done.stdout.split()[0]) > 0, (name, topic)
        for name, topic in QUIET:
            assert command(stack, name, "rebuild", topic).returncode == 0, (name, topic)
        after = settle(stack, kafka, database)
        changed = differences(before, after)
        # A reminder that fell due meanwhile is no fault of the rebuild.
        if database.execute("SELECT count(*) FROM notification.message WHERE template = 'appointment-reminder' AND "
                            "created_at > now() - interval '2 minutes'").fetchone() == (0,):
            assert changed == {}
            assert len(mail.messages()) == mails


def test_the_damage_is_seen(stack, visit):
    """Else the comparison above would prove nothing."""
    with psycopg.connect(stack.pg_url) as database:
        for (name, topic), damage in DAMAGE.items():
            before = fingerprint(database)
            database.execute(damage)
            changed = differences(before, fingerprint(database))
            assert any(table.startswith(f"{name}.") for table in changed), (name, topic, changed)
            database.rollback()


@pytest.mark.parametrize("name, topic, why", [
    ("notification", "ambula.account-mail.v1", "no-projection"), ("queue", "ambula.consultation.v1", "no-projection"),
    ("queue", "ambula.stock.v1", "not-subscribed"), ("gateway", "ambula.patient.v1", "no-projection")])
def test_effects_are_never_run_again(stack, name, topic, why):
    done = command(stack, name, "rebuild", topic)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{why}: ") and len(done.stderr.splitlines()) == 1


def test_a_live_view_of_what_is_parked(stack, visit):
    """`events list` says what is parked, and nothing of what it carries."""
    with psycopg.connect(stack.pg_url, autocommit=True) as database:
        eventually(lambda: command(stack, "queue", "events", "list").stdout.endswith("event(s)\n"), 20)
        database.execute(
            "INSERT INTO queue.parked_event (consumer, topic, partition, kafka_offset, event_id, key, type, source, event_time, "
            "aggregate_version, traceparent, payload, tombstone, held, reason) VALUES ('ambula-queue', 'ambula.patient.v1', 0, 999999, "
            "'00000000-0000-7000-8000-000000000001', 'k', 'PatientUpdated', 's', now(), 7, '', '{\"name\": \"canary\"}', false, false, 'gap')")
        try:
            listed = command(stack, "queue", "events", "list")
            line = next(line for line in listed.stdout.splitlines() if "00000000-0000-7000-8000-000000000001" in line)
            assert "PatientUpdated" in line and line.endswith("gap") and "canary" not in listed.stdout
            dropped = command(stack, "queue", "events", "drop", "00000000-0000-7000-8000-000000000001")
            assert (dropped.returncode, dropped.stdout) == (0, "1 event(s)\n")
        finally:
            database.execute("DELETE FROM queue.parked_event WHERE kafka_offset = 999999")


@pytest.mark.parametrize("name", ("queue", "gateway"))
def test_healthcheck(stack, name):
    assert command(stack, name, "healthcheck").returncode == 0
    assert command(stack, name, "healthcheck", stack.metrics["patient"] + "/readyz").returncode == 0
    assert command(stack, name, "healthcheck", "http://127.0.0.1:1/readyz").returncode == 1
    assert command(stack, name, "healthcheck", "patient").returncode == 2
