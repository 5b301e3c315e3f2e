"""Journey 2: a walk-in, registered and anonymous, from the ticket to the receipt [QUE-1 QUE-2 QUE-3 QUE-5 QUE-8 QUE-9
QUE-11 QUE-14 CON-1 PHA-3 PHA-4]."""

import concurrent.futures

import pytest

from support.at_once import all_at_once, as_person
from support.clinic import ok, refused
from support.floor import Floor
from support.sse import stream


@pytest.fixture(scope="module")
def floor(sign_in, api, eventually):
    return Floor(api, sign_in("admin"), eventually)


def dispense(floor, pharmacist, prescription):
    path = f"/v1/pharmacy/prescriptions/{prescription}"
    floor.eventually(lambda: pharmacist.get(path).status_code == 200, 15)
    handed = pharmacist.post(f"{path}/dispense", {})
    assert handed.status_code in (200, 201), handed.text
    receipt = pharmacist.get(f"/v1/pharmacy/dispenses/{handed.json()['id']}/receipt.pdf")
    assert receipt.content.startswith(b"%PDF")


def walk(floor, entry, board):
    """Triage, assignment, the board, consultation with prescription, dispensing."""
    triaged = floor.verb(floor.nurse, entry, "triage", {"symptoms": ["HIGH_FEVER"], "vitals": {"pulse": 95}})
    assert triaged["level"] == "MODERATE" and triaged["triage"]["rules"] == ["HIGH_FEVER", "NEWS2_1_OR_MORE"]
    assigned = floor.verb(floor.reception, entry, "assign", {"auto": True})
    assert assigned["doctor_id"] == floor.doctor["id"] and assigned["assignment"]["reason"].startswith("On duty")
    called = floor.call_next(floor.doctor_client)
    assert called["id"] == entry["id"] and called["status"] == "CALLED" and called["room"] == "7"
    shown = board.next()
    while shown.data.get("status") != "CALLED":
        shown = board.next()
    assert shown.event == "entry" and shown.data == {"label": entry["ticket"]["label"], "status": "CALLED", "room": "7"}
    pharmacist = floor.clinic.staff("pharmacist")
    consultation = floor.consult(entry)
    prescription = floor.complete(consultation, floor.stock(pharmacist))
    floor.eventually(lambda: floor.entry(entry)["status"] == "COMPLETED", 15)
    dispense(floor, pharmacist, prescription)
    return consultation, prescription


def test_registered_walk_in(floor):
    queue = floor.queues["REGULAR"]
    patient = floor.patient()
    with stream(floor.clinic.api.url, f"/v1/board/{queue['board_token']}") as board:
        assert board.next().event == "snapshot"
        entry = floor.walk_in(patient_id=patient["id"], reason="Cough")
        assert entry["ticket"] == {"label": f"{queue['code']}-1", "number": 1} and entry["status"] == "WAITING"
        again = floor.reception.post("/v1/queue-entries", {"queue_id": queue["id"], "patient_id": patient["id"]})
        assert refused(again, 409, "already-queued")["queue_entry_id"] == entry["id"]
        place = ok(floor.clinic.api.get(f"/v1/track/{entry['tracking_token']}"))
        assert place == {"label": entry["ticket"]["label"], "queue": queue["name"], "status": "WAITING", "ahead": 0}
        walk(floor, entry, board)
    assert list(floor.reception.items("/v1/queue-entries", patient_id=patient["id"]))[0]["status"] == "COMPLETED"


def test_anonymous_walk_in_is_identified_and_the_record_follows(floor, kafka):  # QUE-14
    queue = floor.queues["REGULAR"]
    with stream(floor.clinic.api.url, f"/v1/board/{queue['board_token']}") as board:
        first = board.next()
        assert "Anon" not in str(first.data)
        entry = floor.walk_in(visitor={"name": "Anon Visitor", "phone": "+91 90000 00001"})
        assert "patient_id" not in entry and entry["visitor"]["name"] == "Anon Visitor"
        consultation, _ = walk(floor, entry, board)
    assert "patient_id" not in consultation
    patient = floor.patient(given_name="Known")
    identified = floor.verb(floor.reception, entry, "identify", {"patient_id": patient["id"]})
    assert identified["patient_id"] == patient["id"] and identified["visitor_id"] == entry["visitor_id"]
    floor.verb(floor.reception, entry, "identify", {"patient_id": patient["id"]})
    refused(floor.reception.post(f"/v1/queue-entries/{entry['id']}/identify", {"patient_id": floor.patient()["id"]}),
            409, "already-identified")
    listed = list(floor.reception.items("/v1/queue-entries", patient_id=patient["id"]))
    assert [one["id"] for one in listed] == [entry["id"]]
    told = floor.eventually(lambda: (found := kafka.read("ambula.visitor.v1", key=entry["visitor_id"])) and len(found) == 2 and found, 15)
    assert [event.type for event in told] == ["ambula.VisitorRecorded", "ambula.VisitorIdentified"]
    assert told[1].data["patient_id"] == patient["id"]


def take_tickets(floor, queue, count: int) -> list[int]:
    """As many at once; the numbers that were drawn, lowest first."""
    answers = all_at_once([as_person(floor.reception, "/v1/queue-entries", {"queue_id": queue["id"], "visitor": {"name": f"Visitor {number}"}})
                           for number in range(count)])
    return sorted(ok(answer, 201)["ticket"]["number"] for answer in answers)


def test_two_hundred_tickets_at_once_are_gap_free_and_eight_clerks_call_five_hundred_once(floor):  # QUE-1 QUE-4 I4
    queue = ok(floor.clinic.admin.post("/v1/queues", {
        "code": f"RUSH{floor.clinic.tag}", "name": "Rush", "kind": "REGULAR", "department_id": floor.clinic.department["id"]}), 201)
    assert take_tickets(floor, queue, 200) == list(range(1, 201))
    assert take_tickets(floor, queue, 200) == list(range(201, 401))
    assert take_tickets(floor, queue, 100) == list(range(401, 501))

    clerks = [floor.reception, floor.nurse] * 4

    def call(clerk):
        called = []
        while True:
            answer = clerk.post(f"/v1/queues/{queue['id']}/call-next", {}, key=None)
            if answer.status_code == 204:
                return called
            called.append(ok(answer)["ticket"]["number"])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        called = [one for numbers in pool.map(call, clerks) for one in numbers]
    assert sorted(called) == list(range(1, 501))  # QUE-4

    rows = floor.reception.get("/v1/queue-entries", params={
        "queue_id": queue["id"], "date": floor.clinic.today().isoformat(), "format": "csv"})
    lines = rows.text.splitlines()
    assert rows.headers["content-type"].startswith("text/csv") and len(lines) == 501  # QUE-11
    assert lines[0].startswith("date,ticket,status")
    assert floor.nurse.get("/v1/queue-entries", params={"format": "csv"}).status_code == 403
    day = floor.clinic.today().isoformat()
    waits = ok(floor.clinic.admin.get("/v1/figures/waits", params={"from": day, "to": day}))
    assert waits["items"][0]["visits"] >= 500 and waits["items"][0]["wait_min"]["p90"] >= waits["items"][0]["wait_min"]["p50"]


def test_an_older_client_sends_a_number_for_the_priority(floor):
    entry = floor.walk_in(visitor={"name": "Somebody"})
    assert floor.verb(floor.reception, entry, "prioritize", {"level": 1, "reason": "Old client"})["level"] == "HIGH"
    assert floor.verb(floor.reception, entry, "prioritize", {"level": 0, "reason": "Old client"})["level"] == "LOW"
    floor.verb(floor.reception, entry, "leave", {"reason": "Went home"})


def test_bodies_name_what_is_wrong(floor):
    queue = {"queue_id": floor.queues["REGULAR"]["id"]}
    for body in ({}, {"patient_id": floor.patient()["id"], "visitor": {"name": "Both"}}):
        problem = refused(floor.reception.post("/v1/queue-entries", queue | body), 400, "invalid-request")
        assert problem["errors"][0]["pointer"] == "/patient_id"
    entry = floor.walk_in(visitor={"name": "Somebody"})
    path = f"/v1/queue-entries/{entry['id']}"
    problem = refused(floor.nurse.post(f"{path}/triage", {"vitals": {"spo2": 101}}), 422, "invalid-value")
    assert problem["errors"][0]["pointer"] == "/vitals/spo2"
    refused(floor.reception.post(f"{path}/triage", {"override": {"level": "LOW", "reason": "No"}}), 403, "forbidden")
    refused(floor.reception.post(f"{path}/assign", {}), 400, "invalid-request")
    floor.verb(floor.reception, entry, "cancel", {"reason": "Test"})
    problem = refused(floor.reception.post(f"{path}/call"), 409, "illegal-transition")
    assert problem["from"] == "CANCELLED" and problem["command"] == "call"
