"""Consultations and prescriptions through the gateway, on real parts: the rows of CON, each refusal by its code, and
what happens when facts collide.

Proves: CON-1 CON-2 CON-3 CON-4 CON-5 CON-6 CON-10 QUE-14 REP-2
"""

import concurrent.futures
import uuid

import pytest

from support.clinic import Clinic, ok, refused, settled

ITEM = {"medicine": {"name": "Sample balm"}, "dose": "1 tablet", "frequency": "twice a day", "duration_days": 5}
UNKNOWN = "01900000-0000-7000-8000-000000000000"  # long ago: no neighbour will still tell of it


class Ward:
    """A clinic with two doctors, and visits of fresh patients."""

    def __init__(self, clinic, eventually):
        self.clinic, self.eventually = clinic, eventually
        self.reception = clinic.staff("receptionist")
        self.doctor, self.doc = clinic.add_doctor()
        self.other, self.other_doc = clinic.add_doctor()
        self.queue = eventually(lambda: next(self.reception.items(
            "/v1/queues", department_id=clinic.department["id"], kind="REGULAR"), None), 20)
        self.patient = clinic.add_patient(self.reception)

    def entry(self, doctor=None, patient=None, **who):
        body = {"queue_id": self.queue["id"]} | (who or {"patient_id": (patient or self.fresh_patient())["id"]})
        if doctor:
            body["doctor_id"] = doctor["id"]
        return settled(lambda: self.reception.post("/v1/queue-entries", body), 201)

    def fresh_patient(self):
        return self.clinic.add_patient(self.reception, email=f"{uuid.uuid4().hex[:10]}@patients.example")

    def start(self, entry=None, by=None):
        body = {"queue_entry_id": (entry or self.entry(self.doctor))["id"]}
        return settled(lambda: (by or self.doc).post("/v1/consultations", body), 201)

    def complete(self, consultation, **body):
        return settled(lambda: self.doc.post(f"/v1/consultations/{consultation['id']}/complete",
                                             {"no_diagnosis_reason": "Well"} | body))

    def issued(self, count=1):
        """So many prescriptions, each told to the pharmacy."""
        done = self.complete(self.start(), prescriptions=[{"items": [ITEM]}] * count)
        assert len(done["prescriptions"]) == count
        return done["prescriptions"]

    def waiting(self):
        """The queue entries that the doctor's day shows."""
        return {one["queue_entry_id"] for one in ok(self.doc.get("/v1/doctor-day"))["queue"]}

    def rx(self, prescription):
        return ok(self.doc.get(f"/v1/prescriptions/{prescription}"))


@pytest.fixture(scope="module")
def ward(sign_in, api, eventually):
    return Ward(Clinic(api, sign_in("admin")), eventually)


@pytest.fixture(scope="module")
def pharmacist(ward):
    """A pharmacist with plenty of what is prescribed here."""
    client = ward.clinic.staff("pharmacist")
    medicine = ok(client.post("/v1/pharmacy/medicines", {
        "name": "Sample balm", "strength": "1", "form": "tablet", "minimum_level": 1}), 201)
    ok(client.post(f"/v1/pharmacy/medicines/{medicine['id']}/lots", {
        "lot_number": "L", "expires_on": f"{ward.clinic.today().year + 1}-12-31", "quantity": 100_000}), 201)
    client.medicine = medicine
    return client


def patch(client, record, body, version=None):
    return client.patch(record, body, if_match=version or client.get(record).headers["etag"])


# CON-1 --------------------------------------------------------------------------------------------------------------

def test_one_visit_has_one_consultation_whichever_half_starts_it(ward):  # CON-1
    slot = ward.clinic.slots(ward.reception, ward.doctor, 1)[0]
    patient = ward.fresh_patient()
    visit = settled(lambda: ward.reception.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": ward.doctor["id"], "starts_at": slot["starts_at"]}), 201)
    ok(ward.reception.post(f"/v1/appointments/{visit['id']}/check-in"))
    entry = ward.eventually(lambda: next(ward.reception.items("/v1/queue-entries", appointment_id=visit["id"]), None))
    ward.eventually(lambda: entry["id"] in ward.waiting(), 15)
    bodies = [{"appointment_id": visit["id"]}, {"queue_entry_id": entry["id"]}] * 4
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: ward.doc.post("/v1/consultations", body), bodies))
    won = [answer.json() for answer in answers if answer.status_code == 201]
    assert len(won) == 1
    for answer in answers:
        if answer.status_code != 201:
            assert refused(answer, 409, "consultation-exists")["consultation_id"] == won[0]["id"]
    assert won[0]["appointment_id"] == visit["id"] and won[0]["queue_entry_id"] == entry["id"]


def test_own_and_nobodys_visits_start_others_are_taken_over(ward):  # CON-1
    ward.start(ward.entry())
    theirs = ward.entry(ward.other)
    body = {"queue_entry_id": theirs["id"]}
    ward.eventually(lambda: refused(ward.doc.post("/v1/consultations", body), 403, "not-on-your-list"), 15)
    taken = ok(ward.doc.post("/v1/consultations", body | {"take_over": True}), 201)
    assert taken["doctor_id"] == ward.doctor["id"]
    moved = ward.eventually(lambda: (got := ok(ward.reception.get(f"/v1/queue-entries/{theirs['id']}")))
                            and got["doctor_id"] == ward.doctor["id"] and got)
    assert moved["status"] == "IN_SERVICE"
    # The queue's word that the visit is now this doctor's reaches consultation after it could be read there.
    ward.eventually(lambda: refused(ward.doc.post("/v1/consultations", body), 409, "consultation-exists"), 15)


def test_refusals_of_the_start(ward):  # CON-1
    refused(ward.doc.post("/v1/consultations", {"queue_entry_id": UNKNOWN}), 404, "queue-entry-not-found")
    refused(ward.doc.post("/v1/consultations", {"appointment_id": UNKNOWN}), 404, "appointment-not-found")
    refused(ward.doc.post("/v1/consultations", {}), 400, "invalid-request")
    refused(ward.doc.post("/v1/consultations", {"queue_entry_id": UNKNOWN, "status": "DRAFT"}), 400, "read-only")
    refused(ward.reception.post("/v1/consultations", {"queue_entry_id": UNKNOWN}), 403, "forbidden")
    gone = ward.entry(ward.doctor)
    ward.eventually(lambda: gone["id"] in ward.waiting(), 15)
    ok(ward.reception.post(f"/v1/queue-entries/{gone['id']}/leave", {"reason": "Could not wait"}))
    ward.eventually(lambda: gone["id"] not in ward.waiting(), 15)
    problem = refused(ward.doc.post("/v1/consultations", {"queue_entry_id": gone["id"]}), 409, "illegal-transition")
    assert problem["from"] == "LEFT" and problem["command"] == "start"


# CON-2 --------------------------------------------------------------------------------------------------------------

def test_drafts_are_saved_field_by_field_and_never_overwritten_silently(ward):  # CON-2
    path = f"/v1/consultations/{ward.start()['id']}"
    read = ward.doc.get(path).headers["etag"]
    ok(patch(ward.doc, path, {"note": {"complaint": "Cough", "vitals": {"pulse": 80}}}, read))
    stale = patch(ward.doc, path, {"note": {"complaint": "Cold"}}, read)
    problem = refused(stale, 412, "version-mismatch")
    assert stale.headers["etag"] == f'"v{problem["version"]}"' == ward.doc.get(path).headers["etag"]
    refused(ward.doc.patch(path, {"note": {}}), 428, "if-match-required")
    saved = ok(patch(ward.doc, path, {"note": {"vitals": {"systolic": 120}, "plan": "Rest"}}))
    assert saved["note"]["complaint"] == "Cough"
    assert saved["note"]["vitals"] == {"pulse": 80, "systolic": 120}
    for body, code, pointer in (
            ({"vitals": {"pulse": 900}}, "invalid-value", "/note/vitals/pulse"),
            ({"vitals": {"diastolic": 130}}, "implausible-vitals", "/note/vitals/diastolic"),
            ({"diagnoses": [{"code": "banana", "text": "?"}]}, "invalid-value", "/note/diagnoses/0/code")):
        problem = refused(patch(ward.doc, path, {"note": body}), 422, code)
        assert problem["errors"][0]["pointer"] == pointer
    refused(patch(ward.doc, path, {"note": {"mood": "good"}}), 400, "invalid-request")
    assert ok(ward.doc.get(path))["note"]["vitals"] == {"pulse": 80, "systolic": 120}


def test_a_facilitys_code_list_is_loaded_whole_or_not_at_all(ward, stack, tmp_path):  # CON-2
    facility = ward.clinic.facility["code"]
    bad = load(stack, facility, tmp_path, "code,text\nJ20.9,Acute bronchitis\nnonsense,?\n")
    assert bad.returncode == 1 and "line 3" in bad.stderr
    assert ok(ward.doc.get("/v1/diagnosis-codes", params={"q": "bronch"})) == {"items": []}
    codes = 'code,text\nJ209,"Acute bronchitis, unspecified"\nJ00,Common cold\n'
    ward.eventually(lambda: load(stack, facility, tmp_path, codes).returncode == 0, 15)
    assert load(stack, "NO-SUCH", tmp_path, "code,text\nJ00,Cold\n").returncode == 1
    wanted = {"code": "J20.9", "system": "ICD-10", "text": "Acute bronchitis, unspecified"}
    for text in ("j20", "J20.9", "unspec acute"):
        assert ok(ward.doc.get("/v1/diagnosis-codes", params={"q": text}))["items"] == [wanted]
    refused(ward.doc.get("/v1/diagnosis-codes"), 400, "invalid-request")
    refused(ward.reception.get("/v1/diagnosis-codes", params={"q": "cold"}), 403, "forbidden")
    path = f"/v1/consultations/{ward.start()['id']}"
    refused(patch(ward.doc, path, {"note": {"diagnoses": [{"code": "Z99.9", "text": "?"}]}}), 422,
            "unknown-diagnosis-code")
    saved = ok(patch(ward.doc, path, {"note": {"diagnoses": [{"code": "J20.9", "primary": True}]}}))
    assert saved["note"]["diagnoses"][0]["text"] == wanted["text"]


def load(stack, facility, folder, csv):
    file = folder / "codes.csv"
    file.write_text(csv)
    return stack.operator("consultation", "diagnosis-codes", facility, file)


# CON-3 --------------------------------------------------------------------------------------------------------------

def test_completion_is_one_act_and_final(ward):  # CON-3 CON-4
    entry = ward.entry(ward.doctor)
    path = f"/v1/consultations/{ward.start(entry)['id']}"
    draft = settled(lambda: ward.doc.post("/v1/prescriptions", {
        "consultation_id": path.rsplit("/", 1)[1], "items": [ITEM]}), 201)
    refused(ward.doc.post(f"{path}/complete", {}), 422, "diagnosis-missing")
    refused(ward.doc.post(f"{path}/complete", {"no_diagnosis_reason": "Well", "prescriptions": [
        {"items": [ITEM]}, {"items": [ITEM], "replaces": UNKNOWN}]}), 422, "unknown-prescription")
    assert ok(ward.doc.get(path))["status"] == "DRAFT"
    done = ok(ward.doc.post(f"{path}/complete", {"no_diagnosis_reason": "Well", "prescriptions": [{"items": [ITEM]}]}))
    assert done["status"] == "COMPLETED" and done["note"]["status"] == "FINAL" and done["completed_at"]
    assert len(done["prescriptions"]) == 2 and draft["id"] in done["prescriptions"]
    assert {ward.rx(one)["status"] for one in done["prescriptions"]} == {"ISSUED"}
    ward.eventually(lambda: ok(ward.reception.get(f"/v1/queue-entries/{entry['id']}"))["status"] == "COMPLETED", 15)
    refused(patch(ward.doc, path, {"note": {"plan": "?"}}), 409, "illegal-transition")
    refused(ward.doc.post(f"{path}/complete", {"no_diagnosis_reason": "Again"}), 409, "illegal-transition")
    refused(ward.doc.post(f"{path}/cancel", {"reason": "Late"}), 409, "illegal-transition")
    added = ok(ward.doc.post(f"{path}/addenda", {"text": "Called back: better"}), 201)
    assert added["note"]["status"] == "AMENDED"
    assert added["addenda"][0]["by"] == ward.doc.account["id"] and added["addenda"][0]["at"]
    refused(ward.other_doc.post(f"{path}/addenda", {"text": "?"}), 403, "not-on-your-list")


def test_a_cancelled_draft_gives_the_visit_back(ward):  # CON-3
    entry = ward.entry(ward.doctor)
    path = f"/v1/consultations/{ward.start(entry)['id']}"
    draft = settled(lambda: ward.doc.post("/v1/prescriptions", {
        "consultation_id": path.rsplit("/", 1)[1], "items": [ITEM]}), 201)
    refused(ward.doc.post(f"{path}/cancel", {}), 400, "invalid-request")
    refused(ward.doc.post(f"{path}/addenda", {"text": "?"}), 409, "illegal-transition")
    assert ok(ward.doc.post(f"{path}/cancel", {"reason": "Wrong patient"}))["status"] == "CANCELLED"
    assert ward.rx(draft["id"])["status"] == "CANCELLED"
    refused(ward.doc.post("/v1/prescriptions", {"consultation_id": draft["consultation_id"], "items": [ITEM]}), 409,
            "illegal-transition")
    ward.eventually(lambda: ok(ward.reception.get(f"/v1/queue-entries/{entry['id']}"))["status"] == "WAITING", 15)


# CON-4, CON-6 -------------------------------------------------------------------------------------------------------

def test_prescriptions_are_counted_numbered_changed_and_printed(ward, pharmacist):  # CON-4
    consultation = ward.start()
    body = {"consultation_id": consultation["id"], "items": [ITEM]}
    draft = settled(lambda: ward.doc.post("/v1/prescriptions", body), 201)
    assert draft["items"][0]["quantity"] == 10 and draft["items"][0]["quantity_derived"] is True
    path = f"/v1/prescriptions/{draft['id']}"
    vague = ITEM | {"frequency": "when needed"}
    problem = refused(ward.doc.post("/v1/prescriptions", body | {"items": [vague]}), 400, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/items/0/quantity"
    changed = ok(patch(ward.doc, path, {"items": [vague | {"quantity": 4}]}))
    assert changed["items"][0]["quantity"] == 4 and changed["items"][0]["quantity_derived"] is False
    ward.eventually(lambda: ok(patch(ward.doc, path, {"items": [ITEM | {"medicine_id": pharmacist.medicine["id"]}]}))
                    ["items"][0]["medicine"]["strength"] == "1", 15)
    refused(ward.doc.post("/v1/prescriptions", body | {"items": [ITEM | {"medicine_id": UNKNOWN}]}), 404,
            "medicine-not-found")
    refused(pharmacist.get(f"{path}/document.pdf"), 404, "prescription-not-found")
    issued = ok(ward.doc.post(f"{path}/issue"))
    assert issued["status"] == "ISSUED" and issued["number"].startswith("RX-")
    refused(ward.doc.post(f"{path}/issue"), 409, "illegal-transition")
    refused(patch(ward.doc, path, {"notes": "?"}), 409, "illegal-transition")
    for reader in (ward.doc, pharmacist):
        document = reader.get(f"{path}/document.pdf")
        assert document.status_code == 200 and document.content.startswith(b"%PDF")
        assert document.headers["content-type"] == "application/pdf"
    successor = ok(ward.doc.post("/v1/prescriptions", body | {"replaces": draft["id"]}), 201)
    assert successor["replaces"] == draft["id"] and successor["number"] != draft["number"]


def test_cancelled_first_the_pharmacy_does_not_hand_over(ward, pharmacist):  # CON-4: one story
    rx = ward.issued()[0]
    refused(ward.doc.post(f"/v1/prescriptions/{rx}/cancel", {}), 400, "invalid-request")
    refused(ward.other_doc.post(f"/v1/prescriptions/{rx}/cancel", {"reason": "?"}), 403, "not-on-your-list")
    assert ok(ward.doc.post(f"/v1/prescriptions/{rx}/cancel", {"reason": "Allergy"}))["status"] == "CANCELLED"
    path = f"/v1/pharmacy/prescriptions/{rx}"
    ward.eventually(lambda: ok(pharmacist.get(path))["status"] == "CANCELLED", 15)
    refused(pharmacist.post(f"{path}/dispense", whole(pharmacist, path)), 409, "not-dispensable")


def test_handed_over_in_part_it_is_stopped(ward, pharmacist):  # CON-4 CON-6
    rx = ward.issued()[0]
    path = f"/v1/pharmacy/prescriptions/{rx}"
    ward.eventually(lambda: pharmacist.get(path).status_code == 200, 15)
    hand_over(pharmacist, path, 4)
    ward.eventually(lambda: ward.rx(rx)["fulfilment"] == "PARTIAL", 15)
    assert ward.rx(rx)["status"] == "ISSUED"
    assert ok(ward.doc.post(f"/v1/prescriptions/{rx}/cancel", {"reason": "Better"}))["status"] == "STOPPED"
    refused(ward.doc.post(f"/v1/prescriptions/{rx}/cancel", {"reason": "Better"}), 409, "illegal-transition")


def test_cancel_races_hand_over(ward, pharmacist, kafka):  # CON-4, docs/events.md "When facts collide", 3
    """Each time one story: handed over, and COMPLETED; or cancelled, and nothing left the shelf."""
    prescriptions = ward.issued(12)
    for rx in prescriptions:
        ward.eventually(lambda rx=rx: pharmacist.get(f"/v1/pharmacy/prescriptions/{rx}").status_code == 200, 15)
        ok(pharmacist.post(f"/v1/pharmacy/prescriptions/{rx}/validate",
                           mapping(pharmacist, f"/v1/pharmacy/prescriptions/{rx}")))

    def race(rx):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cancel = pool.submit(ward.doc.post, f"/v1/prescriptions/{rx}/cancel", {"reason": "Race"})
            dispense = pool.submit(pharmacist.post, f"/v1/pharmacy/prescriptions/{rx}/dispense", {})
            return cancel.result(), dispense.result()

    stories = {}
    for rx in prescriptions:
        cancel, dispense = race(rx)
        handed = dispense.status_code in (200, 201)
        if not handed:
            refused(dispense, 409, "not-dispensable")
            assert cancel.status_code == 200
        if cancel.status_code != 200:
            refused(cancel, 409, "illegal-transition")
        stories[rx] = ("COMPLETED", "FULL") if handed else ("CANCELLED", "NONE")
        ward.eventually(lambda rx=rx: ends_as(ward.rx(rx), stories[rx]), 20)
    told = [event for event in kafka.read("ambula.prescription.v1") if event.key in stories]
    for rx, (status, _) in stories.items():
        last = [event for event in told if event.key == rx][-1]
        assert last.data["status"] == status
        cancelled = any(event.key == rx and event.type == "ambula.PrescriptionCancelled" for event in told)
        if status == "COMPLETED" and cancelled:
            assert last.type == "ambula.PrescriptionCancellationRefused"


def ends_as(prescription, story):
    status, fulfilment = story
    released = {"NONE", "RESERVED"} if status == "CANCELLED" else {fulfilment}
    return prescription["status"] == status and prescription["fulfilment"] in released


def mapping(pharmacist, path):
    """Free text becomes the pharmacy's medicine."""
    items = ok(pharmacist.get(path))["items"]
    return {"lines": [{"item_id": item["item_id"], "medicine_id": pharmacist.medicine["id"]} for item in items]}


def hand_over(pharmacist, path, quantity):
    lines = mapping(pharmacist, path)
    ok(pharmacist.post(f"{path}/validate", lines))
    answer = pharmacist.post(f"{path}/dispense",
                             {"lines": [{"item_id": lines["lines"][0]["item_id"], "quantity": quantity}]})
    assert answer.status_code in (200, 201), answer.text


def whole(pharmacist, path):
    return {"lines": [{"item_id": item["item_id"], "quantity": item["quantity"]}
                      for item in ok(pharmacist.get(path))["items"]]}


# CON-5, CON-10, REP-2 -----------------------------------------------------------------------------------------------

def test_a_doctor_reads_their_own_list_only(ward):  # CON-5
    patient = ward.fresh_patient()
    entry = ward.entry(ward.doctor, patient)
    done = ward.complete(ward.start(entry), prescriptions=[{"items": [ITEM]}])
    path, rx = f"/v1/consultations/{done['id']}", f"/v1/prescriptions/{done['prescriptions'][0]}"
    of_patient = {"patient_id": patient["id"]}
    ward.eventually(lambda: refused(ward.other_doc.get("/v1/consultations", params=of_patient), 403,
                                    "not-on-your-list"), 15)
    for refusal in (ward.other_doc.get(path), ward.other_doc.get(rx),
                    ward.other_doc.get("/v1/prescriptions", params=of_patient)):
        refused(refusal, 403, "not-on-your-list")
    for client in (ward.reception, ward.clinic.admin):
        refused(client.get(path), 403, "forbidden")
        refused(client.get(rx), 403, "forbidden")
    # The queue hears of the end of the first visit, and lets nobody stand in it twice before.
    ward.eventually(lambda: ok(ward.reception.get(f"/v1/queue-entries/{entry['id']}"))["status"] == "COMPLETED", 15)
    ward.entry(ward.other, patient)
    ward.eventually(lambda: ok(ward.other_doc.get(path))["id"] == done["id"], 15)
    assert [one["id"] for one in ward.other_doc.items("/v1/consultations", patient_id=patient["id"])] == [done["id"]]
    refused(ward.doc.get(f"/v1/consultations/{UNKNOWN}"), 404, "consultation-not-found")
    refused(ward.doc.get(f"/v1/prescriptions/{UNKNOWN}"), 404, "prescription-not-found")


def test_lists_filter_and_page(ward):  # CON-10
    entry = ward.entry(ward.doctor)
    done = ward.complete(ward.start(entry), prescriptions=[{"items": [ITEM]}, {"items": [ITEM]}])
    found = list(ward.doc.items("/v1/consultations", queue_entry_id=entry["id"], status="COMPLETED"))
    assert [one["id"] for one in found] == [done["id"]]
    assert not list(ward.doc.items("/v1/consultations", queue_entry_id=entry["id"], status="DRAFT"))
    assert not list(ward.doc.items("/v1/consultations", queue_entry_id=entry["id"], to=done["started_at"]))
    paged = [one["id"] for one in ward.doc.items("/v1/prescriptions", consultation_id=done["id"], limit=1)]
    assert sorted(paged) == sorted(done["prescriptions"]) and len(paged) == 2
    refused(ward.doc.get("/v1/prescriptions", params={"colour": "red"}), 400, "invalid-request")
    refused(ward.doc.get("/v1/prescriptions", params={"cursor": "nonsense"}), 400, "invalid-request")


def test_a_doctors_day_and_the_figures(ward):  # CON-5 REP-2
    before = ok(ward.doc.get("/v1/doctor-day"))["figures"]["seen"]
    waiting = ward.entry(ward.doctor)
    draft = ward.start()
    ward.complete(ward.start())
    day = ward.eventually(lambda: (got := ok(ward.doc.get("/v1/doctor-day"))) and any(
        one["queue_entry_id"] == waiting["id"] and "display_name" in one["person"] for one in got["queue"]) and got, 15)
    assert day["date"] == ward.clinic.today().isoformat() and day["doctor_id"] == ward.doctor["id"]
    shown = next(one for one in day["queue"] if one["queue_entry_id"] == waiting["id"])
    assert shown["person"]["display_name"].startswith("Jörna") and shown["mine"]
    assert draft["id"] in {one["consultation_id"] for one in day["drafts"]}
    assert day["figures"]["seen"] == before + 1
    assert not any(one["queue_entry_id"] == waiting["id"] and one["mine"]
                   for one in ok(ward.other_doc.get("/v1/doctor-day"))["queue"])
    refused(ward.reception.get("/v1/doctor-day"), 403, "forbidden")
    today = ward.clinic.today().isoformat()
    figures = ok(ward.clinic.admin.get("/v1/figures/consultations", params={"from": today, "to": today}))
    mine = next(one for one in figures["items"] if one["doctor_id"] == ward.doctor["id"])
    assert mine["visits"] == day["figures"]["seen"]
    table = ward.clinic.admin.get("/v1/figures/consultations", params={"from": today, "to": today, "format": "csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.splitlines()[0] == "doctor_id,doctor,visits,visit_mean_min,visit_p50_min,visit_p90_min"
    refused(ward.doc.get("/v1/figures/consultations", params={"from": today, "to": today}), 403, "forbidden")


# QUE-14 -------------------------------------------------------------------------------------------------------------

def test_a_visitor_is_seen_and_identified_later(ward):  # CON-1 QUE-14
    entry = ward.entry(visitor={"name": "Anonymous Sample"})
    done = ward.complete(ward.start(entry), prescriptions=[{"items": [ITEM]}])
    assert done["visitor_id"] == entry["visitor_id"] and "patient_id" not in done
    rx = done["prescriptions"][0]
    assert ward.doc.get(f"/v1/prescriptions/{rx}/document.pdf").status_code == 200
    patient = ward.fresh_patient()
    settled(lambda: ward.reception.post(f"/v1/queue-entries/{entry['id']}/identify", {"patient_id": patient["id"]}))
    ward.eventually(lambda: ward.rx(rx).get("patient_id") == patient["id"], 15)
    followed = ok(ward.doc.get(f"/v1/consultations/{done['id']}"))
    assert followed["patient_id"] == patient["id"] and followed["visitor_id"] == entry["visitor_id"]
