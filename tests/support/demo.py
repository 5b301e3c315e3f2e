#!/usr/bin/env python3
"""Loads the demo data through the public API, as a person would enter it [ID-6].

    AMBULA_URL=… AMBULA_MAIL_URL=… AMBULA_DEMO_PASSWORD=… python3 tests/support/demo.py

Running it again adds nothing. Standard library only: `./dev up` runs it before anything else is installed.
"""

import datetime
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zoneinfo

from eventually import eventually

URL = os.environ["AMBULA_URL"]
PASSWORD = os.environ["AMBULA_DEMO_PASSWORD"]
MAIL_URL = os.environ.get("AMBULA_MAIL_URL", "")
PATIENT_LOGIN = os.environ.get("AMBULA_DEMO_PATIENT", "patient@demo.ambula.example")
DEADLINE_S = 60
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

DEPARTMENTS = [("GM", "General Medicine"), ("CARD", "Cardiology"), ("ORTH", "Orthopaedics"), ("PED", "Paediatrics")]
SPECIALTIES = [("GENERAL", "General medicine"), ("CARDIOLOGY", "Cardiology"), ("ORTHOPAEDICS", "Orthopaedics"),
               ("PAEDIATRICS", "Paediatrics")]
STAFF = [("rec001", "Riya Sample", "receptionist"), ("nur001", "Nadia Sample", "nurse"),
         ("pharm001", "Pavel Sample", "pharmacist"), ("aud001", "Aud Sample", "auditor")]
DOCTORS = [("doc001", "Dr. Anil Sample", "GENERAL", "GM", "101"), ("doc002", "Dr. Bela Sample", "CARDIOLOGY", "CARD", "201"),
           ("doc003", "Dr. Carla Sample", "ORTHOPAEDICS", "ORTH", "301"),
           ("doc004", "Dr. Deepa Sample", "PAEDIATRICS", "PED", "401")]
GIVEN = ["Asha", "Bruno", "Chitra", "Dario", "Elif", "Farid", "Gita", "Hanna", "Imran", "Jutta"]
FAMILY = ["Example", "Muster", "Sample", "Testa"]
MEDICINES = [("Paracetamol", "500 mg", "tablet", 200), ("Amoxicillin", "250 mg", "capsule", 100),
             ("Ibuprofen", "400 mg", "tablet", 100), ("Salbutamol", "100 mcg", "inhaler", 20),
             ("Metformin", "500 mg", "tablet", 50)]


class Refused(Exception):
    def __init__(self, method, path, status, body):
        super().__init__(f"{method} {path}: {status} {body[:400]}")
        self.status = status
        self.code = ""
        try:
            self.code = json.loads(body).get("code", "")
        except ValueError:
            pass


class Person:
    """Somebody who is signed in."""

    def __init__(self, login: str | None = None, password: str = PASSWORD):
        self.token = None
        if login:
            body = self.call("POST", "/v1/auth/sign-in", {"login": login, "password": password})
            self.token = body["access_token"]
            self.account = body["account"]

    def call(self, method: str, path: str, body=None, etag: str | None = None):
        """Answers the body; waits while a neighbour has not heard of a fresh record yet. A command has one key, so that
        it acts once however often it is sent: what was answered 503 on the way may have happened."""
        end, key = time.monotonic() + DEADLINE_S, None if method == "GET" else str(uuid.uuid4())
        while True:
            try:
                return self._once(method, path, body, etag, key)
            except Refused as refused:
                if (refused.status not in (429, 503) and refused.code != "idempotency-busy") or time.monotonic() > end:
                    raise
            time.sleep(0.2)  # paced: asks again what is still on its way

    def _once(self, method, path, body, etag, key):
        headers = {"Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if etag:
            headers["If-Match"] = etag
        if key:
            headers["Idempotency-Key"] = key
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(URL + path, data=data, headers=headers, method=method)
        try:
            with OPENER.open(request, timeout=30) as answer:
                self.etag = answer.headers.get("ETag")
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise Refused(method, path, error.code, error.read().decode(errors="replace")) from None

    def items(self, path: str):
        cursor = ""
        while True:
            joint = "&" if "?" in path else "?"
            page = self.call("GET", f"{path}{joint}limit=200{cursor}")
            yield from page["items"]
            if not page.get("next_cursor"):
                return
            cursor = f"&cursor={page['next_cursor']}"


def say(text: str) -> None:
    print(f"demo: {text}", flush=True)


def facility_of(admin: Person) -> dict:
    return next(m for m in admin.account["memberships"] if m["facility_id"])


def make_accounts(admin: Person, facility: str) -> dict[str, str]:
    known = {account["login"]: account["id"] for account in admin.items("/v1/accounts")}
    people = STAFF + [(login, name, "doctor") for login, name, *_ in DOCTORS]
    for login, name, role in people:
        if login in known:
            continue
        known[login] = admin.call("POST", "/v1/accounts", {
            "login": login, "display_name": name, "password": PASSWORD,
            "memberships": [{"facility_id": facility, "roles": [role]}]})["id"]
    return known


def make_directory(admin: Person, accounts: dict[str, str]) -> dict[str, dict]:
    departments = {unit["code"]: unit["id"] for unit in admin.items("/v1/departments")}
    for code, name in DEPARTMENTS:
        if code not in departments:
            departments[code] = admin.call("POST", "/v1/departments", {"code": code, "name": name})["id"]
    specialties = {unit["code"] for unit in admin.items("/v1/specialties")}
    for code, name in SPECIALTIES:
        if code not in specialties:
            admin.call("POST", "/v1/specialties", {"code": code, "name": name})
    doctors = {doctor["account_id"]: doctor for doctor in admin.items("/v1/doctors") if doctor.get("account_id")}
    made = {}
    for login, name, specialty, department, room in DOCTORS:
        doctor = doctors.get(accounts[login])
        if doctor is None:
            doctor = admin.call("POST", "/v1/doctors", {
                "display_name": name, "account_id": accounts[login], "specialty": specialty,
                "department_id": departments[department], "room": room,
                "fee": {"amount": "500.00", "currency": "INR"}})
            # The whole day, so that there is something to book at whatever hour one looks.
            admin.call("GET", f"/v1/doctors/{doctor['id']}/availability")
            weekly = [{"day": day, "from": "00:00", "to": "24:00", "slot_min": 15}
                      for day in ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")]
            admin.call("PUT", f"/v1/doctors/{doctor['id']}/availability", {"weekly": weekly}, etag=admin.etag)
        made[login] = doctor
    return made


def make_patients(reception: Person) -> list[dict]:
    known = list(reception.items("/v1/patients"))
    by_name = {(p["given_name"], p.get("family_name")): p for p in known}
    patients = []
    number = 0
    for family in FAMILY:
        for given in GIVEN:
            number += 1
            patient = by_name.get((given, family))
            if patient is None:
                patient = reception.call("POST", "/v1/patients", {
                    "given_name": given, "family_name": family, "birth_date": f"{1940 + number * 2 % 80}-0{number % 9 + 1}-15",
                    "sex": ["FEMALE", "MALE", "OTHER", "UNKNOWN"][number % 4], "phone": f"+9190000{number:05d}",
                    "email": f"{given}.{family}@demo.ambula.example".lower()})
            patients.append(patient)
    return patients


def invite_patient(admin: Person, reception: Person) -> dict:
    """The demo's own patient, invited by the desk and signed up by the mail, so that the account has its record."""
    found = list(reception.items(f"/v1/patients?email={urllib.parse.quote(PATIENT_LOGIN)}"))
    patient = found[0] if found else reception.call("POST", "/v1/patients", {
        "given_name": "Pia", "family_name": "Sample", "birth_date": "1990-05-17", "sex": "FEMALE",
        "phone": "+919000000999", "email": PATIENT_LOGIN})
    if any(account["login"] == PATIENT_LOGIN for account in admin.items("/v1/accounts?role=patient")):
        return patient
    reception.call("POST", f"/v1/patients/{patient['id']}/invite")
    token = eventually(token_of_invitation, DEADLINE_S)
    Person().call("POST", "/v1/auth/accept-invite", {"token": token, "password": PASSWORD})
    return patient


def token_of_invitation() -> str | None:
    """Of the newest letter to the demo's patient, as soon as there is one."""
    with OPENER.open(MAIL_URL + "/email", timeout=30) as answer:
        for mail in reversed(json.load(answer)):
            token = re.search(r"accept-invite#token=([\w.~-]+)", mail.get("text") or "")
            if token and PATIENT_LOGIN in json.dumps(mail["to"]):
                return token[1]
    return None


FIRST_BOOKED = 3  # the first visit of `make_appointments` that stays booked


def make_appointments(reception: Person, doctors: dict[str, dict], patients: list[dict], zone: str) -> None:
    """A day of visits in several states; nothing when there are any already."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo(zone))
    today = now.date().isoformat()
    if next(iter(reception.items(f"/v1/appointments?date={today}")), None):
        return
    end = (now + datetime.timedelta(days=2)).astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    start = now.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    booked = []
    free = iter(patients)
    for doctor in doctors.values():
        slots = reception.call("GET", f"/v1/doctors/{doctor['id']}/slots?from={start}&to={end}&limit=6")["items"]
        for slot in slots:
            try:
                booked.append(reception.call("POST", "/v1/appointments", {
                    "patient_id": next(free)["id"], "doctor_id": doctor["id"], "starts_at": slot["starts_at"],
                    "reason": "Check-up"}))
            except Refused as refused:
                if refused.code not in ("slot-taken", "in-the-past", "doctor-day-full"):
                    raise
    for number, visit in enumerate(booked):
        verb, body = [("check-in", None), ("cancel", {"reason": "Asked by the patient"}), ("complete", None), (None, None),
                      ("check-in", None), (None, None)][number % 6]
        try:
            if verb:
                reception.call("POST", f"/v1/appointments/{visit['id']}/{verb}", body)
        except Refused as refused:
            if refused.code != "not-today":
                raise


def begin_a_consultation(reception: Person, doctor: dict) -> None:
    """One of today's patients is with the doctor, so that each living state can be seen."""
    today = list(reception.items(f"/v1/appointments?doctor_id={doctor['id']}"))
    if any(visit["status"] == "IN_CONSULTATION" for visit in today):
        return
    here = next((visit for visit in today if visit["status"] == "CHECKED_IN"), None)
    if here:
        as_doctor("doc001", doctor).call("POST", "/v1/consultations", {"appointment_id": here["id"]})


def as_doctor(login: str, doctor: dict) -> Person:
    """A token names its doctor once the gateway has heard of them."""
    return eventually(lambda: (person := Person(login)).account.get("doctor_id") == doctor["id"] and person, DEADLINE_S)


def make_stock(pharmacist: Person, zone: str) -> None:
    today = datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date()
    known = {m["name"]: m for m in pharmacist.items("/v1/pharmacy/medicines")}
    for number, (name, strength, form, minimum) in enumerate(MEDICINES):
        if name in known:
            continue
        medicine = pharmacist.call("POST", "/v1/pharmacy/medicines", {
            "name": name, "strength": strength, "form": form, "unit": form, "minimum_level": minimum,
            "price": {"amount": f"{number + 1}.50", "currency": "INR"}})
        # One is low, one expires soon, one expires today; the rest has plenty.
        quantity = 5 if name == "Salbutamol" else 1000
        days = {"Ibuprofen": 20, "Metformin": 0}.get(name, 400)
        pharmacist.call("POST", f"/v1/pharmacy/medicines/{medicine['id']}/lots", {
            "lot_number": f"L{number + 1:03d}", "expires_on": (today + datetime.timedelta(days=days)).isoformat(),
            "quantity": quantity, "supplier": "Sample Supplies"})


def main() -> int:
    admin = Person("admin")
    membership = facility_of(admin)
    facility = admin.call("GET", f"/v1/facilities/{membership['facility_id']}")
    codes = {f["code"] for f in admin.items("/v1/facilities")}
    if "BRANCH" not in codes:
        admin.call("POST", "/v1/facilities", {"code": "BRANCH", "name": "Ambula Demo Branch", "zone": "Europe/Berlin",
                                              "currency": "EUR", "locale": "de"})
    say("accounts")
    accounts = make_accounts(admin, facility["id"])
    say("departments, doctors, hours")
    doctors = make_directory(admin, accounts)
    reception = Person("rec001")
    say("patients")
    patients = make_patients(reception)
    if MAIL_URL:  # the installation's own mail catcher: nobody else's letters are read
        say("a patient who signs in")
        patients.insert(FIRST_BOOKED, invite_patient(admin, reception))
    say("appointments")
    make_appointments(reception, doctors, patients, facility["zone"])
    say("a consultation")
    begin_a_consultation(reception, doctors["doc001"])
    say("medicines")
    make_stock(Person("pharm001"), facility["zone"])
    say("done")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Refused, AssertionError) as failure:
        sys.exit(f"demo: {failure}")
