"""The pharmacy through the gateway on real parts: work list, stock, refusals, races, reports, documents.

Proves PHA-1 PHA-2 PHA-3 PHA-4 PHA-5 INV-1 INV-2 INV-3 INV-4 CON-6 REP-3
"""

import concurrent.futures
import csv
import datetime
import io
import uuid

import pytest

from support.clinic import Clinic, ok, refused, settled
from support.eventually import eventually


class Counter:
    """A clinic with a doctor who prescribes and a pharmacist who hands over."""

    def __init__(self, clinic):
        self.clinic = clinic
        self.reception = clinic.staff("receptionist")
        self.pharmacist = clinic.staff("pharmacist")
        self.doctor, self.doctor_client = clinic.add_doctor()
        self.queue = eventually(lambda: next(iter(self.reception.items(
            "/v1/queues", department_id=clinic.department["id"], kind="REGULAR")), None), 20)
        self.patient = clinic.add_patient(self.reception)

    def medicine(self, minimum_level=0, price="1.25", **fields):
        return ok(self.pharmacist.post("/v1/pharmacy/medicines", {
            "name": f"Med {uuid.uuid4().hex[:10]}", "strength": "250 mg", "form": "capsule", "unit": "capsule",
            "price": {"amount": price, "currency": "INR"}, "minimum_level": minimum_level} | fields), 201)

    def receive(self, medicine, quantity, days=200, number=None, **fields):
        expires = (self.clinic.today() + datetime.timedelta(days=days)).isoformat()
        return ok(self.pharmacist.post(f"/v1/pharmacy/medicines/{medicine['id']}/lots", {
            "lot_number": number or uuid.uuid4().hex[:8], "expires_on": expires, "quantity": quantity,
            "unit_cost": {"amount": "0.10", "currency": "INR"}} | fields), 201)

    def prescribe(self, *lines, **who):
        """Issues a prescription of (medicine or None, quantity) lines; answers its path at the pharmacy."""
        who = who or {"patient_id": self.clinic.add_patient(self.reception)["id"]}
        entry = settled(lambda: self.reception.post("/v1/queue-entries", {"queue_id": self.queue["id"], **who}), 201)
        started = settled(lambda: self.doctor_client.post("/v1/consultations", {"queue_entry_id": entry["id"]}), 201)
        items = [{"medicine": {"name": medicine["name"] if medicine else "Some syrup", "strength": "250 mg",
                               "form": "capsule"}, "dose": "1", "frequency": "daily", "quantity": quantity}
                 | ({"medicine_id": medicine["id"]} if medicine else {}) for medicine, quantity in lines]
        done = settled(lambda: self.doctor_client.post(f"/v1/consultations/{started['id']}/complete", {
            "prescriptions": [{"items": items}], "no_diagnosis_reason": "Test"}))
        path = f"/v1/pharmacy/prescriptions/{done['prescriptions'][0]}"
        eventually(lambda: self.pharmacist.get(path).status_code == 200, 20)
        return path

    def get(self, path):
        return ok(self.pharmacist.get(path))

    def on_hand(self, medicine):
        return self.get(f"/v1/pharmacy/medicines/{medicine['id']}")["on_hand"]

    def consultation_says(self, path, **expected):
        own = path.replace("/pharmacy", "")
        def probe():
            seen = ok(self.doctor_client.get(own))
            return all(seen[name] == value for name, value in expected.items())
        return eventually(probe, 20)


@pytest.fixture(scope="module")
def counter(api, sign_in):
    return Counter(Clinic(api, sign_in("admin")))


def table(answer):
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv"), answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_work_list_validate_ready_and_hand_over_in_part(counter):  # PHA-1 PHA-2 PHA-3 CON-6
    medicine = counter.medicine()
    late, early = counter.receive(medicine, 6, days=300), counter.receive(medicine, 4, days=100)
    path = counter.prescribe((medicine, 8), patient_id=counter.patient["id"])
    seen = counter.get(path)
    assert seen["patient"]["mrn"] == counter.patient["mrn"] and seen["doctor"]["display_name"]
    assert seen["patient"]["allergies"] == []
    assert seen["items"][0]["available"] == 10 and seen["items"][0]["remaining"] == 8
    listed = list(counter.pharmacist.items("/v1/pharmacy/prescriptions", pending="true", q=seen["number"]))
    assert [one["id"] for one in listed] == [seen["id"]]
    plan = ok(counter.pharmacist.post(f"{path}/validate"))
    assert plan["ok"] and [(a["lot_id"], a["quantity"]) for a in plan["lines"][0]["allocations"]] == [
        (early["id"], 4), (late["id"], 4)], "first expiry first out, split over lots"
    assert counter.get(path)["fulfilment"] == "RESERVED"
    counter.consultation_says(path, fulfilment="RESERVED")
    assert ok(counter.pharmacist.post(f"{path}/ready"))["ready_at"]
    refused(counter.pharmacist.post(f"{path}/ready"), 409, "illegal-transition")
    item = seen["items"][0]["item_id"]
    part = ok(counter.pharmacist.post(f"{path}/dispense", {"lines": [{"item_id": item, "quantity": 3}], "note": "rest later"}))
    assert part["lines"][0]["lot_id"] == early["id"] and part["handed_over_by"] == counter.pharmacist.account["id"]
    assert counter.get(path)["fulfilment"] == "PARTIAL"
    counter.consultation_says(path, fulfilment="PARTIAL", status="ISSUED")
    refused(counter.pharmacist.post(f"{path}/dispense", {"lines": [{"item_id": item, "quantity": 6}]}),
            422, "more-than-remaining")
    refused(counter.pharmacist.post(f"{path}/decline", {"reason": "x"}), 409, "illegal-transition")
    assert ok(counter.pharmacist.post(f"{path}/close", {"reason": "Enough"}))["fulfilment"] == "SHORT"
    counter.consultation_says(path, fulfilment="SHORT", status="COMPLETED")
    assert counter.on_hand(medicine) == 7


def test_hold_decline_and_resume_are_seen_by_the_doctor(counter):  # PHA-3 CON-6
    medicine = counter.medicine()
    counter.receive(medicine, 10)
    path = counter.prescribe((medicine, 2))
    assert ok(counter.pharmacist.post(f"{path}/hold", {"reason": "Dose?"}))["status"] == "ON_HOLD"
    refused(counter.pharmacist.post(f"{path}/dispense"), 409, "not-dispensable")
    counter.consultation_says(path, status="ON_HOLD")
    answered = ok(counter.pharmacist.post(f"{path}/resume", {"reason": "Twice a day was meant"}))
    assert (answered["status"], answered["reason"]) == ("ISSUED", "Twice a day was meant")
    counter.consultation_says(path, status="ISSUED")
    assert ok(counter.pharmacist.post(f"{path}/decline", {"reason": "Not ours"}))["fulfilment"] == "DECLINED"
    counter.consultation_says(path, fulfilment="DECLINED")
    refused(counter.pharmacist.post(f"{path}/dispense"), 409, "not-dispensable")
    assert ok(counter.pharmacist.post(f"{path}/resume"))["fulfilment"] == "NONE"
    ok(counter.pharmacist.post(f"{path}/dispense"))
    counter.consultation_says(path, status="COMPLETED", fulfilment="FULL")
    problem = refused(counter.pharmacist.post(f"{path}/hold", {"reason": "x"}), 409, "illegal-transition")
    assert problem["command"] == "hold" and problem["from"]


def test_shortage_names_every_line_and_free_text_is_mapped(counter):  # PHA-2
    medicine = counter.medicine()
    counter.receive(medicine, 3)
    path = counter.prescribe((medicine, 5), (None, 2))
    plan = ok(counter.pharmacist.post(f"{path}/validate"))
    assert not plan["ok"] and [line["code"] for line in plan["lines"]] == ["insufficient-stock", "unmapped"]
    assert plan["lines"][0]["shortage"] == 2 and counter.get(path)["fulfilment"] == "NONE"
    problem = refused(counter.pharmacist.post(f"{path}/dispense"), 409, "insufficient-stock")
    assert [line["shortage"] for line in problem["lines"]] == [2, 2]
    syrup = counter.medicine()
    counter.receive(syrup, 5)
    counter.receive(medicine, 5)
    first, second = (item["item_id"] for item in counter.get(path)["items"])
    body = {"lines": [{"item_id": second, "medicine_id": syrup["id"]}]}
    assert ok(counter.pharmacist.post(f"{path}/validate", body))["ok"]
    refused(counter.pharmacist.post(f"{path}/validate", {"lines": [{"item_id": first, "medicine_id": syrup["id"]}]}),
            422, "medicine-fixed")
    refused(counter.pharmacist.post(f"{path}/validate", {"lines": [{"item_id": second, "medicine_id": str(uuid.uuid4())}]}),
            422, "unknown-medicine")
    refused(counter.pharmacist.post(f"{path}/validate", {"lines": [{"item_id": str(uuid.uuid4()), "medicine_id": syrup["id"]}]}),
            422, "unknown-item")
    assert ok(counter.pharmacist.post(f"{path}/release"))["fulfilment"] == "NONE"
    refused(counter.pharmacist.post(f"{path}/release"), 409, "illegal-transition")


def test_two_pharmacists_at_once(counter):  # PHA-3 INV-2: never twice, never more than there is
    medicine = counter.medicine()
    counter.receive(medicine, 3)
    paths = [counter.prescribe((medicine, 2)) for _ in range(2)]
    pharmacists = [counter.pharmacist, counter.clinic.staff("pharmacist")]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda pair: pair[0].post(f"{pair[1]}/dispense"),
                                [(who, path) for path in paths for who in pharmacists]))
    codes = sorted(answer.json()["code"] if answer.status_code != 200 else "handed over" for answer in answers)
    assert codes.count("handed over") == 1, codes
    assert set(codes) <= {"handed over", "not-dispensable", "insufficient-stock"}
    assert counter.on_hand(medicine) == 1


def test_cancelling_races_the_hand_over(counter):  # events.md: hand-over wins, and both sides tell one story
    medicine = counter.medicine()
    counter.receive(medicine, 20)
    paths = [counter.prescribe((medicine, 1)) for _ in range(4)]
    handed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path in paths:
            given = pool.submit(counter.pharmacist.post, f"{path}/dispense")
            cancelled = pool.submit(counter.doctor_client.post, f"{path.replace('/pharmacy', '')}/cancel", {"reason": "Mistake"})
            if given.result().status_code == 200:
                handed += 1
                counter.consultation_says(path, status="COMPLETED", fulfilment="FULL")
                eventually(lambda: counter.get(path)["status"] == "COMPLETED", 20)
            else:
                refused(given.result(), 409, "not-dispensable")
                ok(cancelled.result())
                counter.consultation_says(path, status="CANCELLED", fulfilment="NONE")
                assert counter.get(path)["status"] == "CANCELLED"
    assert counter.on_hand(medicine) == 20 - handed


def test_a_medicine_leaves_the_list_with_its_reason(counter):  # INV-1
    path = f"/v1/pharmacy/medicines/{counter.medicine()['id']}"
    gone = ok(counter.pharmacist.post(f"{path}/deactivate", {"reason": "No longer made"}))
    assert (gone["active"], gone["status_reason"]) == (False, "No longer made")
    refused(counter.pharmacist.patch(path, {"status_reason": "x"}, if_match=f'"v{gone["version"]}"'), 400, "read-only")
    back = ok(counter.pharmacist.post(f"{path}/reactivate"))
    assert back["active"] and "status_reason" not in back


def test_lot_verbs_refusals_and_returns(counter):  # INV-1 INV-2 PHA-3
    pharmacist = counter.pharmacist
    medicine = counter.medicine()
    same = {name: medicine[name] for name in ("name", "strength", "form")}
    refused(pharmacist.post("/v1/pharmacy/medicines", same | {"name": same["name"].upper(), "minimum_level": 0}), 409, "already-exists")
    refused(pharmacist.post("/v1/pharmacy/medicines", same | {"name": "X", "minimum_level": 0,
                                                              "price": {"amount": "1.00", "currency": "EUR"}}), 422, "wrong-currency")
    lots = f"/v1/pharmacy/medicines/{medicine['id']}/lots"
    yesterday = (counter.clinic.today() - datetime.timedelta(days=1)).isoformat()
    refused(pharmacist.post(lots, {"lot_number": "L", "expires_on": yesterday, "quantity": 1}), 422, "already-expired")
    refused(pharmacist.post(lots, {"lot_number": "L", "expires_on": "2099-01-01", "quantity": 0}), 422, "invalid-value")
    refused(pharmacist.post(lots, {"lot_number": "L", "expires_on": "2099-01-01", "quantity": 1, "status": "AVAILABLE"}), 400, "read-only")
    lot = counter.receive(medicine, 10)
    verbs = f"/v1/pharmacy/lots/{lot['id']}"
    path = counter.prescribe((medicine, 4))
    ok(pharmacist.post(f"{path}/validate"))
    refused(pharmacist.post(f"{verbs}/write-off", {"quantity": 7, "reason": "broken"}), 409, "stock-reserved")
    refused(pharmacist.post(f"{verbs}/adjust", {"delta": -11, "reason": "lost"}), 409, "insufficient-stock")
    refused(pharmacist.post(f"{verbs}/adjust", {"delta": -1, "reason": "lost"}, if_match='"v99"'), 412, "version-mismatch")
    refused(pharmacist.patch(f"/v1/pharmacy/medicines/{medicine['id']}", {"minimum_level": 1}), 428, "if-match-required")
    assert ok(pharmacist.post(f"{verbs}/adjust", {"delta": -1, "reason": "lost"}))["on_hand"] == 9
    counted = ok(pharmacist.post(f"{verbs}/count", {"counted": 8, "reason": "stock-take"}))
    assert (counted["on_hand"], counted["quantity"]) == (8, 10)
    assert ok(pharmacist.post(f"{verbs}/quarantine", {"reason": "wet"}))["status"] == "QUARANTINED"
    assert counter.get(path)["fulfilment"] == "NONE", "leaving AVAILABLE frees reservations"
    ok(pharmacist.post(f"{verbs}/release"))
    handed = ok(pharmacist.post(f"{path}/dispense"))
    back = f"/v1/pharmacy/dispenses/{handed['id']}/return"
    refused(pharmacist.post(back, {"lines": [{"lot_id": lot["id"], "quantity": 5}], "reason": "x"}), 422, "more-than-dispensed")
    refused(pharmacist.post(back, {"lines": [{"lot_id": str(uuid.uuid4()), "quantity": 1}], "reason": "x"}), 422, "unknown-lot")
    assert ok(pharmacist.post(back, {"lines": [{"lot_id": lot["id"], "quantity": 4}], "reason": "sealed"}))["lines"][0]["returned"] == 4
    assert counter.get(path)["fulfilment"] == "FULL", "a return does not reopen it"
    states = {one["status"]: one["on_hand"] for one in pharmacist.items(lots)}
    assert states == {"AVAILABLE": 4, "QUARANTINED": 4}
    assert ok(pharmacist.post(f"{verbs}/recall", {"reason": "maker"}))["status"] == "RECALLED"
    assert {one["status"] for one in pharmacist.items(lots)} == {"RECALLED"}, "what came back is recalled with it"
    ok(pharmacist.post(f"{verbs}/dispose", {"quantity": 4, "reason": "recalled", "witness": "B"}))
    problem = refused(pharmacist.post(f"{verbs}/release"), 409, "illegal-transition")
    assert problem["from"] == "DISPOSED"
    kinds = [row["kind"] for row in pharmacist.items("/v1/pharmacy/ledger", lot_id=lot["id"])]
    assert kinds == ["RECEIPT", "ADJUSTMENT", "COUNT", "DISPENSE", "DISPOSAL"]
    assert all(row["reason"] and row["by"] for row in pharmacist.items("/v1/pharmacy/ledger", lot_id=lot["id"]))


def test_alerts_are_listed_told_once_and_cleared(counter, kafka):  # INV-3
    medicine = counter.medicine(minimum_level=5)
    pharmacist = counter.pharmacist

    def kinds():
        return sorted(alert["kind"] for alert in pharmacist.items("/v1/pharmacy/alerts", medicine_id=medicine["id"]))

    def told(*expected):
        return eventually(lambda: tuple(event.type.removeprefix("ambula.") for event in kafka.read(
            "ambula.stock.v1", key=medicine["id"])) == expected, 15)

    assert kinds() == ["OUT"]
    told("StockOut")
    lot = counter.receive(medicine, 20, days=20)
    assert kinds() == ["EXPIRING"]
    told("StockOut", "StockReplenished", "LotExpiring")
    ok(pharmacist.post(f"/v1/pharmacy/lots/{lot['id']}/write-off", {"quantity": 16, "reason": "broken"}))
    assert kinds() == ["EXPIRING", "LOW"]
    low = next(pharmacist.items("/v1/pharmacy/alerts", medicine_id=medicine["id"], kind="LOW"))
    assert low["available"] == 4 and low["minimum_level"] == 5 and low["since"]
    told("StockOut", "StockReplenished", "LotExpiring", "StockLow")
    assert medicine["id"] in {one["id"] for one in pharmacist.items("/v1/pharmacy/medicines", low="true")}
    ok(pharmacist.post(f"/v1/pharmacy/lots/{lot['id']}/dispose", {"reason": "broken"}))
    assert kinds() == ["OUT"]
    told("StockOut", "StockReplenished", "LotExpiring", "StockLow", "StockOut")


def test_reports_are_exact_and_come_as_csv(counter):  # PHA-5 INV-4 REP-3
    medicine = counter.medicine(name=f"=Med {uuid.uuid4().hex[:8]}", price="0.30")
    counter.receive(medicine, 7)
    path = counter.prescribe((medicine, 2))
    ok(counter.pharmacist.post(f"{path}/dispense"))
    get = counter.pharmacist.get
    row = next(one for one in counter.pharmacist.items("/v1/pharmacy/valuation") if one["medicine_id"] == medicine["id"])
    assert row["cost"] == {"amount": "0.50", "currency": "INR"} and row["price"]["amount"] == "1.50"
    line = next(one for one in table(get("/v1/pharmacy/valuation", params={"format": "csv"})) if one["medicine_id"] == medicine["id"])
    assert line["cost"] == "0.50" and line["medicine"] == "'" + medicine["name"], "no spreadsheet calculates with it"
    stock = next(one for one in table(get("/v1/pharmacy/stock", params={"format": "csv"})) if one["medicine_id"] == medicine["id"])
    assert stock["on_hand"] == stock["available"] == "5"
    moves = table(get("/v1/pharmacy/ledger", params={"format": "csv", "medicine_id": medicine["id"]}))
    assert [(one["kind"], one["delta"], one["balance"]) for one in moves] == [("RECEIPT", "7", "7"), ("DISPENSE", "-2", "5")]
    number = counter.get(path)["number"]
    lines = table(get("/v1/pharmacy/prescriptions", params={"format": "csv", "q": number}))
    assert [(one["number"], one["fulfilment"], one["dispensed"]) for one in lines] == [(number, "FULL", "2")]
    day = counter.clinic.today().isoformat()
    figures = ok(get("/v1/pharmacy/figures", params={"from": day, "to": day}))
    assert figures["days"][0]["dispenses"] >= 1 and figures["days"][0]["units"] >= 2
    assert figures["top_prescribers"][0]["doctor_id"] == counter.doctor["id"]
    assert table(get("/v1/pharmacy/figures", params={"from": day, "to": day, "format": "csv"}))[0]["date"] == day
    ok(counter.clinic.admin.get("/v1/pharmacy/figures"))
    refused(get("/v1/pharmacy/stock", params={"colour": "red"}), 400, "invalid-request")


def test_documents(counter):  # PHA-4
    medicine = counter.medicine()
    counter.receive(medicine, 5)
    path = counter.prescribe((medicine, 2), patient_id=counter.patient["id"])
    handed = ok(counter.pharmacist.post(f"{path}/dispense"))
    for document in (f"/v1/pharmacy/dispenses/{handed['id']}/receipt.pdf", f"{path.replace('/pharmacy', '')}/document.pdf"):
        answer = counter.pharmacist.get(document)
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf", answer.text
        assert answer.content.startswith(b"%PDF-")


def test_who_may_and_what_another_facility_sees(counter, api, sign_in):  # ID-2 OPS-6
    medicine = counter.medicine()
    lot = counter.receive(medicine, 5)
    path = counter.prescribe((medicine, 1))
    for stranger in (counter.doctor_client, counter.reception):
        refused(stranger.get("/v1/pharmacy/prescriptions"), 403, "forbidden")
        refused(stranger.post(f"/v1/pharmacy/lots/{lot['id']}/recall", {"reason": "x"}), 403, "forbidden")
    ok(counter.doctor_client.get(f"/v1/pharmacy/medicines/{medicine['id']}"))
    other = Clinic(api, sign_in("admin")).staff("pharmacist")
    eventually(lambda: other.get("/v1/pharmacy/medicines").status_code == 200, 20)
    refused(other.get(path), 404, "prescription-not-found")
    refused(other.post(f"{path}/dispense"), 404, "prescription-not-found")
    refused(other.get(f"/v1/pharmacy/medicines/{medicine['id']}"), 404, "medicine-not-found")
    refused(other.post(f"/v1/pharmacy/lots/{lot['id']}/recall", {"reason": "x"}), 404, "lot-not-found")
    assert not list(other.items("/v1/pharmacy/ledger"))


def test_the_operator_finds_the_books_right_and_imports(counter, stack, tmp_path):  # INV-1 INV-2
    checked = stack.operator("pharmacy", "stock-check")
    assert checked.returncode == 0 and "right" in checked.stdout, checked.stdout + checked.stderr
    name = f"Imported {uuid.uuid4().hex[:8]}"
    good = tmp_path / "medicines.csv"
    good.write_text(f"name,strength,form,price,minimum_level\r\n{name},5 mg,tablet,0.25,10\r\n")
    code = counter.clinic.facility["code"]
    done = stack.operator("pharmacy", "import-medicines", code, str(good))
    assert done.returncode == 0 and done.stdout == "1 written\n", done.stderr
    again = stack.operator("pharmacy", "import-medicines", code, str(good))
    assert again.returncode == 1 and "Line 2: there is this medicine already" in again.stderr
    lots = tmp_path / "lots.csv"
    lots.write_text(f"medicine,strength,form,lot_number,expires_on,quantity\n{name},5 mg,tablet,I-1,2099-01-31,40\n")
    assert stack.operator("pharmacy", "import-lots", code, str(lots)).returncode == 0
    again = stack.operator("pharmacy", "import-lots", code, str(lots))
    assert again.returncode == 1 and "received already" in again.stderr, "a file read twice is not the stock twice"
    found = list(counter.pharmacist.items("/v1/pharmacy/medicines", q=name))
    assert [one["available"] for one in found] == [40]
