#!/usr/bin/env python3
"""Writes helm/ambula/dashboards/*.json: one short table here instead of thousands of lines that nobody reads. After a change run it
and commit both; tests/ops compares them, and tests/component evaluates every expression on a running system [OPS-4]."""

import dataclasses
import json
import pathlib

FOLDER = pathlib.Path(__file__).parent / "ambula/dashboards"
WIDTH = 24


@dataclasses.dataclass
class Panel:
    title: str
    about: str
    unit: str
    targets: list[tuple[str, str]]  # (expression, legend)
    kind: str = "timeseries"


def row(title: str) -> Panel:
    return Panel(title, "", "", [], "row")


def stat(title: str, about: str, unit: str, expression: str, legend: str) -> Panel:
    return Panel(title, about, unit, [(expression, legend)], "stat")


def graph(title: str, about: str, unit: str, *targets: tuple[str, str]) -> Panel:
    return Panel(title, about, unit, list(targets))


def quantiles(metric: str, selector: str, by: str = "") -> list[tuple[str, str]]:
    labels = f"le, {by}" if by else "le"
    legend = f"{{{{{by}}}}} " if by else ""
    return [(f"histogram_quantile({q}, sum by ({labels}) (rate({metric}_bucket{{{selector}}}[$__rate_interval])))", f"{legend}p{q * 100:g}")
            for q in (0.5, 0.95, 0.99)]


JOB = 'job="ambula"'
GATEWAY = 'job="ambula", service="gateway"'
SERVICE = 'job="ambula", service=~"$service"'
HTTP = "ambula_http_server_request_duration_seconds"


def events_per_minute(kind: str) -> str:
    return f'60 * (sum(rate(ambula_outbox_published_total{{{JOB}, type="{kind}"}}[$__rate_interval])) or vector(0))'


OVERVIEW = [
    row("Is it well?"),
    stat("Bookings answered well", "Share of bookings of the last hour that were not answered 5xx; the promise is 99.9 %.", "percentunit",
         '1 - ambula:slo_errors:ratio_rate1h{slo="bookings"}', "bookings"),
    stat("Reads answered well", "Share of reads of the last hour that were not answered 5xx; the promise is 99.9 %.", "percentunit",
         '1 - ambula:slo_errors:ratio_rate1h{slo="reads"}', "reads"),
    stat("Budget burn", "How many times faster than allowed the month's error budget is used, over the last hour. 14.4 wakes somebody.",
         "short", "max(ambula:slo_errors:ratio_rate1h) / 0.001", "times"),
    stat("Alerts", "Alerts that fire now, without the watchdog.", "short",
         'count(ALERTS{alertstate="firing", alertname=~"Ambula.*", severity!="none"}) or vector(0)', "firing"),
    stat("Replicas", "Processes that answer Prometheus.", "short", f"sum(up{{{JOB}}})", "up"),
    stat("Version", "Versions that run; two during a rolling upgrade.", "short",
         f"count by (version) (ambula_build_info{{{JOB}}})", "{{version}}"),
    row("Is the clinic working?"),
    graph("Bookings and check-ins", "By their events, so that what was taken back does not count.", "cpm",
          (events_per_minute("AppointmentBooked"), "booked"), (events_per_minute("AppointmentCheckedIn"), "checked in"),
          (events_per_minute("AppointmentCancelled"), "cancelled")),
    graph("Consultations and dispenses", "Care that was given.", "cpm", (events_per_minute("ConsultationCompleted"), "consultations"),
          (events_per_minute("PrescriptionDispensed"), "dispensed")),
    graph("Waiting now", "Patients in all waiting rooms, by urgency.", "short",
          (f"max by (urgency) (ambula_queue_waiting_patients{{{JOB}}})", "{{urgency}}")),
    row("The gateway"),
    graph("Requests", "By class of answer.", "reqps",
          (f"sum by (code_class) (rate({HTTP}_count{{{GATEWAY}}}[$__rate_interval]))", "{{code_class}}")),
    graph("Time to the answer", "Over all routes, streams included.", "s", *quantiles(HTTP, GATEWAY)),
    graph("Errors by route", "5xx only.", "reqps",
          (f'topk(10, sum by (route) (rate({HTTP}_count{{{GATEWAY}, code_class="5xx"}}[$__rate_interval]))) or vector(0)', "{{route}}")),
    graph("Time of the services", "As the gateway waits for them, 95th percentile.", "s",
          (f"histogram_quantile(0.95, sum by (le, upstream) (rate(ambula_gateway_upstream_request_duration_seconds_bucket{{{JOB}}}[$__rate_interval])))",
           "{{upstream}}")),
    graph("Circuits", "0 closed, 1 open (answered 503 at once), 2 trying.", "short",
          (f"max by (upstream) (ambula_gateway_circuit_state{{{JOB}}})", "{{upstream}}")),
    graph("Refused", "Requests over a limit, and requests without a good token.", "reqps",
          (f"sum(rate(ambula_gateway_rate_limited_total{{{JOB}}}[$__rate_interval])) or vector(0)", "over a limit"),
          (f"sum(rate(ambula_gateway_auth_failures_total{{{JOB}}}[$__rate_interval])) or vector(0)", "no good token")),
    row("Behind the scenes"),
    graph("Oldest event not sent", "Above a minute the others do not hear of what was decided.", "s",
          (f"max by (service) (ambula_outbox_oldest_pending_age_seconds{{{JOB}}})", "{{service}}")),
    graph("Behind the events", "How old the oldest event is that a service has not applied.", "s",
          (f"max by (service) (ambula_kafka_consumer_oldest_unprocessed_age_seconds{{{JOB}}})", "{{service}}")),
    graph("Database answers", "1 while it does.", "short", (f"min by (service) (ambula_database_up{{{JOB}}})", "{{service}}")),
]

ONE_SERVICE = [
    row("$service"),
    stat("Replicas", "Processes that answer Prometheus.", "short", f"sum(up{{{SERVICE}}})", "up"),
    stat("In work", "Requests in work now.", "short", f"sum(ambula_http_server_active_requests{{{SERVICE}}})", "requests"),
    stat("Started", "Since when the youngest replica runs.", "s", f"time() - max(process_start_time_seconds{{{SERVICE}}})", "ago"),
    graph("Requests", "By class of answer.", "reqps",
          (f"sum by (code_class) (rate({HTTP}_count{{{SERVICE}}}[$__rate_interval]))", "{{code_class}}")),
    graph("Time to the answer", "Over all routes.", "s", *quantiles(HTTP, SERVICE)),
    graph("Slowest routes", "95th percentile, the ten slowest.", "s",
          (f"topk(10, histogram_quantile(0.95, sum by (le, method, route) (rate({HTTP}_bucket{{{SERVICE}}}[$__rate_interval]))))",
           "{{method}} {{route}}")),
    graph("Busiest routes", "The ten busiest.", "reqps",
          (f"topk(10, sum by (method, route) (rate({HTTP}_count{{{SERVICE}}}[$__rate_interval])))", "{{method}} {{route}}")),
    graph("Errors by route", "5xx only.", "reqps",
          (f'sum by (route) (rate({HTTP}_count{{{SERVICE}, code_class="5xx"}}[$__rate_interval])) or vector(0)', "{{route}}")),
    graph("Workers", "At work, and how many there are. All at work for long: requests wait.", "short",
          (f"sum by (instance) (ambula_worker_busy_threads{{{SERVICE}}})", "{{instance}} at work"),
          (f"sum by (instance) (ambula_worker_threads{{{SERVICE}}})", "{{instance}} all")),
    graph("Waiting for a worker", "Should be 0 but for moments.", "short", (f"sum by (instance) (ambula_worker_queue_depth{{{SERVICE}}})", "{{instance}}")),
    row("The process"),
    graph("CPU", "Cores.", "short", (f"rate(process_cpu_seconds_total{{{SERVICE}}}[$__rate_interval])", "{{instance}}")),
    graph("Memory", "Resident.", "bytes", (f"process_resident_memory_bytes{{{SERVICE}}}", "{{instance}}")),
    graph("File descriptors", "Share of what is allowed.", "percentunit",
          (f"process_open_fds{{{SERVICE}}} / process_max_fds{{{SERVICE}}}", "{{instance}}")),
]

EVENTS = [
    row("Outbox to Kafka"),
    graph("Waiting to be sent", "Rows of the outbox.", "short", (f"max by (service) (ambula_outbox_pending_events{{{JOB}}})", "{{service}}")),
    graph("Oldest event not sent", "An alert fires at a minute.", "s",
          (f"max by (service) (ambula_outbox_oldest_pending_age_seconds{{{JOB}}})", "{{service}}")),
    graph("Sent", "By topic.", "cps", (f"sum by (topic) (rate(ambula_outbox_published_total{{{JOB}}}[$__rate_interval]))", "{{topic}}")),
    graph("From commit to Kafka", "From the event's row to the broker's receipt.", "s", *quantiles("ambula_outbox_publish_delay_seconds", JOB)),
    row("Kafka to the services"),
    graph("Behind the events", "Age of the oldest event not applied; an alert fires at a minute.", "s",
          (f"max by (service) (ambula_kafka_consumer_oldest_unprocessed_age_seconds{{{JOB}}})", "{{service}}")),
    graph("Messages not read", "Sum over the replicas.", "short", (f"sum by (service) (ambula_kafka_consumer_lag_messages{{{JOB}}})", "{{service}}")),
    graph("Applied", "By what became of them.", "cps",
          (f"sum by (service, result) (rate(ambula_kafka_consumer_messages_total{{{JOB}}}[$__rate_interval]))", "{{service}} {{result}}")),
    graph("From commit to the other's commit", "End to end, by topic, 95th percentile.", "s",
          (f"histogram_quantile(0.95, sum by (le, topic) (rate(ambula_event_end_to_end_latency_seconds_bucket{{{JOB}}}[$__rate_interval])))", "{{topic}}")),
    graph("Time to apply a batch", "95th percentile, by topic.", "s",
          (f"histogram_quantile(0.95, sum by (le, topic) (rate(ambula_kafka_consumer_process_duration_seconds_bucket{{{JOB}}}[$__rate_interval])))",
           "{{topic}}")),
    graph("Duplicates", "Applied before, so not applied again: normal after a restart.", "cps",
          (f"sum by (service) (rate(ambula_inbox_duplicates_total{{{JOB}}}[$__rate_interval]))", "{{service}}")),
    row("Trouble"),
    graph("Parked", "Cannot be applied, or held back behind one that cannot. Should be 0.", "short",
          (f"max by (service) (ambula_parked_events{{{JOB}}})", "{{service}}")),
    graph("Batches tried again", "The database refused them.", "cps",
          (f"sum by (service) (rate(ambula_kafka_consumer_retries_total{{{JOB}}}[$__rate_interval]))", "{{service}}")),
    graph("Rebalances", "Replicas come and go.", "cps",
          (f"sum by (service) (rate(ambula_kafka_consumer_rebalances_total{{{JOB}}}[$__rate_interval]))", "{{service}}")),
]

STATEMENT = "ambula_db_client_operation_duration_seconds"
DATABASE = [
    row("Connections"),
    graph("Database answers", "1 while it does.", "short", (f"min by (service) (ambula_database_up{{{SERVICE}}})", "{{service}}")),
    graph("Connections at work", "Share of the workers' connections.", "percentunit",
          (f"sum by (service) (ambula_worker_busy_threads{{{SERVICE}}}) / sum by (service) (ambula_worker_threads{{{SERVICE}}})", "{{service}}")),
    graph("Waiting for a connection", "Requests.", "short", (f"sum by (service) (ambula_worker_queue_depth{{{SERVICE}}})", "{{service}}")),
    row("Statements"),
    graph("Statements", "By service.", "ops", (f"sum by (service) (rate({STATEMENT}_count{{{SERVICE}}}[$__rate_interval]))", "{{service}}")),
    graph("Time of a statement", "As its caller sees it.", "s", *quantiles(STATEMENT, SERVICE)),
    graph("Slowest statements", "95th percentile, the ten slowest.", "s",
          (f"topk(10, histogram_quantile(0.95, sum by (le, service, operation) (rate({STATEMENT}_bucket{{{SERVICE}}}[$__rate_interval]))))",
           "{{service}} {{operation}}")),
    graph("Where the time goes", "Seconds of the database's time a second, the ten greatest.", "short",
          (f"topk(10, sum by (service, operation) (rate({STATEMENT}_sum{{{SERVICE}}}[$__rate_interval])))", "{{service}} {{operation}}")),
    graph("Rolled back", "Transactions, by why.", "ops",
          (f"sum by (reason) (rate(ambula_db_transactions_rolled_back_total{{{SERVICE}}}[$__rate_interval])) or vector(0)", "{{reason}}")),
]

FLOOR = [
    row("Now"),
    stat("Waiting", "Patients in all waiting rooms.", "short", f"sum(max by (urgency) (ambula_queue_waiting_patients{{{JOB}}}))", "patients"),
    stat("Longest wait", "Of those who wait now.", "s", f'max(ambula_queue_waiting_age_seconds{{{JOB}, share="1"}})', "longest"),
    stat("Prescriptions", "That wait for the pharmacy.", "short", f"sum(max by (state) (ambula_prescriptions_pending{{{JOB}}}))", "pending"),
    stat("Medicines short", "At or below their minimum, or out.", "short",
         f'sum(max by (level) (ambula_stock_medicines{{{JOB}, level=~"LOW|OUT"}}))', "medicines"),
    row("The day"),
    graph("Waiting by urgency", "CRITICAL should be 0 but for moments.", "short",
          (f"max by (urgency) (ambula_queue_waiting_patients{{{JOB}}})", "{{urgency}}")),
    graph("How long they have waited", "Of those who wait now: half of them, nine of ten, and the longest.", "s",
          (f"max by (share) (ambula_queue_waiting_age_seconds{{{JOB}}})", "{{share}}")),
    graph("Arrivals and calls", "Each minute.", "cpm", (events_per_minute("QueueEntryCreated"), "arrived"), (events_per_minute("QueueEntryCalled"), "called"),
          (events_per_minute("QueueEntryNoShow"), "did not come"), (events_per_minute("QueueEntryLeft"), "left")),
    graph("Appointments", "Each minute.", "cpm", (events_per_minute("AppointmentBooked"), "booked"),
          (events_per_minute("AppointmentRescheduled"), "moved"), (events_per_minute("AppointmentCancelled"), "cancelled"),
          (events_per_minute("AppointmentNoShow"), "did not come")),
    graph("Consultations", "Each minute.", "cpm", (events_per_minute("ConsultationStarted"), "started"),
          (events_per_minute("ConsultationCompleted"), "completed")),
    graph("Pharmacy", "Each minute.", "cpm", (events_per_minute("PrescriptionIssued"), "issued"), (events_per_minute("PrescriptionReady"), "ready"),
          (events_per_minute("PrescriptionDispensed"), "dispensed")),
    graph("Prescriptions pending", "By how far they are.", "short", (f"max by (state) (ambula_prescriptions_pending{{{JOB}}})", "{{state}}")),
    graph("Stock", "Medicines, by what the stock is.", "short", (f"max by (level) (ambula_stock_medicines{{{JOB}}})", "{{level}}")),
]

MAIL = [
    row("Sending"),
    stat("Longest overdue", "Of the mails that wait to be sent.", "s", f"max(ambula_email_oldest_queued_age_seconds{{{JOB}}})", "overdue"),
    graph("Mails", "By what became of them. SENT: the mail server has taken it, which is not yet the patient.", "cpm",
          (f"60 * sum by (result) (rate(ambula_email_messages_total{{{JOB}}}[$__rate_interval]))", "{{result}}")),
    graph("By template", "Taken by the mail server.", "cpm",
          (f'60 * sum by (template) (rate(ambula_email_messages_total{{{JOB}, result="SENT"}}[$__rate_interval]))', "{{template}}")),
    graph("From the fact to the mail server", "Time until its 250.", "s", *quantiles("ambula_email_delivery_duration_seconds", JOB)),
    row("Trouble"),
    graph("Messages by state", "FAILED and UNCERTAIN wait for a person.", "short",
          (f"max by (state) (ambula_email_queue_messages{{{JOB}}})", "{{state}}")),
    graph("Sessions that failed", "By how far the talk came.", "cpm",
          (f"60 * sum by (stage) (rate(ambula_smtp_session_errors_total{{{JOB}}}[$__rate_interval])) or vector(0)", "{{stage}}")),
    graph("Tried again", "By what the server said.", "cpm",
          (f"60 * sum by (reason) (rate(ambula_email_retries_total{{{JOB}}}[$__rate_interval])) or vector(0)", "{{reason}}")),
]

BOARDS = {
    "overview": ("Ambula: overview", "Is it well, for patients?", OVERVIEW),
    "service": ("Ambula: one service", "Requests, workers and the process itself.", ONE_SERVICE),
    "events": ("Ambula: events", "From the outbox through Kafka to the other services.", EVENTS),
    "database": ("Ambula: database", "As the services see it.", DATABASE),
    "floor": ("Ambula: clinic floor", "For duty managers: who waits, how long, what the pharmacy has.", FLOOR),
    "mail": ("Ambula: mail", "What is sent, what waits, what failed.", MAIL),
}

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def panels(source: list[Panel]) -> list[dict]:
    made, x, y, height = [], 0, 0, 0
    for number, panel in enumerate(source, 1):
        width, tall = {"row": (WIDTH, 1), "stat": (4, 4)}.get(panel.kind, (8, 7))
        if x + width > WIDTH or tall != height:
            x, y = 0, y + height
        made.append(drawn(panel, number, {"x": x, "y": y, "w": width, "h": tall}))
        x, height = x + width, tall
    return made


def drawn(panel: Panel, number: int, place: dict) -> dict:
    if panel.kind == "row":
        return {"id": number, "type": "row", "title": panel.title, "collapsed": False, "gridPos": place, "panels": []}
    targets = [{"refId": chr(ord("A") + i), "datasource": DATASOURCE, "expr": expression, "legendFormat": legend, "range": True}
               for i, (expression, legend) in enumerate(panel.targets)]
    custom = {"custom": {"fillOpacity": 10, "showPoints": "never"}} if panel.kind == "timeseries" else {}
    return {"id": number, "type": panel.kind, "title": panel.title, "description": panel.about, "datasource": DATASOURCE,
            "gridPos": place, "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0, **custom}, "overrides": []}, "targets": targets}


def board(name: str) -> dict:
    title, about, source = BOARDS[name]
    variables = [{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}]
    if any("$service" in expression for panel in source for expression, _ in panel.targets):
        variables.append({"name": "service", "type": "query", "datasource": DATASOURCE, "label": "Service", "multi": True, "includeAll": True,
                          "query": 'label_values(up{job="ambula"}, service)', "refresh": 2, "current": {"text": "All", "value": "$__all"}})
    return {"uid": f"ambula-{name}", "title": title, "description": about, "tags": ["ambula"], "timezone": "browser", "editable": False,
            "schemaVersion": 39, "version": 1, "refresh": "30s", "time": {"from": "now-3h", "to": "now"},
            "links": [{"type": "dashboards", "title": "Ambula", "tags": ["ambula"], "asDropdown": True, "includeVars": False, "keepTime": True}],
            "templating": {"list": variables}, "panels": panels(source)}


def text(name: str) -> str:
    return json.dumps(board(name), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for each in BOARDS:
        (FOLDER / f"{each}.json").write_text(text(each))
