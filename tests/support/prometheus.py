"""Prometheus' own programs, as ./dev unpacks them, and a server of ours that scrapes the running installation."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess

import pytest
import yaml

from .eventually import eventually

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "helm/ambula/alerts/ambula.yaml"
DASHBOARDS = ROOT / "helm/ambula/dashboards"


def tool(name: str) -> str:
    tools = pathlib.Path(os.environ.get("AMBULA_TOOLS_DIR") or pathlib.Path.home() / ".cache/ambula/tools")
    found = shutil.which(name) or shutil.which(name, path=str(tools / "prometheus/usr/bin"))
    if not found:
        pytest.skip(f"{name} is not here; on Debian `./dev test` fetches it")
    return found


def promtool() -> str:
    return tool("promtool")


class Prometheus:
    """Scrapes each process every second under the labels that chart and compose give: job="ambula" and service."""

    def __init__(self, folder: pathlib.Path, targets: dict[str, str], rules: pathlib.Path = RULES):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._address = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{self._address}"
        config = {"global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(rules)],
                  "scrape_configs": [{"job_name": "ambula", "file_sd_configs": [{"files": [f"{folder}/targets.json"]}]}]}
        self._targets = folder / "targets.json"
        self.scrape(targets)
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        self._log = folder / "prometheus.log"
        self._command = [tool("prometheus"), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                         f"--web.listen-address={self._address}", "--log.level=warn"]

    def scrape(self, targets: dict[str, str]) -> None:
        """From now on just these; Prometheus watches the file."""
        new = self._targets.with_suffix(".new")
        new.write_text(json.dumps([{"targets": [url.removeprefix("http://")], "labels": {"service": name}} for name, url in targets.items()]))
        new.rename(self._targets)

    def __enter__(self):
        with open(self._log, "w") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT)
        try:
            eventually(lambda: self._process.poll() is not None or self._answers(), 30)
            assert self._process.poll() is None
        except AssertionError:
            self.__exit__()
            raise RuntimeError(f"Prometheus did not start: {self._log.read_text()[-2000:]}") from None
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        import httpx
        try:
            return httpx.get(f"{self.url}/-/ready", trust_env=False, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def firing(self) -> dict[str, set[str]]:
        """Alert → services it fires for."""
        found: dict[str, set[str]] = {}
        for each in self.query('ALERTS{alertstate="firing"}'):
            found.setdefault(each["metric"]["alertname"], set()).add(each["metric"].get("service") or each["metric"].get("upstream", ""))
        return found

    def query(self, expression: str) -> list[dict]:
        import httpx
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": expression}, trust_env=False, timeout=20)
        assert answer.status_code == 200, f"{expression}: {answer.text}"
        return answer.json()["data"]["result"]


def filled(expression: str, interval: str = "10s", span: str = "5m") -> str:
    """A panel's expression as Grafana would send it with every service chosen; `span` is the time it shows."""
    return re.sub(r"\$\{?service\}?", ".*", expression.replace("$__rate_interval", interval).replace("$__range", span))
