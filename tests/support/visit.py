"""A whole visit in one go, for tests that need one of every record; the journey itself is tests/e2e/test_scheduled_visit.py."""

import datetime
import uuid

from .clinic import Clinic, ok, settled
from .eventually import eventually


class Visit:
    """Books, checks in, consults, prescribes and dispenses. Records are dicts as the API answers them."""

    def __init__(self, clinic: Clinic, *, prescribed: int = 3, **patient):
        self.clinic, self.prescribed = clinic, prescribed
        self.reception = clinic.staff("receptionist")
        self.pharmacist = clinic.staff("pharmacist")
        self.doctor, self.doctor_client = clinic.add_doctor()
        self.patient = clinic.add_patient(self.reception, **patient)
        self._stock()
        self._book()
        self._consult()
        self._dispense()

    def _stock(self):
        self.medicine = ok(self.pharmacist.post("/v1/pharmacy/medicines", {
            "name": f"Visitol {uuid.uuid4().hex[:8]}", "strength": "10 mg", "form": "tablet", "minimum_level": 1}), 201)
        self.lot = ok(self.pharmacist.post(f"/v1/pharmacy/medicines/{self.medicine['id']}/lots", {
            "lot_number": "L1", "expires_on": (self.clinic.today() + datetime.timedelta(days=300)).isoformat(),
            "quantity": max(100, 2 * self.prescribed)}), 201)

    def _book(self):
        slot = self.clinic.slots(self.reception, self.doctor, 1)[0]
        self.appointment = settled(lambda: self.reception.post("/v1/appointments", {
            "patient_id": self.patient["id"], "doctor_id": self.doctor["id"], "starts_at": slot["starts_at"]}), 201)
        ok(self.reception.post(f"/v1/appointments/{self.appointment['id']}/check-in"))
        self.entry = eventually(lambda: next(iter(self.reception.items(
            "/v1/queue-entries", appointment_id=self.appointment["id"])), None), 30)
        self.queue = ok(self.reception.get(f"/v1/queues/{self.entry['queue_id']}"))

    def _consult(self):
        self.consultation = settled(lambda: self.doctor_client.post(
            "/v1/consultations", {"appointment_id": self.appointment["id"]}), 201)
        path = f"/v1/consultations/{self.consultation['id']}"
        note = {"complaint": "Cough", "diagnoses": [{"code": "J20.9", "text": "Acute bronchitis", "primary": True}]}
        ok(self.doctor_client.patch(path, {"note": note}, if_match=self.doctor_client.get(path).headers["etag"]))
        item = {"medicine_id": self.medicine["id"], "dose": "1", "frequency": "daily", "quantity": self.prescribed,
                "medicine": {"name": self.medicine["name"], "strength": "10 mg", "form": "tablet"}}
        done = settled(lambda: self.doctor_client.post(f"{path}/complete", {"prescriptions": [{"items": [item]}]}))
        self.prescription = ok(self.doctor_client.get(f"/v1/prescriptions/{done['prescriptions'][0]}"))

    def _dispense(self):
        path = f"/v1/pharmacy/prescriptions/{self.prescription['id']}"
        eventually(lambda: self.pharmacist.get(path).status_code == 200, 30)
        handed = self.pharmacist.post(f"{path}/dispense", {"lines": [
            {"item_id": ok(self.pharmacist.get(path))["items"][0]["item_id"], "quantity": 1}]})
        assert handed.status_code in (200, 201), handed.text
        self.dispense = handed.json()

    def notification(self) -> dict:
        """A message about this visit; there is one when the patient has an address."""
        return eventually(lambda: next(iter(self.reception.items(
            "/v1/notifications", patient_id=self.patient["id"])), None), 30)
