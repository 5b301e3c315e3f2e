"""The Helm chart [OPS-3]: what it renders, and that this is safe to run; its values: test_chart_values.py. Goldens stand in tests/ops/golden;
`AMBULA_WRITE_GOLDENS=1 ./dev test -R ops_chart` writes them anew."""

import json
import os
import re

import pytest
import yaml

from support import chart

VALUES = chart.values_files()
NAMES = [each.stem.removesuffix("-values") for each in VALUES]
needs_helm = pytest.mark.skipif(not chart.helm(), reason="helm is not here; ./dev test installs it where Go is new enough")
every_golden = pytest.mark.parametrize("values", VALUES, ids=NAMES)


@needs_helm
def test_helm_lint_has_nothing_to_say():
    for file in VALUES:
        done = chart.run_helm("lint", "--strict", str(chart.CHART), "--kube-version", chart.KUBERNETES, "--values", str(file))
        assert done.returncode == 0, done.stdout


@needs_helm
@every_golden
def test_what_is_rendered_is_what_was_reviewed(values):
    made = chart.to_golden(chart.render(values))
    file = chart.golden_file(values)
    if os.environ.get("AMBULA_WRITE_GOLDENS"):
        file.write_text(made)
    assert file.exists() and made == file.read_text(), f"{file.name} is not what the chart renders; AMBULA_WRITE_GOLDENS=1 writes it anew"


def test_every_golden_has_its_values():
    assert {each.stem for each in chart.GOLDEN.glob("*.yaml")} == set(NAMES)


@pytest.mark.parametrize("version", ["1.31", "1.34"])
def test_kubernetes_takes_what_is_rendered(version):
    import kubernetes_validate
    seen = set()
    for values in VALUES:
        for document in chart.golden(values):
            group = document["apiVersion"].rpartition("/")[0]
            if "." in group and not group.endswith("k8s.io"):
                continue  # of an operator: what we write is in the golden, the operator's schema is not here
            if group == "gateway.networking.k8s.io":
                continue
            text = json.dumps({key: value for key, value in document.items() if key != "metadata"}, sort_keys=True)
            if text not in seen:
                seen.add(text)
                kubernetes_validate.validate(document, version, strict=True)
    assert len(seen) > 50


@every_golden
def test_every_pod_is_restricted(values):
    """What Pod Security's profile `restricted` asks for, and a root file system that nobody can write."""
    documents = chart.golden(values)
    found = chart.pods(documents)
    assert len(found) >= 8
    for what, _, pod in found:
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True and security["runAsUser"] > 0, what
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, what
        assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False, what
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), what
        for volume in pod.get("volumes", []):
            assert (volume.keys() - {"name"}) <= {"configMap", "secret", "emptyDir", "persistentVolumeClaim"}, (what, volume)
            assert "emptyDir" not in volume or "sizeLimit" in volume["emptyDir"], (what, volume)
        for container in pod["containers"] + pod.get("initContainers", []):
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False and own["readOnlyRootFilesystem"] is True, what
            assert own["capabilities"] == {"drop": ["ALL"]}, what
            assert "memory" in container["resources"]["limits"], what
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), what
            names = [variable["name"] for variable in container.get("env", [])]
            assert len(names) == len(set(names)), f"{what}: a variable twice"


@every_golden
def test_labels_and_selectors(values):
    documents = chart.golden(values)
    names = [(each["kind"], each["metadata"]["name"]) for each in documents]
    assert len(names) == len(set(names))
    for each in documents:
        labels = each["metadata"]["labels"]
        assert {"name", "instance", "component", "version", "part-of", "managed-by"} <= {
            key.removeprefix("app.kubernetes.io/") for key in labels}, each["metadata"]["name"]
        assert len(each["metadata"]["name"]) <= 63 and "namespace" in each["metadata"]
    for each in chart.of_kind(documents, "Deployment"):
        selector = each["spec"]["selector"]["matchLabels"]
        # Immutable, so nothing that changes with a release.
        assert set(selector) == {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}
        assert selector.items() <= each["spec"]["template"]["metadata"]["labels"].items()
    for each in chart.of_kind(documents, "Service"):
        assert any(each["spec"]["selector"].items() <= labels.items() for _, labels, _ in chart.pods(documents))


@every_golden
def test_probes_scaling_and_grace(values):
    documents = chart.golden(values)
    deployments = {chart.component(each): each for each in chart.of_kind(documents, "Deployment")}
    assert set(deployments) == set(chart.PROCESSES)
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in chart.of_kind(documents, "HorizontalPodAutoscaler", "ScaledObject")}
    budgets = {chart.component(each) for each in chart.of_kind(documents, "PodDisruptionBudget")}
    for name, each in deployments.items():
        spec, pod = each["spec"], each["spec"]["template"]["spec"]
        # Helm 4 refuses an upgrade that sets what the scaler has set.
        assert ("replicas" in spec) != (each["metadata"]["name"] in scaled), name
        several = each["metadata"]["name"] in scaled or spec["replicas"] > 1
        # A budget on a single replica would block every drain of its node.
        assert (name in budgets) == several, name
        container = pod["containers"][0]
        for probe, path in (("startupProbe", "/startupz"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")):
            assert container[probe]["httpGet"] == {"path": path, "port": "admin"} and container[probe]["timeoutSeconds"] > 1, (name, probe)
        patience = container["startupProbe"]["failureThreshold"] * container["startupProbe"]["periodSeconds"]
        assert start_seconds() < patience < spec["progressDeadlineSeconds"], f"{name} is killed while it waits as it should"
        asleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] >= asleep + drain_seconds(), name
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}, name
    for each in chart.of_kind(documents, "ScaledObject"):
        assert all(isinstance(value, str) for value in each["spec"]["triggers"][0]["metadata"].values()), "KEDA takes texts only"


@every_golden
def test_replicas_are_spread_over_zones_and_nodes(values):
    """Those of one revision, so that a rollout's old pods do not count; and never at the price of a pod that has no place."""
    for each in chart.of_kind(chart.golden(values), "Deployment"):
        name, template = each["metadata"]["name"], each["spec"]["template"]
        spread = template["spec"]["topologySpreadConstraints"]
        assert [rule["topologyKey"] for rule in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"], name
        for rule in spread:
            assert rule["maxSkew"] == 1 and rule["whenUnsatisfiable"] == "ScheduleAnyway", name
            assert rule["labelSelector"] == each["spec"]["selector"] and rule["matchLabelKeys"] == ["pod-template-hash"], name


def start_seconds() -> int:
    """How long a start waits for database and broker unless told otherwise."""
    return int(re.search(r"`AMBULA_START_TIMEOUT_MS` \| `(\d+)`", (chart.ROOT / "docs/operations/configure.md").read_text())[1]) // 1000


def drain_seconds() -> int:
    """The longest end of a process: its drain and the relay's flush, as libs/service/runtime.cpp has them."""
    source = (chart.ROOT / "libs/service/runtime.cpp").read_text()
    return sum(int(re.search(rf"{name} = (\d+)s;", source)[1]) for name in ("drain_limit", "relay_flush_limit"))


@every_golden
def test_only_the_edges_of_the_architecture(values):
    """docs/architecture.md: clients → gateway → services; all → PostgreSQL and Kafka; notification → mail; all → a collector of
    traces where there is one; nobody to a neighbour."""
    documents = chart.golden(values)
    policies = {chart.component(each): each["spec"] for each in chart.of_kind(documents, "NetworkPolicy")}
    if not policies:
        assert values.stem == "small-values"
        return
    inside = {labels["app.kubernetes.io/component"]: labels for _, labels, _ in chart.pods(documents)}
    assert set(policies) == set(inside), "a pod without a policy is open"
    settings = chart.merged(yaml.safe_load(values.read_text()))
    edges = set()
    for source in inside:
        for target in inside:
            for port in ("http", "admin"):
                if reaches(policies[source].get("egress", []), inside[target], port) and reaches(policies[target].get("ingress", []), inside[source], port, "from"):
                    edges.add((source, target, port))
    services = set(chart.PROCESSES) - {"gateway"}
    assert edges == {("gateway", each, "http") for each in services} | {("test", "gateway", "http"), ("test", "gateway", "admin")}
    outward = {name: {entry["port"] for rule in spec.get("egress", []) if not inner(rule) for entry in rule["ports"]} for name, spec in policies.items()}
    database, kafka, mail = settings["postgres"]["port"], settings["kafka"]["port"], settings["smtp"]["port"]
    for name, ports in outward.items():
        expected = {53}
        if name != "test":
            expected.add(database)
        if name in chart.PROCESSES:
            expected.add(kafka)
            if settings["traces"]["url"]:
                expected.add(settings["traces"]["port"])
        if name == "notification":
            expected.add(mail)
        assert ports == expected, name
        assert policies[name]["policyTypes"] == ["Ingress", "Egress"], name
    for name in chart.PROCESSES:
        scraped = [rule for rule in policies[name]["ingress"] if {"port": "admin", "protocol": "TCP"} in rule["ports"]]
        assert any(rule["from"] == settings["networkPolicy"]["monitoringFrom"] for rule in scraped), f"{name} cannot be scraped"
    open_to_all = {name for name, spec in policies.items() for rule in spec.get("ingress", []) if "from" not in rule}
    assert open_to_all == (set() if settings["networkPolicy"]["ingressFrom"] else {"gateway"})


def inner(rule: dict) -> bool:
    return any("app.kubernetes.io/name" in peer.get("podSelector", {}).get("matchLabels", {}) for peer in rule.get("to", []))


def reaches(rules: list[dict], labels: dict, port: str, side: str = "to") -> bool:
    """Between pods of the release; a rule without peers and with a named port is for everybody."""
    for rule in rules:
        if all(entry["port"] != port for entry in rule["ports"]):
            continue
        if side not in rule:
            if side == "from":
                return labels["app.kubernetes.io/component"] not in ("migrate", "backup")
            return True
        if any("namespaceSelector" not in peer and "ipBlock" not in peer and selects(peer["podSelector"], labels) for peer in rule[side]):
            return True
    return False


def selects(selector: dict, labels: dict) -> bool:
    if not selector.get("matchLabels", {}).items() <= labels.items():
        return False
    return all(labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", []) if each["operator"] == "In")


@every_golden
def test_every_setting_is_one_that_the_binaries_know(values):
    known = chart.settings_in_code()
    for what, _, pod in chart.pods(chart.golden(values)):
        for container in pod["containers"]:
            if not container["command"][0].startswith("ambula-"):
                continue
            for variable in container.get("env", []):
                name = variable["name"]
                assert name in known or name.removesuffix("_FILE") in known or name.startswith("AMBULA_UPSTREAM_"), (what, name)


@every_golden
def test_every_file_that_a_setting_names_is_mounted(values):
    for what, _, pod in chart.pods(chart.golden(values)):
        for container in pod["containers"]:
            mounted = [mount["mountPath"] for mount in container.get("volumeMounts", [])]
            assert {mount["name"] for mount in container.get("volumeMounts", [])} <= {volume["name"] for volume in pod.get("volumes", [])}, what
            for variable in container.get("env", []):
                if variable["name"].endswith("_FILE"):
                    assert any(variable["value"].startswith(path + "/") for path in mounted), (what, variable)


def test_topics_and_rights_are_those_of_the_code():
    """files/topics.yaml gives KafkaTopic and KafkaUser; libs/bus/topics.cpp and the definitions are the truth."""
    told = yaml.safe_load((chart.CHART / "files/topics.yaml").read_text())
    catalogue = {}
    for name, rest in re.findall(r'Topic\{"([\w.-]+)"([^}]*)\}', (chart.ROOT / "libs/bus/topics.cpp").read_text()):
        hours = re.search(r"hours\((\d+)\)", rest)
        kept = "compacted" if "compacted" in rest else 7 * 24 if "week" in rest else int(hours[1]) if hours else "forever"
        catalogue[name] = kept * 3_600_000 if isinstance(kept, int) else kept
    assert {name: what["kept"] for name, what in told.items()} == catalogue
    owners, readers = {}, {name: set() for name in catalogue}
    for process in chart.PROCESSES:
        folder = chart.ROOT / ("gateway/identity" if process == "gateway" else f"services/{process}")
        source = (folder / "definition.cpp").read_text()
        for topic in re.findall(r'"(ambula\.[\w.-]+)"', re.search(r"d\.topics = \{(.*?)\};", source, re.S)[1]):
            owners[topic] = process
        subscriptions = re.search(r"d\.subscriptions = \{(.*?)\n  \};", source, re.S)
        for topic in re.findall(r'"(ambula\.[\w.-]+)"', subscriptions[1] if subscriptions else ""):
            readers[topic].add(process)
    # The live views follow the topic without a group.
    readers[re.search(r'topic = "([\w.-]+)"', (chart.ROOT / "services/queue/live/hub.cpp").read_text())[1]].add("queue")
    assert {name: what["from"] for name, what in told.items()} == owners
    assert {name: set(what["to"]) for name, what in told.items()} == readers


@needs_helm
def test_long_names_are_cut_and_stay_unique():
    documents = chart.render(VALUES[NAMES.index("observability")], release="a-clinic-with-quite-a-long-name-in-the-north-of-town")
    names = [(each["kind"], each["metadata"]["name"]) for each in documents]
    assert len(names) == len(set(names)) and all(len(name) <= 63 for _, name in names)
