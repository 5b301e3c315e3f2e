"""Spans by OTLP [OPS-1]: a collector hears one trace that goes from the gateway through a service, its database and Kafka to
notification; nothing of a person is in it [AUD-2]; a collector that is away costs nothing."""

import http.server
import json
import re
import signal
import threading

import pytest

from support.clinic import Clinic, settled
from test_trace import traced

TRACED = ("gateway", "scheduling", "notification")
CANARY = "Zwölfhundert-Canary"
SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5  # OTLP's kinds of spans
LAST = {("gateway", SERVER), ("scheduling", SERVER), ("scheduling", PRODUCER), ("notification", CONSUMER)}


class Collector(http.server.ThreadingHTTPServer):
    """Keeps the spans it is sent, each with the service that sent it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.spans, self.raw, self.lock = [], [], threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}/v1/traces"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def of(self, trace_id: str) -> list[dict]:
        with self.lock:
            return [span for span in self.spans if span["traceId"] == trace_id]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        assert self.headers["content-type"] == "application/json"
        with self.server.lock:
            self.server.raw.append(body)
            for resource in json.loads(body)["resourceSpans"]:
                who = attributes(resource["resource"])
                assert who["service.namespace"] == "ambula" and who["service.version"]
                for scope in resource["scopeSpans"]:
                    self.server.spans += [span | {"service": who["service.name"]} for span in scope["spans"]]
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def attributes(of: dict) -> dict:
    return {each["key"]: next(iter(each["value"].values())) for each in of["attributes"]}


@pytest.fixture(scope="module")
def collector(stack, eventually):
    def restart(**settings):
        for name in TRACED:
            stack.kill(name, signal.SIGTERM)
        eventually(lambda: not any(stack.is_alive(name) for name in TRACED), 20)
        stack.ensure_up(**settings)

    made = Collector()
    restart(AMBULA_TRACES_URL=made.url, AMBULA_TRACES_RATIO="1")
    yield made
    made.shutdown()
    restart()


@pytest.fixture(scope="module")
def trace(collector, api, sign_in, eventually):
    """A visit booked under a client's own trace: all its spans."""
    clinic = Clinic(api, sign_in("admin"))
    reception = clinic.staff("receptionist")
    doctor, _ = clinic.add_doctor()
    patient = clinic.add_patient(reception, family_name=CANARY)
    starts_at = clinic.slots(reception, doctor)[0]["starts_at"]
    trace_id, headers = traced()
    settled(lambda: reception.post("/v1/appointments", {
        "patient_id": patient["id"], "doctor_id": doctor["id"], "starts_at": starts_at}, headers=headers), 201)
    # Each process sends its spans by itself, and when it likes; one of the last is waited for of each.
    eventually(lambda: LAST <= {(span["service"], span["kind"]) for span in collector.of(trace_id)}, 20)
    return {span["spanId"]: span for span in collector.of(trace_id)}, headers["traceparent"].split("-")[2]


def chain(spans: dict, span: dict) -> list[tuple[str, int]]:
    """From a span up to the client's own: who did what (of OTLP's kinds) each time."""
    found = []
    while span is not None:
        found.append((span["service"], span["kind"]))
        span = spans.get(span.get("parentSpanId"))
    return found


def test_one_trace_spans_gateway_service_kafka_and_notification(trace):
    spans, client = trace
    mailed = next(span for span in spans.values() if span["service"] == "notification" and span["kind"] == CONSUMER)
    assert chain(spans, mailed) == [("notification", CONSUMER), ("scheduling", SERVER), ("gateway", CLIENT), ("gateway", SERVER)]
    assert mailed["name"] == "process ambula.appointment.v1"
    assert attributes(mailed)["cloudevents.event_type"] == "AppointmentBooked"
    root = next(span for span in spans.values() if span["service"] == "gateway" and span["kind"] == SERVER)
    assert root["parentSpanId"] == client and root["name"] == "POST /v1/appointments"
    assert attributes(root)["http.response.status_code"] == "201"
    sent = next(span for span in spans.values() if span["service"] == "scheduling" and span["kind"] == PRODUCER)
    assert sent["name"] == "send ambula.appointment.v1" and chain(spans, sent)[1] == ("scheduling", SERVER)
    for service in ("scheduling", "notification"):
        assert any(span["service"] == service and attributes(span).get("db.system.name") == "postgresql" for span in spans.values())


def test_each_span_lies_within_its_time(trace):
    spans, _ = trace
    for span in spans.values():
        begun, ended = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
        assert begun <= ended < begun + 60e9
        parent = spans.get(span.get("parentSpanId"))
        if parent and span["kind"] in (SERVER, CLIENT):
            # Dates are taken from two processes' clocks of one machine.
            assert int(parent["startTimeUnixNano"]) <= begun + 5e6 and ended <= int(parent["endTimeUnixNano"]) + 5e6


def test_nothing_of_a_person_is_in_a_trace(trace, collector):
    everything = "".join(collector.raw)
    assert CANARY not in everything and "canary" not in everything.lower()
    for span in trace[0].values():
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", span["name"]), "an id in a name makes a name of each"


def test_a_collector_that_is_away_costs_nothing(stack, sign_in, collector):
    """Last: it is away from here on."""
    collector.shutdown()
    collector.server_close()
    for _ in range(20):
        assert sign_in("rec001").get("/v1/doctors").status_code == 200
