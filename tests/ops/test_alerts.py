"""The alerts [OPS-4]: each is silent when all is well, fires when its fault lasts, and clears; each has its runbook. Played by promtool."""

import pathlib
import re
import subprocess

import pytest
import yaml

from support.prometheus import RULES, promtool

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs/operations/runbooks"
GATEWAY = 'ambula_http_server_request_duration_seconds_count{job="ambula",service="gateway",route="/v1/appointments",method="%s",code_class="%s"}'
BOOKED, FAILED = GATEWAY % ("POST", "2xx"), GATEWAY % ("POST", "5xx")
READ, READ_FAILED = GATEWAY % ("GET", "2xx"), GATEWAY % ("GET", "5xx")
CERTIFICATE, DAY_S = 'ambula_tls_certificate_expires_timestamp_seconds{job="ambula",service="gateway",instance="a"}', 86400
PROCESSES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification")


class Case:
    """Series of one sample each step; when the alert must be silent, fire, and be silent again; the label that tells it apart."""

    def __init__(self, series: dict[str, str], fires_at: str, clear_at: str, labels: dict[str, str], silent_at: str = "1m", step: str = "1m"):
        self.series, self.fires_at, self.clear_at, self.labels, self.silent_at, self.step = series, fires_at, clear_at, labels, silent_at, step


def during(well: str, ill: str, minutes: int = 20) -> str:
    """Well for ten minutes, ill for `minutes`, well again."""
    return f"{well}x10 {ill}x{minutes - 1} {well}x200"


def level(name: str, ill: float, labels: str, minutes: int = 20, well: float = 0) -> dict[str, str]:
    return {f'{name}{{job="ambula",{labels}}}': during(f"{well}+0", f"{ill}+0", minutes)}


CASES = {
    # 60 bookings a minute, 20 % of them fail for half an hour. The six-hour window would go on alone, but not with its short one.
    "AmbulaErrorBudgetBurnsFast": Case({BOOKED: "0+60x400", FAILED: "0x60 0+12x30 360x310"}, "80m", "130m",
                                       {"slo": "bookings", "severity": "critical"}, "50m"),
    # 0.5 % fail for long; the fast alert stays silent (below).
    "AmbulaErrorBudgetBurnsSlowly": Case({BOOKED: "0+2000x600", FAILED: "0x150 0+10x150 1500x300"}, "50h", "95h",
                                         {"slo": "bookings", "severity": "warning"}, "20h", "10m"),
    "AmbulaProcessDown": Case(level("up", 0, 'service="queue",instance="a:9090"', well=1), "15m", "40m",
                              {"service": "queue", "instance": "a:9090", "job": "ambula", "severity": "critical"}),
    "AmbulaProcessMissing": Case({f'up{{job="ambula",service="{each}",instance="a"}}': "1x10 _x19 1x100" if each == "queue" else "1x200"
                                  for each in PROCESSES}, "25m", "40m", {"service": "queue", "job": "ambula", "severity": "critical"}),
    "AmbulaProcessRestarts": Case({'process_start_time_seconds{job="ambula",service="queue",instance="a"}': "100x10 700 800 900 1000x200"},
                                  "14m", "40m", {"service": "queue", "instance": "a", "job": "ambula", "severity": "warning"}),
    "AmbulaDatabaseAway": Case(level("ambula_database_up", 0, 'service="queue",instance="a"', well=1), "13m", "40m",
                               {"service": "queue", "severity": "critical"}),
    "AmbulaWorkersBusy": Case(level("ambula_worker_queue_depth", 3, 'service="queue",instance="a"'), "28m", "45m",
                              {"service": "queue", "severity": "warning"}),
    # It opens and tries, opens and tries.
    "AmbulaCircuitOpen": Case({'ambula_gateway_circuit_state{job="ambula",service="gateway",upstream="queue"}': "0x10 1 2 1 2 1 2 1 2 1 0x200"},
                              "15m", "40m", {"upstream": "queue", "severity": "critical"}),
    "AmbulaFilesRunOut": Case(level("process_open_fds", 900, 'service="queue",instance="a"', 30) | level("process_max_fds", 1000, 'service="queue",instance="a"', well=1000),
                              "25m", "60m", {"service": "queue", "instance": "a", "job": "ambula", "severity": "warning"}),
    # Renewed too late, by the hour; the time of a played series begins at 0.
    "AmbulaCertificateEnds": Case({CERTIFICATE: f"{20 * DAY_S}x240 {34 * DAY_S}x400"}, "168h", "300h", {"service": "gateway", "severity": "warning"},
                                  "143h", "1h"),
    "AmbulaCertificateEndsNow": Case({CERTIFICATE: f"{20 * DAY_S}x455 {34 * DAY_S}x200"}, "440h", "460h",
                                     {"service": "gateway", "severity": "critical"}, "430h", "1h"),
    "AmbulaOutboxStuck": Case(level("ambula_outbox_oldest_pending_age_seconds", 90, 'service="queue",instance="a"'), "15m", "40m",
                              {"service": "queue", "severity": "critical"}),
    "AmbulaConsumerBehind": Case(level("ambula_kafka_consumer_oldest_unprocessed_age_seconds", 90, 'service="queue",group="ambula-queue"'), "15m", "40m",
                                 {"service": "queue", "severity": "critical"}),
    "AmbulaEventsParked": Case(level("ambula_parked_events", 2, 'service="queue",consumer="ambula-queue"'), "13m", "40m",
                               {"service": "queue", "severity": "critical"}),
    "AmbulaEventsLost": Case({'ambula_kafka_consumer_out_of_range_total{job="ambula",service="queue",group="ambula-queue",kind="lost"}': "0x10 1x200"},
                             "13m", "50m", {"service": "queue", "severity": "critical"}),
    "AmbulaConsumerRetries": Case({'ambula_kafka_consumer_retries_total{job="ambula",service="queue"}': "0x10 0+30x30 900x200"}, "30m", "70m",
                                  {"service": "queue", "severity": "warning"}),
    "AmbulaMailsFail": Case({'ambula_email_queue_messages{job="ambula",state="FAILED"}': "3x70 3+1x20 23x200"}, "95m", "200m", {"severity": "warning"}, "65m"),
    "AmbulaMailUncertain": Case({'ambula_email_queue_messages{job="ambula",state="UNCERTAIN"}': "1x70 2x200"}, "80m", "200m", {"severity": "warning"}, "65m"),
    "AmbulaMailWaits": Case(level("ambula_email_oldest_queued_age_seconds", 1200, 'service="notification"'), "20m", "40m", {"severity": "warning"}),
    "AmbulaVolumeFills": Case({'kubelet_volume_stats_available_bytes{namespace="n",persistentvolumeclaim="ambula-postgres-1"}': "50x10 10x30 50x200",
                               'kubelet_volume_stats_capacity_bytes{namespace="n",persistentvolumeclaim="ambula-postgres-1"}': "100x400"}, "25m", "60m",
                              {"namespace": "n", "persistentvolumeclaim": "ambula-postgres-1", "severity": "critical"}),
    # The dump of hour 24 is missed, the next one made at hour 30.
    "AmbulaBackupOld": Case({'kube_cronjob_status_last_successful_time{namespace="n",cronjob="ambula-backup"}': "0x1800 108000x600"}, "27h", "31h",
                            {"namespace": "n", "cronjob": "ambula-backup", "severity": "critical"}, "25h"),
    "AmbulaMigrationFailed": Case({'kube_job_status_failed{namespace="n",job_name="ambula-migrate-3"}': "0x10 1x200",
                                   'kube_job_status_succeeded{namespace="n",job_name="ambula-migrate-3"}': "0x40 1x200"}, "25m", "50m",
                                  {"namespace": "n", "job_name": "ambula-migrate-3", "severity": "critical"}),
}
ALWAYS = {"AmbulaWatchdog"}


def alerts() -> dict[str, dict]:
    return {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"] if "alert" in rule}


@pytest.fixture(scope="module")
def plain_rules(tmp_path_factory) -> pathlib.Path:
    """Without the texts: promtool compares annotations word by word, and those with a value in them are not what is played here."""
    rules = yaml.safe_load(RULES.read_text())
    for group in rules["groups"]:
        for each in group["rules"]:
            each["annotations"] = {}
    file = tmp_path_factory.mktemp("rules") / "rules.yaml"
    file.write_text(yaml.safe_dump(rules, width=1000))
    return file


def test_promtool_takes_the_rules():
    done = subprocess.run([promtool(), "check", "rules", "--lint=all", "--lint-fatal", str(RULES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_is_played():
    assert set(alerts()) == set(CASES) | ALWAYS


@pytest.mark.parametrize("name", CASES)
def test_silent_fires_clears(name, plain_rules, tmp_path):
    case = CASES[name]

    def at(time: str, labels: dict | None) -> dict:
        return {"eval_time": time, "alertname": name, "exp_alerts": [{"exp_labels": labels}] if labels else []}
    play(plain_rules, tmp_path, case.series, [at(case.silent_at, None), at(case.fires_at, case.labels), at(case.clear_at, None)], case.step)
    assert alerts()[name]["labels"]["severity"] == case.labels["severity"]


def test_a_slow_burn_wakes_nobody_and_a_quiet_night_neither(plain_rules, tmp_path):
    fast = {"alertname": "AmbulaErrorBudgetBurnsFast", "exp_alerts": []}
    play(plain_rules, tmp_path, {BOOKED: "0+200x480", FAILED: "0+1x480"}, [fast | {"eval_time": "8h"}])
    # Six bookings an hour, and every one of them fails.
    play(plain_rules, tmp_path, {BOOKED: "0x120", FAILED: "0x9 1x9 2x9 3x9 4x9 5x9 6x9 7x9 8x9 9x9 10x9 11x9"}, [fast | {"eval_time": "100m"}])


@pytest.mark.parametrize("slo, good, failed", [("bookings", BOOKED, FAILED), ("reads", READ, READ_FAILED)], ids=["bookings", "reads"])
@pytest.mark.parametrize("share", [20, 1], ids=["of an hour", "of six hours"])
def test_each_promise_wakes_by_each_pair_of_windows(plain_rules, tmp_path, slo, good, failed, share):
    """Of 100 requests a minute 20 fail for half an hour; or one, too few for the short pair, for seven hours."""
    ill, silent, fires, clear = ("0x60 0+20x30 600x900", "50m", "80m", "300m") if share == 20 else ("0x360 0+1x420 420x900", "8h", "11h", "20h")
    moments = [(silent, []), (fires, [{"exp_labels": {"slo": slo, "severity": "critical"}}]), (clear, [])]
    play(plain_rules, tmp_path, {good: "0+100x1600", failed: ill}, [
        {"alertname": "AmbulaErrorBudgetBurnsFast", "eval_time": time, "exp_alerts": expected} for time, expected in moments])


def play(rules: pathlib.Path, folder: pathlib.Path, series: dict[str, str], moments: list[dict], step: str = "1m") -> None:
    test = {"interval": step, "input_series": [{"series": key, "values": value} for key, value in series.items()], "alert_rule_test": moments}
    file = folder / "tests.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(rules)], "evaluation_interval": step, "tests": [test]}, width=1000))
    done = subprocess.run([promtool(), "test", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_says_how_bad_what_and_where_to_read():
    for name, rule in alerts().items():
        assert rule["labels"]["severity"] in ({"none"} if name in ALWAYS else {"critical", "warning"}), name
        assert rule["annotations"]["runbook_url"] == f"RUNBOOKS/{name}.md", name
        for text in ("summary", "description"):
            assert 10 < len(rule["annotations"][text]) < 160, (name, text)


def test_each_alert_has_its_runbook_and_each_runbook_its_alert():
    pages = {page.stem: page.read_text() for page in RUNBOOKS.glob("*.md") if page.stem != "README"}
    assert set(pages) == set(alerts())
    index = (RUNBOOKS / "README.md").read_text()
    for name, page in pages.items():
        assert page.startswith(f"# {name}\n") and "## What to do\n1. " in page, name
        assert f"[{name}]({name}.md)" in index, name


def test_runbooks_name_what_is_there():
    """Log events, metrics and tables in them exist; a search by a name that was renamed finds nothing at three in the morning."""
    source = "\n".join(file.read_text() for folder in ("libs", "gateway", "services") for file in (ROOT / folder).rglob("*")
                       if file.suffix in (".cpp", ".hpp", ".sql"))
    for page in RUNBOOKS.glob("*.md"):
        for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", page.read_text()):
            assert name.removeprefix("ambula_") in source or name in ("max_connections",), (page.name, name)
