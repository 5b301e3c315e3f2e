#!/usr/bin/env python3
"""A day of a clinic through the public API: people register, book, come, are triaged, called, seen and given medicines.

    AMBULA_URL=… AMBULA_DEMO_PASSWORD=… python3 tests/support/day.py [--visits 300] [--speed 10] [--seed 1]

The clinic is a new facility. What happens is the seed's; a simulated minute takes 60/speed seconds. At the end figures and lists
are compared with what was answered during the day, and, where AMBULA_PG_URL leads to the databases, every projection with its
source; a difference ends it with status 1.
The last line is the journal as JSON. Standard library only, as the demo data.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import datetime
import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
import uuid
import zoneinfo

import projections
from demo import PASSWORD, Person, Refused

OPEN_MIN = 600  # the doors are open for ten hours
DEPARTMENTS, DOCTORS, DESKS, PHARMACISTS = 2, 8, 4, 2
DAY_CAP = 40  # visits of a doctor; the day of 300 books about 21
SETTLE_S = 60
WEEK = [{"day": day, "from": "00:00", "to": "24:00", "slot_min": 15} for day in ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")]
NOTE = {"complaint": "Cough", "diagnoses": [{"code": "J20.9", "text": "Acute bronchitis", "primary": True}]}
KINDS = {"booked": 40, "moved": 6, "cancelled": 6, "stays-away": 4, "walk-in": 27, "visitor": 10, "emergency": 7}


def mid_morning_zone() -> str:
    """Where it is about ten o'clock now, so that no day ends during the day. The sign of these names is POSIX's."""
    offset = (10 - datetime.datetime.now(datetime.timezone.utc).hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


@dataclasses.dataclass
class Visit:
    number: int
    kind: str
    arrives_min: float
    doctor: int
    consult_min: float
    medicines: list[tuple[int, int]]  # (which medicine, quantity)
    vitals: dict
    appointment: dict | None = None


def plan(visits: int, seed: int) -> list[Visit]:
    """What will happen, by the seed alone."""
    chance = random.Random(seed)
    return [Visit(number, chance.choices(list(KINDS), list(KINDS.values()))[0], chance.uniform(0, OPEN_MIN), number % DOCTORS,
                  chance.uniform(6, 14), [(which, chance.randint(1, 20)) for which in chance.sample(range(4), chance.choice([0, 1, 1, 2]))],
                  {"pulse": chance.randint(55, 130), "respiratory_rate": chance.randint(10, 26), "spo2": chance.randint(92, 100)})
            for number in range(visits)]


class Journal:
    """What was answered."""

    def __init__(self):
        self._lock = threading.Lock()
        self.counts: collections.Counter = collections.Counter()
        self.took_s: list[float] = []

    def add(self, what: str, count: int = 1) -> None:
        with self._lock:
            self.counts[what] += count

    def timed(self, seconds: float) -> None:
        with self._lock:
            self.took_s.append(seconds)


class Actor(Person):
    """Somebody whose requests are timed, and who signs in again when their time is over: a day is longer than a token."""

    journal: Journal

    def __init__(self, login: str):
        super().__init__(login)
        self.login = login

    def call(self, *request, **options):
        try:
            return super().call(*request, **options)
        except Refused as refused:
            if refused.code != "token-expired":
                raise
        self.token = Person(self.login).token
        return super().call(*request, **options)

    def _once(self, *request):
        begun = time.monotonic()
        try:
            return super()._once(*request)
        finally:
            self.journal.timed(time.monotonic() - begun)


class Clinic:
    """The facility and the people who work there."""

    def __init__(self):
        tag = uuid.uuid4().hex[:8]
        admin = Actor("admin")
        self.facility = admin.call("POST", "/v1/facilities", {
            "code": f"D{tag}".upper(), "name": f"Clinic day {tag}", "zone": mid_morning_zone(), "currency": "INR", "locale": "en",
            "settings": {"day_cap": DAY_CAP}})
        self.tag, self.today = tag, datetime.datetime.now(zoneinfo.ZoneInfo(self.facility["zone"])).date()
        self.admin = self._member(admin, "admin", 0)
        self.departments = [self.admin.call("POST", "/v1/departments", {"code": f"D{n}", "name": f"Department {n}"}) for n in range(DEPARTMENTS)]
        self.admin.call("POST", "/v1/specialties", {"code": "GENERAL", "name": "General medicine"})
        self.desks = [self._member(self.admin, "receptionist", n) for n in range(DESKS)]
        self.nurses = [self._member(self.admin, "nurse", n) for n in range(DESKS)]
        self.pharmacists = [self._member(self.admin, "pharmacist", n) for n in range(PHARMACISTS)]
        self.doctors = [self._doctor(number) for number in range(DOCTORS)]
        self.queues = [self._queues(department) for department in self.departments]
        self.medicines = [self._medicine(number) for number in range(4)]

    def _member(self, by: Person, role: str, number: int) -> Actor:
        login = f"{role[:4]}{number}-{self.tag}"
        by.call("POST", "/v1/accounts", {"login": login, "display_name": f"{role} {number}", "password": PASSWORD,
                                         "memberships": [{"facility_id": self.facility["id"], "roles": [role]}]})
        return Actor(login)

    def _doctor(self, number: int) -> tuple[dict, Actor]:
        person = self._member(self.admin, "doctor", number)
        doctor = self.admin.call("POST", "/v1/doctors", {
            "display_name": f"Dr. Number {number}", "account_id": person.account["id"], "specialty": "GENERAL",
            "department_id": self.departments[number % DEPARTMENTS]["id"], "room": str(number + 1)})
        path = f"/v1/doctors/{doctor['id']}/availability"
        self.admin.call("GET", path)
        self.admin.call("PUT", path, {"weekly": WEEK}, etag=self.admin.etag)
        # The next sign-in carries the doctor once the gateway has heard of them.
        person = until(lambda: (again := Actor(f"doct{number}-{self.tag}")).account.get("doctor_id") == doctor["id"] and again)
        return doctor, person

    def _queues(self, department: dict) -> dict[str, str]:
        read = f"/v1/queues?department_id={department['id']}"
        found = until(lambda: len(items := list(self.desks[0].items(read))) == 3 and items)
        return {item["kind"]: item["id"] for item in found}

    def _medicine(self, number: int) -> dict:
        pharmacist = self.pharmacists[0]
        medicine = pharmacist.call("POST", "/v1/pharmacy/medicines", {
            "name": f"Dayol {number} {self.tag}", "strength": "1 mg", "form": "tablet", "minimum_level": 1})
        for lot, days in (("A", 100), ("B", 300)):
            pharmacist.call("POST", f"/v1/pharmacy/medicines/{medicine['id']}/lots", {
                "lot_number": lot, "expires_on": (self.today + datetime.timedelta(days=days)).isoformat(), "quantity": 20_000})
        return medicine


class Day:
    """The day itself: the desks let people in as they come, each doctor and pharmacist works through what waits."""

    def __init__(self, clinic: Clinic, visits: list[Visit], speed: float, journal: Journal):
        self.clinic, self.visits, self.speed, self.journal = clinic, visits, speed, journal
        self.by_entry: dict[str, Visit] = {}
        self.prescriptions: queue.Queue[str | None] = queue.Queue()
        self.all_in, self.failed = threading.Event(), threading.Event()

    def run(self) -> None:
        self._in_turn(self.visits, self._book)
        self.begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(DOCTORS + PHARMACISTS + 1) as pool:
            doctors = [pool.submit(self._guarded, self._see_patients, n) for n in range(DOCTORS)]
            pharmacists = [pool.submit(self._guarded, self._hand_over, n) for n in range(PHARMACISTS)]
            self._guarded(self._let_in)
            self.all_in.set()
            for done in doctors:
                done.result()
            for _ in pharmacists:
                self.prescriptions.put(None)
            for done in pharmacists:
                done.result()

    def minute(self) -> float:
        return (time.monotonic() - self.begun) * self.speed / 60

    def wait_min(self, minutes: float) -> None:
        self.failed.wait(max(0.0, minutes) * 60 / self.speed)  # paced: simulated time passes

    def _guarded(self, work, *arguments) -> None:
        """One that fails ends the day of all."""
        if self.failed.is_set():
            return
        try:
            work(*arguments)
        except BaseException:
            self.failed.set()
            self.all_in.set()
            raise

    def _in_turn(self, visits: list[Visit], act) -> None:
        """Each desk takes the next."""
        with concurrent.futures.ThreadPoolExecutor(DESKS) as pool:
            for done in [pool.submit(self._guarded, act, visit) for visit in visits]:
                done.result()

    def _let_in(self) -> None:
        with concurrent.futures.ThreadPoolExecutor(DESKS) as pool:
            arrivals = []
            for visit in sorted(self.visits, key=lambda visit: visit.arrives_min):
                self.wait_min(visit.arrives_min - self.minute())
                arrivals.append(pool.submit(self._guarded, self._arrive, visit))
            for done in arrivals:
                done.result()

    def _register(self, visit: Visit) -> dict:
        self.journal.add("patients")
        return self._desk(visit).call("POST", "/v1/patients", {
            "given_name": f"Day{visit.number}", "family_name": self.clinic.tag, "birth_date": "1980-05-17", "sex": "OTHER",
            "email": f"day{visit.number}-{self.clinic.tag}@patients.example"})

    def _desk(self, visit: Visit) -> Actor:
        return self.clinic.desks[visit.number % DESKS]

    def _book(self, visit: Visit) -> None:
        if visit.kind not in ("booked", "moved", "cancelled", "stays-away"):
            return
        patient, desk = self._register(visit), self._desk(visit)
        doctor = self.clinic.doctors[visit.doctor][0]
        visit.appointment = self._take_slot(desk, doctor, lambda at: desk.call("POST", "/v1/appointments", {
            "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": at}))
        self.journal.add("booked")

    def _take_slot(self, desk: Actor, doctor: dict, take) -> dict:
        """A free time of this doctor today, whoever else books at this moment."""
        now = datetime.datetime.now(datetime.timezone.utc)
        window = f"from={now + datetime.timedelta(minutes=20):%Y-%m-%dT%H:%M:%SZ}&to={now + datetime.timedelta(hours=12):%Y-%m-%dT%H:%M:%SZ}"
        while True:
            slots = desk.call("GET", f"/v1/doctors/{doctor['id']}/slots?{window}&limit=5")["items"]
            for slot in slots:
                try:
                    return take(slot["starts_at"])
                except Refused as refused:
                    if refused.code != "slot-taken":
                        raise
            if not slots:
                raise RuntimeError(f"{doctor['display_name']} has no free time left today")

    def _arrive(self, visit: Visit) -> None:
        desk, clinic = self._desk(visit), self.clinic
        path = f"/v1/appointments/{visit.appointment['id']}" if visit.appointment else ""
        if visit.kind == "stays-away":
            return
        if visit.kind == "cancelled":
            desk.call("POST", f"{path}/cancel", {"reason": "Feels well again"})
            self.journal.add("cancelled")
            return
        if visit.kind == "moved":
            doctor = clinic.doctors[visit.doctor][0]
            self._take_slot(desk, doctor, lambda at: desk.call("POST", f"{path}/reschedule", {"starts_at": at}))
            self.journal.add("moved")
        if visit.appointment:
            desk.call("POST", f"{path}/check-in")
            entry = until(lambda: next(iter(desk.items(f"/v1/queue-entries?appointment_id={visit.appointment['id']}")), None))
            self.by_entry[entry["id"]] = visit
        else:
            self._walk_in(visit, desk)
        self.journal.add("came")

    def _walk_in(self, visit: Visit, desk: Actor) -> None:
        who = ({"visitor": {"name": f"Visitor {visit.number}"}} if visit.kind == "visitor"
               else {"patient_id": self._register(visit)["id"]})
        queues = self.clinic.queues[visit.number % DEPARTMENTS]
        entry = desk.call("POST", "/v1/queue-entries", {"queue_id": queues["REGULAR"]} | who)
        self.by_entry[entry["id"]] = visit
        body = {"symptoms": ["MAJOR_BLEEDING"]} if visit.kind == "emergency" else {"vitals": visit.vitals}
        try:
            triaged = self.clinic.nurses[visit.number % DESKS].call("POST", f"/v1/queue-entries/{entry['id']}/triage", body)
        except Refused as refused:
            # A doctor who was free has called already.
            if refused.code != "illegal-transition":
                raise
            return
        self.journal.add("triaged")
        if triaged.get("transferred_to"):
            self.by_entry[triaged["transferred_to"]] = visit
            self.journal.add("emergencies")

    def _see_patients(self, number: int) -> None:
        doctor, person = self.clinic.doctors[number]
        queues = self.clinic.queues[number % DEPARTMENTS]
        while not self.failed.is_set():
            last_round = self.all_in.is_set()
            # One after the other: whoever is called must be seen.
            called = next((entry for kind in ("EMERGENCY", "REGULAR")
                           if (entry := person.call("POST", f"/v1/queues/{queues[kind]}/call-next", {"doctor_id": doctor["id"]}))), None)
            if called:
                self._consult(person, called)
            elif last_round:
                return
            else:
                self.wait_min(1)

    def _consult(self, person: Actor, entry: dict) -> None:
        # The desk may not have been told the number of this entry yet.
        visit = until(lambda: self.by_entry.get(entry["id"]) or self.by_entry.get(entry.get("transferred_from")))
        path = f"/v1/consultations/{person.call('POST', '/v1/consultations', {'queue_entry_id': entry['id']})['id']}"
        self.wait_min(visit.consult_min)
        person.call("GET", path)
        person.call("PATCH", path, {"note": NOTE}, etag=person.etag)
        items = [{"medicine_id": self.clinic.medicines[which]["id"], "medicine": {"name": self.clinic.medicines[which]["name"]},
                  "dose": "1", "frequency": "daily", "quantity": quantity} for which, quantity in visit.medicines]
        done = person.call("POST", f"{path}/complete", {"prescriptions": [{"items": items}]} if items else {})
        self.journal.add("completed")
        for prescription in done.get("prescriptions", []):
            self.journal.add("prescribed")
            self.journal.add("units", sum(quantity for _, quantity in visit.medicines))
            self.prescriptions.put(prescription)

    def _hand_over(self, number: int) -> None:
        person = self.clinic.pharmacists[number]
        while prescription := self.prescriptions.get():
            path = f"/v1/pharmacy/prescriptions/{prescription}"
            until(lambda: found(person, path))
            person.call("POST", f"{path}/dispense", {})
            self.journal.add("dispensed")


def found(person: Person, path: str):
    try:
        return person.call("GET", path)
    except Refused as refused:
        if refused.status != 404:
            raise
        return None


def until(read, deadline_s: float = SETTLE_S):
    """The first true answer; facts travel between services."""
    end = time.monotonic() + deadline_s
    while not (got := read()):
        if time.monotonic() > end:
            raise TimeoutError(f"nothing after {deadline_s} s")
        time.sleep(0.05)  # paced: asks again what is still on its way
    return got


def told(clinic: Clinic) -> dict[str, int]:
    """The same numbers as the journal's, as the services' lists and figures say them."""
    admin, day = clinic.admin, f"from={clinic.today}&to={clinic.today}"
    booked = admin.call("GET", f"/v1/figures/appointments?{day}")["total"]
    seen = admin.call("GET", f"/v1/figures/consultations?{day}")["total"]
    pharmacy = clinic.pharmacists[0].call("GET", f"/v1/pharmacy/figures?{day}")["days"]
    statuses = collections.Counter(entry["status"] for entry in clinic.desks[0].items(f"/v1/queue-entries?date={clinic.today}"))
    return {"booked": booked["appointments"], "cancelled": booked["cancelled"], "patients": len(list(clinic.desks[0].items("/v1/patients"))),
            "completed": seen["visits"], "queue-completed": statuses["COMPLETED"], "emergencies": statuses["TRANSFERRED"],
            "queue-open": sum(statuses.values()) - statuses["COMPLETED"] - statuses["TRANSFERRED"],
            "prescribed": sum(d["issued"] for d in pharmacy), "dispensed": sum(d["dispenses"] for d in pharmacy),
            "filled": sum(d["filled"] for d in pharmacy), "units": sum(d["units"] for d in pharmacy), "visits": booked["visits"]}


def expected(journal: Journal, visits: list[Visit]) -> dict[str, int]:
    counts = journal.counts
    kept = sum(visit.kind in ("booked", "moved") for visit in visits)
    return {"booked": counts["booked"], "cancelled": counts["cancelled"], "patients": counts["patients"], "completed": counts["came"],
            "queue-completed": counts["came"], "emergencies": counts["emergencies"], "queue-open": 0, "prescribed": counts["prescribed"],
            "dispensed": counts["prescribed"], "filled": counts["prescribed"], "units": counts["units"], "visits": kept}


def unlike_their_source(clinic: Clinic) -> list[str]:
    """By psql, because Python's library for PostgreSQL is not everywhere."""
    database = os.environ.get("AMBULA_PG_URL")
    if not database:
        return []
    told = subprocess.run(["psql", "-XAtF,", "-c", projections.query(clinic.facility["id"]), database], capture_output=True, text=True, check=True)
    return projections.faults(line.split(",") for line in told.stdout.splitlines())


def differences(clinic: Clinic, want: dict[str, int]) -> list[str]:
    """Empty once every projection has caught up."""
    end = time.monotonic() + SETTLE_S
    while ((got := told(clinic)) != want or unlike_their_source(clinic)) and time.monotonic() < end:
        time.sleep(0.5)  # paced: asks again what is still on its way
    return [f"{name}: the journal says {want[name]}, the services say {got[name]}" for name in want if got[name] != want[name]
            ] + unlike_their_source(clinic)


def main() -> int:
    options = argparse.ArgumentParser(description="A simulated day of a clinic.")
    options.add_argument("--visits", type=int, default=300)
    options.add_argument("--speed", type=float, default=10, help="simulated minutes in a minute")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    journal = Actor.journal = Journal()
    print(f"day: {chosen.visits} visits, {chosen.speed:g} times real speed, seed {chosen.seed}", flush=True)
    clinic = Clinic()
    visits = plan(chosen.visits, chosen.seed)
    print(f"day: {clinic.facility['name']} opens, {clinic.facility['zone']}", flush=True)
    day = Day(clinic, visits, chosen.speed, journal)
    day.run()
    wrong = differences(clinic, expected(journal, visits))
    took = sorted(journal.took_s)
    summary = dict(sorted(journal.counts.items())) | {
        "facility_id": clinic.facility["id"], "seed": chosen.seed, "requests": len(took), "minutes": round(day.minute()),
        "p50_ms": round(took[len(took) // 2] * 1000, 1), "p99_ms": round(took[len(took) * 99 // 100] * 1000, 1)}
    for line in wrong:
        print(f"day: {line}")
    print(json.dumps(summary))
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refused as refused:
        sys.exit(f"day: {refused}")
