"""Mails as people get them, through the gateway, Kafka and a real SMTP server: languages, a facility's own words, the list
and sending anew, reminders and one-click unsubscribe.

Proves NOT-1 NOT-2 NOT-4 NOT-5 NOT-6 from outside. What needs a clock or a mail server that misbehaves is proved beside the
service's code: a month of reminders, waiting for a late address, every refusal at every stage of SMTP.
"""

import datetime
import re

import pytest
from support import contract
from support.clinic import Clinic, ok, refused, settled, stamp


class Office:
    """A clinic with one doctor and a desk, and what its patients got."""

    def __init__(self, api, installation_admin, mail, eventually, locale="en"):
        self.clinic = Clinic(api, installation_admin, locale=locale)
        self.reception = self.clinic.staff("receptionist")
        self.doctor, self.doctor_client = self.clinic.add_doctor()
        self.mail, self.eventually = mail, eventually

    def patient(self, name):
        address = f"{name}-{self.clinic.tag}@patients.example"
        return self.clinic.add_patient(self.reception, given_name="Noor", email=address) | {"address": address}

    def book(self, patient, days=2, hour=10):
        day = self.clinic.today() + datetime.timedelta(days=days)
        starts_at = datetime.datetime.combine(day, datetime.time(hour, 30), self.clinic.zone)
        return settled(lambda: self.reception.post("/v1/appointments", {
            "patient_id": patient["id"], "doctor_id": self.doctor["id"], "starts_at": stamp(starts_at),
            "reason": "Persistent rash"}), 201)

    def mails(self, patient, count):
        return self.eventually(
            lambda: (found := self.mail.messages(patient["address"])) and len(found) >= count and found, 30)

    def messages(self, **query):
        return list(self.reception.items("/v1/notifications", **query))

    def settled_messages(self, count, **query):
        """All of them, once none is on its way any more."""
        return self.eventually(lambda: (found := self.messages(**query)) and len(found) >= count and all(
            one["status"] not in ("QUEUED", "SENDING", "RETRYING") for one in found) and found, 30)


@pytest.fixture(scope="module")
def office(api, sign_in, mail, eventually):
    return Office(api, sign_in("admin"), mail, eventually)


def test_mails_speak_the_language_and_the_clock_of_the_place(api, sign_in, mail, eventually):
    office = Office(api, sign_in("admin"), mail, eventually, locale="de-DE")
    patient = office.patient("sprache")
    visit = office.book(patient)
    got = office.mails(patient, 1)[0]
    assert got["subject"] == f"Ihr Termin bei {office.clinic.facility['name']} ist gebucht"
    local = datetime.datetime.fromisoformat(visit["starts_at"].replace("Z", "+00:00")).astimezone(office.clinic.zone)
    months = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
    assert f"{local.day}. {months[local.month - 1]} {local.year}, 10:30 Uhr" in got["text"]
    assert 'lang="de"' in got["html"] and "Noor" in got["html"]
    for told in (got["subject"], got["text"], got["html"]):
        assert "rash" not in told.lower()
    kinds = [part["contentType"] for part in got["alternatives"]] if got.get("alternatives") else []
    assert any("calendar" in kind for kind in kinds)
    assert any(attached["fileName"] == "visit.ics" for attached in got["attachments"])


def test_the_list_tells_what_became_of_each_and_sends_anew(office):
    patient = office.patient("list")
    office.book(patient)
    message = office.settled_messages(1, patient_id=patient["id"])[0]
    assert (message["status"], message["template"], message["channel"]) == ("SENT", "appointment-booked", "EMAIL")
    assert message["recipient_masked"] == f"l***@{patient['address'].split('@')[1]}"
    assert message["attempts"] == 1 and message["resend_no"] == 0 and message["sent_at"].endswith("Z")
    assert not office.messages(patient_id=patient["id"], status="FAILED")
    assert office.messages(template="appointment-booked")
    refused(office.reception.get("/v1/notifications", params={"status": "LOST"}), 400, "invalid-request")
    path = f"/v1/notifications/{message['id']}"
    assert ok(office.reception.get(path))["id"] == message["id"]
    refused(office.doctor_client.get(path), 403, "forbidden")
    refused(office.reception.post(f"{path}/resend", {}), 400, "invalid-request")
    again = ok(office.reception.post(f"{path}/resend", {"reason": "It was deleted by mistake"}))
    assert again["resend_no"] == 1 and again["id"] != message["id"] and again["event_id"] == message["event_id"]
    assert len(office.mails(patient, 2)) == 2
    both = office.settled_messages(2, patient_id=patient["id"])
    assert {one["status"] for one in both} == {"SENT"}


def test_a_facility_writes_its_own_words(office):  # NOT-6
    path = "/v1/notification-templates/appointment-booked/en"
    refused(office.reception.get(path), 403, "forbidden")
    admin = office.clinic.admin
    before = admin.get(path)
    words = ok(before)
    assert words["customized"] is False and before.headers["etag"] == '"v0"'
    own = {"subject": "See you at {{facility}}", "body": "Hello {{given_name}}!\n\n{{date}}, {{time}}\nBring your card."}
    refused(admin.put(path, own), 428, "if-match-required")
    problem = refused(admin.put(path, own | {"body": "Hello"}, if_match='"v0"'), 422, "missing-value")
    assert problem["errors"][0]["pointer"] == "/body"
    refused(admin.put(path, own | {"subject": "{{given_name}}"}, if_match='"v0"'), 422, "unknown-value")
    seen = ok(admin.post(f"{path}/preview", own | {"given_name": "Zoe"}))
    assert seen["subject"] == f"See you at {office.clinic.facility['name']}"
    assert "Hello Zoe!" in seen["text"] and "<br>" in seen["html"]
    assert set(ok(admin.post(f"{path}/preview", {}))) == {"subject", "text", "html"}
    saved = admin.put(path, own, if_match='"v0"')
    assert ok(saved)["customized"] is True and saved.headers["etag"] == '"v1"'
    refused(admin.put(path, own, if_match='"v0"'), 412, "version-mismatch")
    try:
        patient = office.patient("words")
        office.book(patient, days=3)
        got = office.mails(patient, 1)[0]
        assert got["subject"] == seen["subject"]
        assert "Hello Noor!" in got["text"] and "Bring your card." in got["text"]
    finally:
        ok(admin.put(path, words["default"], if_match='"v1"'))
    rows = list(admin.items("/v1/audit", action="template_write"))
    assert any({"subject", "body"} <= set(row.get("changed", [])) for row in rows)  # AUD-1
    refused(admin.get("/v1/notification-templates/appointment-booked/fr"), 404, "notification-template-not-found")


def test_every_template_can_be_seen_in_every_language(office):  # NOT-6
    names = ["appointment-booked", "appointment-moved", "appointment-cancelled", "appointment-reminder",
             "appointment-reinstated", "prescription-issued", "prescription-ready", "prescription-dispensed",
             "account-verify", "account-invite", "account-reset", "stock-digest"]
    for name in names:
        texts = set()
        for language in ("en", "hi", "de"):
            seen = ok(office.clinic.admin.post(f"/v1/notification-templates/{name}/{language}/preview", {}))
            assert office.clinic.facility["name"] in seen["subject"] and "{{" not in seen["text"] + seen["html"]
            texts.add(seen["text"])
        assert len(texts) == 3, name


def due_now(database, appointment_id, minutes):
    """The hour of a stored reminder has come."""
    done = database.execute("UPDATE notification.reminder SET due_at = now() WHERE appointment_id = %s AND minutes = %s",
                            (appointment_id, minutes))
    return done.rowcount == 1


def test_reminders_come_once_and_can_be_stopped_by_one_click(office, api, database, eventually):  # NOT-2
    patient = office.patient("remind")
    visit = office.book(patient, days=4)
    office.mails(patient, 1)
    eventually(lambda: due_now(database, visit["id"], 1440), 15)
    reminder = office.mails(patient, 2)[1]
    assert reminder["subject"].startswith("Reminder of your visit")
    headers = {name.lower(): value for name, value in reminder["headers"].items()}
    assert headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    link = re.search(r"https?://[^>]+", headers["list-unsubscribe"])[0]
    assert link in reminder["text"] and link in reminder["html"]
    path = "/v1/unsubscribe/" + link.rsplit("/", 1)[1]
    page = api.get(path)
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert "<form" in page.text and "form-action 'self'" in page.headers["content-security-policy"]
    assert patient["address"] not in page.text and "Noor" not in page.text
    one_click = {"List-Unsubscribe": "One-Click"}
    # Both encodings of RFC 8058 §3.1; again changes nothing.
    for body in ({"files": {name: (None, value) for name, value in one_click.items()}}, {"data": one_click}):
        clicked = api._client.post(path, **body)
        assert clicked.status_code == 200 and "<form" not in clicked.text, clicked.text
        contract.check(clicked)
    refused(api.get("/v1/unsubscribe/00000000-0000-4000-8000-000000000000"), 404, "unsubscribe-link-not-found")
    assert due_now(database, visit["id"], 120)
    found = office.settled_messages(2, patient_id=patient["id"], template="appointment-reminder")
    assert sorted(one["status"] for one in found) == ["SENT", "SUPPRESSED"]
    assert next(one for one in found if one["status"] == "SUPPRESSED")["reason"] == "opted-out"
    # Mails about the visit itself still come.
    ok(office.reception.post(f"/v1/appointments/{visit['id']}/cancel", {"reason": "Feels well"}))
    assert "cancelled" in office.mails(patient, 3)[2]["subject"]
    left = database.execute("SELECT count(*) FROM notification.reminder WHERE appointment_id = %s", (visit["id"],))
    assert left.fetchone()[0] == 0


def test_nobody_gets_a_mail_twice(kafka, office):  # NOT-4, I7
    told = [event for event in kafka.read("ambula.message.v1") if event.facility_id == office.clinic.facility["id"]]
    assert told
    keys = [(e.data["event_id"], e.data.get("patient_id"), e.data["template"], e.data["resend_no"]) for e in told
            if e.type == "ambula.MessageSent"]
    assert len(keys) == len(set(keys))
    assert all("@" not in str(event.data) for event in told)
