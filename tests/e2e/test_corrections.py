"""What people take back or change afterwards, where no other journey does [ID-3 PAT-7 SCH-1 SCH-2 SCH-6 QUE-3 QUE-4 INV-1]."""

import uuid

import pytest

from support.clinic import PASSWORD, ok, refused, settled
from support.floor import Floor
from support.sse import stream


@pytest.fixture(scope="module")
def floor(sign_in, api, eventually):
    return Floor(api, sign_in("admin"), eventually)


def patch(client, path, body):
    return ok(client.patch(path, body, if_match=client.get(path).headers["etag"]))


def booked(floor):
    slot = floor.clinic.slots(floor.reception, floor.doctor, 1)[0]
    return settled(lambda: floor.reception.post("/v1/appointments", {
        "patient_id": floor.patient()["id"], "doctor_id": floor.doctor["id"], "starts_at": slot["starts_at"]}), 201)


def test_a_ticket_is_held_returned_and_taken_up_again(floor):
    entry = floor.walk_in(visitor={"name": "Somebody"})
    held = floor.verb(floor.reception, entry, "hold", {"reason": "At the laboratory"})
    assert held["status"] == "ON_HOLD"
    assert floor.verb(floor.reception, entry, "resume")["status"] == "WAITING"
    assert floor.verb(floor.reception, entry, "call")["status"] == "CALLED"
    returned = floor.verb(floor.reception, entry, "return")
    assert (returned["status"], returned["calls"]) == ("WAITING", 1)
    floor.verb(floor.reception, entry, "leave", {"reason": "Went home"})
    assert floor.verb(floor.reception, entry, "rejoin")["status"] == "WAITING"
    with stream(floor.clinic.api.url, f"/v1/queues/{entry['queue_id']}/stream", floor.reception.token) as queue:
        assert queue.next().event == "snapshot"
    floor.verb(floor.reception, entry, "cancel", {"reason": "Over"})


def test_a_visit_gets_a_note_and_its_check_in_is_undone(floor):
    visit = booked(floor)
    path = f"/v1/appointments/{visit['id']}"
    assert patch(floor.reception, path, {"notes": "Brings the old letters"})["notes"] == "Brings the old letters"
    assert ok(floor.reception.post(f"{path}/check-in"))["status"] == "CHECKED_IN"
    assert ok(floor.reception.post(f"{path}/undo-check-in"))["status"] == "BOOKED"
    ok(floor.reception.post(f"{path}/cancel", {"reason": "Over"}))


def test_a_visit_that_should_have_begun_is_missed(floor, database):
    visit = booked(floor)
    database.execute("UPDATE scheduling.appointment SET starts_at = now() - interval '1 min' WHERE id = %s", [visit["id"]])
    assert ok(floor.reception.post(f"/v1/appointments/{visit['id']}/no-show"))["status"] == "NO_SHOW"


def test_a_doctor_moves_room_and_comes_back(floor):
    doctor, _ = floor.clinic.add_doctor()
    path = f"/v1/doctors/{doctor['id']}"
    assert patch(floor.clinic.admin, path, {"room": "9"})["room"] == "9"
    ok(floor.clinic.admin.post(f"{path}/deactivate", {"reason": "A year abroad"}))
    assert ok(floor.clinic.admin.post(f"{path}/reactivate"))["active"] is True


def test_a_specialty_is_renamed_and_comes_back(floor):
    made = ok(floor.clinic.admin.post("/v1/specialties", {"code": f"R{uuid.uuid4().hex[:6]}", "name": "Rheumatology"}), 201)
    path = f"/v1/specialties/{made['id']}"
    assert patch(floor.clinic.admin, path, {"name": "Joints"})["name"] == "Joints"
    gone = ok(floor.clinic.admin.post(f"{path}/deactivate", {"reason": "Nobody has it"}))
    assert (gone["active"], gone["status_reason"]) == (False, "Nobody has it")
    assert ok(floor.clinic.admin.post(f"{path}/reactivate"))["active"] is True


def test_a_condition_is_voided(floor):
    path = f"/v1/patients/{floor.patient()['id']}/conditions"
    made = ok(floor.nurse.post(path, {"text": "Asthma"}), 201)
    assert ok(floor.nurse.get(f"{path}/{made['id']}")) == made
    gone = ok(floor.nurse.post(f"{path}/{made['id']}/void", {"reason": "Noted for somebody else"}))
    assert (gone["status"], gone["void_reason"]) == ("VOIDED", "Noted for somebody else")


def test_a_medicine_gets_another_minimum(floor):
    pharmacist = floor.clinic.staff("pharmacist")
    path = f"/v1/pharmacy/medicines/{floor.stock(pharmacist)['id']}"
    assert patch(pharmacist, path, {"minimum_level": 60})["minimum_level"] == 60


def test_a_forgotten_password_is_replaced_by_the_administrator(floor):
    account = floor.clinic.account("nurse")
    given = ok(floor.clinic.admin.post(f"/v1/accounts/{account['id']}/reset-password"))["one_time_password"]
    refused(floor.clinic.api.post("/v1/auth/sign-in", {"login": account["login"], "password": PASSWORD}), 401, "bad-credentials")
    assert floor.clinic.api.sign_in(account["login"], given).account["must_change_password"]
