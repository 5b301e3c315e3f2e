"""Patient data planted as canaries is where it belongs and nowhere else [AUD-2; I12].

A whole visit is made of words that occur nowhere else, then the same words are sent in every wrong way. Afterwards no log,
metric, error body or header of any process may have one of them.
"""

import random
import re
import uuid

import httpx
import pytest

from support.api import Api
from support.clinic import Clinic, ok
from support.stack import RUN_DIR
from support.visit import Visit

PROCESSES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification", "postgres", "kafka")


class Canaries:
    """Words and numbers that nobody else uses."""

    def __init__(self):
        self.tag = f"qzk{uuid.uuid4().hex[:10]}"
        self.phone = f"+4930{random.SystemRandom().randrange(10**8, 10**9)}"
        self.birth_date = "1913-11-29"
        self.email = f"{self.tag}@patients.example"

    def word(self, name: str) -> str:
        return f"{name}{self.tag}"

    def patterns(self) -> list[str]:
        return [self.tag, self.phone[1:], self.birth_date]

    def found_in(self, text: str) -> list[str]:
        return [pattern for pattern in self.patterns() if pattern.lower() in text.lower()]


@pytest.fixture(scope="module")
def said():
    """Every answer that a client of this file was given."""
    answers = []
    original = Api.request

    def recording(self, *arguments, **options):
        answer = original(self, *arguments, **options)
        answers.append(answer)
        return answer

    Api.request = recording
    yield answers
    Api.request = original


@pytest.fixture(scope="module")
def canaries():
    return Canaries()


@pytest.fixture(scope="module")
def visit(said, canaries, api, sign_in):
    clinic = Clinic(api, sign_in("admin"))
    made = Visit(clinic, given_name=canaries.word("Given"), family_name=canaries.word("Family"), phone=canaries.phone,
                 email=canaries.email, birth_date=canaries.birth_date, notes=canaries.word("Notes"),
                 medical_history=canaries.word("History"), blood_group="A+",
                 address={"line": canaries.word("Line"), "city": canaries.word("City"), "country": "DE"},
                 emergency_contact={"name": canaries.word("Contact"), "relationship": "Sister", "phone": canaries.phone})
    made.notification()
    send_in_every_wrong_way(made, canaries)
    return made


def send_in_every_wrong_way(visit, canaries):
    """All of these are refused; each could be told back or written down by a careless hand."""
    reception, doctor, word = visit.reception, visit.doctor_client, canaries.word
    person = {"given_name": word("Given"), "birth_date": canaries.birth_date, "sex": "FEMALE"}
    statuses = [reception.post("/v1/patients", person | changes).status_code for changes in (
        {"email": canaries.email}, {"email": word("no address ")}, {"sex": word("Sex")}, {word("A member "): 1}, {"phone": word("Phone")},
        {"given_name": [word("Given")]}, {"birth_date": word("Date")}, {"address": {word("A member "): 1}}, {"given_name": word("x") * 300},
        {"blood_group": word("Blood")}, {"emergency_contact": word("Contact")})]
    headers = {"Authorization": f"Bearer {reception.token}", "Content-Type": "application/json"}
    for body in (f'{{"given_name": "{word("Cut")}', f'{{"{word("An ")}": 1, "{word("An ")}": 2}}', f'"{word("text")}"', word("bare")):
        answer = httpx.post(f"{reception.url}/v1/patients", content=body, headers=headers, trust_env=False)
        assert canaries.found_in(answer.text + str(answer.headers)) == []
        statuses.append(answer.status_code)
    appointment = f"/v1/appointments/{visit.appointment['id']}"
    statuses += [
        reception.get(f"/v1/patients/{word('id')}").status_code, reception.get(f"/v1/patients/{canaries.email}").status_code,
        reception.get(f"/v1/{word('path')}").status_code, reception.get("/v1/patients", params={"cursor": word("cursor")}).status_code,
        reception.get("/v1/patients", params={word("name"): "1"}).status_code, reception.get("/v1/patients", params={"status": word("S")}).status_code,
        reception.post(f"{appointment}/cancel", {"reason": word("Reason")}).status_code,
        reception.post(f"{appointment}/cancel", {"reason": {"text": word("Reason")}}).status_code,
        reception.post("/v1/appointments", {"patient_id": word("p"), "doctor_id": visit.doctor["id"], "reason": word("Reason")}).status_code,
        doctor.post("/v1/consultations", {"appointment_id": visit.appointment["id"], word("A member "): 1}).status_code,
        doctor.post(f"/v1/consultations/{visit.consultation['id']}/complete", {"no_diagnosis_reason": word("Reason")}).status_code,
        reception.post("/v1/auth/sign-in", {"login": canaries.email, "password": word("password")}).status_code,
        reception.get("/v1/patients", headers={"traceparent": word("trace"), "X-Request-Id": "ok-request-id"}).status_code - 200 + 400,
        reception.post("/v1/patients", person, key=word("key ")).status_code]
    assert all(400 <= status < 500 for status in statuses), statuses
    ok(reception.get("/v1/patients", params={"q": word("Family")}))
    ok(doctor.post(f"/v1/consultations/{visit.consultation['id']}/addenda", {"text": word("Addendum")}), 201)


def test_the_canaries_are_where_they_belong(visit, canaries):
    """Else none of the below would prove anything."""
    read = ok(visit.reception.get(f"/v1/patients/{visit.patient['id']}"))
    assert read["given_name"] == canaries.word("Given") and read["email"] == canaries.email
    assert set(canaries.found_in(str(read))) == set(canaries.patterns())


def test_no_header_and_no_error_has_one(said, visit, canaries):
    assert len(said) > 50 and sum(answer.status_code >= 400 for answer in said) > 15
    for answer in said:
        sent = f"{answer.request.method} {answer.request.url.path}: {answer.status_code}"
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        assert canaries.found_in(headers) == [], f"{sent}\n{headers}"
        if answer.status_code >= 400:
            assert canaries.found_in(answer.text) == [], f"{sent}\n{answer.text}"


@pytest.mark.parametrize("process", PROCESSES)
def test_no_log_has_one(visit, canaries, stack, process):
    log = stack.log(process)
    assert len(log) > 100, f"{process} logged nothing: is this its log?"
    hits = [line[:300] for line in log.splitlines() if canaries.found_in(line)]
    assert hits == []


def test_logs_are_single_json_lines(visit, stack):  # OPS-1
    import json
    for process in PROCESSES[:7]:
        lines = [line for line in stack.log(process).splitlines() if line.startswith("{")]
        assert lines, process
        for line in lines:
            assert {"ts", "level", "service", "event"} <= json.loads(line).keys(), line


def test_no_metric_has_one(visit, canaries, stack):
    for process, url in stack.metrics.items():
        text = httpx.get(f"{url}/metrics", trust_env=False, timeout=10).text
        assert "ambula_" in text, process
        assert canaries.found_in(text) == [], process
        # Nor an id: a label of them would be one series for each patient.
        for kind in ("patient", "appointment", "consultation"):
            assert getattr(visit, kind)["id"] not in text, process
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-", text), process


def test_no_mail_has_clinical_content(visit, canaries, mail):  # NOT-6
    messages = mail.messages(canaries.email)
    assert messages
    for message in messages:
        text = f"{message['subject']}\n{message['text']}\n{message.get('html')}"
        for clinical in ("Cough", "bronchitis", "J20.9", canaries.word("Notes"), canaries.word("History")):
            assert clinical not in text


def test_the_search_for_canaries_finds_one(visit, canaries):
    """A line like a careless one is seen."""
    planted = RUN_DIR / "log" / "planted.log"
    planted.write_text(f'{{"event":"db_failed","detail":"Key (email)=({canaries.email}) already exists."}}\n')
    try:
        assert canaries.found_in(planted.read_text()) == [canaries.tag]
    finally:
        planted.unlink()
