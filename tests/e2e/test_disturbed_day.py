"""Journey 5: a doctor goes on leave, the visits are proposed other times and moved, each patient gets one mail; and a
cancelled visit's time goes to the patient who waited for it [SCH-3, SCH-10]."""

import datetime
import time
import uuid

import pytest

from support.clinic import DAYS, Clinic, ok, refused, settled, stamp

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


@pytest.fixture(scope="module")
def desk(clinic):
    return clinic.staff("receptionist")


def at(clinic, days: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(clinic.today() + days * DAY, datetime.time(hour, minute), clinic.zone)


def open_from_nine_to_ten(clinic, department=None):
    doctor, client = clinic.add_doctor(department)
    clinic.set_hours(doctor, [{"day": day, "from": "09:00", "to": "10:00", "slot_min": 30} for day in DAYS])
    return doctor, client


def book(desk, patient, doctor, start):
    return settled(lambda: desk.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": stamp(start)}), 201)


def visit_of(desk, visit):
    return ok(desk.get(f"/v1/appointments/{visit['id']}"))


def test_leave_moves_the_visits_and_tells_each_patient_once(clinic, desk, mail, eventually):
    doctor, client = open_from_nine_to_ten(clinic)
    addresses = [f"disturbed-{n}-{clinic.tag}@patients.example" for n in range(2)]
    patients = [clinic.add_patient(desk, email=address) for address in addresses]
    visits = [book(desk, one, doctor, at(clinic, 2, 9, 30 * n)) for n, one in enumerate(patients)]
    # Two mails of booking before the leave, so that what comes after is told apart.
    for address in addresses:
        mail.wait_for(address)

    leave = ok(client.post(f"/v1/doctors/{doctor['id']}/exceptions",
                           {"kind": "LEAVE", "date": (clinic.today() + 2 * DAY).isoformat(), "reason": "Ill"}), 201)
    assert leave["affected"] == [visit["id"] for visit in visits]
    path = f"/v1/disruptions/{leave['disruption_id']}"
    disruption = ok(desk.get(path))
    assert (disruption["status"], disruption["doctor_id"], disruption["reason"]) == ("PROPOSED", doctor["id"], "Ill")
    proposals = [item["proposal"] for item in disruption["items"]]
    assert [one["starts_at"] for one in proposals] == [stamp(at(clinic, 3, 9)), stamp(at(clinic, 3, 9, 30))]
    assert {one["doctor_id"] for one in proposals} == {doctor["id"]}, "the same doctor soonest"

    first = ok(desk.post(f"{path}/apply", {"items": [visits[0]["id"]]}))
    assert first == {"moved": [visits[0]["id"]], "failed": []}
    assert visit_of(desk, visits[0])["starts_at"] == proposals[0]["starts_at"]
    assert visit_of(desk, visits[1])["starts_at"] == visits[1]["starts_at"], "it was not named"
    assert ok(desk.get(path))["status"] == "PROPOSED"
    assert ok(desk.post(f"{path}/apply"))["moved"] == [visits[1]["id"]]
    applied = ok(desk.get(path))
    assert applied["status"] == "APPLIED" and all(item["applied"] for item in applied["items"])
    refused(desk.post(f"{path}/apply"), 409, "illegal-transition")
    assert ok(desk.post(f"{path}/close"))["status"] == "CLOSED"
    refused(desk.post(f"{path}/close"), 409, "illegal-transition")
    for address in addresses:
        eventually(lambda: len(mail.messages(address)) >= 2, 20)
    assert [len(mail.messages(address)) for address in addresses] == [2, 2], "booked and moved, each once"


def test_the_desk_opens_a_disruption_for_an_absence_it_hears_of(clinic, desk):
    """SCH-10: the doctor rings that they come later; the desk records it, and nobody is booked into the gap."""
    doctor, _ = open_from_nine_to_ten(clinic)
    visit = book(desk, clinic.add_patient(desk), doctor, at(clinic, 2, 9))
    absence = {"doctor_id": doctor["id"], "from": stamp(at(clinic, 2, 9)), "to": stamp(at(clinic, 2, 9, 30)), "reason": "Late"}
    answer = desk.post("/v1/disruptions", absence)
    disruption = ok(answer, 201)
    assert answer.headers["location"] == f"/v1/disruptions/{disruption['id']}"
    assert ok(desk.get(answer.headers["location"])) == disruption
    assert (disruption["status"], disruption["reason"]) == ("PROPOSED", "Late")
    assert [one["appointment_id"] for one in disruption["items"]] == [visit["id"]]
    assert disruption["items"][0]["proposal"]["starts_at"] == stamp(at(clinic, 2, 9, 30)), "the same doctor, when they are there"
    other = clinic.add_patient(desk)
    late = settled(lambda: desk.post("/v1/appointments", {"patient_id": other["id"], "doctor_id": doctor["id"],
                                                          "starts_at": stamp(at(clinic, 2, 9))}), 422)
    assert late["code"] == "outside-availability"
    assert ok(desk.post(f"/v1/disruptions/{disruption['id']}/apply"))["moved"] == [visit["id"]]

    settled_at_once = ok(desk.post("/v1/disruptions", {**absence, "from": stamp(at(clinic, 4, 9)), "to": stamp(at(clinic, 4, 10))}), 201)
    assert (settled_at_once["status"], settled_at_once["items"]) == ("APPLIED", [])
    refused(desk.post("/v1/disruptions", {**absence, "doctor_id": str(uuid.uuid4())}), 404, "doctor-not-found")
    refused(desk.post("/v1/disruptions", {**absence, "to": absence["from"]}), 422, "invalid-value")
    refused(desk.post("/v1/disruptions", {**absence, "status": "APPLIED"}), 400, "read-only")
    refused(desk.post("/v1/disruptions", {key: absence[key] for key in ("from", "to", "reason")}), 400, "invalid-request")


def test_what_cannot_move_is_listed_and_gets_another_proposal(clinic, desk, eventually):
    doctor, _ = open_from_nine_to_ten(clinic, clinic.add_department())
    patient, other = clinic.add_patient(desk), clinic.add_patient(desk)
    visit = book(desk, patient, doctor, at(clinic, 5, 9))
    closed = ok(clinic.admin.post("/v1/holidays", {"date": (clinic.today() + 5 * DAY).isoformat(), "name": "Feast"}), 201)
    assert visit["id"] in closed["affected"]
    path = f"/v1/disruptions/{closed['disruption_id']}"
    holiday = ok(desk.get(path))
    assert "doctor_id" not in holiday
    proposal = next(item["proposal"] for item in holiday["items"] if item["appointment_id"] == visit["id"])
    book(desk, other, {"id": proposal["doctor_id"]}, datetime.datetime.fromisoformat(proposal["starts_at"]))
    outcome = ok(desk.post(f"{path}/apply", {"items": [visit["id"]]}))
    assert outcome == {"moved": [], "failed": [{"appointment_id": visit["id"], "code": "slot-taken"}]}
    again = next(item["proposal"] for item in ok(desk.get(path))["items"] if item["appointment_id"] == visit["id"])
    assert again != proposal
    assert ok(desk.post(f"{path}/apply", {"items": [visit["id"]]}))["moved"] == [visit["id"]]
    # Who waits for that day is served when it is a working day again.
    waiting = ok(desk.post("/v1/waiting-requests", {
        "patient_id": other["id"], "doctor_id": doctor["id"], "earliest": stamp(at(clinic, 5, 9)), "latest": stamp(at(clinic, 5, 10))}), 201)
    assert clinic.admin.delete(f"/v1/holidays/{closed['id']}").status_code == 204
    served = eventually(lambda: (got := ok(desk.get(f"/v1/waiting-requests/{waiting['id']}")))["status"] == "SERVED" and got, 5)
    assert visit_of(desk, {"id": served["appointment_id"]})["starts_at"] == stamp(at(clinic, 5, 9))


def test_visits_of_a_deactivated_doctor_go_to_a_colleague(clinic, desk):
    department = clinic.add_department()
    leaving, _ = open_from_nine_to_ten(clinic, department)
    staying, _ = open_from_nine_to_ten(clinic, department)
    visit = book(desk, clinic.add_patient(desk), leaving, at(clinic, 8, 9))
    gone = ok(clinic.admin.post(f"/v1/doctors/{leaving['id']}/deactivate", {"reason": "Retired"}))
    assert ok(clinic.admin.get(f"/v1/doctors/{leaving['id']}"))["status_reason"] == "Retired"
    assert gone["affected"] == [visit["id"]]
    path = f"/v1/disruptions/{gone['disruption_id']}"
    proposal = ok(desk.get(path))["items"][0]["proposal"]
    assert proposal["doctor_id"] != leaving["id"] and proposal["starts_at"] == visit["starts_at"]
    assert ok(desk.post(f"{path}/apply"))["moved"] == [visit["id"]]
    assert visit_of(desk, visit)["doctor_id"] == proposal["doctor_id"]
    assert gone["disruption_id"] in {one["id"] for one in desk.items("/v1/disruptions", doctor_id=leaving["id"])}
    assert staying["active"]


def test_new_hours_and_a_withdrawn_session_strand_visits(clinic, desk):  # SCH-3, SCH-10
    """They are never refused: who is affected is told, and moves by the disruption that is opened."""
    doctor, client = open_from_nine_to_ten(clinic, clinic.add_department())
    early, late = (book(desk, clinic.add_patient(desk), doctor, at(clinic, 12, 9, minute)) for minute in (0, 30))
    path = f"/v1/doctors/{doctor['id']}/availability"
    later = [{"day": day, "from": "09:30", "to": "10:30", "slot_min": 30} for day in DAYS]
    changed = ok(client.put(path, {"weekly": later}, if_match=client.get(path).headers["etag"]))
    assert changed["weekly"] == later and changed["affected"] == [early["id"]]
    disruption = ok(desk.get(f"/v1/disruptions/{changed['disruption_id']}"))
    assert [item["appointment_id"] for item in disruption["items"]] == [early["id"]]
    proposal = disruption["items"][0]["proposal"]
    assert (proposal["doctor_id"], proposal["starts_at"]) == (doctor["id"], stamp(at(clinic, 12, 10)))
    assert visit_of(desk, early) == early and visit_of(desk, late)["starts_at"] == late["starts_at"]
    assert ok(desk.post(f"/v1/disruptions/{disruption['id']}/apply"))["moved"] == [early["id"]]
    again = ok(client.put(path, {"weekly": later}, if_match=client.get(path).headers["etag"]))
    assert again["affected"] == [] and "disruption_id" not in again

    exceptions = f"/v1/doctors/{doctor['id']}/exceptions"
    evening = {"kind": "EXTRA", "from": stamp(at(clinic, 12, 18)), "to": stamp(at(clinic, 12, 19))}
    extra = ok(client.post(exceptions, evening), 201)
    guest = book(desk, clinic.add_patient(desk), doctor, at(clinic, 12, 18))
    ok(client.delete(f"{exceptions}/{extra['id']}"), 204)
    opened = [one for one in desk.items("/v1/disruptions", doctor_id=doctor["id"]) if one["status"] == "PROPOSED"]
    assert [[item["appointment_id"] for item in one["items"]] for one in opened] == [[guest["id"]]]
    assert visit_of(desk, guest)["status"] == "BOOKED"
    assert ok(desk.post(f"/v1/disruptions/{opened[0]['id']}/apply"))["moved"] == [guest["id"]]


def test_a_cancelled_visit_serves_who_waits(clinic, desk, mail, eventually):
    doctor, _ = open_from_nine_to_ten(clinic, clinic.add_department())
    start = at(clinic, 10, 9)
    visit = book(desk, clinic.add_patient(desk), doctor, start)
    address = f"waiting-{clinic.tag}@patients.example"
    usual, urgent = clinic.add_patient(desk), clinic.add_patient(desk, email=address)
    window = {"doctor_id": doctor["id"], "earliest": stamp(start), "latest": stamp(start + datetime.timedelta(minutes=30))}
    requests = [settled(lambda: desk.post("/v1/waiting-requests", window | body), 201) for body in (
        {"patient_id": usual["id"]}, {"patient_id": urgent["id"], "triage_level": "HIGH"})]
    assert [one["status"] for one in requests] == ["OPEN", "OPEN"]
    refused(desk.post("/v1/waiting-requests", {"patient_id": usual["id"]} | window | {"specialty": "X"}), 400,
            "invalid-request")

    ok(desk.post(f"/v1/appointments/{visit['id']}/cancel", {"reason": "Feels well"}))
    path = f"/v1/waiting-requests/{requests[1]['id']}"
    served = eventually(lambda: (got := ok(desk.get(path)))["status"] == "SERVED" and got, 5)
    given = ok(desk.get(f"/v1/appointments/{served['appointment_id']}"))
    assert (given["patient_id"], given["starts_at"], given["status"]) == (urgent["id"], stamp(start), "BOOKED")
    assert given["triage_level"] == "HIGH"
    mail.wait_for(address)
    assert [one["id"] for one in desk.items("/v1/waiting-requests", status="OPEN", doctor_id=doctor["id"])] == [
        requests[0]["id"]]
    waiting = f"/v1/waiting-requests/{requests[0]['id']}"
    assert ok(desk.post(f"{waiting}/cancel", {"reason": "Found another"}))["status"] == "CANCELLED"
    refused(desk.post(f"{waiting}/cancel"), 409, "illegal-transition")
    refused(desk.post(f"{path}/cancel"), 409, "illegal-transition")


SERVED_WITHIN_S = 1  # SCH-10
POLLED_S = 0.5


def test_a_freed_slot_goes_to_the_level_and_then_to_who_waits_longest(clinic, desk, eventually):  # SCH-10
    """Four wait for the same half hour; it is freed four times, and each time the best of those left has it within a second."""
    doctor, _ = open_from_nine_to_ten(clinic, clinic.add_department())
    start = at(clinic, 2, 9)
    visit = book(desk, clinic.add_patient(desk), doctor, start)
    window = {"doctor_id": doctor["id"], "earliest": stamp(start), "latest": stamp(at(clinic, 2, 9, 30))}
    levels = {"older": "MODERATE", "unlevelled": None, "younger": "MODERATE", "urgent": "HIGH"}
    waiting = {name: settled(lambda: desk.post("/v1/waiting-requests", window | {"patient_id": clinic.add_patient(desk)["id"]} | (
        {"triage_level": level} if level else {})), 201) for name, level in levels.items()}

    def served():
        read = {name: ok(desk.get(f"/v1/waiting-requests/{one['id']}")) for name, one in waiting.items()}
        return {name: one["appointment_id"] for name, one in read.items() if one["status"] == "SERVED"}

    holder, order = visit["id"], []
    for count in range(1, 5):
        ok(desk.post(f"/v1/appointments/{holder}/cancel", {"reason": "Feels well"}))
        freed = time.monotonic()
        now_served = eventually(lambda: len(found := served()) == count and found, 5)
        assert time.monotonic() - freed < SERVED_WITHIN_S + POLLED_S
        [name] = now_served.keys() - set(order)
        order.append(name)
        holder = now_served[name]
        assert visit_of(desk, {"id": holder})["starts_at"] == stamp(start)
    assert order == ["urgent", "older", "younger", "unlevelled"]
