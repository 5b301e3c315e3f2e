"""Journey 3: an emergency, from the symptoms to the consultation [QUE-5 QUE-6 QUE-7 QUE-13]."""

import datetime
import json
import time
import uuid

import pytest

from support.clinic import PASSWORD, ok, refused, settled, stamp
from support.floor import Floor


@pytest.fixture(scope="module")
def floor(sign_in, api, eventually):
    return Floor(api, sign_in("admin"), eventually)


def test_an_emergency_goes_ahead_of_all(floor):
    waiting = floor.walk_in()
    patient = floor.patient()
    asked = ok(floor.nurse.post("/v1/triage/assess", {"symptoms": ["MAJOR_BLEEDING"], "age_years": 40}))
    assert asked["level"] == "CRITICAL" and "assessment_id" not in asked
    entry = floor.walk_in(patient_id=patient["id"])
    triaged = floor.verb(floor.nurse, entry, "triage", {"symptoms": ["MAJOR_BLEEDING"]})
    begun = time.monotonic()
    # On top of the doctor's list within a second.
    top = floor.eventually(lambda: (day := ok(floor.doctor_client.get("/v1/doctor-day"))["queue"]) and
                           day[0]["queue_entry_id"] == triaged["transferred_to"] and day[0], 5, every_s=0.01)
    assert time.monotonic() - begun < 1, "QUE-6"
    assert (top["queue_kind"], top["level"], top["mine"]) == ("EMERGENCY", "CRITICAL", True)
    assert triaged["level"] == "CRITICAL" and triaged["status"] == "TRANSFERRED"
    emergency = ok(floor.doctor_client.get(f"/v1/queue-entries/{triaged['transferred_to']}"))
    assert emergency["queue_kind"] == "EMERGENCY" and emergency["queue_id"] == floor.queues["EMERGENCY"]["id"]
    assert emergency["doctor_id"] == floor.doctor["id"] and "fewest open" in emergency["assignment"]["reason"]
    assert emergency["ticket"] == entry["ticket"] and emergency["transferred_from"] == entry["id"]
    # Called first, though they call in the regular queue.
    called = floor.call_next(floor.doctor_client)
    assert called["id"] == emergency["id"]
    assert called["triage"]["rules"][0] == "MAJOR_BLEEDING"
    floor.consult(emergency)
    assert floor.call_next(floor.doctor_client)["id"] == waiting["id"]
    # The ticket opens where it has gone to.
    assert ok(floor.clinic.api.get(f"/v1/track/{entry['tracking_token']}"))["status"] == "IN_SERVICE"


def test_who_comes_into_the_emergency_queue_has_a_doctor_at_once(floor):  # QUE-6 REP-1
    emergencies = lambda: ok(floor.doctor_client.get("/v1/dashboard"))["open_emergencies"]  # noqa: E731
    before = emergencies()
    straight = floor.walk_in(kind="EMERGENCY")
    assert straight["doctor_id"] == floor.doctor["id"] and "fewest open" in straight["assignment"]["reason"]
    entry = floor.walk_in()
    moved = floor.verb(floor.nurse, entry, "transfer", {"queue_id": floor.queues["EMERGENCY"]["id"], "reason": "Got worse"})
    assert floor.entry({"id": moved["transferred_to"]})["doctor_id"] == floor.doctor["id"]
    assert emergencies() == before + 2
    for one in (straight["id"], moved["transferred_to"]):
        floor.verb(floor.nurse, {"id": one}, "leave", {"reason": "Went home"})
    # Nobody calls for a doctor who is not there.
    refused(floor.reception.post(f"/v1/queues/{floor.queues['REGULAR']['id']}/call-next", {"doctor_id": str(uuid.uuid4())}),
            404, "doctor-not-found")


def test_vitals_and_an_override(floor):
    entry = floor.walk_in()
    vitals = {"respiratory_rate": 25, "spo2": 91, "on_oxygen": True, "systolic": 120, "pulse": 80, "consciousness": "A",
              "temperature_c": 37.0}
    body = {"vitals": vitals, "override": {"level": "HIGH", "reason": "Known to us"}}
    refused(floor.reception.post(f"/v1/queue-entries/{entry['id']}/triage", body), 403, "forbidden")
    triaged = floor.verb(floor.nurse, entry, "triage", body)
    assert triaged["level"] == "HIGH" and triaged["status"] == "WAITING"
    assert triaged["triage"]["level"] == "CRITICAL" and triaged["triage"]["score"] == 8
    assert triaged["triage"]["overridden"] == {"level": "HIGH", "reason": "Known to us"}
    assert triaged["triage"]["parts"]["spo2"] == 3 and triaged["triage"]["missing"] == []
    rules = ok(floor.nurse.get("/v1/triage/rules"))
    assert rules["version"] == triaged["triage"]["rule_set"]
    floor.verb(floor.nurse, entry, "leave", {"reason": "Went home"})


def test_children_have_no_news2(floor):
    child = floor.patient(birth_date=floor.clinic.today().replace(year=floor.clinic.today().year - 5, day=1).isoformat())
    entry = floor.walk_in(patient_id=child["id"])
    triaged = floor.verb(floor.nurse, entry, "triage", {"vitals": {"respiratory_rate": 30}})
    assert triaged["level"] == "LOW" and "score" not in triaged["triage"]
    assert "Under 16" in triaged["triage"]["notes"][0]
    floor.verb(floor.nurse, entry, "leave", {"reason": "Went home"})


def test_the_operator_tries_and_loads_rules(floor, stack, eventually, tmp_path):  # QUE-5: the rules are data
    facility = floor.clinic.facility["id"]
    entry = floor.walk_in()
    assert floor.verb(floor.nurse, entry, "triage", {"symptoms": ["HIGH_FEVER"]})["level"] == "MODERATE"
    rules = ok(floor.nurse.get("/v1/triage/rules"))
    stricter = rules | {"version": f"stricter-{floor.clinic.tag}", "rules": [
        rule | ({"level": "HIGH"} if rule["code"] == "HIGH_FEVER" else {}) for rule in rules["rules"]]}
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(stricter | {"rules": [{"code": "HIGH_FEVER", "level": "URGENT", "symptom": "HIGH_FEVER"}]}))
    wrong = stack.operator("queue", "load-rules", facility, file)
    assert wrong.returncode != 0 and "/rules/0/level" in wrong.stderr, wrong.stderr
    file.write_text(json.dumps(stricter))
    loaded = stack.operator("queue", "load-rules", facility, file)
    assert loaded.returncode == 0 and stricter["version"] in loaded.stdout, loaded.stderr
    again = stack.operator("queue", "load-rules", facility, file)
    assert again.returncode == 1 and "a version never changes" in again.stderr
    now = datetime.datetime.now(datetime.timezone.utc)
    replayed = stack.operator("queue", "replay-triage", facility, stricter["version"], stamp(now - datetime.timedelta(hours=1)),
                              stamp(now + datetime.timedelta(minutes=1)))
    assert replayed.returncode == 0 and "MODERATE (v1) would be HIGH" in replayed.stdout, replayed.stdout + replayed.stderr
    judged = eventually(lambda: (asked := ok(floor.nurse.post("/v1/triage/assess", {"symptoms": ["HIGH_FEVER"], "age_years": 40})))
                        ["rule_set"] == stricter["version"] and asked, 70)
    assert judged["level"] == "HIGH"
    # What was judged stays as it was judged.
    assert floor.entry(entry)["level"] == "MODERATE"
    floor.verb(floor.nurse, entry, "leave", {"reason": "Went home"})


def test_staging_moves_up(floor):  # QUE-7
    entry = floor.walk_in("STAGING")
    moved = floor.eventually(lambda: (now := floor.entry(entry))["status"] == "TRANSFERRED" and now, 10)
    regular = ok(floor.reception.get(f"/v1/queue-entries/{moved['transferred_to']}"))
    assert regular["queue_kind"] == "REGULAR" and regular["status_reason"].startswith("promoted: ")
    assert regular["ticket"]["label"].startswith(floor.queues["STAGING"]["code"])


def test_a_patient_assesses_themselves(floor, mail, kafka, eventually):  # QUE-13 ID-5
    record = floor.patient(email=f"assessed-{floor.clinic.tag}@patients.example")
    patient = floor.clinic.invite(floor.reception, record, mail)
    refused(patient.post("/v1/triage/assess", {"vitals": {"pulse": 80}}), 400, "invalid-request")
    made = settled(lambda: patient.post("/v1/triage/assess", {"symptoms": ["CHEST_PAIN"], "pain": 8}))
    assert made["level"] == "HIGH" and made["rules"] == ["CHEST_PAIN", "PAIN_7_OR_MORE"]
    assert made["valid_until"].endswith("Z")
    told = eventually(lambda: kafka.read("ambula.assessment.v1", key=made["assessment_id"]), 15)[0]
    assert told.type == "ambula.AssessmentMade" and told.data["level"] == "HIGH"
    assert told.data["patient_id"] == record["id"] and "symptoms" not in told.data
