"""One trace through HTTP, the outbox and Kafka [OPS-1]: what a client sends as `traceparent` stands in the events that its
request caused, in those that other services made of them, and in the refusals it was answered with."""

import json
import secrets

from support.clinic import Clinic, ok, settled


def traced():
    trace_id = secrets.token_hex(16)
    return trace_id, {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}


def trace_of(event):
    return event.headers.get("ce_traceparent", "").split("-")[1:2]


def events_of_trace(kafka, trace_id, *topics):
    return [event for event in kafka.read(*topics) if trace_of(event) == [trace_id]]


def test_a_check_in_is_one_trace_over_two_services(api, sign_in, kafka, stack, eventually):
    clinic = Clinic(api, sign_in("admin"))
    reception = clinic.staff("receptionist")
    doctor, _ = clinic.add_doctor()
    patient = clinic.add_patient(reception)
    starts_at = clinic.slots(reception, doctor)[0]["starts_at"]
    visit = settled(lambda: reception.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": starts_at}), 201)
    trace_id, headers = traced()
    answer = reception.post(f"/v1/appointments/{visit['id']}/check-in", headers=headers)
    assert ok(answer)["status"] == "CHECKED_IN"

    topics = ("ambula.appointment.v1", "ambula.queue-entry.v1")
    found = eventually(lambda: len(got := events_of_trace(kafka, trace_id, *topics)) >= 2 and got, 20)
    cause = next(event for event in found if event.type == "ambula.AppointmentCheckedIn")
    effect = next(event for event in found if event.type == "ambula.QueueEntryCreated")
    assert cause.key == visit["id"] and effect.data["appointment_id"] == visit["id"]
    assert effect.headers["ce_causationid"] == cause.id
    spans = {event.headers["ce_traceparent"].split("-")[2] for event in (cause, effect)}
    assert headers["traceparent"].split("-")[2] not in spans, "each step is a span of its own"


def test_a_refusal_names_the_trace(api):
    trace_id, headers = traced()
    answer = api.get("/v1/patients", headers=headers)
    assert answer.status_code == 401 and answer.json()["traceId"] == trace_id
    malformed = api.get("/v1/patients", headers={"traceparent": f"00-{'0' * 32}-{'1' * 16}-01"})
    assert malformed.json()["traceId"] not in ("0" * 32, "")


def test_log_lines_are_json(stack):
    # One sentence is for people: that these are demo accounts (ID-6).
    lines = [line for name in stack.metrics for line in stack.log(name).splitlines()
             if line.strip() and not line.startswith("DEMO INSTALLATION")]
    assert lines
    for line in lines:
        assert {"ts", "level", "service", "event"} <= set(json.loads(line)), line
