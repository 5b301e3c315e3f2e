"""Idempotency-Key on every kind of write of every service: the first 2xx answer again, one effect [INT-2]. Races with one key
are in test_races.py."""

import datetime
import uuid

import pytest

from support.clinic import DAYS, PASSWORD, Clinic, ok, refused, settled, stamp
from support.visit import Visit

WEEK = [{"day": day, "from": "08:00", "to": "20:00", "slot_min": 20} for day in DAYS]


@pytest.fixture(scope="module")
def visit(api, sign_in):
    return Visit(Clinic(api, sign_in("admin")))


@pytest.fixture(scope="module")
def clinic(visit):
    return visit.clinic


@pytest.fixture(scope="module")
def desk(visit):
    return visit.reception


def fresh_key() -> str:
    return str(uuid.uuid4())


def replayed(first, second):
    """The second answer must be the first one again, and say so."""
    assert first.is_success and "idempotency-replayed" not in first.headers, first.text
    assert second.headers.get("idempotency-replayed") == "true", second.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert [second.headers.get(name) for name in ("etag", "location")] == [first.headers.get(name) for name in ("etag", "location")]


def tomorrow(clinic) -> str:
    return (clinic.today() + datetime.timedelta(days=1)).isoformat()


UPDATES = {
    "patient": lambda v: (v.reception, "PATCH", f"/v1/patients/{v.patient['id']}", {"phone": "+49 30 123456"}),
    "preferences": lambda v: (v.reception, "PUT", f"/v1/patients/{v.patient['id']}/preferences",
                              {"language": "de", "channels": {"email": False}, "opt_out": []}),
    "department": lambda v: (v.clinic.admin, "PATCH", f"/v1/departments/{v.clinic.department['id']}", {"name": "Renamed"}),
    "doctor": lambda v: (v.clinic.admin, "PATCH", f"/v1/doctors/{v.doctor['id']}", {"room": "8"}),
    "hours": lambda v: (v.doctor_client, "PUT", f"/v1/doctors/{v.doctor['id']}/availability", {"weekly": WEEK}),
    "appointment": lambda v: (v.reception, "PATCH", f"/v1/appointments/{v.appointment['id']}", {"notes": "Brings a letter"}),
    "queue": lambda v: (v.clinic.admin, "PATCH", f"/v1/queues/{v.queue['id']}", {"name": "Renamed"}),
    "medicine": lambda v: (v.pharmacist, "PATCH", f"/v1/pharmacy/medicines/{v.medicine['id']}", {"minimum_level": 7}),
    "template": lambda v: (v.clinic.admin, "PUT", "/v1/notification-templates/appointment-booked/en",
                           {"subject": "Your visit", "body": "You come on {{date}} at {{time}}."}),
    "account": lambda v: (v.clinic.admin, "PATCH", f"/v1/accounts/{v.reception.account['id']}", {"display_name": "Renamed"}),
    "facility": lambda v: (v.clinic.admin, "PATCH", f"/v1/facilities/{v.clinic.facility['id']}", {"phone": "+49 30 654321"}),
}


@pytest.mark.parametrize("what", UPDATES)
def test_an_update_is_done_once(visit, what):  # INT-2
    """Also when it is repeated with the ETag that the first time has outdated."""
    client, method, path, body = UPDATES[what](visit)
    key, etag = fresh_key(), client.get(path).headers["etag"]
    first = client.request(method, path, body, key=key, if_match=etag)
    replayed(first, client.request(method, path, body, key=key, if_match=etag))
    assert client.get(path).headers["etag"] == first.headers["etag"] != etag
    refused(client.request(method, path, body, if_match=etag), 412, "version-mismatch")
    other = {**body, next(iter(body)): UPDATES_OTHERWISE.get(what, "Something else")}
    refused(client.request(method, path, other, key=key, if_match=first.headers["etag"]), 422, "idempotency-mismatch")
    assert client.get(path).headers["etag"] == first.headers["etag"]


UPDATES_OTHERWISE = {"patient": "+49 30 99", "preferences": "en", "hours": WEEK[1:], "medicine": 8, "facility": "+49 30 98"}


def exception_of(v):
    day = {"kind": "LEAVE", "date": tomorrow(v.clinic)}
    return f"/v1/doctors/{v.doctor['id']}/exceptions/" + ok(v.doctor_client.post(f"/v1/doctors/{v.doctor['id']}/exceptions", day), 201)["id"]


DELETIONS = {
    "patient": lambda v: (v.clinic.admin, f"/v1/patients/{v.clinic.add_patient(v.reception)['id']}"),
    "doctor": lambda v: (v.clinic.admin, f"/v1/doctors/{v.clinic.add_doctor()[0]['id']}"),
    "exception": lambda v: (v.doctor_client, exception_of(v)),
    "holiday": lambda v: (v.clinic.admin, "/v1/holidays/" + ok(v.clinic.admin.post(
        "/v1/holidays", {"date": tomorrow(v.clinic), "name": "Feast"}), 201)["id"]),
}


@pytest.mark.parametrize("what", DELETIONS)
def test_a_deletion_is_answered_again(visit, what):  # INT-2
    client, path = DELETIONS[what](visit)
    key = fresh_key()
    first = client.delete(path, key=key)
    assert (first.status_code, first.content) == (204, b"")
    replayed(first, client.delete(path, key=key))
    refused(client.delete(path), 404, f"{what}-not-found")


def creations(v):
    tag, code = uuid.uuid4().hex[:8], f"C{uuid.uuid4().hex[:6]}"
    return {
        "patient": (v.reception, "/v1/patients", {"given_name": "Once", "birth_date": "1990-01-01", "sex": "OTHER"}),
        "allergy": (v.doctor_client, f"/v1/patients/{v.patient['id']}/allergies", {"substance": "Penicillin"}),
        "department": (v.clinic.admin, "/v1/departments", {"code": code, "name": f"Once {code}"}),
        "waiting request": (v.reception, "/v1/waiting-requests", {
            "patient_id": v.patient["id"], "doctor_id": v.doctor["id"],
            "earliest": f"{tomorrow(v.clinic)}T08:00:00Z", "latest": f"{tomorrow(v.clinic)}T09:00:00Z"}),
        "queue entry": (v.reception, "/v1/queue-entries", {"queue_id": v.queue["id"], "visitor": {"name": "Somebody"}}),
        "addendum": (v.doctor_client, f"/v1/consultations/{v.consultation['id']}/addenda", {"text": "Seen again"}),
        "receipt of a lot": (v.pharmacist, f"/v1/pharmacy/medicines/{v.medicine['id']}/lots", {
            "lot_number": tag, "expires_on": "2099-01-01", "quantity": 5}),
        "account": (v.clinic.admin, "/v1/accounts", {"login": f"once-{tag}", "display_name": "Once", "password": f"pass-phrase-{tag}",
                    "memberships": [{"facility_id": v.clinic.facility["id"], "roles": ["nurse"]}]}),
    }


@pytest.mark.parametrize("what", ("patient", "allergy", "department", "waiting request", "queue entry", "addendum", "receipt of a lot",
                                  "account"))
def test_a_creation_makes_one(visit, what):  # INT-2
    client, path, body = creations(visit)[what]
    key = fresh_key()
    first = client.post(path, body, key=key)
    assert first.status_code == 201, first.text
    replayed(first, client.post(path, body, key=key))
    if what != "addendum":  # answers the whole consultation
        assert len([one for one in client.items(path) if one["id"] == first.json()["id"]]) == 1
    else:
        assert [one["text"] for one in ok(client.get(path.removesuffix("/addenda")))["addenda"]] == ["Seen again"]


def test_a_facility_is_made_once(sign_in):  # INT-2, ID-12
    root, key = sign_in("admin"), fresh_key()
    body = {"code": f"O{uuid.uuid4().hex[:8]}".upper(), "name": "Once", "zone": "UTC", "currency": "EUR", "locale": "en"}
    first = root.post("/v1/facilities", body, key=key)
    replayed(first, root.post("/v1/facilities", body, key=key))
    refused(root.post("/v1/facilities", body), 409, "already-exists")
    refused(root.post("/v1/facilities", body | {"name": "Twice"}, key=key), 422, "idempotency-mismatch")


def test_a_command_counts_once(visit):  # INT-2, INV-2
    path, key = f"/v1/pharmacy/lots/{visit.lot['id']}/adjust", fresh_key()
    body = {"delta": -3, "reason": "Broken"}
    first = visit.pharmacist.post(path, body, key=key)
    replayed(first, visit.pharmacist.post(path, body, key=key))
    rows = [row for row in visit.pharmacist.items("/v1/pharmacy/ledger", lot_id=visit.lot["id"]) if row["kind"] == "ADJUSTMENT"]
    assert [row["delta"] for row in rows] == [-3]


def test_a_one_time_password_is_told_once(clinic, api):  # INT-2, ID-3
    body = {"login": f"told-{uuid.uuid4().hex[:8]}", "display_name": "Told Once",
            "memberships": [{"facility_id": clinic.facility["id"], "roles": ["nurse"]}]}

    def once(path, body=None, status=200):
        key = fresh_key()
        first = ok(clinic.admin.post(path, body, key=key), status)
        again = clinic.admin.post(path, body, key=key)
        assert again.headers["idempotency-replayed"] == "true"
        password = first.pop("one_time_password")
        assert ok(again, status) == first and password not in again.text
        return first, password

    made, password = once("/v1/accounts", body, 201)
    assert [one["id"] for one in clinic.admin.items("/v1/accounts", q=body["login"])] == [made["id"]]
    assert api.sign_in(body["login"], password).account["must_change_password"]
    _, new = once(f"/v1/accounts/{made['id']}/reset-password")
    refused(api.post("/v1/auth/sign-in", {"login": body["login"], "password": password}), 401, "bad-credentials")
    assert api.sign_in(body["login"], new).account["id"] == made["id"], "the repetition has not set another one"


def test_a_refusal_is_not_kept(clinic, desk):  # INT-2
    doctor, _ = clinic.add_doctor()
    code, key = f"L{uuid.uuid4().hex[:6]}", fresh_key()
    body = {"display_name": "Dr. Late", "specialty": code, "department_id": clinic.department["id"]}
    refused(clinic.admin.post("/v1/doctors", body, key=key), 422, "unknown-specialty")
    ok(clinic.admin.post("/v1/specialties", {"code": code, "name": f"Late {code}"}), 201)
    made = clinic.admin.post("/v1/doctors", body, key=key)
    replayed(made, clinic.admin.post("/v1/doctors", body, key=key))

    slot = clinic.slots(desk, doctor, 2)[1]
    visits = [{"patient_id": clinic.add_patient(desk)["id"], "doctor_id": doctor["id"], "starts_at": slot["starts_at"]} for _ in range(2)]
    first, key = settled(lambda: desk.post("/v1/appointments", visits[0]), 201), fresh_key()
    refused(settled_or(lambda: desk.post("/v1/appointments", visits[1], key=key)), 409, "slot-taken")
    ok(desk.post(f"/v1/appointments/{first['id']}/cancel", {"reason": "Feels well"}))
    replayed(desk.post("/v1/appointments", visits[1], key=key), desk.post("/v1/appointments", visits[1], key=key))


def settled_or(send):
    from support.eventually import eventually
    return eventually(lambda: (got := send()).status_code != 503 and got, 20)


def test_a_key_is_one_accounts_own(clinic, desk):  # INT-2
    key, body = fresh_key(), {"given_name": "Twice", "birth_date": "1991-02-03", "sex": "FEMALE"}
    answers = [who.post("/v1/patients", body, key=key) for who in (desk, clinic.staff("receptionist"), clinic.admin)]
    assert {answer.status_code for answer in answers} == {201}
    assert not any("idempotency-replayed" in answer.headers for answer in answers)
    assert len({answer.json()["id"] for answer in answers}) == 3


def test_a_key_is_for_one_request(clinic):  # INT-2
    """Another record, verb or query with a used key is told so and changes nothing."""
    one, other = clinic.add_department(), clinic.add_department()
    key = fresh_key()
    ok(clinic.admin.post(f"/v1/departments/{one['id']}/deactivate", {"reason": "Merged"}, key=key))
    for path in (f"/v1/departments/{other['id']}/deactivate", f"/v1/departments/{one['id']}/reactivate"):
        refused(clinic.admin.post(path, {"reason": "Merged"}, key=key), 422, "idempotency-mismatch")
    assert [ok(clinic.admin.get(f"/v1/departments/{unit['id']}"))["active"] for unit in (one, other)] == [False, True]


def test_what_happened_since_does_not_change_the_answer(clinic, desk):  # INT-2
    doctor, _ = clinic.add_doctor()
    start = clinic.slots(desk, doctor, 2)[1]["starts_at"]
    body, key = {"patient_id": clinic.add_patient(desk)["id"], "doctor_id": doctor["id"], "starts_at": start}, fresh_key()
    first = settled_or(lambda: desk.post("/v1/appointments", body, key=key))
    path = f"/v1/appointments/{first.json()['id']}"
    later = datetime.datetime.fromisoformat(start) + datetime.timedelta(hours=1)
    ok(desk.post(f"{path}/reschedule", {"starts_at": stamp(later)}))
    ok(desk.post(f"{path}/cancel", {"reason": "Feels well"}))
    replayed(first, desk.post("/v1/appointments", body, key=key))
    assert ok(desk.get(path))["status"] == "CANCELLED"


@pytest.mark.parametrize("kind, path, status", [
    ("VERIFY", "/v1/auth/verify-email", 200), ("INVITE", "/v1/auth/accept-invite", 204), ("RESET", "/v1/auth/reset-password", 204)])
def test_a_mailed_link_is_answered_again(clinic, desk, api, kafka, eventually, kind, path, status):  # INT-2, ID-3, ID-5
    """Whose connection broke while the link was followed must not read that it is no longer good."""
    address = f"again{uuid.uuid4().hex[:12]}@mail.example"

    def mailed(kind):
        mails = [event.data for event in kafka.read("ambula.account-mail.v1") if (event.data["address"], event.data["kind"]) == (address, kind)]
        return mails and mails[-1]["token"]

    if kind == "VERIFY":
        person = {"given_name": "Mila", "birth_date": "1992-05-06", "sex": "FEMALE"}
        ok(api.post("/v1/auth/register", {"facility_id": clinic.facility["id"], "email": address, "password": PASSWORD, "patient": person}), 202)
    elif kind == "INVITE":
        record = clinic.add_patient(desk, email=address)
        settled(lambda: desk.post(f"/v1/patients/{record['id']}/invite"), 202)
    else:
        ok(clinic.admin.post("/v1/accounts", {"login": address, "email": address, "display_name": "N", "password": PASSWORD, "memberships": [
            {"facility_id": clinic.facility["id"], "roles": ["nurse"]}]}), 201)
        ok(api.post("/v1/auth/forgot-password", {"login": address}), 202)
    body = {"token": eventually(lambda: mailed(kind), 20)} | {
        "VERIFY": {}, "INVITE": {"password": PASSWORD}, "RESET": {"new_password": "another-long-pass-phrase"}}[kind]
    key = fresh_key()
    first = api.post(path, body, key=key)
    assert first.status_code == status, first.text
    replayed(first, api.post(path, body, key=key))
    refused(api.post(path, body), 422, "bad-token")
