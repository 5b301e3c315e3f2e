"""Which refusal is told when several are true at once: domain.md's order, for booking, moving and reinstating [SCH-5, SCH-6]."""

import datetime
import uuid

import pytest

from support.clinic import DAYS, Clinic, ok, refused, settled, stamp
from support.eventually import eventually

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
HOURS = [{"day": day, "from": "09:00", "to": "17:00", "slot_min": 15} for day in DAYS]


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    """One visit fills a doctor's day here."""
    made = Clinic(api, sign_in("admin"))
    path = f"/v1/facilities/{made.facility['id']}"
    ok(made.admin.patch(path, {"settings": {"day_cap": 1}}, if_match=made.admin.get(path).headers["etag"]))
    return made


@pytest.fixture(scope="module")
def desk(clinic):
    return clinic.staff("receptionist")


@pytest.fixture(scope="module")
def capped(clinic, desk):
    """Scheduling has heard of the setting."""
    doctor = open_doctor(clinic)
    booked(desk, clinic.add_patient(desk), doctor, at(clinic, 30, 9))
    for hour in range(10, 16):
        answer = settled_or(lambda: book(desk, clinic.add_patient(desk), doctor, at(clinic, 30, hour)))
        if answer.status_code == 409:
            return refused(answer, 409, "doctor-day-full")
    raise AssertionError("the day never was full")


def open_doctor(clinic):
    doctor, _ = clinic.add_doctor()
    clinic.set_hours(doctor, HOURS)
    return doctor


def at(clinic, days: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(clinic.today() + days * DAY, datetime.time(hour, minute), clinic.zone)


def book(desk, patient, doctor, start, **fields):
    return desk.post("/v1/appointments", {"patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": stamp(start)} | fields)


def booked(desk, patient, doctor, start, **fields):
    return settled(lambda: book(desk, patient, doctor, start, **fields), 201)


def settled_or(send):
    return eventually(lambda: (got := send()).status_code != 503 and got, 20)


def verb(desk, visit, name, body):
    return desk.post(f"/v1/appointments/{visit['id']}/{name}", body)


def cancelled(desk, visit):
    return ok(verb(desk, visit, "cancel", {"reason": "Asked"}))


def test_each_refusal_goes_before_the_ones_after_it(clinic, desk, capped):  # SCH-5
    """One request that breaks every rule; one reason after the other is taken away."""
    nobody = {"id": str(uuid.uuid4())}
    here, elsewhere = open_doctor(clinic), open_doctor(clinic)
    patient, other = clinic.add_patient(desk), clinic.add_patient(desk)
    start = at(clinic, 3, 10)
    taken, own = booked(desk, other, here, start), booked(desk, patient, elsewhere, start)

    refused(book(desk, nobody, nobody, at(clinic, -1, 3), duration_min=5), 422, "bad-duration")
    refused(book(desk, nobody, nobody, at(clinic, -1, 3)), 422, "in-the-past")
    refused(settled_or(lambda: book(desk, nobody, nobody, at(clinic, 3, 3))), 404, "patient-not-found")
    refused(settled_or(lambda: book(desk, patient, nobody, at(clinic, 3, 3))), 404, "doctor-not-found")
    refused(book(desk, patient, here, at(clinic, 3, 3)), 422, "outside-availability")
    refused(book(desk, patient, here, start), 409, "patient-overlap")
    cancelled(desk, own)
    full = refused(book(desk, patient, here, start), 409, "doctor-day-full")
    assert [one["starts_at"] for one in full["alternatives"]] == [stamp(at(clinic, 4, 9, minute)) for minute in (0, 15, 30)]
    refused(book(desk, patient, here, at(clinic, 3, 15)), 409, "doctor-day-full")
    cancelled(desk, taken)
    booked(desk, patient, here, start)


def test_inactive_goes_before_the_hours_and_the_patient_before_the_doctor(clinic, desk):  # SCH-5
    doctor, patient = open_doctor(clinic), clinic.add_patient(desk)
    booked(desk, patient, doctor, at(clinic, 5, 9))
    ok(clinic.admin.post(f"/v1/doctors/{doctor['id']}/deactivate"))
    refused(book(desk, patient, doctor, at(clinic, 6, 3)), 409, "doctor-inactive")
    ok(desk.post(f"/v1/patients/{patient['id']}/deactivate", {"reason": "Moved away"}))
    # The seam is an event: until it has come the doctor alone is inactive.
    both = eventually(lambda: (got := book(desk, patient, doctor, at(clinic, 6, 3))).json()["code"] != "doctor-inactive" and got, 15)
    refused(both, 409, "patient-inactive")


def test_a_taken_slot_of_a_day_with_room(api, sign_in):  # SCH-5
    clinic = Clinic(api, sign_in("admin"))
    desk = clinic.staff("receptionist")
    here, elsewhere = open_doctor(clinic), open_doctor(clinic)
    patient, other = clinic.add_patient(desk), clinic.add_patient(desk)
    start = at(clinic, 3, 10)
    booked(desk, other, here, start)
    own = booked(desk, patient, elsewhere, start + 10 * MINUTE)
    refused(book(desk, patient, here, start), 409, "patient-overlap")
    cancelled(desk, own)
    assert refused(book(desk, patient, here, start), 409, "slot-taken")["alternatives"][0]["starts_at"] == stamp(start + 15 * MINUTE)


def test_a_move_is_refused_in_the_same_order(clinic, desk, capped):  # SCH-6
    here, elsewhere, third = (open_doctor(clinic) for _ in range(3))
    patient, other = clinic.add_patient(desk), clinic.add_patient(desk)
    start = at(clinic, 8, 10)
    taken, own = booked(desk, other, here, start), booked(desk, patient, elsewhere, start)
    visit = booked(desk, patient, third, at(clinic, 9, 10))
    to_here = {"starts_at": stamp(start), "doctor_id": here["id"]}
    refused(verb(desk, visit, "reschedule", to_here | {"duration_min": 10}), 422, "bad-duration")
    refused(verb(desk, visit, "reschedule", to_here | {"starts_at": stamp(at(clinic, 8, 3))}), 422, "outside-availability")
    refused(verb(desk, visit, "reschedule", to_here), 409, "patient-overlap")
    refused(verb(desk, visit, "reschedule", {"starts_at": stamp(start)}), 409, "patient-overlap")
    cancelled(desk, own)
    full = refused(verb(desk, visit, "reschedule", to_here), 409, "doctor-day-full")
    assert full["alternatives"][0]["starts_at"] == stamp(at(clinic, 9, 9))
    refused(verb(desk, visit, "reschedule", to_here | {"doctor_id": str(uuid.uuid4())}), 404, "doctor-not-found")
    assert ok(desk.get(f"/v1/appointments/{visit['id']}")) == visit, "it stands as it was"
    # Its own time and its own seat are not in its way.
    moved = ok(verb(desk, visit, "reschedule", {"starts_at": stamp(at(clinic, 9, 10, 5))}))
    assert (moved["id"], moved["starts_at"]) == (visit["id"], stamp(at(clinic, 9, 10, 5)))
    cancelled(desk, taken)
    assert ok(verb(desk, visit, "reschedule", to_here))["doctor_id"] == here["id"]
    assert ok(clinic.admin.post(f"/v1/doctors/{third['id']}/deactivate"))["affected"] == []
    refused(verb(desk, visit, "reschedule", {"starts_at": stamp(at(clinic, 9, 10)), "doctor_id": third["id"]}), 409, "doctor-inactive")


def test_a_reinstated_visit_meets_the_rules_of_a_booking(clinic, desk, capped):  # SCH-6
    here, elsewhere = open_doctor(clinic), open_doctor(clinic)
    patient, other = clinic.add_patient(desk), clinic.add_patient(desk)
    start = at(clinic, 12, 10)
    visit = cancelled(desk, booked(desk, patient, here, start))
    taken, own = booked(desk, other, here, start), booked(desk, patient, elsewhere, start)
    again = {"reason": "Asked again"}
    refused(verb(desk, visit, "reinstate", {}), 400, "invalid-request")
    refused(verb(desk, visit, "reinstate", again), 409, "patient-overlap")
    cancelled(desk, own)
    assert refused(verb(desk, visit, "reinstate", again), 409, "doctor-day-full")["alternatives"][0]["starts_at"] == stamp(at(clinic, 13, 9))
    cancelled(desk, taken)
    ok(clinic.admin.post(f"/v1/doctors/{here['id']}/deactivate"))
    refused(verb(desk, visit, "reinstate", again), 409, "doctor-inactive")
    ok(clinic.admin.post(f"/v1/doctors/{here['id']}/reactivate"))
    clinic.set_hours(here, [one | {"from": "12:00"} for one in HOURS])
    refused(verb(desk, visit, "reinstate", again), 422, "outside-availability")
    clinic.set_hours(here, HOURS)
    assert ok(verb(desk, visit, "reinstate", again))["status"] == "BOOKED"
    refused(book(desk, other, here, start), 409, "doctor-day-full")


def test_a_reinstated_visit_finds_its_time_taken(api, sign_in):  # SCH-6
    clinic = Clinic(api, sign_in("admin"))
    desk, doctor = clinic.staff("receptionist"), open_doctor(clinic)
    patient, other = clinic.add_patient(desk), clinic.add_patient(desk)
    visit = cancelled(desk, booked(desk, patient, doctor, at(clinic, 2, 10)))
    booked(desk, other, doctor, at(clinic, 2, 10, 10))
    problem = refused(verb(desk, visit, "reinstate", {"reason": "Asked again"}), 409, "slot-taken")
    assert len(problem["alternatives"]) == 3
    assert ok(desk.get(f"/v1/appointments/{visit['id']}"))["status"] == "CANCELLED"
