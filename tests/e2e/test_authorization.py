"""Every route × every role, from the gateway's own table; then whose record it is [issue 3 §5.5; ID-2, ID-12, OPS-6; I13].

Two expectations stand here, written from the design and not from the code: who has which permission, and what kind of
record a path names. A route that has neither fails, so that no route comes without somebody having thought of it.
"""

import json
import os
import re
import subprocess
import uuid

import pytest

from support.clinic import PASSWORD, Clinic, ok
from support.eventually import eventually
from support.stack import ROOT
from support.visit import Visit

ROLES = ("installation_admin", "admin", "receptionist", "nurse", "doctor", "pharmacist", "patient", "auditor", "integrator")
ALL = set(ROLES)
I, A, R, N, D, H, P, U = ({role} for role in ROLES[:-1])

# "Who may" of the design.
MAY = {
    "anyone": ALL, "signed_in": ALL,
    "facility_read": I | A | R | N | D | H | P, "facility_create": I, "facility_update": I | A,
    "account_read": I | A, "account_write": I | A, "audit_read": A | U, "dashboard_read": A | R | N | D | H,
    "patient_read": A | R | N | D | H | P, "patient_register": A | R, "patient_update": A | R | P,
    "patient_deactivate": A | R, "patient_delete": A | R, "patient_invite": A | R, "patient_binding_read": A | R,
    "patient_history": A | R | N | D | P, "patient_clinical_list_read": N | D | P, "patient_clinical_list_write": N | D,
    "patient_preferences": A | R | P, "list_export": A | R,
    "directory_read": A | R | N | D | P, "directory_write": A, "availability_read": A | R | D,
    "availability_write": A | D, "holiday_write": A,
    "appointment_read": A | R | N | D | P, "appointment_book": A | R | P, "appointment_update": A | R,
    "appointment_reschedule": A | R | D | P, "appointment_cancel": A | R | D | P, "appointment_check_in": A | R | N,
    "appointment_complete": A | R | D, "appointment_no_show": A | R | D, "appointment_reinstate": A | R,
    "waiting_request_read": A | R, "waiting_request_write": A | R, "disruption_read": A | R, "disruption_write": A | R,
    "appointment_figures": A, "doctor_figures": A,
    "queue_read": A | R | N | D, "queue_write": A, "queue_stream": A | R | N | D, "queue_entry_read": A | R | N | D | P,
    "queue_entry_create": A | R | N, "queue_entry_work": A | R | N, "queue_entry_call": A | R | N | D,
    "queue_entry_position": A | R | N | D | P, "triage_assess": A | R | N | D | P, "triage_write": A | R | N | D,
    "triage_rules_read": A | R | N | D | P, "queue_figures": A,
    "consultation_read": D | P, "consultation_write": D, "diagnosis_code_read": N | D, "prescription_read": D | P,
    "prescription_write": D, "prescription_document": D | H | P, "doctor_day": D, "consultation_figures": A,
    "medicine_read": D | H, "pharmacy_work": H, "stock_read": H, "stock_write": H, "pharmacy_figures": A | H,
    "notification_read": A | R, "notification_resend": A | R, "template_read": A, "template_write": A,
}
# Open without a sign-in: these and nothing else.
OPEN = re.compile(r"/v1/auth/(sign-in|refresh|register|verify-email|accept-invite|forgot-password|reset-password)"
                  r"|/v1/(board|track|unsubscribe)/\{\w+\}")
OPEN_READS = {"/v1/facilities"}

# Which record of the fixture's visit a path names. None: not one that belongs to a facility's visit.
RECORDS = {
    "/v1/facilities": "facility", "/v1/accounts": "account", "/v1/patients": "patient", "/v1/departments": "department",
    "/v1/specialties": "specialty", "/v1/doctors": "doctor", "/v1/appointments": "appointment", "/v1/queues": "queue",
    "/v1/queue-entries": "entry", "/v1/consultations": "consultation", "/v1/prescriptions": "prescription",
    "/v1/pharmacy/prescriptions": "prescription", "/v1/pharmacy/dispenses": "dispense",
    "/v1/pharmacy/medicines": "medicine", "/v1/pharmacy/lots": "lot", "/v1/notifications": "notification",
    "/v1/waiting-requests": None, "/v1/disruptions": None, "/v1/holidays": None, "/v1/notification-templates": None,
    "/v1/board": None, "/v1/track": None, "/v1/unsubscribe": None,
}
# Bodies that a route would take, so that the refusal is for the record and not for the shape.
REASON = {"reason": "For a test"}
BODIES = [
    (r"POST .*/(deactivate|reactivate|cancel|decline|hold|close|void|reinstate|leave|resend)$", REASON),
    (r"POST .*/accounts/.*", None), (r"POST .*/appointments/.*/(check-in|undo-check-in|complete|no-show)$", None),
    (r"POST .*/(departments|specialties|doctors|medicines)/.*/(de|re)activate$", None),
    (r"POST .*/reschedule$", {"starts_at": "2099-01-05T10:00:00Z"}),
    (r"POST .*/queues/.*/call-next$", {}), (r"POST .*/queue-entries/.*/transfer$", {"queue_id": str(uuid.uuid4())} | REASON),
    (r"POST .*/queue-entries/.*/assign$", {"doctor_id": str(uuid.uuid4())}), (r"POST .*/queue-entries/.*/prioritize$", {"level": "HIGH"} | REASON),
    (r"POST .*/queue-entries/.*/triage$", {"symptoms": []}), (r"POST .*/identify$", {"patient_id": str(uuid.uuid4())}),
    (r"POST .*/consultations/.*/addenda$", {"text": "More"}), (r"POST .*/consultations/.*/complete$", {}),
    (r"POST .*/pharmacy/prescriptions/.*/(validate|dispense)$", {}),
    (r"POST .*/dispenses/.*/return$", {"lines": [{"lot_id": str(uuid.uuid4()), "quantity": 1}]} | REASON),
    (r"POST .*/medicines/.*/lots$", {"lot_number": "X", "expires_on": "2099-01-01", "quantity": 1}),
    (r"POST .*/lots/.*/adjust$", {"delta": 1} | REASON), (r"POST .*/lots/.*/(write-off|dispose)$", {"quantity": 1} | REASON),
    (r"POST .*/lots/.*/count$", {"counted": 1} | REASON), (r"POST .*/lots/.*/(quarantine|release|recall)$", REASON),
    (r"POST .*/doctors/.*/exceptions$", {"kind": "LEAVE", "date": "2099-01-05"}),
    (r"POST .*/allergies$", {"substance": "Dust"}), (r"POST .*/conditions$", {"text": "Cough"}),
    (r"PUT .*/availability$", {"weekly": []}), (r"PUT .*/preferences$", {"language": "en", "channels": {"email": True}, "opt_out": []}),
    (r"PATCH .*/facilities/.*", {"name": "Other"}), (r"PATCH .*/accounts/.*", {"display_name": "Other"}),
    (r"PATCH .*/patients/.*", {"phone": "+4930123456"}), (r"PATCH .*/(departments|specialties|queues)/.*", {"name": "Other"}),
    (r"PATCH .*/doctors/.*", {"room": "9"}), (r"PATCH .*/appointments/.*", {"reason": "Other"}),
    (r"PATCH .*/consultations/.*", {"note": {"plan": "Rest"}}), (r"PATCH .*/prescriptions/.*", {"notes": "Other"}),
    (r"PATCH .*/medicines/.*", {"minimum_level": 2}),
]
QUERIES = {"/v1/doctors/{id}/slots": {"from": "2099-01-05T00:00:00Z", "to": "2099-01-06T00:00:00Z"}}


def routes():
    binary = ROOT / os.environ.get("AMBULA_BUILD_DIR", "build/release") / "bin" / "ambula-gateway"
    listed = json.loads(subprocess.run([binary, "routes"], capture_output=True, check=True, text=True).stdout)
    assert len(listed) > 80
    return listed


ROUTES = routes()
NAMED = [route for route in ROUTES if "{" in route["path"]]


def name_of(route):
    return f"{route['method']} {route['path']}"


def prefix_of(route):
    return route["path"].split("/{")[0]


def body_of(route):
    """Of the last pattern that matches, because the particular stands after the general."""
    found = [body for pattern, body in BODIES if re.search(pattern, name_of(route))]
    return found[-1] if found else {}


def path_with(route, record_id):
    path = route["path"].replace("{id}", record_id)
    return re.sub(r"\{\w+\}", lambda _: str(uuid.uuid4()), path)


def send(client, route, record_id, body=None):
    writes = route["method"] not in ("GET", "DELETE")
    return client.request(route["method"], path_with(route, record_id), body if writes else None,
                          if_match='"v1"' if route["method"] in ("PATCH", "PUT") else None,
                          params=QUERIES.get(route["path"]))


class Staff:
    """One client for each role, in one facility."""

    def __init__(self, api, admin, clinic):
        self.clinic = clinic
        self.clients = {"admin": clinic.admin, "doctor": clinic.add_doctor()[1]}
        for role in ROLES:
            if role not in self.clients:
                self.clients[role] = self._sign_in(api, admin, role)

    def _sign_in(self, api, admin, role):
        facility = None if role == "installation_admin" else self.clinic.facility["id"]
        by = admin if role == "installation_admin" else self.clinic.admin
        login = f"{role[:4]}-{uuid.uuid4().hex[:8]}"
        ok(by.post("/v1/accounts", {"login": login, "display_name": f"A {role}", "password": PASSWORD,
                                    "memberships": [{"facility_id": facility, "roles": [role]}]}), 201)
        return api.sign_in(login, PASSWORD)


@pytest.fixture(scope="module")
def here(api, sign_in):
    return Staff(api, sign_in("admin"), Clinic(api, sign_in("admin")))


@pytest.fixture(scope="module")
def there(api, sign_in):
    return Staff(api, sign_in("admin"), Clinic(api, sign_in("admin")))


@pytest.fixture(scope="module")
def visit(here):
    made = Visit(here.clinic, email=f"visit-{here.clinic.tag}@patients.example")
    made.records = {"facility": here.clinic.facility, "account": here.clinic.account("nurse"), "department": here.clinic.department,
                    "specialty": here.clinic.specialty, "notification": made.notification()}
    for kind in ("patient", "doctor", "appointment", "queue", "entry", "consultation", "prescription", "dispense",
                 "medicine", "lot"):
        made.records[kind] = getattr(made, kind)
    return made


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_route_has_an_expectation(route):
    assert route["permission"] in MAY, f"{name_of(route)}: who may {route['permission']}? Add it to MAY"
    assert set(route["roles"]) == MAY[route["permission"]]
    if "{" in route["path"]:
        assert prefix_of(route) in RECORDS, f"{name_of(route)}: whose record is it? Add its path to RECORDS"
    is_open = bool(OPEN.fullmatch(route["path"])) or (route["method"] == "GET" and route["path"] in OPEN_READS)
    assert (route["permission"] == "anyone") == is_open, f"{name_of(route)} is open, or should be"


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_nobody_without_a_token(route, api):
    answer = send(api, route, str(uuid.uuid4()), {"no_such_member": 1})
    if route["permission"] == "anyone":
        assert answer.status_code in (200, 400, 404, 422), answer.text
    else:
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_every_role(route, here):
    """A role that may gets past the door to some other answer; one that may not gets 403 `forbidden`, and nothing more."""
    for role in ROLES:
        answer = send(here.clients[role], route, str(uuid.uuid4()), {"no_such_member": 1})
        code = answer.json().get("code") if "json" in answer.headers.get("content-type", "") else None
        if role in MAY[route["permission"]]:
            assert answer.status_code < 500 and answer.status_code != 401 and code != "forbidden", f"{role}: {answer.text}"
        else:
            assert (answer.status_code, code) == (403, "forbidden"), f"{role}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize("route", [r for r in NAMED if RECORDS.get(prefix_of(r))], ids=name_of)
def test_another_facility_s_record_is_404(route, visit, there):
    """Of every role that may; word for word the same answer as for a record that does not exist."""
    record = visit.records[RECORDS[prefix_of(route)]]["id"]
    roles = MAY[route["permission"]] - {"installation_admin"}
    assert roles
    for role in sorted(roles):
        foreign = send(there.clients[role], route, record, body_of(route))
        nowhere = send(there.clients[role], route, str(uuid.uuid4()), body_of(route))
        if RECORDS[prefix_of(route)] == "facility" and route["method"] == "GET":
            assert foreign.status_code in (403, 404), f"{role}: {foreign.text}"
            continue
        assert foreign.status_code == 404, f"{role}: {foreign.status_code} {foreign.text}"
        assert nowhere.status_code == 404, f"{role}: {nowhere.status_code} {nowhere.text}"
        assert anonymous(foreign) == anonymous(nowhere)


def anonymous(answer):
    problem = answer.json()
    return {key: problem.get(key) for key in ("status", "code", "title", "detail")}


def test_nothing_of_the_visit_was_changed_by_strangers(visit, here):
    """After all of the above."""
    reception, pharmacist, doctor = visit.reception, visit.pharmacist, visit.doctor_client
    for client, path, kind in ((reception, "/v1/patients", "patient"), (reception, "/v1/doctors", "doctor"),
                               (reception, "/v1/departments", "department"), (here.clinic.admin, "/v1/accounts", "account"),
                               (pharmacist, "/v1/pharmacy/dispenses", "dispense"), (doctor, "/v1/prescriptions", "prescription")):
        before = visit.records[kind]
        now = ok(client.get(f"{path}/{before['id']}"))
        if kind not in ("prescription", "doctor"):  # the pharmacy's progress and the hours have touched these two
            assert now["version"] == before["version"], kind
    assert ok(pharmacist.get(f"/v1/pharmacy/medicines/{visit.medicine['id']}"))["on_hand"] == 99


READS = [r for r in NAMED if r["method"] == "GET" and r["path"].endswith("/{id}") and RECORDS.get(prefix_of(r))]


@pytest.mark.parametrize("route", READS, ids=name_of)
def test_own_record_and_a_stranger_s_in_the_same_facility(route, visit, here, database):
    """Own: 200. A doctor without the patient on the list 403 `not-on-your-list`, another patient 404."""
    kind = RECORDS[prefix_of(route)]
    record = visit.records[kind]["id"]
    own = {"admin": here.clinic.admin, "receptionist": visit.reception, "pharmacist": visit.pharmacist,
           "doctor": visit.doctor_client, "nurse": here.clients["nurse"]}
    for role in sorted(MAY[route["permission"]] & own.keys()):
        assert send(own[role], route, record).status_code == 200, role
        assert send(own[role], route, str(uuid.uuid4())).status_code == 404, role
    if kind in ("patient", "consultation", "prescription", "appointment", "entry") and "pharmacy" not in route["path"]:
        if "doctor" in MAY[route["permission"]]:
            stranger = send(stranger_doctor(here), route, record)
            assert stranger.status_code == 403 and stranger.json()["code"] == "not-on-your-list", (
                f"{stranger.status_code} {stranger.text}")
        if "patient" in MAY[route["permission"]]:
            assert send(as_patient(visit, here, database), route, record).status_code == 200
            assert send(here.clients["patient"], route, record).status_code == 404


_made = {}


def stranger_doctor(here):
    """Of another department: an open entry without doctor would put the patient on the list of all in one."""
    if "doctor" not in _made:
        _made["doctor"] = here.clinic.add_doctor(here.clinic.add_department())[1]
    return _made["doctor"]


def as_patient(visit, here, database):
    """The visit's patient, signed in. The binding itself is proved where invitations are; here it is set."""
    if "patient" not in _made:
        account = here.clinic.account("patient")
        database.execute("UPDATE identity.account SET patient_id = %s WHERE id = %s", [visit.patient["id"], account["id"]])
        _made["patient"] = eventually(lambda: (client := here.clinic.api.sign_in(account["login"], PASSWORD)).account.get(
            "patient_id") == visit.patient["id"] and client, 10)
    return _made["patient"]


def test_the_expectations_can_fail(here):
    """Were a nurse given the desk's right, the cell above would see it."""
    route = next(r for r in ROUTES if name_of(r) == "POST /v1/patients/{id}/deactivate")
    answer = send(here.clients["receptionist"], route, str(uuid.uuid4()), {"no_such_member": 1})
    assert (answer.status_code, answer.json()["code"]) != (403, "forbidden")
    assert not MAY[route["permission"]] >= N
