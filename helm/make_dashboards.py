#!/usr/bin/env python3
"""Writes helm/ambula/dashboards/*.json: one short table here instead of thousands of lines that nobody reads. After a change run it
and commit both; tests/ops compares them, tests/component evaluates every expression on a running system [OPS-4], and
tests/support/draw_dashboards.py draws them to be looked at."""

import dataclasses
import json
import pathlib

FOLDER = pathlib.Path(__file__).parent / "ambula/dashboards"
WIDTH = 24
# What an axis reaches at least: Grafana draws what is always 0 on an axis up to 100.
AT_LEAST = {"short": 5, "reqps": 1, "ops": 1, "cps": 1, "cpm": 5, "s": 0.01}
NEITHER = "#464c54"  # neither good nor bad

Steps = list[tuple[float | None, str]]  # from this figure on, this colour


@dataclasses.dataclass
class Panel:
    title: str
    about: str
    unit: str
    targets: list[tuple[str, str]]  # (expression, legend)
    kind: str = "timeseries"
    steps: Steps | None = None
    decimals: int | None = None
    most: float | None = None
    at_least: float | None = None
    colours: dict[str, str] = dataclasses.field(default_factory=dict)  # of series, by their legend
    states: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)  # figure: (what it means, colour)
    wide: int = 0  # many series: so many columns, and a table of them
    shows_name: bool = False


def row(title: str) -> Panel:
    return Panel(title, "", "", [], "row")


def stat(title: str, about: str, unit: str, expression: str, legend: str, **look) -> Panel:
    return Panel(title, about, unit, [(expression, legend)], "stat", **look)


def graph(title: str, about: str, unit: str, *targets: tuple[str, str], **look) -> Panel:
    return Panel(title, about, unit, list(targets), **look)


def timeline(title: str, about: str, expression: str, legend: str, **states: tuple[str, str]) -> Panel:
    return Panel(title, about, "short", [(expression, legend)], "state-timeline", states={key.strip("_"): state for key, state in states.items()})


def good_below(bad: float, doubtful: float | None = None) -> Steps:
    return [(None, "green"), *([(doubtful, "orange")] if doubtful is not None else []), (bad, "red")]


def quantiles(metric: str, selector: str) -> list[tuple[str, str]]:
    return [(f"histogram_quantile({q}, sum by (le) (rate({metric}_bucket{{{selector}}}[$__rate_interval])))", f"p{q * 100:g}")
            for q in (0.5, 0.95, 0.99)]


def greatest(expression: str, by: str) -> str:
    """Those of the ten that were greatest over the whole time shown: ten of each moment would be dozens, each in pieces."""
    return f"{expression} and topk(10, {by.replace('$__rate_interval]', '$__range] @ end()')})"


def slowest(metric: str, selector: str, labels: str) -> str:
    """The 95th percentile of the ten with the longest mean, which is a cheap question for any time shown."""
    mean = " / ".join(f"sum by ({labels}) (rate({metric}_{part}{{{selector}}}[$__rate_interval]))" for part in ("sum", "count"))
    return greatest(f"histogram_quantile(0.95, sum by (le, {labels}) (rate({metric}_bucket{{{selector}}}[$__rate_interval])))", mean)


def most_of(expression: str) -> str:
    return greatest(expression, expression)


def or_none(expression: str, label: str) -> str:
    """One line at 0 that is called "none" where there is nothing yet."""
    return f'({expression}) or (label_replace(vector(0), "{label}", "none", "", "") unless on () ({expression}))'


JOB = 'job="ambula"'
GATEWAY = 'job="ambula", service="gateway"'
SERVICE = 'job="ambula", service=~"$service"'
HTTP = "ambula_http_server_request_duration_seconds"
PROMISE = [(None, "red"), (0.9856, "orange"), (0.999, "green")]  # 0.9856 burns the budget 14.4 times too fast
CLASSES = {"2xx": "green", "3xx": "blue", "4xx": "yellow", "5xx": "red"}
URGENCIES = {"CRITICAL": "red", "HIGH": "orange", "MODERATE": "yellow", "LOW": "green"}
REPLICA = "{{service}} {{instance}}"


def events_per_minute(kind: str) -> str:
    return f'60 * (sum(rate(ambula_outbox_published_total{{{JOB}, type="{kind}"}}[$__rate_interval])) or vector(0))'


def classes(selector: str) -> Panel:
    return graph("Requests", "By class of answer. 5xx is ours and should be 0; much 4xx is a client that does something wrong.", "reqps",
                 (f"sum by (code_class) (rate({HTTP}_count{{{selector}}}[$__rate_interval]))", "{{code_class}}"), colours=CLASSES)


def errors(selector: str) -> Panel:
    failed = f'sum by (route) (rate({HTTP}_count{{{selector}, code_class="5xx"}}[$__rate_interval]))'
    return graph("Errors by route (good: 0)", "Answers 5xx, of the ten routes with most of them. Then: logs of the service by its route.", "reqps",
                 (or_none(most_of(failed), "route"), "{{route}}"))


def database_answers(selector: str) -> Panel:
    return timeline("Database answers", "Red: the service does not reach PostgreSQL, and answers 503. Runbook AmbulaDatabaseAway.",
                    f"min by (service) (ambula_database_up{{{selector}}})", "{{service}}", _0=("away", "red"), _1=("answers", "green"))


def age_of_events(kind, title: str, about: str, metric: str, legend: str) -> Panel:
    age = f"{metric}{{{JOB}}}"
    if kind is stat:
        return stat(title, about, "s", f"max({age})", legend, steps=good_below(60, 10))
    return graph(f"{title} (good: below 60 s)", about, "s", (f"max by (service) ({age})", "{{service}}"), steps=good_below(60), at_least=75)


def oldest_not_sent(kind) -> Panel:
    return age_of_events(kind, "Oldest event not sent", "Above the line the others do not hear of what was decided. Runbook AmbulaOutboxStuck.",
                         "ambula_outbox_oldest_pending_age_seconds", "oldest")


def behind(kind) -> Panel:
    about = "How old the oldest event is that a service has not applied. Above the line it answers from old facts. Runbook AmbulaConsumerBehind."
    return age_of_events(kind, "Behind the events", about, "ambula_kafka_consumer_oldest_unprocessed_age_seconds", "behind")


def waiting_by_urgency(title: str) -> Panel:
    return graph(title, "Patients in all waiting rooms. CRITICAL should be 0 but for moments.", "short",
                 (f"max by (urgency) (ambula_queue_waiting_patients{{{JOB}}})", "{{urgency}}"), colours=URGENCIES)


OVERVIEW = [
    row("Is it well?"),
    stat("Bookings answered well", "Share of bookings of the last hour that were not answered 5xx; the promise is 99.9 %.", "percentunit",
         '1 - ambula:slo_errors:ratio_rate1h{slo="bookings"}', "bookings", decimals=2, steps=PROMISE),
    stat("Reads answered well", "Share of reads of the last hour that were not answered 5xx; the promise is 99.9 %.", "percentunit",
         '1 - ambula:slo_errors:ratio_rate1h{slo="reads"}', "reads", decimals=2, steps=PROMISE),
    stat("Budget burn", "How many times faster than allowed the month's error budget is used, over the last hour. 1 lasts the month; 14.4 wakes "
         "somebody. Runbook AmbulaErrorBudgetBurnsFast.", "short", "max(ambula:slo_errors:ratio_rate1h) / 0.001", "times", decimals=1,
         steps=good_below(14.4, 1)),
    stat("Alerts firing", "Without the watchdog. Each has a runbook.", "short",
         'count(ALERTS{alertstate="firing", alertname=~"Ambula.*", severity!="none"}) or vector(0)', "firing", steps=good_below(1)),
    stat("Replicas down", "Processes that Prometheus knows and that do not answer it. Runbook AmbulaProcessDown.", "short",
         f"count(up{{{JOB}}} == 0) or vector(0)", "down", steps=good_below(1)),
    stat("Version", "Versions that run; two during a rolling upgrade.", "short",
         f"count by (version) (ambula_build_info{{{JOB}}})", "{{version}}", shows_name=True),
    row("Is the clinic working?"),
    graph("Bookings and check-ins", "By their events. All at 0 in opening hours: nobody gets through; look at the gateway below.", "cpm",
          (events_per_minute("AppointmentBooked"), "booked"), (events_per_minute("AppointmentCheckedIn"), "checked in"),
          (events_per_minute("AppointmentCancelled"), "cancelled")),
    graph("Consultations and dispenses", "Care that was given.", "cpm", (events_per_minute("ConsultationCompleted"), "consultations"),
          (events_per_minute("PrescriptionDispensed"), "dispensed")),
    waiting_by_urgency("Waiting now"),
    row("The gateway"),
    classes(GATEWAY),
    graph("Time to the answer", "Over all routes, streams included.", "s", *quantiles(HTTP, GATEWAY)),
    errors(GATEWAY),
    graph("Time of the services", "As the gateway waits for them, 95th percentile. One that stands out: its own dashboard.", "s",
          (f"histogram_quantile(0.95, sum by (le, upstream) (rate(ambula_gateway_upstream_request_duration_seconds_bucket{{{JOB}}}[$__rate_interval])))",
           "{{upstream}}")),
    timeline("Circuits", "Red: the gateway answers 503 at once for this service; it tries again every few seconds. Runbook AmbulaCircuitOpen.",
             f"max by (upstream) (ambula_gateway_circuit_state{{{JOB}}})", "{{upstream}}",
             _0=("closed", "green"), _1=("open", "red"), _2=("trying", "orange")),
    graph("Refused", "Requests over a limit, and requests without a good token. Many at once: somebody tries passwords, or a client is broken.", "reqps",
          (f"sum(rate(ambula_gateway_rate_limited_total{{{JOB}}}[$__rate_interval])) or vector(0)", "over a limit"),
          (f"sum(rate(ambula_gateway_auth_failures_total{{{JOB}}}[$__rate_interval])) or vector(0)", "no good token")),
    row("Behind the scenes"),
    oldest_not_sent(graph),
    behind(graph),
    database_answers(JOB),
]

ONE_SERVICE = [
    row("$service"),
    stat("Answered well", "Share of the last minutes' requests that were not answered 5xx.", "percentunit",
         f'1 - (sum(rate({HTTP}_count{{{SERVICE}, code_class="5xx"}}[$__rate_interval])) or vector(0)) / '
         f"sum(rate({HTTP}_count{{{SERVICE}}}[$__rate_interval]))", "answered", decimals=2, steps=PROMISE),
    stat("Replicas down", "That Prometheus knows and that do not answer it. Runbook AmbulaProcessDown.", "short",
         f"count(up{{{SERVICE}}} == 0) or vector(0)", "down", steps=good_below(1)),
    stat("Replicas up", "Processes that answer Prometheus.", "short", f"sum(up{{{SERVICE}}})", "up"),
    stat("Requests in work", "Now, streams included.", "short", f"sum(ambula_http_server_active_requests{{{SERVICE}}})", "requests"),
    stat("Since the last start", "How long the youngest replica runs. Orange: it came within ten minutes, so somebody deployed or it fell.", "s",
         f"time() - max(process_start_time_seconds{{{SERVICE}}})", "ago", decimals=1, steps=[(None, "orange"), (600, "green")]),
    stat("Waiting for a worker", "Requests. Should be 0 but for moments. Runbook AmbulaWorkersBusy.", "short",
         f"sum(ambula_worker_queue_depth{{{SERVICE}}})", "waiting", steps=[(None, "green"), (1, "orange")]),
    classes(SERVICE),
    graph("Time to the answer", "Over all routes.", "s", *quantiles(HTTP, SERVICE)),
    errors(SERVICE),
    graph("Slowest routes", "95th percentile, of the ten that were slowest on average over the time shown.", "s",
          (slowest(HTTP, SERVICE, "method, route"), "{{method}} {{route}}"), wide=WIDTH),
    graph("Busiest routes", "The ten that were busiest over the time shown.", "reqps",
          (most_of(f"sum by (method, route) (rate({HTTP}_count{{{SERVICE}}}[$__rate_interval]))"), "{{method}} {{route}}"), wide=WIDTH),
    graph("Workers at work", "Share of a replica's workers. All of them for long: requests wait. Runbook AmbulaWorkersBusy.", "percentunit",
          (f"sum by (service, instance) (ambula_worker_busy_threads{{{SERVICE}}}) / sum by (service, instance) (ambula_worker_threads{{{SERVICE}}})",
           REPLICA), decimals=0, most=1, wide=12),
    graph("Waiting for a worker (good: 0)", "Requests, by replica. Should be 0 but for moments.", "short",
          (f"sum by (service, instance) (ambula_worker_queue_depth{{{SERVICE}}})", REPLICA), wide=12),
    row("The process"),
    graph("CPU", "Cores that a replica uses.", "short",
          (f"rate(process_cpu_seconds_total{{{SERVICE}}}[$__rate_interval])", REPLICA), decimals=3, at_least=0.1, wide=12),
    graph("Memory", "Resident. Steady growth over days is a leak.", "bytes", (f"process_resident_memory_bytes{{{SERVICE}}}", REPLICA), wide=12),
    graph("File descriptors (good: below 80 %)", "Share of what is allowed. Runbook AmbulaFilesRunOut.", "percentunit",
          (f"process_open_fds{{{SERVICE}}} / process_max_fds{{{SERVICE}}}", REPLICA), decimals=1, most=1, steps=good_below(0.8), wide=12),
    graph("Since the start", "Age of each replica; it falls to 0 where one began anew. Runbook AmbulaProcessRestarts.", "s",
          (f"time() - process_start_time_seconds{{{SERVICE}}}", REPLICA), wide=12),
]

EVENTS = [
    row("Does every service hear of what was decided?"),
    oldest_not_sent(stat),
    behind(stat),
    stat("Parked", "Events that cannot be applied, or are held back behind one that cannot. Good: 0. Runbook AmbulaEventsParked.", "short",
         f"sum(max by (service) (ambula_parked_events{{{JOB}}}))", "parked", steps=good_below(1)),
    stat("Messages not read", "Of all services. Falls by itself after an outage.", "short", f"sum(ambula_kafka_consumer_lag_messages{{{JOB}}})", "messages"),
    row("Outbox to Kafka"),
    graph("Waiting to be sent", "Rows of the outbox. Grows while Kafka is away.", "short",
          (f"max by (service) (ambula_outbox_pending_events{{{JOB}}})", "{{service}}")),
    oldest_not_sent(graph),
    graph("From commit to Kafka", "From the event's row to the broker's receipt.", "s", *quantiles("ambula_outbox_publish_delay_seconds", JOB)),
    row("Kafka to the services"),
    behind(graph),
    graph("Messages not read", "Sum over the replicas.", "short", (f"sum by (service) (ambula_kafka_consumer_lag_messages{{{JOB}}})", "{{service}}")),
    graph("Applied", "By service.", "cps", (f'sum by (service) (rate(ambula_kafka_consumer_messages_total{{{JOB}, result="ok"}}[$__rate_interval]))',
                                            "{{service}}")),
    row("By topic"),
    graph("Sent", "By topic.", "cps", (f"sum by (topic) (rate(ambula_outbox_published_total{{{JOB}}}[$__rate_interval]))", "{{topic}}"), wide=12),
    graph("From commit to the other's commit", "End to end, 95th percentile.", "s",
          (f"histogram_quantile(0.95, sum by (le, topic) (rate(ambula_event_end_to_end_latency_seconds_bucket{{{JOB}}}[$__rate_interval])))", "{{topic}}"),
          wide=12),
    graph("Time to apply a batch", "95th percentile.", "s",
          (f"histogram_quantile(0.95, sum by (le, topic) (rate(ambula_kafka_consumer_process_duration_seconds_bucket{{{JOB}}}[$__rate_interval])))",
           "{{topic}}"), wide=12),
    graph("Duplicates", "Applied before, so not applied again: normal after a restart.", "cpm",
          (f"60 * sum by (service) (rate(ambula_inbox_duplicates_total{{{JOB}}}[$__rate_interval]))", "{{service}}"), wide=12),
    row("Trouble (good: 0)"),
    graph("Parked", "Cannot be applied, or held back behind one that cannot. Runbook AmbulaEventsParked.", "short",
          (f"max by (service) (ambula_parked_events{{{JOB}}})", "{{service}}"), steps=good_below(1)),
    graph("Expired unread", "Events that Kafka no longer had when they were to be read. Runbook AmbulaEventsLost.", "cpm",
          (f"60 * sum by (service) (rate(ambula_kafka_consumer_out_of_range_total{{{JOB}}}[$__rate_interval]))", "{{service}}")),
    graph("Not applied", "Messages that were parked, held behind a parked one, or given up for now.", "cpm",
          (f'60 * sum by (result) (rate(ambula_kafka_consumer_messages_total{{{JOB}, result=~"parked|held|given_up"}}[$__rate_interval]))', "{{result}}")),
    graph("Batches tried again", "The database refused them. Runbook AmbulaConsumerRetries.", "cpm",
          (f"60 * sum by (service) (rate(ambula_kafka_consumer_retries_total{{{JOB}}}[$__rate_interval]))", "{{service}}")),
    graph("Rebalances", "Replicas come and go. Without a deployment: they are too slow, or restart.", "cpm",
          (f"60 * sum by (service) (rate(ambula_kafka_consumer_rebalances_total{{{JOB}}}[$__rate_interval]))", "{{service}}")),
]

STATEMENT = "ambula_db_client_operation_duration_seconds"
OPERATION = "{{service}} {{operation}}"
DATABASE = [
    row("Connections"),
    database_answers(SERVICE),
    graph("Connections at work", "Share of the workers' connections. All of them for long: requests wait. Runbook AmbulaWorkersBusy.", "percentunit",
          (f"sum by (service) (ambula_worker_busy_threads{{{SERVICE}}}) / sum by (service) (ambula_worker_threads{{{SERVICE}}})", "{{service}}"),
          decimals=0, most=1),
    graph("Waiting for a connection (good: 0)", "Requests. Should be 0 but for moments.", "short",
          (f"sum by (service) (ambula_worker_queue_depth{{{SERVICE}}})", "{{service}}")),
    row("Statements"),
    graph("Statements", "By service.", "ops", (f"sum by (service) (rate({STATEMENT}_count{{{SERVICE}}}[$__rate_interval]))", "{{service}}")),
    graph("Time of a statement", "As its caller sees it.", "s", *quantiles(STATEMENT, SERVICE)),
    graph("Rolled back", "Transactions, by why. \"refused\" and \"constraint\" are rules that said no, which is normal; the others are the database's.", "ops",
          (or_none(f"sum by (reason) (rate(ambula_db_transactions_rolled_back_total{{{SERVICE}}}[$__rate_interval]))", "reason"), "{{reason}}")),
    graph("Where the time goes", "Connections that a statement keeps at work, of the ten with most. Begin here when the database is busy.", "short",
          (most_of(f"sum by (service, operation) (rate({STATEMENT}_sum{{{SERVICE}}}[$__rate_interval]))"), OPERATION), decimals=2, at_least=0.1, wide=WIDTH),
    graph("Slowest statements", "95th percentile, of the ten that were slowest on average over the time shown.", "s",
          (slowest(STATEMENT, SERVICE, "service, operation"), OPERATION), wide=WIDTH),
]


def medicines(level: str) -> str:
    return f'max(ambula_stock_medicines{{{JOB}, level="{level}"}})'


def pending(state: str) -> str:
    return f'max(ambula_prescriptions_pending{{{JOB}, state="{state}"}})'


def waited(share: str) -> str:
    return f'max(ambula_queue_waiting_age_seconds{{{JOB}, share="{share}"}})'


FLOOR = [
    row("Now"),
    stat("Waiting", "Patients in all waiting rooms.", "short", f"sum(max by (urgency) (ambula_queue_waiting_patients{{{JOB}}}))", "patients"),
    stat("Critical", "Patients with urgency CRITICAL who wait. Somebody must be with them now.", "short",
         f'max(ambula_queue_waiting_patients{{{JOB}, urgency="CRITICAL"}})', "patients", steps=good_below(1)),
    stat("Longest wait", "Of those who wait now.", "s", waited("1"), "longest", decimals=1),
    stat("Prescriptions", "That wait for the pharmacy.", "short", f"sum(max by (state) (ambula_prescriptions_pending{{{JOB}}}))", "pending"),
    stat("Medicines low", "At or below their minimum: order.", "short", medicines("LOW"), "medicines", steps=[(None, "green"), (1, "orange")]),
    stat("Medicines out", "None left.", "short", medicines("OUT"), "medicines", steps=good_below(1)),
    row("The day"),
    waiting_by_urgency("Waiting by urgency"),
    graph("How long they have waited", "Of those who wait now.", "s", (waited("0.5"), "half of them, up to"), (waited("0.9"), "nine of ten, up to"),
          (waited("1"), "the longest"), at_least=600),
    graph("Arrivals and calls", "Each minute. Arrivals above calls for long: the waiting room fills.", "cpm",
          (events_per_minute("QueueEntryCreated"), "arrived"), (events_per_minute("QueueEntryCalled"), "called"),
          (events_per_minute("QueueEntryNoShow"), "did not come"), (events_per_minute("QueueEntryLeft"), "left")),
    graph("Appointments", "Each minute.", "cpm", (events_per_minute("AppointmentBooked"), "booked"),
          (events_per_minute("AppointmentRescheduled"), "moved"), (events_per_minute("AppointmentCancelled"), "cancelled"),
          (events_per_minute("AppointmentNoShow"), "did not come")),
    graph("Consultations", "Each minute.", "cpm", (events_per_minute("ConsultationStarted"), "started"),
          (events_per_minute("ConsultationCompleted"), "completed")),
    graph("Pharmacy", "Each minute. Issued above dispensed for long: people wait at the counter.", "cpm",
          (events_per_minute("PrescriptionIssued"), "issued"), (events_per_minute("PrescriptionReady"), "ready"),
          (events_per_minute("PrescriptionDispensed"), "dispensed")),
    graph("Prescriptions pending", "By how much of them lies ready on the shelf.", "short", (pending("NONE"), "nothing reserved"),
          (pending("PARTIAL"), "partly reserved"), (pending("RESERVED"), "all reserved"), (pending("READY"), "ready to hand over")),
    graph("Stock", "Medicines, by what the stock is.", "short", (f"max by (level) (ambula_stock_medicines{{{JOB}}})", "{{level}}"),
          colours={"OK": "green", "LOW": "orange", "OUT": "red"}),
]


def mails(state: str) -> str:
    return f'max(ambula_email_queue_messages{{{JOB}, state="{state}"}})'


MAIL = [
    row("Does mail go out?"),
    stat("Longest overdue", "Of the mails that wait to be sent. Runbook AmbulaMailWaits.", "s", f"max(ambula_email_oldest_queued_age_seconds{{{JOB}}})",
         "overdue", steps=good_below(900, 60)),
    stat("Waiting to be sent", "Queued, or to be tried again.", "short", f'{mails("QUEUED")} + {mails("RETRYING")}', "mails"),
    stat("Failed", "Refused for good; each waits for a person. Runbook AmbulaMailsFail.", "short", mails("FAILED"), "mails",
         steps=[(None, "green"), (1, "orange")]),
    stat("Uncertain", "May or may not have been taken; each waits for a person. Runbook AmbulaMailUncertain.", "short", mails("UNCERTAIN"), "mails",
         steps=[(None, "green"), (1, "orange")]),
    row("Sending"),
    graph("Mails", "By what became of them. SENT: the mail server has taken it, which is not yet the patient.", "cpm",
          (f"60 * sum by (result) (rate(ambula_email_messages_total{{{JOB}}}[$__rate_interval]))", "{{result}}"),
          colours={"SENT": "green", "SUPPRESSED": "blue", "FAILED": "red", "UNCERTAIN": "orange"}),
    graph("From the fact to the mail server", "Time until its 250.", "s", *quantiles("ambula_email_delivery_duration_seconds", JOB)),
    graph("Sent, by template", "Taken by the mail server.", "cpm",
          (f'60 * sum by (template) (rate(ambula_email_messages_total{{{JOB}, result="SENT"}}[$__rate_interval]))', "{{template}}"), wide=12),
    graph("Messages by state", "FAILED and UNCERTAIN wait for a person.", "short",
          (f"max by (state) (ambula_email_queue_messages{{{JOB}}})", "{{state}}"), wide=12,
          colours={"SENDING": "green", "QUEUED": "blue", "RETRYING": "yellow", "UNCERTAIN": "orange", "FAILED": "red"}),
    row("Trouble (good: 0)"),
    graph("Sessions that failed", "By how far the talk came: connect is the network, tls the certificate, auth the password. Runbook AmbulaMailWaits.", "cpm",
          (or_none(f"60 * sum by (stage) (rate(ambula_smtp_session_errors_total{{{JOB}}}[$__rate_interval]))", "stage"), "{{stage}}")),
    graph("Tried again", "By what the server said.", "cpm",
          (or_none(f"60 * sum by (reason) (rate(ambula_email_retries_total{{{JOB}}}[$__rate_interval]))", "reason"), "{{reason}}")),
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
    made, y, rest = [], 0, list(source)
    while rest:
        line, rest = rest[:line_length(rest)], rest[line_length(rest):]
        width, height = WIDTH // len(line), {"row": 1, "stat": 4}.get(line[0].kind, 8 if line[0].wide else 7)
        for place, panel in enumerate(line):
            made.append(drawn(panel, len(made) + 1, {"x": place * width, "y": y, "w": width, "h": height}))
        y += height
    return made


def line_length(rest: list[Panel]) -> int:
    """How many stand side by side so that no line has a hole: all figures of a row, two or three graphs."""
    def shape(panel: Panel) -> tuple:
        return panel.kind in ("row", "stat") and panel.kind, panel.wide

    first = rest[0]
    alike = next((i for i, panel in enumerate(rest) if shape(panel) != shape(first)), len(rest))
    if first.kind == "row":
        return 1
    if first.kind == "stat":
        return alike
    return min(alike, WIDTH // first.wide if first.wide else 2 if alike in (2, 4) else 3)


def drawn(panel: Panel, number: int, place: dict) -> dict:
    if panel.kind == "row":
        return {"id": number, "type": "row", "title": panel.title, "collapsed": False, "gridPos": place, "panels": []}
    asked = {"range": True} if panel.kind != "stat" else {"instant": True, "range": False}
    targets = [{"refId": chr(ord("A") + i), "datasource": DATASOURCE, "expr": expression, "legendFormat": legend, **asked}
               for i, (expression, legend) in enumerate(panel.targets)]
    return {"id": number, "type": panel.kind, "title": panel.title, "description": panel.about, "datasource": DATASOURCE,
            "gridPos": place, "fieldConfig": {"defaults": field(panel), "overrides": overrides(panel)}, "options": OPTIONS[panel.kind](panel),
            "targets": targets}


def field(panel: Panel) -> dict:
    """Thresholds always: without them Grafana turns everything red from 80 on."""
    made = {"unit": panel.unit, "min": 0, "color": {"mode": "palette-classic" if panel.kind == "timeseries" else "thresholds"},
            "thresholds": {"mode": "absolute", "steps": [{"color": colour, "value": start} for start, colour in panel.steps or [(None, "green")]]}}
    made |= {key: value for key, value in (("decimals", panel.decimals), ("max", panel.most)) if value is not None}
    return made | {"stat": stat_field, "timeseries": graph_field, "state-timeline": timeline_field}[panel.kind](panel)


def stat_field(_: Panel) -> dict:
    """Of no booking none fails: 0/0, or nothing at all."""
    return {"noValue": "none", "mappings": [{"type": "special", "options": {"match": "null+nan", "result": {"text": "none", "color": NEITHER, "index": 0}}}]}


def graph_field(panel: Panel) -> dict:
    least = panel.at_least or AT_LEAST.get(panel.unit)
    return {"custom": {"fillOpacity": 0 if panel.wide else 10, "lineWidth": 1, "showPoints": "auto",
                       "thresholdsStyle": {"mode": "dashed" if panel.steps else "off"}, **({"axisSoftMax": least} if least else {})}}


def timeline_field(panel: Panel) -> dict:
    states = {figure: {"text": text, "color": colour, "index": i} for i, (figure, (text, colour)) in enumerate(panel.states.items())}
    return {"custom": {"fillOpacity": 70, "lineWidth": 0}, "mappings": [{"type": "value", "options": states}]}


def overrides(panel: Panel) -> list[dict]:
    return [{"matcher": {"id": "byName", "options": name}, "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": colour}}]}
            for name, colour in panel.colours.items()]


def stat_options(panel: Panel) -> dict:
    return {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "graphMode": "none", "justifyMode": "center",
            "textMode": "name" if panel.shows_name else "auto", "colorMode": "background" if panel.steps else "none"}


def graph_options(panel: Panel) -> dict:
    table = {"displayMode": "table", "placement": "right", "calcs": ["lastNotNull", "max"], "sortBy": "Max", "sortDesc": True}
    listed = {"displayMode": "list", "placement": "bottom", "calcs": []}
    return {"legend": {"showLegend": True, **(table if panel.wide else listed)}, "tooltip": {"mode": "multi", "sort": "desc"}}


def timeline_options(_: Panel) -> dict:
    return {"mergeValues": True, "showValue": "auto", "alignValue": "left", "rowHeight": 0.9,
            "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "single", "sort": "none"}}


OPTIONS = {"stat": stat_options, "timeseries": graph_options, "state-timeline": timeline_options}


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
