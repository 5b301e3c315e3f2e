"""Every change of account, role, setting, doctor, hours, department, stock and template leaves one row of the audit, with the names
of the changed fields and never their values [AUD-1]."""

import re

import pytest

from support.clinic import DAYS, Clinic, ok, settled

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TEMPLATE = "appointment-booked/en"
WEEK = [{"day": day, "from": "08:00", "to": "12:00", "slot_min": 20} for day in DAYS]


class World:
    def __init__(self, api, root):
        self.root, self.clinic = root, Clinic(api, root)
        self.admin, self.pharmacist, self.auditor = self.clinic.admin, self.clinic.staff("pharmacist"), self.clinic.staff("auditor")
        self.account, self.doctor = self.clinic.account("nurse"), self.clinic.add_doctor()[0]
        self.off = self.clinic.account("nurse")
        ok(self.admin.post(f"/v1/accounts/{self.off['id']}/deactivate"))
        self.department, self.specialty, self.facility = self.clinic.department, self.clinic.specialty, self.clinic.facility
        self.medicine = ok(self.pharmacist.post("/v1/pharmacy/medicines", {
            "name": f"Audited {self.clinic.tag}", "strength": "1 mg", "form": "tablet", "minimum_level": 1}), 201)
        self.lot = ok(self.pharmacist.post(f"/v1/pharmacy/medicines/{self.medicine['id']}/lots", {
            "lot_number": "A", "expires_on": "2099-01-01", "quantity": 100}), 201)

    def row_of(self, client, answer) -> dict:
        """The one row that tells of this request."""
        assert answer.is_success, answer.text
        rows = [row for row in self.auditor.items("/v1/audit", actor_id=client.account["id"])
                if row["request_id"] == answer.headers["x-request-id"]]
        [row] = rows
        assert (row["method"], row["outcome"]) == (answer.request.method, "SUCCESS")
        assert (row["actor_id"], row["actor_login"]) == (client.account["id"], client.account["login"])
        assert row["path_template"] == UUID.sub("{id}", answer.request.url.path).replace(TEMPLATE, "{name}/{language}")
        return row


@pytest.fixture(scope="module")
def world(api, sign_in):
    return World(api, sign_in("admin"))


# who, method, path, body, what it is about, the names
CHANGES = {
    "account": ("admin", "PATCH", "/v1/accounts/{account}", {"display_name": "Canary Name"}, "account", {"display_name"}),
    "role": ("admin", "PATCH", "/v1/accounts/{account}", lambda w: {"memberships": [
        {"facility_id": w.facility["id"], "roles": ["nurse", "receptionist"]}]}, "account", {"memberships"}),
    "account off": ("admin", "POST", "/v1/accounts/{account}/deactivate", None, "account", {"active"}),
    "account on": ("admin", "POST", "/v1/accounts/{off}/reactivate", None, "account", {"active"}),
    "password": ("admin", "POST", "/v1/accounts/{account}/reset-password", None, "account", {"password", "must_change_password"}),
    "setting": ("admin", "PATCH", "/v1/facilities/{facility}", {"settings": {"max_calls": 4}, "phone": "+49 30 5550199"}, "facility",
                {"settings.max_calls", "phone"}),
    "doctor": ("admin", "PATCH", "/v1/doctors/{doctor}", {"room": "Canary Room", "phone": "+49 30 5550198"}, "doctor", {"room", "phone"}),
    "account of a doctor": ("admin", "PATCH", "/v1/doctors/{doctor}", {"account_id": None}, "doctor", {"account_id"}),
    "hours": ("admin", "PUT", "/v1/doctors/{doctor}/availability", {"weekly": WEEK}, "doctor", {"availability"}),
    "leave": ("admin", "POST", "/v1/doctors/{doctor}/exceptions", {"kind": "LEAVE", "date": "2031-01-01", "reason": "Canary reason"},
              "doctor", {"exceptions"}),
    "holiday": ("admin", "POST", "/v1/holidays", {"date": "2031-02-02", "name": "Canary feast"}, "facility", {"holidays"}),
    "doctor off": ("admin", "POST", "/v1/doctors/{doctor}/deactivate", {"reason": "Canary reason"}, "doctor", {"active"}),
    "department": ("admin", "PATCH", "/v1/departments/{department}", {"name": "Canary unit"}, "department", {"name"}),
    "department off": ("admin", "POST", "/v1/departments/{department}/deactivate", None, "department", {"active"}),
    "specialty": ("admin", "PATCH", "/v1/specialties/{specialty}", {"name": "Canary art"}, "specialty", {"name"}),
    "medicine": ("pharmacist", "PATCH", "/v1/pharmacy/medicines/{medicine}", {
        "minimum_level": 40, "price": {"amount": "77.70", "currency": "INR"}}, "medicine", {"minimum_level", "price"}),
    "medicine off": ("pharmacist", "POST", "/v1/pharmacy/medicines/{medicine}/deactivate", None, "medicine", {"active"}),
    "adjust": ("pharmacist", "POST", "/v1/pharmacy/lots/{lot}/adjust", {"delta": -7, "reason": "Canary reason"}, "lot", {"on_hand"}),
    "write off": ("pharmacist", "POST", "/v1/pharmacy/lots/{lot}/write-off", {"quantity": 7, "reason": "Canary reason"}, "lot", {"on_hand"}),
    "count": ("pharmacist", "POST", "/v1/pharmacy/lots/{lot}/count", {"counted": 77, "reason": "Canary reason"}, "lot", {"on_hand"}),
    "quarantine": ("pharmacist", "POST", "/v1/pharmacy/lots/{lot}/quarantine", {"reason": "Canary reason"}, "lot", {"status"}),
    "template": ("admin", "PUT", f"/v1/notification-templates/{TEMPLATE}", {
        "subject": "Canary subject", "body": "Canary {{date}} {{time}}"}, "notification-template", {"subject", "body"}),
}
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_written_down(world, what):  # AUD-1
    who, method, path, body, about, names = CHANGES[what]
    client = getattr(world, who)
    ids = {each: getattr(world, each)["id"] for each in re.findall(r"\{(\w+)\}", path)}
    path, body = path.format(**ids), body(world) if callable(body) else body
    if_match = client.get(path).headers["etag"] if method in ("PUT", "PATCH") else None
    row = world.row_of(client, client.request(method, path, body, if_match=if_match))
    named = next(iter(ids.values()), TEMPLATE if what == "template" else world.facility["id"])
    assert row["resource"] == f"{about}/{named}"
    assert set(row["changed"]) == names
    assert not any(canary in str(row) for canary in ("Canary", "555019", "77.70", "2031"))


CREATIONS = {
    "account": ("admin", "/v1/accounts", lambda w: {
        "login": f"made-{w.clinic.tag}", "display_name": "Made", "email": f"made-{w.clinic.tag}@x.example",
        "memberships": [{"facility_id": w.facility["id"], "roles": ["nurse"]}]}),
    "department": ("admin", "/v1/departments", lambda w: {"code": f"M{w.clinic.tag}", "name": "Made"}),
    "doctor": ("admin", "/v1/doctors", lambda w: {"display_name": "Dr. Made", "specialty": w.specialty["code"], "room": "7", "fee": {
        "amount": "10.00", "currency": "INR"}, "department_id": w.clinic.add_department()["id"], "account_id": w.clinic.account("doctor")["id"]}),
    "medicine": ("pharmacist", "/v1/pharmacy/medicines", lambda w: {
        "name": f"Made {w.clinic.tag}", "strength": "2 mg", "form": "syrup", "minimum_level": 3}),
    "lot": ("pharmacist", "/v1/pharmacy/medicines/{medicine}/lots", lambda w: {
        "lot_number": "M", "expires_on": "2098-01-01", "quantity": 5}),
}


@pytest.mark.parametrize("what", CREATIONS)
def test_a_creation_is_written_down(world, what):  # AUD-1
    who, path, body = CREATIONS[what]
    client, body = getattr(world, who), body(world)
    made = settled(lambda: client.post(path.format(medicine=world.medicine["id"]), body), 201)
    rows = [row for row in world.auditor.items("/v1/audit", actor_id=client.account["id"]) if row.get("resource") == f"{what}/{made['id']}"]
    [row] = rows
    assert (row["method"], row["path_template"], row["outcome"]) == ("POST", path.replace("{medicine}", "{id}"), "SUCCESS")
    assert set(body) <= set(row["changed"])
    assert "Made" not in str(row)
