"""The patient registry through the gateway: PAT-1 PAT-2 PAT-3 PAT-4 PAT-5 PAT-6 PAT-7 PAT-8 with each refusal, REP-3."""

import csv
import io
import threading
import uuid

import pytest
from support.clinic import Clinic, ok, refused, settled


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"), zone="Asia/Kolkata")


@pytest.fixture(scope="module")
def desk(clinic):
    return clinic.staff("receptionist")


@pytest.fixture(scope="module")
def nurse(clinic):
    return clinic.staff("nurse")


def unique(word: str) -> str:
    """A name that nobody else of these tests has: letters only, so that it is one word."""
    return word + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:8])


def etag(client, path):
    return client.get(path).headers["etag"]


def path_of(patient):
    return f"/v1/patients/{patient['id']}"


def test_a_registration_says_everything_and_each_fault_is_named(clinic, desk):  # PAT-1
    whole = {"family_name": "Sample", "phone": "+91 98765 00001", "email": f"{unique('a')}@mail.example",
             "address": {"line": "1 Road", "city": "Chennai"}, "blood_group": "O+", "medical_history": "Asthma",
             "emergency_contact": {"name": "Ravi", "relationship": "brother", "phone": "12345"}, "notes": "Mornings"}
    patient = clinic.add_patient(desk, **whole)
    assert patient["status"] == "ACTIVE" and patient["mrn"].startswith(clinic.facility["code"] + "-")
    assert {name: patient[name] for name in whole} == whole
    assert ok(desk.get(path_of(patient))) == patient
    aged = ok(desk.post("/v1/patients", {"given_name": "Old", "age_years": 70, "sex": "UNKNOWN"}), 201)
    assert aged["birth_date_estimated"] and aged["birth_date"][:4] == str(clinic.today().year - 70)
    person = {"given_name": "A", "birth_date": "1990-01-01", "sex": "OTHER"}
    for change, status, code, pointer in (
            ({"given_name": None}, 400, "invalid-request", "/given_name"), ({"nick": 1}, 400, "invalid-request", "/nick"),
            ({"mrn": "X"}, 400, "read-only", "/mrn"), ({"sex": "X"}, 422, "invalid-value", "/sex"),
            ({"birth_date": "1990-13-01"}, 400, "invalid-request", "/birth_date"),
            ({"birth_date": "2199-01-01"}, 422, "invalid-value", "/birth_date"),
            ({"phone": "none"}, 422, "invalid-value", "/phone"), ({"email": "none"}, 422, "invalid-value", "/email")):
        problem = refused(desk.post("/v1/patients", person | change), status, code)
        assert pointer in [error["pointer"] for error in problem["errors"]]
    refused(clinic.staff("nurse").post("/v1/patients", person), 403, "forbidden")


def test_an_address_belongs_to_one_active_patient(clinic, desk):  # PAT-2
    address = f"{unique('shared')}@mail.example"
    first = clinic.add_patient(desk, email=address)
    problem = refused(desk.post("/v1/patients", {"given_name": "B", "birth_date": "1990-01-01", "sex": "OTHER",
                                                 "email": address.upper()}), 409, "email-taken")
    assert problem["errors"][0]["pointer"] == "/email"
    ok(desk.post(path_of(first) + "/deactivate", {"reason": "Moved away"}))
    clinic.add_patient(desk, email=address)
    refused(desk.post(path_of(first) + "/reactivate"), 409, "email-taken")


def test_edits_need_the_version_that_was_read(clinic, desk):  # PAT-4
    patient = clinic.add_patient(desk, phone="12345")
    path = path_of(patient)
    refused(desk.patch(path, {"notes": "x"}), 428, "if-match-required")
    changed = ok(desk.patch(path, {"phone": None, "notes": "x"}, if_match='"v1"'))
    assert "phone" not in changed and changed["version"] == 2
    refused(desk.patch(path, {"notes": "y"}, if_match='"v1"'), 412, "version-mismatch")
    assert desk.get(path, headers={"If-None-Match": '"v2"'}).status_code == 304
    refused(desk.post(path + "/reactivate"), 409, "illegal-transition")
    refused(desk.post(path + "/deactivate", {}), 400, "invalid-request")
    ok(desk.post(path + "/deactivate", {"reason": "Moved away"}))
    problem = refused(desk.post(path + "/deactivate", {"reason": "Again"}), 409, "illegal-transition")
    assert problem["from"] == "INACTIVE" and problem["command"] == "deactivate"
    doctor, _ = clinic.add_doctor()
    slot = clinic.slots(desk, doctor, 1)[0]["starts_at"]
    settled_refusal = desk.post("/v1/appointments", {"patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": slot})
    assert settled_refusal.status_code in (409, 503)
    assert ok(desk.post(path + "/reactivate", {"reason": "Back"}))["status"] == "ACTIVE"


def test_nobody_sees_another_facilitys_people(clinic, desk, api, sign_in):  # OPS-6
    patient = clinic.add_patient(desk, given_name=unique("Hidden"))
    stranger = Clinic(api, sign_in("admin")).staff("receptionist")
    refused(stranger.get(path_of(patient)), 404, "patient-not-found")
    refused(stranger.get(path_of(patient) + "/history"), 404, "patient-not-found")
    refused(stranger.delete(path_of(patient)), 404, "patient-not-found")
    refused(stranger.post(path_of(patient) + "/invite"), 404, "patient-not-found")
    assert not list(stranger.items("/v1/patients", q=patient["given_name"]))
    assert not list(stranger.items("/v1/patients", mrn=patient["mrn"]))


def test_people_are_found_by_whatever_is_typed(clinic, desk):  # PAT-3
    family, address = unique("Núñez"), f"{unique('find')}@mail.example"
    patient = clinic.add_patient(desk, given_name="María José", family_name=family, phone="098765 12321", email=address)
    folded = family.replace("ú", "u").replace("ñ", "n").lower()
    number = patient["mrn"].split("-")[-1]
    for typed in (folded, family.upper(), f"{folded[:6]} jos", f"mar {folded}", folded[:-2] + folded[-1] + folded[-2],
                  folded[:-3] + folded[-2:], address.upper(), patient["mrn"], number, "+91 98765-12321", "12321"):
        assert patient["id"] in [one["id"] for one in desk.items("/v1/patients", q=typed)], typed
        assert patient["id"] in [one["id"] for one in ok(desk.get("/v1/patients/suggest", params={"q": typed}))["items"]], typed
    for query in ({"phone": "0091 98765 12321"}, {"email": address}, {"mrn": patient["mrn"]}):
        assert [one["id"] for one in desk.items("/v1/patients", **query)] == [patient["id"]]
    assert not list(desk.items("/v1/patients", mrn=patient["mrn"][:-1] + str((int(number[-1]) + 1) % 10)))
    suggestion = ok(desk.get("/v1/patients/suggest", params={"q": folded}))["items"][0]
    assert suggestion == {"id": patient["id"], "mrn": patient["mrn"], "display_name": f"María José {family}",
                          "birth_date": patient["birth_date"], "phone_masked": suggestion["phone_masked"]}
    assert suggestion["phone_masked"].endswith("2321") and "98765" not in suggestion["phone_masked"]
    refused(desk.get("/v1/patients/suggest"), 400, "invalid-request")
    _, doctor_client = clinic.add_doctor()
    assert not list(doctor_client.items("/v1/patients", q=folded)), "not on this doctor's list"


def test_the_list_as_csv(clinic, desk, nurse):  # REP-3
    family = unique("Table")
    for given in ("=1+1", 'Quote "Q", Comma', "Plain"):
        clinic.add_patient(desk, given_name=given, family_name=family, notes="not in lists")
    answer = desk.get("/v1/patients", params={"q": family, "format": "csv"})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert sorted(row["given_name"] for row in rows) == ["'=1+1", "Plain", 'Quote "Q", Comma']
    assert "not in lists" not in answer.text
    refused(nurse.get("/v1/patients", params={"format": "csv"}), 403, "forbidden")


def test_history_shows_each_role_its_kinds(clinic, desk, nurse, eventually):  # PAT-5
    doctor, doctor_client = clinic.add_doctor()
    patient = clinic.add_patient(desk)
    path = path_of(patient) + "/history"
    refused(doctor_client.get(path), 403, "not-on-your-list")
    booked = settled(lambda: desk.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": clinic.slots(desk, doctor, 1)[0]["starts_at"]}), 201)
    item = eventually(lambda: next(iter(desk.items(path)), None), 15)
    assert item["event"] == "AppointmentBooked" and item["ref"] == {"type": "appointment", "id": booked["id"]}
    assert item["doctor_name"] == doctor["display_name"]
    started = settled(lambda: doctor_client.post("/v1/consultations", {"appointment_id": booked["id"]}), 201)
    eventually(lambda: "CONSULTATION" in {one["kind"] for one in nurse.items(path)}, 15)
    assert {one["kind"] for one in desk.items(path)} == {"APPOINTMENT"}
    assert any(one["ref"]["id"] == started["id"] for one in doctor_client.items(path))
    refused(clinic.staff("pharmacist").get(path), 403, "forbidden")
    refused(desk.get(path, params={"colour": "red"}), 400, "invalid-request")


def test_only_what_was_never_used_is_deleted(clinic, desk, nurse, eventually):  # PAT-6
    address = f"{unique('gone')}@mail.example"
    mistake = clinic.add_patient(desk, email=address)
    refused(nurse.delete(path_of(mistake)), 403, "forbidden")
    refused(desk.delete(path_of(mistake), if_match='"v9"'), 412, "version-mismatch")
    assert desk.delete(path_of(mistake)).status_code == 204
    refused(desk.get(path_of(mistake)), 404, "patient-not-found")
    clinic.add_patient(desk, email=address)

    used = clinic.add_patient(desk)
    doctor, _ = clinic.add_doctor()
    settled(lambda: desk.post("/v1/appointments", {
        "patient_id": used["id"], "doctor_id": doctor["id"], "starts_at": clinic.slots(desk, doctor, 1)[0]["starts_at"]}), 201)
    eventually(lambda: list(desk.items(path_of(used) + "/history")), 15)
    ok(nurse.post(path_of(used) + "/allergies", {"substance": "Latex"}), 201)
    assert refused(desk.delete(path_of(used)), 409, "in-use")["used_by"] == ["ALLERGY", "APPOINTMENT"]


def test_allergies_and_conditions(clinic, desk, nurse, eventually):  # PAT-7
    patient = clinic.add_patient(desk)
    path = path_of(patient)
    refused(desk.post(path + "/allergies", {"substance": "Penicillin"}), 403, "forbidden")
    refused(desk.get(path + "/conditions"), 403, "forbidden")
    made = nurse.post(path + "/allergies", {"substance": "Penicillin", "code": "PEN", "system": "urn:x", "severity": "SEVERE"})
    allergy = ok(made, 201)
    assert made.headers["etag"] == '"v1"' and ok(nurse.get(made.headers["location"])) == allergy
    condition = ok(nurse.post(path + "/conditions", {"text": "Asthma", "noted_on": "2020-01-01"}), 201)
    assert list(nurse.items(path + "/conditions")) == [condition]
    pharmacist = clinic.staff("pharmacist")
    assert [one["substance"] for one in ok(pharmacist.get(path))["allergies"]] == ["Penicillin"]
    refused(nurse.post(path + "/allergies", {"substance": "x", "system": "urn:x"}), 422, "invalid-value")
    refused(nurse.post(path + "/allergies", {"text": "x"}), 400, "invalid-request")
    refused(nurse.post(path + f"/allergies/{uuid.uuid4()}/void", {"reason": "x"}), 404, "allergy-not-found")
    gone = ok(nurse.post(made.headers["location"] + "/void", {"reason": "Not hers"}))
    assert gone["status"] == "VOIDED" and gone["void_reason"] == "Not hers"
    refused(nurse.post(made.headers["location"] + "/void", {"reason": "x"}), 409, "illegal-transition")
    assert list(nurse.items(path + "/allergies")) == []
    assert list(nurse.items(path + "/allergies", status="VOIDED")) == [gone]
    assert ok(pharmacist.get(path))["allergies"] == []
    _, doctor_client = clinic.add_doctor()
    refused(doctor_client.get(path + "/allergies"), 403, "not-on-your-list")


def test_preferences(clinic, desk):  # PAT-8
    path = path_of(clinic.add_patient(desk)) + "/preferences"
    assert ok(desk.get(path)) == {"language": "en", "channels": {"email": True}, "opt_out": []}
    wish = {"language": "hi", "channels": {"email": False}, "opt_out": ["appointment-reminder"]}
    refused(desk.put(path, wish), 428, "if-match-required")
    assert ok(desk.put(path, wish, if_match=etag(desk, path))) == wish
    refused(desk.put(path, wish, if_match='"v1"'), 412, "version-mismatch")
    for bad in ({"language": "nonsense"}, {"opt_out": ["account-verify"]}):
        refused(desk.put(path, wish | bad, if_match=etag(desk, path)), 422, "invalid-value")
    refused(desk.put(path, {"language": "hi"}, if_match=etag(desk, path)), 400, "invalid-request")
    refused(clinic.staff("nurse").get(path), 403, "forbidden")


def test_invitations_are_for_active_people_with_an_address(clinic, desk, mail):  # ID-5
    patient = clinic.add_patient(desk)
    path = path_of(patient)
    refused(desk.post(path + "/invite"), 422, "email-missing")
    ok(desk.patch(path, {"email": f"{unique('invited')}@mail.example"}, if_match=etag(desk, path)))
    assert desk.post(path + "/invite").status_code == 202
    ok(desk.post(path + "/deactivate", {"reason": "Moved"}))
    refused(desk.post(path + "/invite"), 409, "patient-inactive")
    refused(clinic.staff("nurse").get("/v1/patient-bindings"), 403, "forbidden")
    assert ok(desk.get("/v1/patient-bindings", params={"status": "REFUSED"}))["items"] == []
    refused(desk.get("/v1/patient-bindings", params={"status": "BOUND"}), 400, "invalid-request")


def test_pages_lose_and_repeat_nobody_while_others_register(clinic, desk):
    family = unique("Paged")
    known = {clinic.add_patient(desk, given_name=f"P{n:02d}", family_name=family)["id"] for n in range(12)}
    stop = threading.Event()

    def register():
        n = 0
        while not stop.is_set() and n < 40:
            clinic.add_patient(desk, given_name=f"Q{n % 26:02d}" if n % 2 else f"A{n:02d}", family_name=family)
            n += 1

    writer = threading.Thread(target=register)
    writer.start()
    try:
        for query in ({"q": family}, {}):
            seen = [one["id"] for one in desk.items("/v1/patients", limit=3, **query)]
            assert len(seen) == len(set(seen))
            assert known <= set(seen)
    finally:
        stop.set()
        writer.join()
    first = ok(desk.get("/v1/patients", params={"q": family, "limit": 1}))
    assert first["next_cursor"] and family not in first["next_cursor"]
    refused(desk.get("/v1/patients", params={"cursor": "nonsense"}), 400, "invalid-request")
    refused(desk.get("/v1/patients", params={"limit": 201}), 400, "invalid-request")
