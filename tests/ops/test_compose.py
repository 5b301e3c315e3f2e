"""docker-compose.yml [OPS-2]: read by compose itself where it is, and held to rules: everything watched, bounded, without rights it does not
need, published on loopback only, and with the same rules and dashboards as the chart."""

import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

from support import chart
from support.prometheus import promtool, tool

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
PROVISIONED = ROOT / "helm/compose"
RUNS_ONCE = {"secrets", "demo"}
# What others make runs as its own image wants it: they write where their volume is, and change their user at the start.
OF_OTHERS = {"postgres", "kafka"}


def services() -> dict[str, dict]:
    return yaml.safe_load(COMPOSE.read_text())["services"]


def compose_command() -> list[str] | None:
    for command in (["docker", "compose"], [chart.found_tool("docker-compose", "compose") or ""]):
        if command[0] and shutil.which(command[0]) and subprocess.run([*command, "version"], capture_output=True).returncode == 0:
            return command
    return None


@pytest.mark.parametrize("profile", ["", "observability"])
def test_compose_takes_it(profile):
    command = compose_command()
    if not command:
        pytest.skip("compose is not here; `./dev test` fetches it on Debian where it can")
    chosen = ["--profile", profile] if profile else []
    done = subprocess.run([*command, "-f", str(COMPOSE), *chosen, "config", "--quiet"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_container_is_watched_and_bounded():
    for name, service in services().items():
        assert re.search(r":[\w${}.:-]+$", service["image"]) and not service["image"].endswith(":latest"), name
        assert "max-size" in service["logging"]["options"], name
        if name in RUNS_ONCE:
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["deploy"]["resources"]["limits"]["memory"], name
        health = service["healthcheck"]
        assert health["test"][0] == "CMD" and {"interval", "timeout", "retries", "start_period"} <= health.keys(), name


def test_nothing_has_more_rights_than_it_needs():
    for name, service in services().items():
        assert not {"privileged", "network_mode", "pid", "ipc"} & service.keys() or (name, service.get("network_mode")) == ("secrets", "none"), name
        if name not in OF_OTHERS:
            assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
            assert service["security_opt"] == ["no-new-privileges:true"], name
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name
    assert set(yaml.safe_load(COMPOSE.read_text())["services"]) >= {*chart.PROCESSES, "postgres", "kafka", "mail"}


def test_secrets_are_files():
    for name, service in services().items():
        for key, value in (service.get("environment") or {}).items():
            if re.search(r"PASSWORD|SECRET|_KEY\b|DB_URL", key):
                assert key.endswith("_FILE") and str(value).startswith("/run/secrets/"), (name, key)


def test_what_a_service_waits_for_exists_and_is_watched():
    known = services()
    for name, service in known.items():
        for other, how in (service.get("depends_on") or {}).items():
            assert other in known, name
            if how["condition"] == "service_completed_successfully":
                assert other in RUNS_ONCE, (name, other)


def test_volumes_are_declared_and_used():
    whole = yaml.safe_load(COMPOSE.read_text())
    used = set()
    for name, service in whole["services"].items():
        for volume in service.get("volumes", []):
            source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), (name, source)
            else:
                used.add(source)
    assert used == set(whole["volumes"])


def test_prometheus_scrapes_every_process_with_the_rules_of_the_chart(tmp_path):
    text = (PROVISIONED / "prometheus.yml").read_text()
    jobs = yaml.safe_load(text)["scrape_configs"]
    assert [each["job_name"] for each in jobs] == ["ambula"]
    assert {each["labels"]["service"]: each["targets"] for each in jobs[0]["static_configs"]} == {name: [f"{name}:9090"] for name in chart.PROCESSES}
    mounted = services()["prometheus"]["volumes"]
    assert "./helm/ambula/alerts/ambula.yaml:/etc/prometheus/rules.yaml:ro" in mounted
    (tmp_path / "rules.yaml").write_text((chart.CHART / "alerts/ambula.yaml").read_text())
    (tmp_path / "prometheus.yml").write_text(text.replace("/tmp/rules.yaml", str(tmp_path / "rules.yaml")))
    done = subprocess.run([promtool(), "check", "config", str(tmp_path / "prometheus.yml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_alertmanager_takes_its_file():
    done = subprocess.run([tool("amtool"), "check-config", str(PROVISIONED / "alertmanager.yml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_grafana_shows_the_boards_of_the_chart():
    provider = yaml.safe_load((PROVISIONED / "grafana/dashboards.yaml").read_text())["providers"][0]
    assert f"./helm/ambula/dashboards:{provider['options']['path']}:ro" in services()["grafana"]["volumes"]
    source = yaml.safe_load((PROVISIONED / "grafana/datasources.yaml").read_text())["datasources"][0]
    assert source["url"] == "http://prometheus:9090" and source["isDefault"]


def test_every_setting_is_one_that_the_binaries_know():
    known = chart.settings_in_code()
    for name in chart.PROCESSES:
        for key in services()[name]["environment"]:
            assert key in known or key.removesuffix("_FILE") in known or key.startswith("AMBULA_UPSTREAM_"), (name, key)
