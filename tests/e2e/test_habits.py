"""Habits of the API that hold everywhere [INT-2]."""

import datetime

import pytest

from support.clinic import Clinic, ok, refused, settled, stamp


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


@pytest.fixture(scope="module")
def desk(clinic):
    return clinic.staff("receptionist")


@pytest.fixture(scope="module")
def there(api, sign_in):
    """Another facility with a doctor, a patient and an account."""
    other = Clinic(api, sign_in("admin"))
    other.desk = other.staff("receptionist")
    other.doctor, _ = other.add_doctor()
    other.patient = other.add_patient(other.desk)
    other.clerk = other.account("doctor")
    return other


def test_what_another_facility_has_is_not_there_however_young(clinic, desk, there, eventually):  # OPS-6
    """Not 503 either: it will never arrive. Each is known where it is asked for as soon as its own facility uses it."""
    mine, _ = clinic.add_doctor()
    own = clinic.add_patient(desk)
    slot = clinic.slots(desk, mine, 1)[0]["starts_at"]
    there.slots(there.desk, there.doctor, 1)
    visit = eventually(lambda: (got := desk.post("/v1/appointments", {
        "patient_id": own["id"], "doctor_id": mine["id"], "starts_at": slot})).status_code == 201 and got.json(), 20)
    soon = {"earliest": stamp(datetime.datetime.now(datetime.timezone.utc)),
            "latest": stamp(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3))}
    eventually(lambda: there.desk.post("/v1/waiting-requests", {
        "patient_id": there.patient["id"], "doctor_id": there.doctor["id"]} | soon).status_code == 201, 20)
    for send, code in (
        (lambda: desk.post("/v1/appointments", {"patient_id": there.patient["id"], "doctor_id": mine["id"], "starts_at": slot}), "patient-not-found"),
        (lambda: desk.post("/v1/appointments", {"patient_id": own["id"], "doctor_id": there.doctor["id"], "starts_at": slot}), "doctor-not-found"),
        (lambda: desk.post(f"/v1/appointments/{visit['id']}/reschedule", {"doctor_id": there.doctor["id"], "starts_at": slot}), "doctor-not-found"),
        (lambda: desk.post("/v1/waiting-requests", {"patient_id": there.patient["id"], "doctor_id": mine["id"]} | soon), "patient-not-found"),
    ):
        refused(send(), 404, code)
    queue = next(iter(desk.items("/v1/queues")))
    refused(desk.post("/v1/queue-entries", {"queue_id": queue["id"], "patient_id": there.patient["id"]}), 404, "patient-not-found")


def test_a_cursor_is_good_for_its_list_only(clinic, desk):  # INT-1
    for _ in range(2):
        clinic.add_department()
    first = ok(clinic.admin.get("/v1/departments", params={"limit": 1}))
    cursor = first["next_cursor"]
    following = ok(clinic.admin.get("/v1/departments", params={"limit": 200, "cursor": cursor}))
    assert following["items"] and following["items"][0]["id"] != first["items"][0]["id"]
    for path in ("/v1/specialties", "/v1/doctors", "/v1/accounts", "/v1/facilities", "/v1/audit", "/v1/patients", "/v1/queues"):
        by = desk if path in ("/v1/patients", "/v1/queues") else clinic.admin
        problem = refused(by.get(path, params={"cursor": cursor}), 400, "invalid-request")
        assert [error["pointer"] for error in problem["errors"]] == ["cursor"], path


def test_request_ids_are_echoed(api):
    for sent in ("1", "abc-123", "req_1.2", "x" * 128):
        assert api.get("/v1/patients", headers={"X-Request-Id": sent}).headers["x-request-id"] == sent
    for odd in ("x" * 129, "a b", "<script>"):
        assert api.get("/v1/patients", headers={"X-Request-Id": odd}).headers["x-request-id"] != odd


def test_entity_tags_as_rfc_9110_has_them(clinic):
    path = f"/v1/departments/{clinic.department['id']}"
    tag = clinic.admin.get(path).headers["etag"]
    for named in (tag, f'"v99", {tag}', f"W/{tag}", "*"):
        assert clinic.admin.get(path, headers={"If-None-Match": named}).status_code == 304, named
    assert clinic.admin.get(path, headers={"If-None-Match": '"v99"'}).status_code == 200
    ok(clinic.admin.patch(path, {"name": f"Renamed {clinic.tag}"}, if_match=tag))
    refused(clinic.admin.patch(path, {"name": "Stale"}, if_match=tag), 412, "version-mismatch")
    for blind in ("*", f'"v99", {tag}', "v1"):
        refused(clinic.admin.patch(path, {"name": "Blind"}, if_match=blind), 400, "invalid-request")


def test_codes_and_names_are_taken_in_any_case(clinic):  # SCH-1
    for path in ("/v1/departments", "/v1/specialties"):
        ok(clinic.admin.post(path, {"code": f"K{clinic.tag}", "name": f"Known {clinic.tag}"}), 201)
        for code, name, pointer in ((f"k{clinic.tag}", "Other", "/code"), ("OTHER", f"known {clinic.tag}", "/name")):
            problem = refused(clinic.admin.post(path, {"code": code, "name": name}), 409, "already-exists")
            assert problem["errors"][0]["pointer"] == pointer


def test_faults_are_told_where_they_are(clinic, desk):
    body = {"given_name": "Asha", "sex": "FEMALE"}
    for age in (-1, 200):
        problem = refused(desk.post("/v1/patients", body | {"age_years": age}), 422, "invalid-value")
        assert [error["pointer"] for error in problem["errors"]] == ["/age_years"]
    facility = f"/v1/facilities/{clinic.facility['id']}"
    problem = refused(clinic.admin.patch(facility, {"settings": {"stock_digest_to": ["nope"]}},
                                        if_match=clinic.admin.get(facility).headers["etag"]), 422, "invalid-value")
    assert [error["pointer"] for error in problem["errors"]] == ["/settings/stock_digest_to/0"]
    problem = refused(desk.get("/v1/patients", params={"colour": "red"}), 400, "invalid-request")
    assert [error["pointer"] for error in problem["errors"]] == ["colour"]
    doctor, _ = clinic.add_doctor()
    patient = clinic.add_patient(desk)
    wanted = {"patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": "2027-01-04T10:00:00Z"}
    for minutes in (0, 5, 181, 1_000_000_000_000):
        refused(desk.post("/v1/appointments", wanted | {"duration_min": minutes}), 422, "bad-duration")


def test_a_wording_of_ones_own_is_text_in_the_page(clinic):  # NOT-2
    path = "/v1/notification-templates/appointment-booked/en"
    before = clinic.admin.get(path)
    assert before.status_code == 200, before.text
    body = ok(before)["default"]["body"] + "\n\nA & B <script>alert(1)</script>"
    tag = before.headers["etag"]
    ok(clinic.admin.put(path, {"subject": ok(before)["default"]["subject"], "body": body}, if_match=tag))
    shown = ok(clinic.admin.post(f"{path}/preview", {}))
    assert "<script>" not in shown["html"] and "A &amp; B &lt;script&gt;" in shown["html"]
    assert "A & B <script>alert(1)</script>" in shown["text"]


def test_a_queue_has_its_code_and_name_alone(clinic):  # SCH-1 QUE-3
    queue = ok(clinic.admin.get("/v1/queues", params={"department_id": clinic.department["id"], "kind": "REGULAR"}))["items"][0]
    other = {"code": f"Q{clinic.tag}", "name": f"Queue {clinic.tag}", "department_id": clinic.department["id"], "kind": "REGULAR"}
    for taken in ({"code": queue["code"].lower()}, {"name": queue["name"].upper()}):
        refused(clinic.admin.post("/v1/queues", other | taken), 409, "already-exists")
    made = clinic.admin.post("/v1/queues", other)
    path, tag = made.headers["location"], made.headers["etag"]
    refused(clinic.admin.patch(path, {"board_token": "mine"}, if_match=tag), 400, "read-only")
    refused(clinic.admin.patch(path, {"name": queue["name"]}, if_match=tag), 409, "already-exists")
    assert ok(clinic.admin.patch(path, {}, if_match=tag))["name"] == other["name"]


def test_periods_are_instants_or_days(clinic, desk):  # SCH-11 CON-10 PHA-1
    patient = clinic.add_patient(desk)
    doctor, doctors_own = clinic.add_doctor()
    visit = settled(lambda: desk.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": clinic.slots(desk, doctor)[0]["starts_at"]}), 201)
    day = datetime.datetime.fromisoformat(visit["starts_at"]).astimezone(clinic.zone).date()
    listed = lambda first, last: [one["id"] for one in ok(desk.get(  # noqa: E731
        "/v1/appointments", params={"patient_id": patient["id"], "from": first.isoformat(), "to": last.isoformat()}))["items"]]
    one = datetime.timedelta(days=1)
    assert listed(day, day) == [visit["id"]]  # the last day is part of it
    assert listed(day - one, day - one) == listed(day + one, day + one) == []
    for path in ("/v1/consultations", "/v1/prescriptions"):
        ok(doctors_own.get(path, params={"doctor_id": doctor["id"], "from": day.isoformat(), "to": day.isoformat()}))
        refused(doctors_own.get(path, params={"doctor_id": doctor["id"], "from": "today"}), 400, "invalid-request")


def test_a_refused_access_is_written_down(clinic, desk, eventually):  # AUD-1
    patient = clinic.add_patient(desk)
    doctor, own = clinic.add_doctor()
    _, stranger = clinic.add_doctor()
    visit = settled(lambda: desk.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": clinic.slots(desk, doctor)[0]["starts_at"]}), 201)
    note = settled(lambda: own.post("/v1/consultations", {"appointment_id": visit["id"]}), 201)
    refused(stranger.get(f"/v1/consultations/{note['id']}"), 403, "not-on-your-list")
    rows = lambda: ok(clinic.admin.get("/v1/audit", params={"actor_id": stranger.account["id"]}))["items"]  # noqa: E731
    row = eventually(lambda: next((one for one in rows() if one.get("resource") == f"consultations/{note['id']}"), None), 10)
    assert row["outcome"] == "REFUSED" and row["path_template"] == "/v1/consultations/{id}"
    # What the gateway refuses itself, too: a receptionist never reads notes.
    refused(desk.get(f"/v1/consultations/{note['id']}"), 403, "forbidden")
    mine = list(clinic.admin.items("/v1/audit", actor_id=desk.account["id"]))
    assert [one["outcome"] for one in mine if one.get("resource") == f"consultations/{note['id']}"] == ["REFUSED"]
