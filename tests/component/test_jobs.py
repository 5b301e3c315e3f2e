"""Jobs over several replicas [SCH-6, I9]: each visit that nobody came to is missed once, by whichever replica comes first,
and the work of a replica that is killed is done by another."""

import signal

import pytest

from support.clinic import Clinic
from support.replica import Replica

VISITS = 400


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


def missed_visits(clinic, database, doctor, days_ago: int) -> list[str]:
    """Booked visits of an earlier day whose time has passed, straight in the table: nothing was told of them yet."""
    rows = database.execute("""
        INSERT INTO scheduling.appointment (id, facility_id, patient_id, doctor_id, department_id, starts_at, ends_at, local_date,
                                            status, event_seq, created_at, created_by, updated_at, updated_by)
        SELECT gen_random_uuid(), %(facility)s, gen_random_uuid(), %(doctor)s, %(department)s, at, at + interval '1 min',
               at::date, 'BOOKED', 0, now(), %(by)s, now(), %(by)s
        FROM (SELECT now() - %(days)s * interval '1 day' + n * interval '2 min' AS at FROM generate_series(1, %(visits)s) n) t
        RETURNING id::text""", {"facility": clinic.facility["id"], "doctor": doctor["id"], "days": days_ago, "visits": VISITS,
                                "department": clinic.department["id"], "by": clinic.admin.account["id"]}).fetchall()
    return [row[0] for row in rows]


def left_open(database, visits) -> int:
    return database.execute("SELECT count(*) FROM scheduling.appointment WHERE id = ANY(%s::uuid[]) AND status = 'BOOKED'",
                            [visits]).fetchone()[0]


def ended_once(database, kafka, eventually, visits):
    assert database.execute("SELECT count(*), min(version), max(version) FROM scheduling.appointment WHERE id = ANY(%s::uuid[]) "
                            "AND status = 'NO_SHOW'", [visits]).fetchone() == (VISITS, 2, 2)
    wanted = set(visits)

    def told():
        return [event.key for event in kafka.read("ambula.appointment.v1")
                if event.type == "ambula.AppointmentNoShow" and event.key in wanted]
    eventually(lambda: len(told()) >= VISITS, 30)
    assert sorted(told()) == sorted(visits)


def test_two_more_replicas_do_nothing_twice(clinic, stack, database, kafka, eventually):
    doctor, _ = clinic.add_doctor()
    visits = missed_visits(clinic, database, doctor, 3)
    # Each looks for missed visits as soon as it runs.
    with Replica(stack, "scheduling"), Replica(stack, "scheduling"):
        eventually(lambda: left_open(database, visits) == 0, 60)
        ended_once(database, kafka, eventually, visits)


def test_another_replica_goes_on_where_a_killed_one_was(clinic, stack, database, kafka, eventually):
    doctor, _ = clinic.add_doctor()
    with Replica(stack, "scheduling") as other:
        visits = missed_visits(clinic, database, doctor, 5)
        # The one of the two that holds the job's lock is stopped in the middle of it, and then killed.
        eventually(lambda: left_open(database, visits) < VISITS, 60, every_s=0.005)
        other.process.send_signal(signal.SIGKILL)
        eventually(lambda: left_open(database, visits) == 0, 90)
        ended_once(database, kafka, eventually, visits)
