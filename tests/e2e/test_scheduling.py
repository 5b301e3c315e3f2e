"""Scheduling through the gateway: each refusal by its name, and the rows SCH-1 to SCH-11 and REP-2 as their users meet
them."""

import concurrent.futures
import csv
import datetime
import io
import uuid

import pytest

from support.clinic import DAYS, Clinic, ok, refused, settled, stamp
from support.eventually import eventually

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


@pytest.fixture(scope="module")
def desk(clinic):
    return clinic.staff("receptionist")


@pytest.fixture(scope="module")
def patient(clinic, desk):
    return clinic.add_patient(desk)


@pytest.fixture
def doctor(clinic):
    return clinic.add_doctor()[0]


def at(clinic, days: int, hour: int, minute: int = 0) -> datetime.datetime:
    """A wall time at the clinic, some days from today."""
    return datetime.datetime.combine(clinic.today() + days * DAY, datetime.time(hour, minute), clinic.zone)


def book(desk, patient, doctor, start, **fields):
    body = {"patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": stamp(start)} | fields
    return desk.post("/v1/appointments", body)


def booked(desk, patient, doctor, start, **fields):
    """Books, also when patient or doctor are news to the service."""
    return settled(lambda: book(desk, patient, doctor, start, **fields), 201)


def settled_or(send):
    """The answer, a refusal too, once the service has heard of everybody."""
    return eventually(lambda: (got := send()).status_code != 503 and got, 20)


def test_units_are_kept_in_order(clinic):  # SCH-1
    unit = clinic.add_department()
    path = f"/v1/departments/{unit['id']}"
    refused(clinic.admin.post("/v1/departments", {"code": unit["code"], "name": "Again"}), 409, "already-exists")
    refused(clinic.admin.patch(path, {"name": "X"}), 428, "if-match-required")
    refused(clinic.admin.patch(path, {"name": "X"}, if_match='"v9"'), 412, "version-mismatch")
    assert ok(clinic.admin.patch(path, {"name": "New"}, if_match='"v1"'))["name"] == "New"
    gone = ok(clinic.admin.post(f"{path}/deactivate", {"reason": "Merged"}))
    assert (gone["active"], gone["status_reason"]) == (False, "Merged")
    refused(clinic.admin.post(f"{path}/deactivate"), 409, "illegal-transition")
    assert ok(clinic.admin.post(f"{path}/reactivate"))["active"] is True
    assert unit["id"] in {one["id"] for one in clinic.admin.items("/v1/departments", limit=1)}


def test_a_doctor_never_used_is_deleted(clinic, desk, patient, doctor):  # SCH-2
    refused(clinic.admin.post("/v1/doctors", {"display_name": "Dr. X", "specialty": "NONE",
                                              "department_id": clinic.department["id"]}), 422, "unknown-specialty")
    refused(desk.delete(f"/v1/doctors/{doctor['id']}"), 403, "forbidden")
    unused, _ = clinic.add_doctor()
    assert clinic.admin.delete(f"/v1/doctors/{unused['id']}").status_code == 204
    refused(clinic.admin.get(f"/v1/doctors/{unused['id']}"), 404, "doctor-not-found")
    booked(desk, patient, doctor, at(clinic, 30, 12))
    problem = refused(clinic.admin.delete(f"/v1/doctors/{doctor['id']}"), 409, "in-use")
    assert problem["used_by"] == ["APPOINTMENT"]


def test_each_refusal_of_a_booking_has_its_name(clinic, desk, doctor):  # SCH-5
    patient, other = clinic.add_patient(desk), clinic.add_patient(desk)
    nobody = {"id": str(uuid.uuid4())}
    start = at(clinic, 3, 12)
    kept = booked(desk, patient, doctor, start)
    refused(book(desk, patient, doctor, start, duration_min=10), 422, "bad-duration")
    refused(book(desk, patient, doctor, start, duration_min=181), 422, "bad-duration")
    refused(book(desk, nobody, nobody, at(clinic, -1, 12)), 422, "in-the-past")
    refused(settled_or(lambda: book(desk, nobody, nobody, start)), 404, "patient-not-found")
    refused(settled_or(lambda: book(desk, patient, nobody, start)), 404, "doctor-not-found")
    problem = refused(book(desk, other, doctor, start + 5 * MINUTE), 409, "slot-taken")
    assert len(problem["alternatives"]) == 3
    assert all(slot["starts_at"] >= stamp(start + 15 * MINUTE) for slot in problem["alternatives"])
    booked(desk, other, doctor, datetime.datetime.fromisoformat(problem["alternatives"][0]["starts_at"]))
    second, _ = clinic.add_doctor()
    refused(settled_or(lambda: book(desk, patient, second, start + 10 * MINUTE)), 409, "patient-overlap")
    ok(clinic.admin.post(f"/v1/doctors/{second['id']}/deactivate"))
    refused(book(desk, other, second, start + HOUR), 409, "doctor-inactive")
    clinic.set_hours(doctor, [{"day": day, "from": "09:00", "to": "17:00", "slot_min": 15} for day in DAYS])
    refused(book(desk, other, doctor, at(clinic, 3, 16, 50)), 422, "outside-availability")
    refused(book(desk, other, doctor, at(clinic, 3, 10) + datetime.timedelta(seconds=30)), 422, "outside-availability")
    assert ok(desk.get(f"/v1/appointments/{kept['id']}"))["status"] == "BOOKED"


def test_an_inactive_patient_is_not_booked(clinic, desk, doctor):  # SCH-5
    patient = clinic.add_patient(desk)
    booked(desk, patient, doctor, at(clinic, 4, 9))
    ok(desk.post(f"/v1/patients/{patient['id']}/deactivate", {"reason": "Moved away"}))
    start = at(clinic, 5, 9)

    def refuses():
        nonlocal start
        answer = book(desk, patient, doctor, start)
        start += HOUR
        return answer.status_code == 409 and answer
    refused(eventually(refuses, 15), 409, "patient-inactive")


def test_a_day_has_twelve_visits_and_a_race_no_more(clinic, desk, doctor):  # SCH-5
    patients = [clinic.add_patient(desk) for _ in range(14)]
    first = at(clinic, 6, 9)
    booked(desk, patients[0], doctor, first)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: settled_or(lambda: book(desk, patients[n], doctor, first + n * 15 * MINUTE)),
                                range(1, 14)))
    assert sorted(answer.status_code for answer in answers) == [201] * 11 + [409] * 2
    for answer in answers:
        if answer.status_code == 409:
            assert refused(answer, 409, "doctor-day-full")["alternatives"][0]["starts_at"] >= stamp(at(clinic, 7, 0))


def test_one_slot_has_one_winner(clinic, desk, doctor):  # SCH-5
    patients = [clinic.add_patient(desk) for _ in range(6)]
    start = at(clinic, 8, 9)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: settled_or(lambda: book(desk, one, doctor, start)), patients))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"slot-taken"}


def test_only_legal_transitions(clinic, desk, doctor, patient):  # SCH-6
    visit = booked(desk, patient, doctor, at(clinic, 9, 9))
    path = f"/v1/appointments/{visit['id']}"
    refused(desk.post(f"{path}/check-in"), 422, "not-today")
    refused(desk.post(f"{path}/no-show"), 422, "too-early")
    refused(desk.post(f"{path}/undo-check-in"), 409, "illegal-transition")
    moved = ok(desk.post(f"{path}/reschedule", {"starts_at": stamp(at(clinic, 9, 10)), "duration_min": 30}))
    assert (moved["id"], moved["move_count"], moved["version"]) == (visit["id"], 1, 2)
    assert moved["ends_at"] == stamp(at(clinic, 9, 10, 30))
    refused(desk.post(f"{path}/cancel", {"reason": "No"}, if_match='"v1"'), 412, "version-mismatch")
    assert ok(desk.post(f"{path}/cancel", {"reason": "Asked"}, if_match='"v2"'))["status"] == "CANCELLED"
    assert ok(desk.post(f"{path}/reinstate", {"reason": "Asked again"}))["status"] == "BOOKED"
    assert ok(desk.post(f"{path}/complete"))["status"] == "COMPLETED"
    problem = refused(desk.post(f"{path}/cancel", {"reason": "Too late"}), 409, "illegal-transition")
    assert (problem["from"], problem["command"]) == ("COMPLETED", "cancel")


def test_a_move_is_refused_like_a_booking(clinic, desk, doctor):  # SCH-6
    one, other = clinic.add_patient(desk), clinic.add_patient(desk)
    booked(desk, one, doctor, at(clinic, 10, 9))
    visit = booked(desk, other, doctor, at(clinic, 10, 10))
    problem = refused(desk.post(f"/v1/appointments/{visit['id']}/reschedule", {"starts_at": stamp(at(clinic, 10, 9))}),
                      409, "slot-taken")
    assert len(problem["alternatives"]) == 3
    refused(desk.post(f"/v1/appointments/{visit['id']}/reschedule", {"starts_at": stamp(at(clinic, -1, 9))}),
            422, "in-the-past")


def test_hours_exceptions_and_holidays(clinic, desk, doctor):  # SCH-3
    path = f"/v1/doctors/{doctor['id']}/availability"
    hours = ok(clinic.admin.get(path))
    assert hours["zone"] == clinic.facility["zone"] and len(hours["weekly"]) == 7
    week = [{"day": day, "from": "09:00", "to": "12:00", "slot_min": 30} for day in DAYS]
    limited = clinic.admin.put(path, {"weekly": week, "valid_from": (clinic.today() + DAY).isoformat(),
                                      "valid_to": (clinic.today() + 3 * DAY).isoformat()},
                               if_match=clinic.admin.get(path).headers["etag"])
    assert ok(limited)["affected"] == []
    exceptions = f"/v1/doctors/{doctor['id']}/exceptions"
    refused(clinic.admin.post(exceptions, {"kind": "LEAVE", "date": "2030-01-01", "from": stamp(at(clinic, 1, 9))}),
            400, "invalid-request")
    leave = ok(clinic.admin.post(exceptions, {"kind": "LEAVE", "from": stamp(at(clinic, 1, 9)),
                                              "to": stamp(at(clinic, 1, 11)), "reason": "Training"}), 201)
    assert leave["affected"] == [] and "disruption_id" not in leave
    extra = ok(clinic.admin.post(exceptions, {"kind": "EXTRA", "from": stamp(at(clinic, 5, 20)),
                                              "to": stamp(at(clinic, 5, 21))}), 201)
    assert extra["slot_min"] == 30
    holiday = ok(clinic.admin.post("/v1/holidays", {"date": (clinic.today() + 2 * DAY).isoformat(), "name": "Feast"}), 201)
    refused(clinic.admin.post("/v1/holidays", {"date": holiday["date"], "name": "Again"}), 409, "already-exists")
    starts = [slot["starts_at"] for slot in desk.items(f"/v1/doctors/{doctor['id']}/slots")]
    expected = [at(clinic, 1, 11), at(clinic, 1, 11, 30)] + [at(clinic, 3, 9) + n * 30 * MINUTE for n in range(6)]
    assert starts == [stamp(start) for start in expected + [at(clinic, 5, 20), at(clinic, 5, 20, 30)]]
    assert {one["id"] for one in clinic.admin.items(exceptions, limit=1)} == {leave["id"], extra["id"]}
    assert clinic.admin.delete(f"{exceptions}/{leave['id']}").status_code == 204
    refused(clinic.admin.delete(f"{exceptions}/{leave['id']}"), 404, "exception-not-found")
    assert clinic.admin.delete(f"/v1/holidays/{holiday['id']}").status_code == 204
    assert len(list(desk.items(f"/v1/doctors/{doctor['id']}/slots"))) == 18 + 2


def test_doctors_manage_their_own_hours(clinic):  # SCH-3
    own, client = clinic.add_doctor()
    other, _ = clinic.add_doctor()
    body = {"kind": "LEAVE", "date": (clinic.today() + 40 * DAY).isoformat()}
    ok(client.post(f"/v1/doctors/{own['id']}/exceptions", body), 201)
    refused(client.post(f"/v1/doctors/{other['id']}/exceptions", body), 403, "forbidden")
    refused(client.post("/v1/holidays", {"date": "2030-01-01", "name": "Mine"}), 403, "forbidden")


def test_the_soonest_of_any_doctor(clinic, desk, patient):  # SCH-4
    department = clinic.add_department()
    early, late = (clinic.add_doctor(department)[0] for _ in range(2))
    clinic.set_hours(early, [{"day": day, "from": "10:00", "to": "11:00", "slot_min": 30} for day in DAYS])
    clinic.set_hours(late, [{"day": day, "from": "10:30", "to": "11:30", "slot_min": 30} for day in DAYS])
    window = {"department_id": department["id"], "from": stamp(at(clinic, 1, 0)), "to": stamp(at(clinic, 2, 0))}
    slots = list(desk.items("/v1/slots", **window, limit=1))
    assert [slot["starts_at"] for slot in slots] == [stamp(at(clinic, 1, 10) + n * 30 * MINUTE) for n in (0, 1, 1, 2)]
    assert slots[0]["doctor_id"] == early["id"] and slots[3]["doctor_id"] == late["id"]
    assert len(list(desk.items("/v1/slots", **window, duration_min=60))) == 2
    both = f"{early['id']},{late['id']}"
    assert len(list(desk.items("/v1/slots", doctor_id=both, **{k: window[k] for k in ("from", "to")}))) == 4
    booked(desk, patient, early, at(clinic, 1, 10))
    explained = ok(desk.get("/v1/slots", params=window | {"explain": "true"}))["explained"]
    assert {"doctor_id": early["id"], "starts_at": stamp(at(clinic, 1, 10)), "rule": "slot-taken"} in explained
    # Over pages each hidden time is told once, with the page whose time it is of.
    told, cursor = [], None
    while True:
        page = ok(desk.get("/v1/slots", params=window | {"explain": "true", "limit": 1} | ({"cursor": cursor} if cursor else {})))
        told += page["explained"]
        assert not page["next_cursor"] or all(one["starts_at"] <= page["items"][-1]["starts_at"] for one in page["explained"])
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert told == explained
    refused(desk.get("/v1/slots", params={"from": window["from"], "to": stamp(at(clinic, 70, 0))}), 400, "invalid-request")
    refused(desk.get("/v1/slots", params={"color": "blue"}), 400, "invalid-request")


def test_the_level_bounds_the_search_and_opens_held_seats(clinic, desk, patient):  # SCH-8
    doctor, _ = clinic.add_doctor(clinic.add_department())
    clinic.set_hours(doctor, [{"day": day, "from": "09:00", "to": "10:00", "slot_min": 60} for day in DAYS])
    counts = {level: len(list(desk.items("/v1/slots", doctor_id=doctor["id"], triage_level=level)))
              for level in ("CRITICAL", "HIGH", "MODERATE", "LOW")}
    assert counts["CRITICAL"] <= 1 < counts["HIGH"] <= 3 < counts["MODERATE"] <= 14 < counts["LOW"] <= 60
    urgent = booked(desk, patient, doctor, at(clinic, 2, 9), triage_level="CRITICAL")
    assert urgent["triage_level"] == "CRITICAL"
    refused(desk.post("/v1/appointments", {"patient_id": patient["id"], "doctor_id": doctor["id"],
                                           "starts_at": stamp(at(clinic, 3, 9)), "assessment_id": str(uuid.uuid4())}),
            404, "assessment-not-found")


def test_a_doctor_is_assigned_fairly_and_with_the_reason(clinic, desk):  # SCH-9
    department = clinic.add_department()
    doctors = [clinic.add_doctor(department)[0] for _ in range(2)]
    for doctor in doctors:
        clinic.set_hours(doctor, [{"day": day, "from": "09:00", "to": "11:00", "slot_min": 30} for day in DAYS])
    chosen = []
    for _ in range(4):
        patient = clinic.add_patient(desk)
        visit = settled(lambda: desk.post("/v1/appointments", {
            "patient_id": patient["id"], "department_id": department["id"], "auto_assign": True,
            "starts_at": stamp(at(clinic, 2, 9) + len(chosen) // 2 * 30 * MINUTE)}), 201)
        assert visit["assignment"]["reason"].startswith("free at that time")
        chosen.append(visit["doctor_id"])
    assert sorted(chosen) == sorted([one["id"] for one in doctors] * 2)
    # The patient of the last one has a visit then; others could be taken.
    third = clinic.add_doctor(department)[0]
    clinic.set_hours(third, [{"day": day, "from": "09:00", "to": "11:00", "slot_min": 30} for day in DAYS])
    refused(desk.post("/v1/appointments", {"patient_id": patient["id"], "department_id": department["id"], "auto_assign": True,
                                           "starts_at": visit["starts_at"]}), 409, "patient-overlap")
    clinic.set_hours(third, [])
    patient = clinic.add_patient(desk)
    soonest = settled(lambda: desk.post("/v1/appointments", {
        "patient_id": patient["id"], "specialty": clinic.specialty["code"], "department_id": department["id"],
        "auto_assign": True}), 201)
    assert soonest["assignment"]["reason"].startswith("earliest free time")
    assert ok(desk.get(f"/v1/appointments/{soonest['id']}"))["assignment"] == soonest["assignment"]
    closed = clinic.add_department()
    refused(desk.post("/v1/appointments", {"patient_id": patient["id"], "department_id": closed["id"],
                                           "auto_assign": True}), 409, "no-slot")
    refused(desk.post("/v1/appointments", {"patient_id": patient["id"], "auto_assign": True}), 400, "invalid-request")


def test_lists_page_filter_and_export(clinic, desk, doctor):  # SCH-7, REP-3
    patients = [clinic.add_patient(desk) for _ in range(3)]
    day = clinic.today() + 12 * DAY
    visits = [booked(desk, one, doctor, at(clinic, 12, 9 + n), reason="=1+1") for n, one in enumerate(patients)]
    ok(desk.post(f"/v1/appointments/{visits[2]['id']}/cancel", {"reason": "Ill, \"very\""}))
    ids = [visit["id"] for visit in visits]
    assert [one["id"] for one in desk.items("/v1/appointments", doctor_id=doctor["id"], date=day.isoformat(), limit=1)] == ids
    assert [one["id"] for one in desk.items("/v1/appointments", patient_id=patients[1]["id"])] == [ids[1]]
    assert [one["id"] for one in desk.items("/v1/appointments", date=day.isoformat(), status="CANCELLED",
                                            department_id=doctor["department_id"])] == [ids[2]]
    refused(desk.get("/v1/appointments", params={"cursor": "x"}), 400, "invalid-request")
    sheet = desk.get("/v1/appointments", params={"doctor_id": doctor["id"], "format": "csv"})
    assert sheet.headers["content-type"].startswith("text/csv") and sheet.text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [row["id"] for row in rows] == ids
    assert rows[0]["reason"] == "'=1+1" and rows[2]["status_reason"] == 'Ill, "very"'
    refused(clinic.staff("nurse").get("/v1/appointments", params={"format": "csv"}), 403, "forbidden")


def test_figures_by_doctor_department_and_day(clinic, desk, doctor):  # REP-2
    visits = [booked(desk, clinic.add_patient(desk), doctor, at(clinic, 14, 9 + n)) for n in range(2)]
    ok(desk.post(f"/v1/appointments/{visits[0]['id']}/complete"))
    day = (clinic.today() + 14 * DAY).isoformat()
    figures = ok(clinic.admin.get("/v1/figures/appointments", params={"from": day, "to": day}))
    mine = next(one for one in figures["by_doctor"] if one["doctor_id"] == doctor["id"])
    assert (mine["appointments"], mine["visits"], mine["open"], mine["no_show_rate"]) == (2, 1, 1, 0)
    assert figures["by_day"][0]["date"] == day and figures["total"]["visits"] >= 1
    sheet = clinic.admin.get("/v1/figures/appointments", params={"from": day, "to": day, "format": "csv"})
    assert {row["group"] for row in csv.DictReader(io.StringIO(sheet.text))} == {"TOTAL", "DAY", "DOCTOR", "DEPARTMENT"}
    refused(desk.get("/v1/figures/appointments"), 403, "forbidden")


def test_another_facility_sees_nothing(clinic, desk, patient, doctor, api, sign_in):  # OPS-6
    visit = booked(desk, patient, doctor, at(clinic, 20, 9))
    stranger = Clinic(api, sign_in("admin")).staff("receptionist")
    refused(stranger.get(f"/v1/appointments/{visit['id']}"), 404, "appointment-not-found")
    refused(stranger.get(f"/v1/doctors/{doctor['id']}/slots"), 404, "doctor-not-found")
    refused(stranger.post(f"/v1/appointments/{visit['id']}/cancel", {"reason": "Mine"}), 404, "appointment-not-found")
    assert list(stranger.items("/v1/appointments")) == []
    assert list(stranger.items("/v1/slots", doctor_id=doctor["id"])) == []
