"""Many clients at once want the same thing, through the gateway [SCH-5, INT-2, QUE-4; G9, I1, I3, I4].

The database decides: exactly as many winners as there is room, the others are told so with a way out, and nothing fails.
"""

import uuid

import pytest

from support.at_once import all_at_once, as_person
from support.clinic import Clinic, ok, settled

CLIENTS = 64
SLOTS = 8
REPEATS = 32


@pytest.fixture(scope="module")
def clinic(sign_in, api):
    return Clinic(api, sign_in("admin"))


@pytest.fixture(scope="module")
def reception(clinic):
    return clinic.staff("receptionist")


def appointments_of(reception, doctor):
    return list(reception.items("/v1/appointments", doctor_id=doctor["id"]))


def test_sixty_four_clients_for_eight_slots(clinic, reception, database):  # SCH-5, I3, G9
    doctor, _ = clinic.add_doctor()
    slots = clinic.slots(reception, doctor, SLOTS + 6)[:SLOTS]
    patients = [clinic.add_patient(reception, family_name=f"Racer {number}") for number in range(CLIENTS)]
    for patient in (patients[0], patients[-1]):  # scheduling has heard of the first and of the last
        wait_until_bookable(reception, database, patient)
    answers = all_at_once([
        as_person(reception, "/v1/appointments",
                  {"patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": slots[number % SLOTS]["starts_at"]})
        for number, patient in enumerate(patients)])
    by_status = {status: [a for a in answers if a.status_code == status] for status in {a.status_code for a in answers}}
    assert {status: len(found) for status, found in by_status.items()} == {201: SLOTS, 409: CLIENTS - SLOTS}, [
        a.text for a in answers if a.status_code not in (201, 409)]
    assert {a.json()["starts_at"] for a in by_status[201]} == {slot["starts_at"] for slot in slots}
    for refused in by_status[409]:
        problem = refused.json()
        assert problem["code"] == "slot-taken"
        assert len(problem["alternatives"]) == 3, problem
        for free in problem["alternatives"]:
            assert free["doctor_id"] == doctor["id"] and free["starts_at"] < free["ends_at"]
    booked = appointments_of(reception, doctor)
    assert {a["id"] for a in booked} == {a.json()["id"] for a in by_status[201]}
    assert database.execute(
        "SELECT count(*) FROM scheduling.outbox WHERE type = 'AppointmentBooked' AND key = ANY(%s)",
        [[a["id"] for a in booked]]).fetchone() == (SLOTS,)


def wait_until_bookable(reception, database, patient):
    from support.eventually import eventually
    eventually(lambda: database.execute("SELECT 1 FROM scheduling.patient WHERE id = %s", [patient["id"]]).fetchone(), 30)


def test_one_patient_is_in_one_place_only(clinic, reception, database):  # SCH-5, I3
    patient = clinic.add_patient(reception)
    wait_until_bookable(reception, database, patient)
    doctors = [clinic.add_doctor()[0] for _ in range(3)]
    slot = clinic.slots(reception, doctors[0], 3)[2]
    answers = all_at_once([
        as_person(reception, "/v1/appointments",
                  {"patient_id": patient["id"], "doctor_id": doctors[number % 3]["id"], "starts_at": slot["starts_at"]})
        for number in range(12)])
    assert sorted(a.status_code for a in answers) == [201] + [409] * 11, [a.text for a in answers]
    assert len(list(reception.items("/v1/appointments", patient_id=patient["id"]))) == 1


def test_one_key_has_one_effect_and_one_answer(clinic, reception, database):  # INT-2, I1, I2
    doctor, _ = clinic.add_doctor()
    slot = clinic.slots(reception, doctor, 2)[1]
    patient = clinic.add_patient(reception)
    wait_until_bookable(reception, database, patient)
    key = str(uuid.uuid4())
    body = {"patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": slot["starts_at"]}
    answers = all_at_once([as_person(reception, "/v1/appointments", body, key) for _ in range(REPEATS)])
    # Who comes while the first still works is told so, and asks again.
    busy = [a for a in answers if a.status_code == 409]
    assert all(a.json()["code"] == "idempotency-busy" for a in busy), [a.text for a in busy]
    answers = [a for a in answers if a.status_code != 409]
    answers += [reception.post("/v1/appointments", body, key=key) for _ in busy or [None]]
    assert {a.status_code for a in answers} == {201}, [a.text for a in answers]
    assert len({a.content for a in answers}) == 1
    assert len({(a.headers["location"], a.headers["etag"]) for a in answers}) == 1
    assert sum(a.headers.get("idempotency-replayed") != "true" for a in answers) == 1
    made = appointments_of(reception, doctor)
    assert [a["id"] for a in made] == [answers[0].json()["id"]]
    assert database.execute("SELECT count(*) FROM scheduling.outbox WHERE key = %s", [made[0]["id"]]).fetchone() == (1,)
    other = reception.post("/v1/appointments", body | {"reason": "Something else"}, key=key)
    assert other.status_code == 422 and other.json()["code"] == "idempotency-mismatch"


def test_a_ticket_is_called_once_and_numbers_have_no_gap(clinic, reception, database):  # QUE-1, QUE-4, I4
    queue = settled(lambda: reception.get("/v1/queues", params={"department_id": clinic.department["id"]}))["items"]
    queue = next(q for q in queue if q["kind"] == "REGULAR")
    patients = [clinic.add_patient(reception) for _ in range(16)]
    settled(lambda: reception.post("/v1/queue-entries", {"queue_id": queue["id"], "patient_id": patients[-1]["id"]}), 201)
    created = all_at_once([
        as_person(reception, "/v1/queue-entries", {"queue_id": queue["id"], "patient_id": patient["id"]})
        for patient in patients[:-1]])
    assert {a.status_code for a in created} == {201}, [a.text for a in created]
    assert sorted(a.json()["ticket"]["number"] for a in created) == list(range(2, 17))
    called = all_at_once([as_person(reception, f"/v1/queues/{queue['id']}/call-next", {"room": "1"}) for _ in range(24)])
    assert sorted(a.status_code for a in called) == [200] * 16 + [204] * 8, [a.text for a in called]
    assert len({a.json()["id"] for a in called if a.status_code == 200}) == 16
    assert ok(reception.get("/v1/queue-entries", params={"queue_id": queue["id"], "status": "WAITING"}))["items"] == []
