"""A patient books by an assessment of their own, never by a level that they choose [SCH-8, QUE-13]."""

import datetime
import uuid

import psycopg
import pytest

from support.clinic import DAYS, Clinic, ok, refused, settled, stamp


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


@pytest.fixture(scope="module")
def desk(clinic):
    return clinic.staff("receptionist")


@pytest.fixture(scope="module")
def doctor(clinic, stack, eventually):
    """Two visits a day, the second of them kept for who is urgent."""
    path = f"/v1/facilities/{clinic.facility['id']}"
    ok(clinic.admin.patch(path, {"settings": {"day_cap": 2, "urgent_seats": 1}},
                          if_match=clinic.admin.get(path).headers["etag"]))
    with psycopg.connect(stack.pg_url, autocommit=True) as database:
        told = "SELECT day_cap FROM scheduling.facility WHERE id = %s"
        eventually(lambda: database.execute(told, [clinic.facility["id"]]).fetchone()[0] == 2, 20)
    made, _ = clinic.add_doctor()
    clinic.set_hours(made, [{"day": day, "from": "09:00", "to": "12:00", "slot_min": 30} for day in DAYS])
    return made


@pytest.fixture(scope="module")
def people(clinic, desk, mail):
    """Two patients with accounts: (record, client)."""
    made = []
    for name in ("one", "two"):
        record = clinic.add_patient(desk, email=f"assessed-{name}-{clinic.tag}@patients.example")
        made.append((record, clinic.invite(desk, record, mail)))
    return made


def at(clinic, days, hour, minute=0):
    return stamp(datetime.datetime.combine(clinic.today() + datetime.timedelta(days=days), datetime.time(hour, minute),
                                           clinic.zone))


def assess(client, *symptoms, **fields):
    return settled(lambda: client.post("/v1/triage/assess", {"symptoms": list(symptoms)} | fields))


def test_a_patients_level_comes_from_the_own_assessment_only(clinic, desk, doctor, people, eventually):
    (record, client), (other, other_client) = people
    body = {"patient_id": record["id"], "doctor_id": doctor["id"], "starts_at": at(clinic, 2, 9)}
    refused(client.post("/v1/appointments", body | {"triage_level": "HIGH"}), 403, "assessment-required")
    refused(client.post("/v1/appointments", body | {"assessment_id": str(uuid.uuid4())}), 404, "assessment-not-found")
    theirs = assess(other_client, "CHEST_PAIN")
    answer = eventually(lambda: (got := client.post("/v1/appointments", body | {"assessment_id": theirs["assessment_id"]}))
                        .status_code != 503 and got, 20)
    refused(answer, 422, "assessment-invalid")
    # Somebody with an ordinary complaint takes the day's only open seat; the next one finds the day full …
    taken = settled(lambda: desk.post("/v1/appointments", {
        "patient_id": other["id"], "doctor_id": doctor["id"], "starts_at": at(clinic, 2, 10)}), 201)
    assert "triage_level" not in taken
    eventually(lambda: client.post("/v1/appointments", body).json().get("code") == "doctor-day-full", 20)
    mild = assess(client, "HIGH_FEVER")
    assert mild["level"] == "MODERATE"
    answer = settled_refusal(eventually, lambda: client.post("/v1/appointments", body | {"assessment_id": mild["assessment_id"]}))
    refused(answer, 409, "doctor-day-full")
    # … but the held seat opens for a HIGH assessment.
    urgent = assess(client, "CHEST_PAIN", pain=8)
    assert urgent["level"] == "HIGH"
    visit = settled(lambda: client.post("/v1/appointments", body | {"assessment_id": urgent["assessment_id"]}), 201)
    assert visit["triage_level"] == "HIGH" and visit["patient_id"] == record["id"]
    assert ok(desk.get(f"/v1/appointments/{visit['id']}"))["triage_level"] == "HIGH"


def settled_refusal(eventually, send):
    return eventually(lambda: (got := send()).status_code != 503 and got, 20)


def test_an_emergency_is_not_booked_by_the_patient(clinic, desk, doctor, people, eventually):
    (record, client), _ = people
    body = {"patient_id": record["id"], "doctor_id": doctor["id"], "starts_at": at(clinic, 1, 9)}
    critical = assess(client, "SEIZURE")
    assert critical["level"] == "CRITICAL"
    answer = settled_refusal(eventually, lambda: client.post("/v1/appointments", body | {"assessment_id": critical["assessment_id"]}))
    refused(answer, 409, "go-to-emergency")
    # Staff may still book, by their own word.
    assert settled(lambda: desk.post("/v1/appointments", body | {"triage_level": "CRITICAL"}), 201)["triage_level"] == "CRITICAL"


def test_the_search_of_a_patient_reaches_as_far_as_the_level(clinic, doctor, people, eventually):
    _, (_, client) = people
    refused(client.get("/v1/slots", params={"doctor_id": doctor["id"], "triage_level": "HIGH"}), 403, "assessment-required")

    def days(*symptoms):
        query = {"doctor_id": doctor["id"], "assessment_id": assess(client, *symptoms)["assessment_id"]}
        eventually(lambda: client.get("/v1/slots", params=query).status_code == 200, 20)
        return {slot["starts_at"][:10] for slot in client.items("/v1/slots", **query)}
    high, moderate = days("CHEST_PAIN"), days("HIGH_FEVER")
    assert len(high) <= 4 < len(moderate) <= 15


def test_an_assessment_lasts_four_hours(clinic, doctor, people, database, eventually):
    _, (record, client) = people
    made = assess(client, "HEAD_INJURY")
    body = {"patient_id": record["id"], "doctor_id": doctor["id"], "starts_at": at(clinic, 6, 9),
            "assessment_id": made["assessment_id"]}
    known = "SELECT count(*) FROM scheduling.assessment WHERE id = %s"
    eventually(lambda: database.execute(known, [made["assessment_id"]]).fetchone()[0] == 1, 20)
    until = datetime.datetime.fromisoformat(made["valid_until"].replace("Z", "+00:00"))
    left = until - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(hours=3, minutes=55) < left <= datetime.timedelta(hours=4)
    database.execute("UPDATE scheduling.assessment SET valid_until = now() - interval '1 s' WHERE id = %s",
                     [made["assessment_id"]])
    refused(client.post("/v1/appointments", body), 422, "assessment-invalid")
