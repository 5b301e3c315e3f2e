"""Every expression of dashboards and alert rules against a real Prometheus that scrapes the running system under a little load: it must
be evaluated, and a dashboard's must return figures, under labels that its legend names. [OPS-4]"""

import json
import math
import re
import sys

import pytest
import yaml

from support.clinic import Clinic
from support.draw_dashboards import CHROMIUM, draw
from support.prometheus import DASHBOARDS, ROOT, RULES, Prometheus, filled
from support.visit import Visit

# Of a gateway that has a certificate of its own; component/test_tls.py sees it there.
ONLY_WITH_TLS = {"ambula_tls_certificate_expires_timestamp_seconds"}
RUNBOOKS = ROOT / "docs/operations/runbooks"
UNITS = {"short", "percentunit", "reqps", "ops", "cps", "cpm", "s", "bytes"}


def boards() -> dict[str, dict]:
    return {file.stem: json.loads(file.read_text()) for file in sorted(DASHBOARDS.glob("*.json"))}


def shown_panels():
    return [(name, panel) for name, board in boards().items() for panel in board["panels"] if panel["type"] != "row"]


@pytest.fixture(scope="module")
def prometheus(stack, api, sign_in, tmp_path_factory, eventually):
    """After a whole visit with mails, a refused booking, and twice the range that rates are taken over."""
    with Prometheus(tmp_path_factory.mktemp("prometheus"), stack.metrics) as server:
        eventually(lambda: len(server.query('up{job="ambula"} == 1')) == len(stack.metrics), 30)
        # A counter's first sample is no increase: what follows must happen after the first scrapes.
        eventually(lambda: server.query('count_over_time(up{job="ambula"}[30s]) >= 3'), 30)
        clinic = Clinic(api, sign_in("admin"))
        visit = Visit(clinic, email=f"{clinic.tag}@patients.example")
        again = {"patient_id": clinic.add_patient(visit.reception)["id"], "doctor_id": visit.doctor["id"],
                 "starts_at": visit.appointment["starts_at"]}
        eventually(lambda: visit.reception.post("/v1/appointments", again).status_code == 409, 20)
        visit.notification()
        eventually(lambda: server.query('sum(increase(ambula_email_messages_total{result="SENT"}[1m])) > 0'), 30)
        yield server


def test_the_files_are_what_the_table_says():
    sys.path.insert(0, str(ROOT / "helm"))
    import make_dashboards
    assert set(boards()) == set(make_dashboards.BOARDS) == {"overview", "service", "events", "database", "floor", "mail"}
    for name in make_dashboards.BOARDS:
        assert (DASHBOARDS / f"{name}.json").read_text() == make_dashboards.text(name), f"run helm/make_dashboards.py ({name})"


def test_boards_work_where_they_are_put():
    """Grafana's sidecar fills nothing in: no __inputs, the data source by a variable, fixed uid, no id."""
    for name, board in boards().items():
        assert not {"__inputs", "__requires", "id"} & board.keys() and board["uid"] == f"ambula-{name}" and not board["editable"]
        assert {each["name"] for each in board["templating"]["list"]} >= {"datasource"}
        ids = [panel["id"] for panel in board["panels"]]
        assert len(ids) == len(set(ids))
        taken = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
            assert place["x"] + place["w"] <= 24 and not cells & taken, (name, panel["title"])
            taken |= cells


def test_no_line_of_a_board_has_a_hole():
    for name, board in boards().items():
        lines = {}
        for panel in board["panels"]:
            lines.setdefault(panel["gridPos"]["y"], []).append(panel["gridPos"])
        for places in lines.values():
            assert sum(place["w"] for place in places) == 24 and len({place["h"] for place in places}) == 1, (name, places)


def test_nothing_is_red_by_grafanas_default():
    """Which is 80 and more, of whatever unit."""
    for name, panel in shown_panels():
        field, where = panel["fieldConfig"]["defaults"], (name, panel["title"])
        assert field["thresholds"]["steps"][0]["value"] is None and all(each["value"] != 80 for each in field["thresholds"]["steps"]), where
        if panel["type"] == "timeseries" and field["unit"] != "bytes":
            assert {"max", "axisSoftMax"} & (field.keys() | field["custom"].keys()), f"{where}: its 0 would stand below an axis up to 100"


def test_every_panel_says_what_it_shows():
    assert len(shown_panels()) > 40
    for name, panel in shown_panels():
        where = (name, panel["title"])
        assert panel["description"].endswith(".") and panel["fieldConfig"]["defaults"]["unit"] in UNITS, where
        assert panel["datasource"]["uid"] == "${datasource}", where
        for target in panel["targets"]:
            assert target["legendFormat"], where
            assert "rate(sum" not in target["expr"] and ("[" not in target["expr"] or "$__rate_interval" in target["expr"]), where


def test_the_runbooks_that_panels_name_are_there():
    named = {(panel["title"], name) for _, panel in shown_panels() for name in re.findall(r"Ambula[A-Z]\w+", panel["description"])}
    assert len(named) > 10 and all((RUNBOOKS / f"{name}.md").exists() for _, name in named), named


@pytest.mark.parametrize("board", boards())
def test_every_panel_has_figures(prometheus, eventually, board):
    for _, panel in [each for each in shown_panels() if each[0] == board]:
        for target in panel["targets"]:
            expression = filled(target["expr"], "1m")

            def figures():
                found = prometheus.query(expression)
                return [each for each in found if not math.isnan(float(each["value"][1]))]
            found = eventually(figures, 20)
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            # `or vector(0)` stands for "nothing yet" and has no labels.
            assert "vector(0)" in expression or all(named <= set(each["metric"]) for each in found), (panel["title"], named, found[:3])


def test_every_board_can_be_looked_at(prometheus):
    """As Grafana would draw it: `.run/dashboards/<board>.png`, to be looked at after a change."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium here; ./dev test installs it")
    empty = draw(prometheus.url, minutes=2)
    assert set(empty) == set(boards()) and not any(empty.values()), empty


def test_every_rule_is_evaluated(prometheus):
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            found = prometheus.query(rule["expr"])
            if "record" in rule:
                assert found, rule["record"]


def test_every_metric_of_the_rules_is_there(prometheus, stack):
    there = {each["metric"]["__name__"] for each in prometheus.query('{job="ambula"}')}
    asked = set()
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            asked |= {name for name in re.findall(r"\b(?:ambula|process)_[a-z_]+", rule["expr"])}
    assert asked and asked <= there | {"up"} | ONLY_WITH_TLS, asked - there


def test_nothing_but_the_watchdog_fires_on_a_healthy_system(prometheus, eventually):
    fires = 'ALERTS{alertstate="firing"}'
    eventually(lambda: prometheus.query(fires), 20)
    assert {each["metric"]["alertname"] for each in prometheus.query(fires)} == {"AmbulaWatchdog"}
