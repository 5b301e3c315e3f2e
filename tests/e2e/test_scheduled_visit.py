"""Journey 1: a scheduled visit from registration to the time line, through the gateway on real PostgreSQL, Kafka and SMTP.

Proves in one go: ID-1 ID-12 PAT-1 PAT-5 SCH-1 SCH-2 SCH-3 SCH-4 SCH-5 SCH-6 SCH-11 QUE-3 QUE-4 QUE-10 CON-1 CON-2
CON-3 CON-4 CON-6 PHA-1 PHA-2 PHA-3 PHA-4 INV-1 INV-2 NOT-1 NOT-3 AUD-1 INT-3
"""

import datetime
import uuid

from support.clinic import Clinic, ok, refused, settled


class Visit:
    """One patient's visit; each method is a stretch of it."""

    def __init__(self, clinic, eventually, mail):
        self.clinic, self.eventually, self.mail = clinic, eventually, mail
        self.reception = clinic.staff("receptionist")
        self.pharmacist = clinic.staff("pharmacist")
        self.doctor, self.doctor_client = clinic.add_doctor()
        self.address = f"journey-{clinic.tag}@patients.example"
        self.patient = clinic.add_patient(self.reception, email=self.address, phone="+91 90000 12345")
        self.appointment = f"/v1/appointments/{self.book()['id']}"

    def book(self):
        self.slots = self.clinic.slots(self.reception, self.doctor)
        return settled(lambda: self.reception.post("/v1/appointments", {
            "patient_id": self.patient["id"], "doctor_id": self.doctor["id"], "starts_at": self.slots[1]["starts_at"],
            "reason": "Cough"}), 201)

    def status(self):
        return ok(self.reception.get(self.appointment))["status"]

    def mails(self, count):
        return self.eventually(lambda: (found := self.mail.messages(self.address)) and len(found) >= count and found, 30)

    def move(self):
        """The mails of booking and move update one calendar entry."""
        first = self.mail.wait_for(self.address)
        assert "Cough" not in first["text"] + (first.get("html") or "")
        moved = ok(self.reception.post(f"{self.appointment}/reschedule", {"starts_at": self.slots[0]["starts_at"]}))
        assert self.appointment.endswith(moved["id"]) and moved["move_count"] == 1
        before, after = (calendar_of(message) for message in self.mails(2)[:2])
        assert before["METHOD"] == after["METHOD"] == "REQUEST"
        assert before["UID"] == after["UID"]
        assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
        assert before["DTSTART"] != after["DTSTART"]

    def check_in_and_call(self):
        assert ok(self.reception.post(f"{self.appointment}/check-in"))["status"] == "CHECKED_IN"
        appointment_id = self.appointment.rsplit("/", 1)[1]
        entry = self.eventually(lambda: next(iter(self.reception.items(
            "/v1/queue-entries", appointment_id=appointment_id)), None), 15)
        assert entry["status"] == "WAITING" and entry["ticket"]["number"] == 1
        called = ok(self.doctor_client.post(f"/v1/queues/{entry['queue_id']}/call-next", {"room": "7"}))
        assert called["id"] == entry["id"] and called["status"] == "CALLED"
        self.entry = f"/v1/queue-entries/{entry['id']}"

    def start_consultation(self):
        body = {"appointment_id": self.appointment.rsplit("/", 1)[1]}
        started = settled(lambda: self.doctor_client.post("/v1/consultations", body), 201)
        assert started["status"] == "DRAFT"
        again = refused(self.doctor_client.post("/v1/consultations", body), 409, "consultation-exists")
        assert again["consultation_id"] == started["id"]
        self.eventually(lambda: self.status() == "IN_CONSULTATION", 15)
        self.consultation = f"/v1/consultations/{started['id']}"
        refused(self.doctor_client.post(f"{self.consultation}/complete", {}), 422, "diagnosis-missing")
        read = self.doctor_client.get(self.consultation)
        note = {"complaint": "Cough for a week",
                "diagnoses": [{"code": "J20.9", "text": "Acute bronchitis", "primary": True}]}
        ok(self.doctor_client.patch(self.consultation, {"note": note}, if_match=read.headers["etag"]))

    def add_stock(self):
        self.medicine = ok(self.pharmacist.post("/v1/pharmacy/medicines", {
            "name": f"Journeymycin {self.clinic.tag}", "strength": "250 mg", "form": "capsule", "minimum_level": 5}), 201)
        expires = (self.clinic.today() + datetime.timedelta(days=200)).isoformat()
        for number, quantity in (("A", 6), ("B", 100)):
            ok(self.pharmacist.post(f"/v1/pharmacy/medicines/{self.medicine['id']}/lots",
                                    {"lot_number": number, "expires_on": expires, "quantity": quantity}), 201)

    def complete(self):
        """Completion and prescription are one act; visit and queue entry follow."""
        item = {"medicine_id": self.medicine["id"], "dose": "1 capsule", "frequency": "twice a day", "duration_days": 5,
                "medicine": {"name": self.medicine["name"], "strength": "250 mg", "form": "capsule"}, "quantity": 10}
        completed = settled(lambda: self.doctor_client.post(
            f"{self.consultation}/complete", {"prescriptions": [{"items": [item]}]}))
        assert completed["status"] == "COMPLETED" and len(completed["prescriptions"]) == 1
        self.prescription_id = completed["prescriptions"][0]
        self.eventually(lambda: self.status() == "COMPLETED", 15)
        self.eventually(lambda: ok(self.reception.get(self.entry))["status"] == "COMPLETED", 15)

    def dispense(self):
        """The pharmacy sees it, plans over two lots, and hands it over once, whatever is repeated."""
        path = f"/v1/pharmacy/prescriptions/{self.prescription_id}"
        pending = self.eventually(lambda: (got := self.pharmacist.get(path)).status_code == 200 and got.json(), 15)
        assert pending["status"] == "ISSUED" and pending["patient"]["display_name"].startswith("Jörna")
        plan = ok(self.pharmacist.post(f"{path}/validate", {}))
        assert plan["ok"] and sum(part["quantity"] for part in plan["lines"][0]["allocations"]) == 10
        key = str(uuid.uuid4())
        handed = self.pharmacist.post(f"{path}/dispense", {}, key=key)
        assert handed.status_code in (200, 201), handed.text
        repeated = self.pharmacist.post(f"{path}/dispense", {}, key=key)
        assert repeated.json() == handed.json() and repeated.headers["idempotency-replayed"] == "true"
        refused(self.pharmacist.post(f"{path}/dispense", {}), 409, "not-dispensable")
        assert ok(self.pharmacist.get(f"/v1/pharmacy/medicines/{self.medicine['id']}"))["on_hand"] == 96
        prescription = f"/v1/prescriptions/{self.prescription_id}"
        self.eventually(lambda: ok(self.doctor_client.get(prescription))["status"] == "COMPLETED", 15)
        receipt = self.pharmacist.get(f"/v1/pharmacy/dispenses/{handed.json()['id']}/receipt.pdf")
        assert receipt.status_code == 200 and receipt.content.startswith(b"%PDF")

    def read_events(self, kafka):
        """What the visit told its neighbours, each once and in this order."""
        told = {}
        for event in kafka.read("ambula.appointment.v1", "ambula.queue-entry.v1", "ambula.consultation.v1", "ambula.prescription.v1",
                                "ambula.dispense.v1"):
            if event.key in (self.appointment[-36:], self.entry[-36:], self.consultation[-36:], self.prescription_id):
                told.setdefault(event.topic, {})[event.id] = event.type.removeprefix("ambula.")
        assert {topic: list(events.values()) for topic, events in told.items()} == {
            "ambula.appointment.v1": ["AppointmentBooked", "AppointmentRescheduled", "AppointmentCheckedIn", "AppointmentInConsultation",
                                      "AppointmentCompleted"],
            "ambula.queue-entry.v1": ["QueueEntryCreated", "QueueEntryCalled", "QueueEntryStarted", "QueueEntryCompleted"],
            "ambula.consultation.v1": ["ConsultationStarted", "ConsultationCompleted"],
            "ambula.prescription.v1": ["PrescriptionIssued", "PrescriptionCompleted"],
            "ambula.dispense.v1": ["PrescriptionReserved", "PrescriptionDispensed"]}

    def read_mails(self):
        """One of each, and nothing clinical in any."""
        sent = self.eventually(lambda: len(found := list(self.reception.items("/v1/notifications", patient_id=self.patient["id"]))) >= 4
                               and all(one["status"] == "SENT" for one in found) and found, 30)
        assert sorted(one["template"] for one in sent) == ["appointment-booked", "appointment-moved", "prescription-dispensed",
                                                           "prescription-issued"]
        for message in self.mails(len(sent)):
            assert not any(word in message["text"] + (message.get("html") or "") for word in ("Cough", "bronchitis", "J20.9", "Journeymycin"))

    def read_time_line(self):
        """Clinical kinds are for those who treat; each access to the patient was audited."""
        path = f"/v1/patients/{self.patient['id']}/history"
        kinds = {"APPOINTMENT", "QUEUE_ENTRY", "CONSULTATION", "PRESCRIPTION", "DISPENSE"}
        self.eventually(lambda: {item["kind"] for item in self.doctor_client.items(path)} == kinds, 15)
        assert {item["kind"] for item in self.reception.items(path)} == {"APPOINTMENT", "QUEUE_ENTRY"}
        assert list(self.clinic.admin.items("/v1/audit", patient_id=self.patient["id"]))


def test_scheduled_visit(sign_in, api, mail, kafka, eventually):
    visit = Visit(Clinic(api, sign_in("admin")), eventually, mail)
    assert visit.patient["mrn"].startswith(visit.clinic.facility["code"] + "-")
    assert visit.patient["status"] == "ACTIVE"
    visit.move()
    visit.check_in_and_call()
    visit.start_consultation()
    visit.add_stock()
    visit.complete()
    visit.dispense()
    visit.read_time_line()
    visit.read_events(kafka)
    visit.read_mails()


def test_a_cancelled_visit_is_taken_off_the_calendar(sign_in, api, mail, eventually):
    visit = Visit(Clinic(api, sign_in("admin")), eventually, mail)
    visit.move()
    refused(visit.reception.post(f"{visit.appointment}/cancel", {}), 400, "invalid-request")
    assert ok(visit.reception.post(f"{visit.appointment}/cancel", {"reason": "Feels well"}))["status"] == "CANCELLED"
    problem = refused(visit.reception.post(f"{visit.appointment}/check-in"), 409, "illegal-transition")
    assert problem["from"] == "CANCELLED" and problem["command"] == "check-in"
    calendars = [calendar_of(message) for message in visit.mails(3)]
    assert [calendar["METHOD"] for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({calendar["UID"] for calendar in calendars}) == 1
    sequence = [int(calendar["SEQUENCE"]) for calendar in calendars]
    assert sequence == sorted(set(sequence))


def test_aggregate_versions_count_without_gaps(kafka):  # I9
    versions = {}
    for event in kafka.read("ambula.appointment.v1", "ambula.queue-entry.v1", "ambula.consultation.v1",
                            "ambula.prescription.v1", "ambula.dispense.v1"):
        versions.setdefault((event.topic, event.key), []).append(event.aggregate_version)
    assert versions
    for (topic, key), found in versions.items():
        assert list(dict.fromkeys(found)) == list(range(1, len(set(found)) + 1)), (topic, key, found)


def calendar_of(message):
    """The properties of the message's calendar part."""
    part = next(part for part in message["alternatives"] if "calendar" in part["contentType"])
    properties = {}
    for line in part["content"].replace("\r\n ", "").replace("\r\n\t", "").splitlines():
        name, _, value = line.partition(":")
        properties.setdefault(name.split(";")[0], value)
    return properties
