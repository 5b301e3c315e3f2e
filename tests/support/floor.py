"""What happens on the clinical floor, for tests of queue, consultation and pharmacy."""

import datetime
import uuid

from .clinic import Clinic, ok, settled


class Floor:
    """A clinic with a receptionist, a nurse, a doctor on duty and the department's queues."""

    def __init__(self, api, installation_admin, eventually):
        self.eventually = eventually
        self.clinic = Clinic(api, installation_admin)
        self.reception, self.nurse = self.clinic.staff("receptionist"), self.clinic.staff("nurse")
        self.doctor, self.doctor_client = self.clinic.add_doctor()
        self.queues = self.queues_of(self.clinic.department)

    def queues_of(self, department) -> dict[str, dict]:
        found = eventually_three(self.eventually, lambda: list(self.reception.items(
            "/v1/queues", department_id=department["id"])))
        return {queue["kind"]: queue for queue in found}

    def patient(self, **fields) -> dict:
        return self.clinic.add_patient(self.reception, **fields)

    def walk_in(self, kind="REGULAR", **fields) -> dict:
        """A ticket; for a new patient unless `patient_id` or `visitor` is given."""
        if "patient_id" not in fields and "visitor" not in fields:
            fields["patient_id"] = self.patient()["id"]
        return settled(lambda: self.reception.post(
            "/v1/queue-entries", {"queue_id": self.queues[kind]["id"]} | fields), 201)

    def entry(self, entry) -> dict:
        return ok(self.reception.get(f"/v1/queue-entries/{entry['id']}"))

    def verb(self, client, entry, verb, body=None, status=200):
        return ok(client.post(f"/v1/queue-entries/{entry['id']}/{verb}", body), status)

    def call_next(self, client=None, kind="REGULAR", **body):
        answer = (client or self.reception).post(f"/v1/queues/{self.queues[kind]['id']}/call-next", body)
        return ok(answer, answer.status_code if answer.status_code == 204 else 200)

    def consult(self, entry) -> dict:
        """The doctor starts, from the entry."""
        started = settled(lambda: self.doctor_client.post("/v1/consultations", {"queue_entry_id": entry["id"]}), 201)
        self.eventually(lambda: self.entry(entry)["status"] == "IN_SERVICE", 15)
        return started

    def complete(self, consultation, medicine) -> str:
        """Completes with a prescription of this medicine; answers the prescription's id."""
        path = f"/v1/consultations/{consultation['id']}"
        note = {"complaint": "Cough", "diagnoses": [{"code": "J20.9", "text": "Bronchitis", "primary": True}]}
        read = self.doctor_client.get(path)
        ok(self.doctor_client.patch(path, {"note": note}, if_match=read.headers["etag"]))
        item = {"medicine_id": medicine["id"], "dose": "1", "frequency": "twice a day", "duration_days": 2, "quantity": 4,
                "medicine": {"name": medicine["name"]}}
        done = settled(lambda: self.doctor_client.post(f"{path}/complete", {"prescriptions": [{"items": [item]}]}))
        return done["prescriptions"][0]

    def stock(self, pharmacist) -> dict:
        medicine = ok(pharmacist.post("/v1/pharmacy/medicines", {
            "name": f"Floorcillin {uuid.uuid4().hex[:8]}", "strength": "1 mg", "form": "tablet", "minimum_level": 1}), 201)
        expires = (self.clinic.today() + datetime.timedelta(days=200)).isoformat()
        ok(pharmacist.post(f"/v1/pharmacy/medicines/{medicine['id']}/lots",
                           {"lot_number": "A", "expires_on": expires, "quantity": 50}), 201)
        return medicine


def eventually_three(eventually, read):
    return eventually(lambda: (found := read()) and len(found) == 3 and found, 20)
