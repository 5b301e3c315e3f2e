"""A day with one visit of every kind, as each role's dashboard tells it [REP-1]."""

import datetime

import pytest

from support.clinic import DAYS, ok, settled, stamp
from support.floor import Floor

HOUR = datetime.timedelta(hours=1)


class DayOfOneEach:
    def __init__(self, api, root, eventually, database):
        self.floor = floor = Floor(api, root, eventually)
        self.clinic, self.desk, self.eventually = floor.clinic, floor.reception, eventually
        self.pharmacist = self.clinic.staff("pharmacist")
        self.colleague, self.colleague_client = self.clinic.add_doctor(self.clinic.add_department())
        # Not there now, so that the emergency is the first doctor's.
        self.clinic.set_hours(self.colleague, [{"day": day, "from": "20:00", "to": "23:00", "slot_min": 15} for day in DAYS])
        self._visits(database)
        self._queue()
        self._stock()

    def _visits(self, database):
        doctor, colleague = self.floor.doctor, self.colleague
        slots = [slot["starts_at"] for slot in self.clinic.slots(self.desk, doctor, 8)][2:]
        self.booked, self.here, self.done, self.off, self.missed, self.seen = (self.book(doctor, start) for start in slots)
        self.book(colleague, self.clinic.slots(self.desk, colleague, 1)[0]["starts_at"])
        tomorrow = datetime.datetime.combine(self.clinic.today(), datetime.time(9), self.clinic.zone) + 24 * HOUR
        self.book(doctor, stamp(tomorrow))
        for visit in (self.here, self.seen):
            self.verb(visit, "check-in")
        self.verb(self.done, "complete")
        self.verb(self.off, "cancel", {"reason": "Feels well"})
        # Its hour passes: the desk may say so only after the start.
        database.execute("UPDATE scheduling.appointment SET starts_at = starts_at - interval '4 hours', ends_at = ends_at - interval '4 hours' "
                         "WHERE id = %s", [self.missed["id"]])
        self.verb(self.missed, "no-show")

    def _queue(self):
        floor = self.floor
        entries = {one["id"]: self.eventually(lambda: next(iter(self.desk.items("/v1/queue-entries", appointment_id=one["id"])), None), 30)
                   for one in (self.here, self.seen)}
        self.medicine = floor.stock(self.pharmacist)
        self.prescription = floor.complete(floor.consult(entries[self.seen["id"]]), self.medicine)
        floor.walk_in()
        floor.verb(self.desk, floor.walk_in(), "leave", {"reason": "Went home"})
        floor.verb(floor.nurse, floor.walk_in(), "triage", {"symptoms": ["MAJOR_BLEEDING"]})
        self.eventually(lambda: ok(self.desk.get(f"/v1/appointments/{self.seen['id']}"))["status"] == "COMPLETED", 20)
        self.eventually(lambda: floor.entry(entries[self.seen["id"]])["status"] == "COMPLETED", 20)

    def _stock(self):
        for name, quantity in (("None", 0), ("Few", 3), ("Many", 4)):
            made = ok(self.pharmacist.post("/v1/pharmacy/medicines", {
                "name": f"{name} {self.clinic.tag}", "strength": "1 mg", "form": "tablet", "minimum_level": 3}), 201)
            if quantity:
                ok(self.pharmacist.post(f"/v1/pharmacy/medicines/{made['id']}/lots", {
                    "lot_number": "A", "expires_on": "2099-01-01", "quantity": quantity}), 201)
        self.eventually(lambda: self.pharmacist.get(f"/v1/pharmacy/prescriptions/{self.prescription}").status_code == 200, 30)

    def book(self, doctor, start):
        patient = self.clinic.add_patient(self.desk)
        return settled(lambda: self.desk.post("/v1/appointments", {
            "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": start}), 201)

    def verb(self, visit, verb, body=None):
        return ok(self.desk.post(f"/v1/appointments/{visit['id']}/{verb}", body))

    def board(self, client):
        whole = self.eventually(lambda: (got := ok(client.get("/v1/dashboard"))) and not got["missing"] and got, 20)
        assert whole.pop("date") == self.clinic.today().isoformat() and whole.pop("missing") == []
        return whole


@pytest.fixture(scope="module")
def day(api, sign_in, eventually, stack):
    import psycopg
    with psycopg.connect(stack.pg_url, autocommit=True) as database:
        return DayOfOneEach(api, sign_in("admin"), eventually, database)


OWN = {"total": 6, "by_status": {"BOOKED": 1, "CHECKED_IN": 1, "COMPLETED": 2, "CANCELLED": 1, "NO_SHOW": 1}}
ALL = {"total": 7, "by_status": OWN["by_status"] | {"BOOKED": 2}}
QUEUE = {"total": 6, "by_status": {"WAITING": 3, "COMPLETED": 1, "LEFT": 1, "TRANSFERRED": 1}}
FLOOR = {"appointments": ALL, "pending_appointments": 2, "queue": QUEUE, "waiting": 3, "open_emergencies": 1}


def test_the_desk_and_the_nurse_see_the_whole_floor(day):  # REP-1
    assert day.board(day.desk) == FLOOR
    assert day.board(day.floor.nurse) == FLOOR


def test_the_administrator_sees_the_consultations_too(day):  # REP-1
    assert day.board(day.clinic.admin) == FLOOR | {"completed_consultations": 1}


def test_a_doctor_sees_the_own_day(day):  # REP-1
    mine = day.board(day.floor.doctor_client)
    assert (mine["appointments"], mine["pending_appointments"], mine["completed_consultations"]) == (OWN, 1, 1)
    assert (mine["waiting"], mine["open_emergencies"]) == (3, 1)
    assert not {"pending_prescriptions", "low_stock"} & mine.keys()
    others = day.board(day.colleague_client)
    assert (others["appointments"], others["pending_appointments"]) == ({"total": 1, "by_status": {"BOOKED": 1}}, 1)
    assert (others["waiting"], others["open_emergencies"], others["completed_consultations"]) == (0, 0, 0)


def test_the_pharmacist_sees_prescriptions_and_stock_and_they_are_live(day):  # REP-1
    assert day.board(day.pharmacist) == {"pending_prescriptions": 1, "low_stock": 2}
    handed = day.pharmacist.post(f"/v1/pharmacy/prescriptions/{day.prescription}/dispense", {})
    assert handed.is_success, handed.text
    lot = next(day.pharmacist.items(f"/v1/pharmacy/medicines/{day.medicine['id']}/lots"))
    ok(day.pharmacist.post(f"/v1/pharmacy/lots/{lot['id']}/count", {"counted": 1, "reason": "Counted"}))
    assert day.board(day.pharmacist) == {"pending_prescriptions": 0, "low_stock": 3}


def test_the_desks_figures_are_live(day):  # REP-1
    before = day.board(day.desk)
    day.verb(day.booked, "check-in")
    entry = day.eventually(lambda: next(iter(day.desk.items("/v1/queue-entries", appointment_id=day.booked["id"])), None), 30)
    day.floor.verb(day.desk, entry, "call")
    after = day.board(day.desk)
    assert after["pending_appointments"] == before["pending_appointments"] - 1
    assert after["appointments"]["by_status"]["CHECKED_IN"] == before["appointments"]["by_status"]["CHECKED_IN"] + 1
    assert after["queue"]["by_status"] == before["queue"]["by_status"] | {"CALLED": 1} and after["waiting"] == before["waiting"]
