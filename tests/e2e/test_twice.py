"""A visit, a walk-in and a day of the pharmacy in which every write is sent twice under its key, as a client does whose connection
broke: each is answered again, and everything ends as if it had been sent once [INT-2]."""

import re
import uuid

import pytest

from support.api import Api
from support.clinic import ok
from support.floor import Floor
from support.visit import Visit

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Their answers are secrets, which nobody keeps.
KEEPS_NO_ANSWER = ("/v1/auth/sign-in",)


class Twice(Api):
    sent: set[str] = set()

    def request(self, method, path, body=None, *, key="auto", **options):
        key = str(uuid.uuid4()) if key == "auto" else key
        first = super().request(method, path, body, key=key, **options)
        if method == "GET" or not first.is_success or path in KEEPS_NO_ANSWER:
            return first
        self.sent.add(f"{method} {UUID.sub('…', path)}")
        again = super().request(method, path, body, key=key, **options)
        assert again.headers.get("idempotency-replayed") == "true", f"{method} {path}: {again.status_code} {again.text}"
        assert (again.status_code, again.content, again.headers.get("etag")) == (first.status_code, first.content, first.headers.get("etag"))
        return first

    def sign_in(self, login, password):
        signed_in = super().sign_in(login, password)
        return Twice(self.url, signed_in.token, signed_in.account)


@pytest.fixture(scope="module")
def root(stack):
    return Twice(stack.url).sign_in("admin", stack.demo_password)


@pytest.fixture(scope="module")
def floor(stack, root, eventually):
    return Floor(Twice(stack.url), root, eventually)


def test_a_whole_visit(floor):  # INT-2
    visit = Visit(floor.clinic)
    assert len(list(visit.reception.items("/v1/appointments", patient_id=visit.patient["id"]))) == 1
    assert len(list(visit.reception.items("/v1/queue-entries", patient_id=visit.patient["id"]))) == 1
    [handed] = visit.pharmacist.items("/v1/pharmacy/dispenses", prescription_id=visit.prescription["id"])
    assert [line["quantity"] for line in handed["lines"]] == [1]
    lot = next(visit.pharmacist.items(f"/v1/pharmacy/medicines/{visit.medicine['id']}/lots"))
    assert lot["on_hand"] == visit.lot["on_hand"] - 1
    back = visit.pharmacist.post(f"/v1/pharmacy/dispenses/{handed['id']}/return", {
        "lines": [{"lot_id": lot["id"], "quantity": 1}], "reason": "Not needed"})
    assert back.is_success, back.text
    path = f"/v1/appointments/{visit.appointment['id']}"
    assert ok(visit.reception.get(path))["status"] == "COMPLETED"


def test_a_walk_in_with_every_turn(floor):  # INT-2, QUE-3
    desk, nurse = floor.reception, floor.nurse
    entry = floor.walk_in()
    floor.verb(desk, entry, "call")
    assert floor.verb(desk, entry, "return")["calls"] == 1
    for verb, body in (("hold", {"reason": "Tests"}), ("resume", None), ("leave", {"reason": "Went home"}),
                       ("rejoin", None), ("prioritize", {"level": "HIGH", "reason": "Old"}), ("assign", {"doctor_id": floor.doctor["id"]})):
        floor.verb(desk, entry, verb, body)
    floor.verb(nurse, entry, "triage", {"symptoms": ["HIGH_FEVER"]})
    assert floor.call_next(desk)["id"] == entry["id"]
    floor.verb(floor.doctor_client, entry, "start")
    floor.verb(desk, entry, "complete")
    visitor = floor.walk_in(visitor={"name": "Somebody"})
    assert visitor["ticket"]["number"] == entry["ticket"]["number"] + 1, "no number is lost"
    known = floor.patient()
    assert floor.verb(desk, visitor, "identify", {"patient_id": known["id"]})["patient_id"] == known["id"]
    moved = floor.verb(desk, visitor, "transfer", {"queue_id": floor.queues["STAGING"]["id"], "reason": "Room"})
    assert moved["status"] == "TRANSFERRED"


def test_the_counter(floor, eventually):  # INT-2, PHA-2, PHA-3
    pharmacist = floor.clinic.staff("pharmacist")
    medicine = floor.stock(pharmacist)
    path = f"/v1/pharmacy/prescriptions/{floor.complete(floor.consult(floor.walk_in()), medicine)}"
    eventually(lambda: pharmacist.get(path).status_code == 200, 30)
    for verb, body in (("validate", {}), ("release", None), ("validate", {}), ("ready", None), ("decline", {"reason": "Out"}), ("resume", None),
                       ("hold", {"reason": "Dose?"}), ("resume", None), ("dispense", {})):
        answer = eventually(lambda: (got := pharmacist.post(f"{path}/{verb}", body)).status_code != 409 and got, 10)
        assert answer.is_success, f"{verb}: {answer.text}"
    stock = ok(pharmacist.get(f"/v1/pharmacy/medicines/{medicine['id']}"))
    assert (stock["on_hand"], stock["reserved"]) == (50 - 4, 0)


def test_enough_was_sent():
    assert len(Twice.sent) > 30, sorted(Twice.sent)
