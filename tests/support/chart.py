"""The Helm chart as the tests see it: rendered by helm where there is one, else by the goldens in tests/ops/golden."""

import copy
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm/ambula"
GOLDEN = ROOT / "tests/ops/golden"
PROCESSES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification")
RELEASE, NAMESPACE, KUBERNETES = "ambula", "clinic", "1.34.1"
FILE_BYTES_MAX = 400  # a longer file inside a ConfigMap is not shown in the golden


def found_tool(name: str, folder: str) -> str | None:
    tools = pathlib.Path(os.environ.get("AMBULA_TOOLS_DIR") or pathlib.Path.home() / ".cache/ambula/tools")
    return shutil.which(name) or shutil.which(name, path=str(tools / folder))


def helm() -> str | None:
    return found_tool("helm", "helm")


def run_helm(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess:
    return subprocess.run([helm(), *arguments], input=stdin, capture_output=True, text=True)


def render(values: pathlib.Path, release: str = RELEASE) -> list[dict]:
    done = run_helm("template", release, str(CHART), "--namespace", NAMESPACE, "--kube-version", KUBERNETES, "--values", str(values))
    assert done.returncode == 0, done.stderr
    return _load_all(done.stdout)


def values_files() -> list[pathlib.Path]:
    return sorted((CHART / "ci").glob("*-values.yaml"))


def golden_file(values: pathlib.Path) -> pathlib.Path:
    return GOLDEN / f"{values.stem.removesuffix('-values')}.yaml"


@functools.cache
def golden(values: pathlib.Path) -> list[dict]:
    return _load_all(golden_file(values).read_text())


def _load_all(text: str) -> list[dict]:
    """With libyaml, which is ten times as fast as Python."""
    return [each for each in yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if each]


def to_golden(documents: list[dict]) -> str:
    shown = sorted((_shortened(each) for each in documents), key=lambda d: (d["kind"], d["metadata"]["name"]))
    return yaml.safe_dump_all(shown, sort_keys=True, width=150, allow_unicode=True)


def _shortened(document: dict) -> dict:
    document = copy.deepcopy(document)
    if document["kind"] == "ConfigMap":
        document["data"] = {name: "(the file)\n" if len(text) > FILE_BYTES_MAX else text for name, text in document["data"].items()}
    if document["kind"] == "PrometheusRule":
        document["spec"]["groups"] = [group["name"] for group in document["spec"]["groups"]]
    return document


def schema() -> dict:
    return json.loads((CHART / "values.schema.json").read_text())


def default_values() -> dict:
    return yaml.safe_load((CHART / "values.yaml").read_text())


def merged(own: dict, into: dict | None = None) -> dict:
    """Values as Helm merges them over the defaults."""
    result = copy.deepcopy(default_values() if into is None else into)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(value, result[key]) if both else value
    return result


@functools.cache
def settings_in_code() -> set[str]:
    found = set()
    for folder in ("libs", "gateway", "services"):
        for file in (ROOT / folder).rglob("*.cpp"):
            if not file.name.endswith("_test.cpp"):
                found |= set(re.findall(r'"(AMBULA_[A-Z_]+)"', file.read_text()))
    return found


def of_kind(documents: list[dict], *kinds: str) -> list[dict]:
    return [each for each in documents if each["kind"] in kinds]


def component(document: dict) -> str:
    return document["metadata"]["labels"]["app.kubernetes.io/component"]


def pods(documents: list[dict]) -> list[tuple[str, dict, dict]]:
    """(what, labels, spec) of everything that becomes a pod."""
    found = []
    for each in documents:
        template = {"Deployment": lambda d: d["spec"]["template"], "Job": lambda d: d["spec"]["template"],
                    "CronJob": lambda d: d["spec"]["jobTemplate"]["spec"]["template"], "Pod": lambda d: d}.get(each["kind"])
        if template:
            pod = template(each)
            found.append((f"{each['kind']}/{each['metadata']['name']}", pod["metadata"]["labels"], pod["spec"]))
    return found
