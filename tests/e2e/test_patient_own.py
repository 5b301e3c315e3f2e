"""Journey 4: the patient's own way, through the gateway on real parts: sign up, verify, find a doctor, book, follow the
queue, read the history, edit the profile, cancel. ID-5 PAT-5 PAT-8 SCH-2 SCH-4 SCH-5 SCH-6 QUE-9
"""

import uuid

import pytest

from support.clinic import PASSWORD, Clinic, ok, refused, settled


def token_of(kafka, eventually, address: str, kind: str) -> str:
    """The single-use token that the newest mail of this kind to an address carries."""
    def newest():
        mails = [event.data for event in kafka.read("ambula.account-mail.v1")
                 if event.data["address"] == address and event.data["kind"] == kind]
        return mails[-1]["token"] if mails else None
    return eventually(newest, 20)


class Journey:
    def __init__(self, api, clinic, kafka, eventually):
        self.api, self.clinic, self.kafka, self.eventually = api, clinic, kafka, eventually
        self.desk = clinic.staff("receptionist")
        self.doctor, _ = clinic.add_doctor(phone="+91 90000 55555")
        self.address = f"own{uuid.uuid4().hex[:12]}@mail.example"

    def verify(self, address: str, kind: str = "VERIFY") -> dict:
        return ok(self.api.post("/v1/auth/verify-email", {"token": token_of(self.kafka, self.eventually, address, kind)}))

    def sign_up(self):
        person = {"given_name": "Mila", "family_name": "Own", "birth_date": "1992-05-06", "sex": "FEMALE"}
        body = {"facility_id": self.clinic.facility["id"], "email": self.address, "password": PASSWORD, "patient": person}
        assert self.api.post("/v1/auth/register", body).status_code == 202
        refused(self.api.post("/v1/auth/sign-in", {"login": self.address, "password": PASSWORD}), 403, "email-not-verified")
        assert self.verify(self.address)["binding"] in ("PENDING", "BOUND")
        self.me = self.eventually(self.bound, 20)
        self.id = self.me.account["patient_id"]
        self.path = f"/v1/patients/{self.id}"
        record = ok(self.me.get(self.path))
        assert record["email"] == self.address and record["given_name"] == "Mila"
        assert [one["id"] for one in self.me.items("/v1/patients")] == [self.id]

    def bound(self):
        client = self.api.sign_in(self.address, PASSWORD)
        return client if client.account.get("patient_id") else None

    def find_a_doctor(self):
        assert self.clinic.department["id"] in [one["id"] for one in self.me.items("/v1/departments")]
        shown = ok(self.me.get(f"/v1/doctors/{self.doctor['id']}"))
        assert shown["display_name"] == self.doctor["display_name"] and "phone" not in shown
        self.slots = self.clinic.slots(self.me, self.doctor)

    def book(self):
        body = {"patient_id": self.id, "doctor_id": self.doctor["id"], "starts_at": self.slots[0]["starts_at"]}
        self.visit = settled(lambda: self.me.post("/v1/appointments", body), 201)
        other = self.clinic.add_patient(self.desk)
        refused(self.me.post("/v1/appointments", body | {"patient_id": other["id"]}), 404, "patient-not-found")
        refused(self.me.get(f"/v1/patients/{other['id']}"), 404, "patient-not-found")
        refused(self.me.get(f"/v1/patients/{other['id']}/history"), 404, "patient-not-found")

    def follow_the_queue(self):
        ok(self.desk.post(f"/v1/appointments/{self.visit['id']}/check-in"))
        entry = self.eventually(lambda: next(iter(self.me.items(
            "/v1/queue-entries", appointment_id=self.visit["id"])), None), 15)
        assert ok(self.me.get(f"/v1/queue-entries/{entry['id']}/position"))["ahead"] == 0
        refused(self.me.post(f"/v1/queue-entries/{entry['id']}/call"), 403, "forbidden")

    def read_history(self):
        told = self.eventually(lambda: (got := [one["event"] for one in self.me.items(self.path + "/history")])
                               and "QueueEntryCreated" in got and got, 15)
        assert {"AppointmentBooked", "AppointmentCheckedIn"} <= set(told)

    def read_the_facility(self):
        """Its zone and language, without the addresses of staff."""
        facility = self.clinic.facility
        path = f"/v1/facilities/{facility['id']}"
        tag = self.clinic.admin.get(path).headers["etag"]
        ok(self.clinic.admin.patch(path, {"settings": {"stock_digest_to": ["stock@clinic.example"]}}, if_match=tag))
        seen = ok(self.me.get(path))
        assert seen["zone"] == facility["zone"] and seen["settings"]["stock_digest_to"] == []

    def edit_profile(self):
        tag = self.me.get(self.path).headers["etag"]
        fresh = f"new-{self.address}"
        changed = ok(self.me.patch(self.path, {"phone": "98765 11111", "email": fresh, "address": {"city": "Chennai"}},
                                   if_match=tag))
        assert changed["phone"] == "98765 11111" and changed["email"] == self.address
        assert changed["email_pending"] == fresh
        tag = self.me.get(self.path).headers["etag"]
        refused(self.me.patch(self.path, {"given_name": "Else"}, if_match=tag), 403, "field-not-yours")
        wish = {"language": "de", "channels": {"email": True}, "opt_out": ["appointment-reminder"]}
        assert ok(self.me.put(self.path + "/preferences", wish, if_match=tag)) == wish
        ok(self.api.post("/v1/auth/verify-email", {"token": token_of(self.kafka, self.eventually, fresh, "VERIFY")}))
        record = self.eventually(lambda: (got := ok(self.desk.get(self.path)))["email"] == fresh and got, 20)
        assert "email_pending" not in record

    def cancel(self):
        body = {"patient_id": self.id, "doctor_id": self.doctor["id"], "starts_at": self.slots[1]["starts_at"]}
        later = settled(lambda: self.me.post("/v1/appointments", body), 201)
        done = ok(self.me.post(f"/v1/appointments/{later['id']}/cancel", {"reason": "Feels well"}))
        assert done["status"] == "CANCELLED"


def test_the_patients_own_way(api, sign_in, kafka, eventually):
    journey = Journey(api, Clinic(api, sign_in("admin")), kafka, eventually)
    journey.sign_up()
    journey.find_a_doctor()
    journey.book()
    journey.follow_the_queue()
    journey.read_history()
    journey.read_the_facility()
    journey.edit_profile()
    journey.cancel()


def wish(client, path: str, address: str) -> dict:
    return ok(client.patch(path, {"email": address}, if_match=client.get(path).headers["etag"]))


@pytest.mark.parametrize("given_up_by", ["the patient", "the desk"])
def test_an_address_that_was_given_up_cannot_be_verified(api, sign_in, kafka, mail, database, eventually, given_up_by):  # ID-5, PAT-8
    """Whoever reads a mistyped mailbox must not get the account: its sign-in and its password mails go by that address."""
    clinic = Clinic(api, sign_in("admin"))
    desk = clinic.staff("receptionist")
    first, mistyped, right = (f"own{uuid.uuid4().hex[:12]}@mail.example" for _ in range(3))
    record = clinic.add_patient(desk, email=first)
    me, path = clinic.invite(desk, record, mail), f"/v1/patients/{record['id']}"
    assert wish(me, path, mistyped)["email_pending"] == mistyped
    token = token_of(kafka, eventually, mistyped, "VERIFY")
    if given_up_by == "the patient":
        assert wish(me, path, right)["email_pending"] == right
        token_of(kafka, eventually, right, "VERIFY")
    else:
        assert "email_pending" not in wish(desk, path, right)
        # The gateway hears of it by Kafka.
        eventually(lambda: database.execute("SELECT address IS NULL FROM identity.wished_address WHERE patient_id = %s",
                                            [record["id"]]).fetchone() == (True,), 10)
    refused(api.post("/v1/auth/verify-email", {"token": token}), 422, "bad-token")
    eventually(lambda: api.post("/v1/auth/sign-in", {"login": mistyped, "password": PASSWORD}).status_code == 401, 5)
