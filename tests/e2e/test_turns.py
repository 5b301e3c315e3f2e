"""The turns of a ticket over HTTP: return, recall, no-show, rejoin, hold, resume, complete; who is identified; what only asks [QUE-2 QUE-13 QUE-14]."""

import pytest

from support.clinic import ok, refused
from support.floor import Floor
from support.replica import Replica

SCHEMA_ROWS = ("queue.triage_case", "queue.assessment", "queue.outbox", "queue.live_change")


@pytest.fixture(scope="module")
def floor(sign_in, api, eventually):
    return Floor(api, sign_in("admin"), eventually)


def visitor(floor):
    return floor.walk_in(visitor={"name": "Somebody"})


def refuse(floor, entry, verb, status, code, body=None):
    return refused(floor.reception.post(f"/v1/queue-entries/{entry['id']}/{verb}", body), status, code)


def illegal(floor, entry, verb, body=None):
    problem = refuse(floor, entry, verb, 409, "illegal-transition", body)
    return problem["from"], problem["command"]


def test_whoever_does_not_come_after_the_last_call_is_missed(floor):  # QUE-2
    desk, entry = floor.reception, visitor(floor)
    for calls in (1, 2, 3):
        assert floor.verb(desk, entry, "call", {"room": "1"})["calls"] == calls
        if calls < 3:
            back = floor.verb(desk, entry, "return")
            assert (back["status"], back["calls"]) == ("WAITING", calls)
    refuse(floor, entry, "call", 409, "max-calls-reached", {"room": "1"})
    missed = floor.verb(desk, entry, "return")
    assert (missed["status"], missed["status_reason"]) == ("NO_SHOW", "max-calls")
    assert illegal(floor, entry, "return") == ("NO_SHOW", "return")
    back = floor.verb(desk, entry, "rejoin")
    assert (back["status"], back["calls"], back["ticket"]) == ("WAITING", 0, entry["ticket"])
    assert floor.verb(desk, entry, "call", {"room": "1"})["calls"] == 1
    assert floor.verb(desk, entry, "no-show")["status"] == "NO_SHOW"


def test_a_rejoin_is_of_the_same_day_and_after_an_absence_only(floor, database):  # QUE-2
    desk, entry = floor.reception, visitor(floor)
    assert illegal(floor, entry, "rejoin") == ("WAITING", "rejoin")
    floor.verb(desk, entry, "cancel", {"reason": "Twice"})
    assert illegal(floor, entry, "rejoin") == ("CANCELLED", "rejoin")
    absent = visitor(floor)
    floor.verb(desk, absent, "leave", {"reason": "Went home"})
    database.execute("UPDATE queue.queue_entry SET day = day - 1 WHERE id = %s", [absent["id"]])
    refuse(floor, absent, "rejoin", 422, "not-today")
    assert floor.entry(absent)["status"] == "LEFT"


def test_hold_resume_complete(floor):  # QUE-2
    desk, first, second = floor.reception, visitor(floor), visitor(floor)
    refuse(floor, first, "hold", 400, "invalid-request")
    held = floor.verb(desk, first, "hold", {"reason": "Fetches papers"})
    assert (held["status"], held["status_reason"]) == ("ON_HOLD", "Fetches papers")
    assert illegal(floor, first, "hold", {"reason": "Again"}) == ("ON_HOLD", "hold")
    assert illegal(floor, first, "call", {"room": "1"}) == ("ON_HOLD", "call")
    assert floor.call_next()["id"] == second["id"], "who is on hold is passed over"
    assert illegal(floor, second, "resume") == ("CALLED", "resume")
    third = visitor(floor)
    assert floor.verb(desk, first, "resume")["status"] == "WAITING"
    assert floor.call_next()["id"] == first["id"], "seniority is kept"
    for one in (first, second):
        assert illegal(floor, one, "complete") == ("CALLED", "complete")
        assert floor.verb(desk, one, "start")["started_at"]
    floor.verb(desk, second, "hold", {"reason": "X-ray"})
    assert illegal(floor, second, "complete") == ("ON_HOLD", "complete")
    done = floor.verb(desk, first, "complete")
    assert done["status"] == "COMPLETED" and done["completed_at"] >= done["started_at"]
    for verb, body in (("hold", {"reason": "x"}), ("return", None), ("rejoin", None), ("no-show", None), ("start", None)):
        assert illegal(floor, first, verb, body) == ("COMPLETED", verb)
    for one in (second, third):
        floor.verb(desk, one, "leave", {"reason": "Went home"})


def test_a_visitor_is_not_identified_as_somebody_who_waits_there(floor):  # QUE-14
    patient = floor.patient()
    entry, own = visitor(floor), floor.walk_in(patient_id=patient["id"])
    problem = refuse(floor, entry, "identify", 409, "already-queued", {"patient_id": patient["id"]})
    assert problem["queue_entry_id"] == own["id"]
    assert "patient_id" not in floor.entry(entry)
    refuse(floor, own, "identify", 409, "not-a-visitor", {"patient_id": patient["id"]})
    floor.verb(floor.reception, own, "leave", {"reason": "Went home"})
    assert floor.verb(floor.reception, entry, "identify", {"patient_id": patient["id"]})["patient_id"] == patient["id"]
    floor.verb(floor.reception, entry, "leave", {"reason": "Went home"})


def test_who_was_forgotten_is_not_identified(floor, stack, database):  # QUE-14
    entry = visitor(floor)
    floor.verb(floor.reception, entry, "leave", {"reason": "Went home"})
    database.execute("UPDATE queue.visitor SET recorded_at = recorded_at - interval '91 days' WHERE id = %s", [entry["visitor_id"]])
    with Replica(stack, "queue"):  # forgets as soon as it runs
        floor.eventually(lambda: "visitor" not in floor.entry(entry), 30)
    refuse(floor, entry, "identify", 409, "visitor-forgotten", {"patient_id": floor.patient()["id"]})


def test_all_that_was_written_follows_the_identification(floor):  # QUE-14
    entry, pharmacist = visitor(floor), floor.clinic.staff("pharmacist")
    consultation = floor.consult(entry)
    prescription = floor.complete(consultation, floor.stock(pharmacist))
    places = ((floor.doctor_client, f"/v1/consultations/{consultation['id']}"), (floor.doctor_client, f"/v1/prescriptions/{prescription}"),
              (pharmacist, f"/v1/pharmacy/prescriptions/{prescription}"))
    for client, path in places:
        read = floor.eventually(lambda: (answer := client.get(path)).status_code == 200 and answer.json(), 15)
        assert "patient_id" not in read and read["visitor_id"] == entry["visitor_id"], path
    patient = floor.patient(given_name="Known")
    floor.verb(floor.reception, entry, "identify", {"patient_id": patient["id"]})
    for client, path in places:
        assert floor.eventually(lambda: ok(client.get(path)).get("patient_id") == patient["id"], 15), path
    seen = floor.eventually(lambda: (read := ok(pharmacist.get(places[2][1])))["patient"].get("mrn") and read, 15)
    assert (seen["patient"]["mrn"], seen["visitor_id"]) == (patient["mrn"], entry["visitor_id"])
    told = lambda: {item["event"] for item in floor.clinic.admin.items(f"/v1/patients/{patient['id']}/history")}  # noqa: E731
    assert floor.eventually(lambda: "QueueEntryCompleted" in told(), 15)


def test_staff_only_ask(floor, database):  # QUE-13
    def rows():
        return {table: database.execute(f"SELECT count(*) FROM {table} WHERE facility_id = %s", [floor.clinic.facility["id"]]).fetchone()[0]
                for table in SCHEMA_ROWS}
    before = rows()
    for client in (floor.reception, floor.nurse, floor.doctor_client):
        asked = ok(client.post("/v1/triage/assess", {"symptoms": ["MAJOR_BLEEDING"], "age_years": 40}))
        assert asked["level"] == "CRITICAL" and "assessment_id" not in asked
    assert rows() == before
    # Counting sees what is stored: the same answers, given for an entry.
    floor.verb(floor.nurse, visitor(floor), "triage", {"symptoms": ["HIGH_FEVER"]})
    assert rows()["queue.triage_case"] == before["queue.triage_case"] + 1
