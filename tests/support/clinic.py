"""A small clinic of its own for one test file: a facility where it is mid-morning now, people, a doctor with hours."""

import datetime
import re
import uuid
import zoneinfo

from .eventually import eventually

UTC = datetime.timezone.utc
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
PASSWORD = "a-long-enough-pass-phrase"  # not a secret: of accounts that live as long as a test


def ok(answer, status=200):
    """The body of an answer that must be this one."""
    sent = answer.request
    assert answer.status_code == status, f"{sent.method} {sent.url.path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def refused(answer, status, code):
    """The problem of an answer that must be this refusal."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == code, answer.text
    return answer.json()


def settled(send, status=200, deadline_s=20):
    """Sends until a neighbour has heard of a fresh record (503 `projection-behind` ends)."""
    return ok(eventually(lambda: (got := send()).status_code != 503 and got, deadline_s), status)


def morning_zone() -> str:
    """A zone where it is about ten o'clock, so that no test is near a midnight."""
    offset = (10 - datetime.datetime.now(UTC).hour + 12) % 24 - 12
    # The sign of these names is POSIX's: Etc/GMT-3 is three hours ahead.
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


class Clinic:
    def __init__(self, api, installation_admin, zone: str | None = None, locale: str = "en"):
        self.tag = uuid.uuid4().hex[:8]
        self.api = api
        self.facility = ok(installation_admin.post("/v1/facilities", {
            "code": f"F{self.tag}".upper(), "name": f"Clinic {self.tag}", "zone": zone or morning_zone(),
            "currency": "INR", "locale": locale}), 201)
        self.zone = zoneinfo.ZoneInfo(self.facility["zone"])
        login = f"adm-{self.tag}"
        ok(installation_admin.post("/v1/accounts", {
            "login": login, "display_name": "An administrator", "password": PASSWORD,
            "memberships": [{"facility_id": self.facility["id"], "roles": ["admin"]}]}), 201)
        self.admin = api.sign_in(login, PASSWORD)
        self.department = self.add_department()
        self.specialty = settled(lambda: self.admin.post(
            "/v1/specialties", {"code": f"S{self.tag}", "name": "A specialty"}), 201)

    def add_department(self) -> dict:
        code = f"D{uuid.uuid4().hex[:6]}"
        return settled(lambda: self.admin.post("/v1/departments", {"code": code, "name": f"Department {code}"}), 201)

    def account(self, role: str) -> dict:
        return ok(self.admin.post("/v1/accounts", {
            "login": f"{role[:3]}-{self.tag}-{uuid.uuid4().hex[:8]}", "display_name": f"A {role}", "password": PASSWORD,
            "memberships": [{"facility_id": self.facility["id"], "roles": [role]}]}), 201)

    def staff(self, role: str):
        """A client that speaks as a new account of this role."""
        return self.api.sign_in(self.account(role)["login"], PASSWORD)

    def add_doctor(self, department: dict | None = None, slot_min: int = 15, **fields):
        """A doctor who works all day, every day; answers (doctor, client)."""
        account = self.account("doctor")
        doctor = settled(lambda: self.admin.post("/v1/doctors", {
            "display_name": f"Dr. {account['login']}", "account_id": account["id"],
            "specialty": self.specialty["code"], "department_id": (department or self.department)["id"], "room": "7"}
            | fields), 201)
        self.set_hours(doctor, [{"day": day, "from": "00:00", "to": "24:00", "slot_min": slot_min} for day in DAYS])
        return doctor, eventually(lambda: self._signed_in_as(account, doctor), 20)

    def set_hours(self, doctor: dict, weekly: list[dict]) -> dict:
        path = f"/v1/doctors/{doctor['id']}/availability"
        return ok(self.admin.put(path, {"weekly": weekly}, if_match=self.admin.get(path).headers["etag"]))

    def _signed_in_as(self, account: dict, doctor: dict):
        # The next token carries the doctor_id once identity has heard of the doctor.
        client = self.api.sign_in(account["login"], PASSWORD)
        return client if client.account.get("doctor_id") == doctor["id"] else None

    def add_patient(self, by, **fields) -> dict:
        body = {"given_name": "Jörna", "family_name": "Sample", "birth_date": "1985-04-03", "sex": "FEMALE"} | fields
        return settled(lambda: by.post("/v1/patients", body), 201)

    def invite(self, by, record: dict, mail):
        """A client that speaks as this patient, who accepted the desk's invitation by mail [ID-5]."""
        settled(lambda: by.post(f"/v1/patients/{record['id']}/invite"), 202)
        message = mail.wait_for(record["email"], deadline_s=30)
        token = re.search(r"accept-invite#token=([\w.~-]+)", message["text"])[1]
        ok(self.api.post("/v1/auth/accept-invite", {"token": token, "password": PASSWORD}), 204)
        return eventually(lambda: (client := self.api.sign_in(record["email"], PASSWORD)).account.get("patient_id")
                          == record["id"] and client, 20)

    def today(self) -> datetime.date:
        return datetime.datetime.now(self.zone).date()

    def slots(self, by, doctor: dict, count: int = 2) -> list[dict]:
        """The next free times of this doctor."""
        now = datetime.datetime.now(UTC)
        window = {"from": stamp(now), "to": stamp(now + datetime.timedelta(days=2)), "limit": count}
        items = ok(by.get(f"/v1/doctors/{doctor['id']}/slots", params=window))["items"]
        assert len(items) == count
        return items


def stamp(at: datetime.datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
