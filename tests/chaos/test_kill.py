"""Each process, PostgreSQL and Kafka killed under load, and every named crash point hit on purpose [I1–I10; NOT-4].

Part of ./dev test, and of ./dev chaos. AMBULA_CHAOS_SEED repeats a run.
"""

import os
import random
import signal

import pytest

from support.clinic import Clinic, ok
from support.eventually import eventually
from support.journal import Load, judge, prepare
from support.visit import Visit

PROCESSES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification", "postgres", "kafka")
SEED = int(os.environ.get("AMBULA_CHAOS_SEED") or random.SystemRandom().randrange(1 << 32))


@pytest.fixture(scope="module")
def visit(api, sign_in):
    clinic = Clinic(api, sign_in("admin"))
    return prepare(Visit(clinic, prescribed=5000, email=f"chaos-{clinic.tag}@patients.example"))


@pytest.mark.parametrize("process", PROCESSES)
def test_killed_under_load(stack, visit, database, kafka, mail, process):
    with Load(visit, SEED) as load:
        load.wait_for(15)
        stack.kill(process, signal.SIGKILL)
        eventually(lambda: not stack.is_alive(process), 10)
        stack.ensure_up()
        load.wait_for(15)
    judge(load, stack, connect(stack), kafka, mail)


@pytest.mark.parametrize("process", ("gateway", "scheduling", "postgres", "kafka"))
def test_stopped_for_a_while_under_load(stack, visit, kafka, mail, process):
    """SIGSTOP: the peer's sockets stay open and nothing comes."""
    with Load(visit, SEED + 1) as load:
        load.wait_for(10)
        stack.signal_family(process, signal.SIGSTOP)
        try:
            eventually(lambda: any(entry.doubts for entry in list(load.journal)) or process == "kafka", 40)
        finally:
            stack.signal_family(process, signal.SIGCONT)
        stack.ensure_up()
        load.wait_for(10)
    judge(load, stack, connect(stack), kafka, mail)


def connect(stack):
    """A new connection: the fixture's may have died with the server."""
    import psycopg
    return psycopg.connect(stack.pg_url, autocommit=True)


def uncertain_mails(stack, visit) -> set[str]:
    return {row[0] for row in connect(stack).execute("SELECT id::text FROM notification.message WHERE facility_id = %s AND status = 'UNCERTAIN'",
                                                     [visit.clinic.facility["id"]])}


POINTS = [(service, point) for service in ("scheduling", "pharmacy") for point in ("relay-before-produce", "relay-after-produce")
          ] + [(service, "inbox-after-commit") for service in ("scheduling", "queue", "notification")] + [("notification", "mail-after-250")]


@pytest.mark.parametrize("service, point", POINTS)
def test_crash_point(stack, visit, kafka, mail, tmp_path, service, point):
    """The process dies exactly there, once; what it had begun is finished by its next life."""
    hit = tmp_path / "hit"
    before = uncertain_mails(stack, visit)  # a kill of before may have met one on its way as well
    load = Load(visit, SEED + 2, writers=2)
    stack.kill(service, signal.SIGTERM)
    eventually(lambda: not stack.is_alive(service), 30)
    try:
        stack.ensure_up(AMBULA_CRASH_POINT=point, AMBULA_CRASH_POINT_FILE=str(hit))
    except RuntimeError:
        assert hit.exists()  # it had something to do at once, and died before it was ready
    with load:
        try:
            eventually(lambda: hit.exists() and not stack.is_alive(service), 60)
        finally:  # nobody after this test may meet the point
            if stack.is_alive(service) and not hit.exists():
                stack.kill(service, signal.SIGKILL)
            stack.ensure_up()
        load.wait_for(10)
    judge(load, stack, connect(stack), kafka, mail)
    if point == "mail-after-250":
        uncertain = uncertain_mails(stack, visit) - before
        assert len(uncertain) == 1, uncertain
        (lost,) = uncertain
        assert len([message for message in mail.messages() if message["messageId"].startswith(lost)]) == 1
        assert ok(visit.reception.get(f"/v1/notifications/{lost}"))["status"] == "UNCERTAIN"
