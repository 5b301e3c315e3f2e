"""What every process tells Prometheus [OPS-1]: well-formed by promtool's own word, under the names that dashboards and
alerts build on, and with labels from closed sets, so that no series can grow with patients, paths or accounts."""

import os
import pathlib
import re
import shutil
import subprocess

import httpx
import pytest

# Those that every process has; more come with what it does.
EVERYWHERE = {
    "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
    "process_start_time_seconds", "ambula_build_info", "ambula_outbox_pending_events",
    "ambula_outbox_oldest_pending_age_seconds", "ambula_db_client_operation_duration_seconds",
    "ambula_http_server_active_requests", "ambula_http_server_request_duration_seconds", "ambula_worker_queue_depth",
    "ambula_kafka_consumer_lag_messages", "ambula_kafka_consumer_oldest_unprocessed_age_seconds", "ambula_parked_events"}
OF_ONE = {"gateway": {"ambula_gateway_upstream_request_duration_seconds", "ambula_gateway_circuit_state"},
          "notification": {"ambula_email_queue_messages", "ambula_email_oldest_queued_age_seconds"}}
SERIES_MAX = 20_000  # of one process; each route × method × class is a histogram
SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def promtool() -> str:
    tools = pathlib.Path(os.environ.get("AMBULA_TOOLS_DIR") or pathlib.Path.home() / ".cache/ambula/tools")
    found = shutil.which("promtool") or shutil.which("promtool", path=str(tools / "prometheus/usr/bin"))
    if not found:
        pytest.skip("promtool is not here; on Debian `./dev test` fetches it")
    return found


@pytest.fixture(scope="module")
def expositions(stack, api, sign_in):
    """The page of each process after it has answered something."""
    sign_in("rec001").get("/v1/patients")
    sign_in("rec001").get("/v1/notifications")
    api.get("/v1/no-such-path")
    for url in stack.services.values():
        httpx.get(f"{url}/v1/no-such-path", trust_env=False)
    answers = {name: httpx.get(f"{url}/metrics", trust_env=False) for name, url in stack.metrics.items()}
    assert len(answers) >= 7
    return answers


def samples(answer):
    for line in answer.text.splitlines():
        if line and not line.startswith("#"):
            found = SAMPLE.match(line)
            assert found, line
            yield found["name"], dict(LABEL.findall(found["labels"] or ""))


def families(answer) -> set[str]:
    return set(re.findall(r"^# TYPE (\S+) ", answer.text, re.M))


def test_promtool_has_nothing_to_say(expositions):
    tool = promtool()
    for name, answer in expositions.items():
        checked = subprocess.run([tool, "check", "metrics"], input=answer.text, capture_output=True, text=True)
        assert checked.returncode == 0 and not checked.stderr.strip(), f"{name}: {checked.stdout}{checked.stderr}"


def test_every_process_speaks_prometheus(expositions):
    for name, answer in expositions.items():
        assert answer.status_code == 200, name
        # Prometheus 3 refuses what it does not know.
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8", name


def test_the_names_that_dashboards_build_on_are_there(expositions):
    for name, answer in expositions.items():
        there = families(answer)
        assert not (EVERYWHERE | OF_ONE.get(name, set())) - there, name


def test_labels_come_from_closed_sets(expositions):
    for name, answer in expositions.items():
        count = 0
        for metric, labels in samples(answer):
            count += 1
            for label, value in labels.items():
                assert not UUID.search(value), (name, metric, label)
                assert "@" not in value and "?" not in value, (name, metric, label)
                if label == "route":
                    assert value == "unmatched" or value.startswith("/") and "no-such" not in value, (name, value)
        assert count < SERIES_MAX, name


def test_that_somebody_looks_whether_it_lives_is_no_request(stack):
    """The gateway does every second: it would drown what is asked."""
    def counted(name: str) -> float:
        return sum(float(line.rsplit(" ", 1)[1]) for line in httpx.get(f"{stack.metrics[name]}/metrics", trust_env=False).text.splitlines()
                   if line.startswith("ambula_http_server_request_duration_seconds_count") and 'route="unmatched"' in line)

    for name, url in stack.services.items():
        before = counted(name)
        answer = httpx.get(f"{url}/healthz", trust_env=False)
        assert (answer.status_code, answer.json()) == (200, {"status": "alive"}), name
        assert counted(name) == before, name
