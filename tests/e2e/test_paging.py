"""A list that is read page by page while others write loses nothing and repeats nothing [INT-2]."""

import collections
import datetime
import uuid

import pytest

from support.clinic import Clinic, ok, settled, stamp
from support.eventually import eventually

AT_START, INSERTED = 5, 4
DAY = datetime.timedelta(days=1)


class World:
    """Makes the n-th record of a kind. What orders a list is spread, so that what comes between pages falls on both sides of where
    the reader is."""

    def __init__(self, api, root):
        self.root, self.clinic = root, Clinic(api, root)
        self.admin, self.desk = self.clinic.admin, self.clinic.staff("receptionist")
        self.nurse, self.pharmacist = self.clinic.staff("nurse"), self.clinic.staff("pharmacist")
        self.doctor, self.away = self.clinic.add_doctor()[0], self.clinic.add_doctor()[0]
        self.told = self.clinic.add_patient(self.desk, email=f"paged-{self.clinic.tag}@patients.example")
        self.patient = self.clinic.add_patient(self.desk)
        self.queue = eventually(lambda: list(self.desk.items("/v1/queues", department_id=self.clinic.department["id"])), 20)[0]
        self.medicine = self.add_medicine(0)
        self.lot = self.add_lot(0)

    @staticmethod
    def spread(n: int) -> int:
        return n * 7 % 24

    def at(self, n: int, days: int) -> str:
        start = datetime.datetime.combine(self.clinic.today() + days * DAY, datetime.time(8), self.clinic.zone)
        return stamp(start + self.spread(n) * datetime.timedelta(minutes=30))

    def add_medicine(self, n):
        return ok(self.pharmacist.post("/v1/pharmacy/medicines", {
            "name": f"Paged {self.spread(n):02} {self.clinic.tag}", "strength": "1 mg", "form": "tablet", "minimum_level": 1}), 201)

    def add_lot(self, n):
        return ok(self.pharmacist.post(f"/v1/pharmacy/medicines/{self.medicine['id']}/lots", {
            "lot_number": f"L{n}", "expires_on": f"2099-01-{1 + self.spread(n):02}", "quantity": 1}), 201)

    def book(self, n, patient, days):
        return settled(lambda: self.desk.post("/v1/appointments", {
            "patient_id": patient["id"], "doctor_id": self.doctor["id"], "starts_at": self.at(n, days)}), 201)

    def notify(self, n):
        def told():
            return sum(1 for _ in self.desk.items("/v1/notifications", patient_id=self.told["id"]))
        before = told()
        self.book(n, self.told, 20)
        eventually(lambda: told() > before, 30)

    def window(self, n):
        return {"doctor_id": self.doctor["id"], "earliest": self.at(n, 40), "latest": self.at(n, 41)}

    def absence(self, n):
        start = datetime.datetime.combine(self.clinic.today() + (50 + self.spread(n)) * DAY, datetime.time(8), self.clinic.zone)
        return {"from": stamp(start), "to": stamp(start + datetime.timedelta(hours=1))}


@pytest.fixture(scope="module")
def world(api, sign_in):
    return World(api, sign_in("admin"))


def unit(n):
    return {"code": f"P{uuid.uuid4().hex[:8]}".upper(), "name": f"Paged {uuid.uuid4().hex[:8]}"}


# kind → who reads, the list, its filter, what makes the n-th one
LISTS = {
    "appointments": lambda w: (w.desk, "/v1/appointments", {"doctor_id": w.doctor["id"]}, lambda n: w.book(n, w.patient, 10)),
    "doctors": lambda w: (w.desk, "/v1/doctors", {}, lambda n: w.admin.post("/v1/doctors", {
        "display_name": f"Dr. {w.spread(n):02}", "specialty": w.clinic.specialty["code"], "department_id": w.clinic.department["id"]})),
    "departments": lambda w: (w.desk, "/v1/departments", {}, lambda n: w.admin.post("/v1/departments", unit(n))),
    "specialties": lambda w: (w.desk, "/v1/specialties", {}, lambda n: w.admin.post("/v1/specialties", unit(n))),
    "exceptions": lambda w: (w.admin, f"/v1/doctors/{w.away['id']}/exceptions", {}, lambda n: w.admin.post(
        f"/v1/doctors/{w.away['id']}/exceptions", {"kind": "LEAVE", **w.absence(n)})),
    "holidays": lambda w: (w.admin, "/v1/holidays", {}, lambda n: w.admin.post(
        "/v1/holidays", {"date": f"2032-01-{1 + w.spread(n):02}", "name": "Feast"})),
    "waiting requests": lambda w: (w.desk, "/v1/waiting-requests", {}, lambda n: w.desk.post(
        "/v1/waiting-requests", {"patient_id": w.patient["id"], **w.window(n)})),
    "disruptions": lambda w: (w.desk, "/v1/disruptions", {"doctor_id": w.doctor["id"]}, lambda n: w.desk.post(
        "/v1/disruptions", {"doctor_id": w.doctor["id"], "reason": "Late", **w.absence(n)})),
    "notifications": lambda w: (w.desk, "/v1/notifications", {"patient_id": w.told["id"]}, w.notify),
    "allergies": lambda w: (w.nurse, f"/v1/patients/{w.patient['id']}/allergies", {}, lambda n: w.nurse.post(
        f"/v1/patients/{w.patient['id']}/allergies", {"substance": f"Pollen {w.spread(n)}"})),
    "conditions": lambda w: (w.nurse, f"/v1/patients/{w.patient['id']}/conditions", {}, lambda n: w.nurse.post(
        f"/v1/patients/{w.patient['id']}/conditions", {"text": f"Condition {w.spread(n)}"})),
    "patients": lambda w: (w.desk, "/v1/patients", {}, lambda n: w.clinic.add_patient(w.desk, family_name=f"Paged{w.spread(n):02}")),
    "facilities": lambda w: (w.root, "/v1/facilities", {}, lambda n: w.root.post(
        "/v1/facilities", unit(n) | {"zone": "UTC", "currency": "EUR", "locale": "en"})),
    "accounts": lambda w: (w.admin, "/v1/accounts", {}, lambda n: w.clinic.account("auditor")),
    "medicines": lambda w: (w.pharmacist, "/v1/pharmacy/medicines", {}, lambda n: w.add_medicine(n + 1)),
    "lots": lambda w: (w.pharmacist, f"/v1/pharmacy/medicines/{w.medicine['id']}/lots", {}, lambda n: w.add_lot(n + 1)),
    "ledger": lambda w: (w.pharmacist, "/v1/pharmacy/ledger", {"lot_id": w.lot["id"]}, lambda n: w.pharmacist.post(
        f"/v1/pharmacy/lots/{w.lot['id']}/adjust", {"delta": 1, "reason": "Found"})),
    "queue entries": lambda w: (w.desk, "/v1/queue-entries", {"queue_id": w.queue["id"]}, lambda n: w.desk.post(
        "/v1/queue-entries", {"queue_id": w.queue["id"], "visitor": {"name": "Somebody"}})),
}


def name(item):
    """A row of the ledger has no id; its balance after it is its own here."""
    return item.get("id") or item["balance"]


@pytest.mark.parametrize("kind", LISTS)
def test_pages_over_concurrent_inserts(world, kind):  # INT-2
    reader, path, params, make = LISTS[kind](world)

    def add(n):
        made = make(n)
        assert getattr(made, "is_success", True), made.text

    for n in range(AT_START):
        add(n)
    there = [name(item) for item in reader.items(path, **params, limit=200)]
    assert len(there) >= AT_START
    seen = []
    for item in reader.items(path, **params, limit=2):
        seen.append(name(item))
        if len(seen) % 2 == 0 and len(seen) // 2 <= INSERTED:
            add(AT_START + len(seen) // 2)  # between this page and the next
    assert len(seen) > 2
    assert [id for id, count in collections.Counter(seen).items() if count > 1] == []
    assert set(there) <= set(seen), "what was there from the start is lost"
