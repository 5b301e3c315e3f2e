"""The values of the Helm chart [OPS-3]: which are refused and where the fault stands, which are taken, and that schema, values and table are one."""

import functools
import subprocess
import sys

import jsonschema
import pytest
import yaml

from support import chart

VALUES = chart.values_files()
needs_helm = pytest.mark.skipif(not chart.helm(), reason="helm is not here; ./dev test installs it where Go is new enough")

# What must be refused, each with the place of the fault: by the schema, so that an editor and `helm lint` say it too.
REFUSED = {
    "a misspelt key": ("/ingres", {"ingres": {"enabled": True}}),
    "a misspelt key of a process": ("/services/queue/replica", {"services": {"queue": {"replica": 2}}}),
    "a process that is not there": ("/services/billing", {"services": {"billing": {}}}),
    "a misspelt default": ("/defaults/wokers", {"defaults": {"wokers": 4}}),
    "an unknown key of a nested part": ("/postgres/cloudNativePg/size", {"postgres": {"cloudNativePg": {"size": "1Gi"}}}),
    "replicas as a text": ("/defaults/replicas", {"defaults": {"replicas": "2"}}),
    "no replica": ("/services/gateway/replicas", {"services": {"gateway": {"replicas": 0}}}),
    "more workers than a process takes": ("/defaults/workers", {"defaults": {"workers": 65}}),
    "an unknown log level": ("/logLevel", {"logLevel": "trace"}),
    "a public address without a scheme": ("/publicUrl", {"publicUrl": "care.example.org"}),
    "a public address with a path": ("/publicUrl", {"publicUrl": "https://care.example.org/app"}),
    "an unknown pull policy": ("/image/pullPolicy", {"image": {"pullPolicy": "Sometimes"}}),
    "a digest that is none": ("/image/digest", {"image": {"digest": "latest"}}),
    "an empty repository": ("/image/repository", {"image": {"repository": ""}}),
    "a pull secret as a text": ("/image/pullSecrets/0", {"image": {"pullSecrets": ["registry"]}}),
    "a name template without a place": ("/secrets/nameTemplate", {"secrets": {"nameTemplate": "ambula"}}),
    "a remote key with two places": ("/secrets/externalSecrets/remoteKeyTemplate", {"secrets": {"externalSecrets": {"remoteKeyTemplate": "%s/%s"}}}),
    "external secrets without a store": ("/secrets/externalSecrets/storeRef/name", {"secrets": {"externalSecrets": {"enabled": True}}}),
    "an unknown kind of store": ("/secrets/externalSecrets/storeRef/kind",
        {"secrets": {"externalSecrets": {"storeRef": {"name": "vault", "kind": "Vault"}}}}),
    "a port beyond the last": ("/postgres/port", {"postgres": {"port": 65536}}),
    "a size without a sense": ("/postgres/cloudNativePg/storage", {"postgres": {"cloudNativePg": {"storage": "much"}}}),
    "snapshots without a class": ("/postgres/cloudNativePg/scheduledBackup/snapshotClass",
        {"postgres": {"cloudNativePg": {"enabled": True, "scheduledBackup": {"enabled": True}}}}),
    "brokers without a port": ("/kafka/brokers", {"kafka": {"brokers": "kafka"}}),
    "an unknown security protocol": ("/kafka/securityProtocol", {"kafka": {"securityProtocol": "TLS"}}),
    "SASL without a mechanism": ("/kafka/sasl/mechanism", {"kafka": {"securityProtocol": "SASL_SSL"}}),
    "a mechanism without SASL": ("/kafka/sasl/mechanism", {"kafka": {"sasl": {"mechanism": "PLAIN"}}}),
    "an unknown mechanism": ("/kafka/sasl/mechanism", {"kafka": {"securityProtocol": "SASL_SSL", "sasl": {"mechanism": "GSSAPI"}}}),
    "certificates without TLS": ("/kafka/securityProtocol", {"kafka": {"mutualTls": True}}),
    "Strimzi without its cluster": ("/kafka/strimzi/cluster",
        {"kafka": {"securityProtocol": "SASL_SSL", "sasl": {"mechanism": "SCRAM-SHA-512"}, "strimzi": {"enabled": True}}}),
    "Strimzi without SCRAM": ("/kafka/sasl/mechanism", {"kafka": {"strimzi": {"enabled": True, "cluster": "events"}}}),
    "no partition": ("/kafka/partitions", {"kafka": {"partitions": 0}}),
    "a mail server without a scheme": ("/smtp/url", {"smtp": {"url": "mail:25"}}),
    "a sender without an address": ("/smtp/from", {"smtp": {"from": "Clinic"}}),
    "a currency that is none": ("/facility/currency", {"facility": {"currency": "euro"}}),
    "memory without a sense": ("/defaults/resources/limits/memory", {"defaults": {"resources": {"limits": {"memory": "a lot"}}}}),
    "environment with a small letter": ("/defaults/env", {"defaults": {"env": {"lower": "1"}}}),
    "a grace that no drain fits": ("/defaults/terminationGracePeriodSeconds", {"defaults": {"terminationGracePeriodSeconds": 10}}),
    "a share of no pods": ("/defaults/podDisruptionBudget/maxUnavailable", {"defaults": {"podDisruptionBudget": {"maxUnavailable": "0%"}}}),
    "ingress and route at once": ("/", {"ingress": {"enabled": True}, "gatewayApi": {"enabled": True, "parentRefs": [{"name": "public"}]}}),
    "a route without a gateway": ("/gatewayApi/parentRefs", {"gatewayApi": {"enabled": True}}),
    "a peer that selects nothing": ("/networkPolicy/ingressFrom/0", {"networkPolicy": {"ingressFrom": [{}]}}),
    "no DNS": ("/networkPolicy/dnsTo", {"networkPolicy": {"dnsTo": []}}),
    "a collector without a path": ("/traces/url", {"traces": {"url": "http://collector:4318"}}),
    "more traces than there are": ("/traces/ratio", {"traces": {"ratio": 2}}),
    "two monitors": ("/metrics", {"metrics": {"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}}}),
    "an interval without a unit": ("/metrics/serviceMonitor/interval", {"metrics": {"serviceMonitor": {"interval": "15"}}}),
    "a backup without a time": ("/backup/schedule", {"backup": {"schedule": "nightly"}}),
    "backups that are never deleted": ("/backup/keepDays", {"backup": {"keepDays": 0}}),
    "a backup as root": ("/backup/runAsUser", {"backup": {"runAsUser": 0}}),
}
# What only the templates can see, because it needs the defaults and a process's own values together.
REFUSED_BY_TEMPLATE = {
    "choose one": {"services": {"queue": {"autoscaling": {"enabled": True}, "keda": {"enabled": True}}}},
    "scaled by CPU": {"services": {"gateway": {"keda": {"enabled": True}}}},
    "above maxReplicas": {"services": {"queue": {"autoscaling": {"enabled": True, "minReplicas": 9, "maxReplicas": 3}}}},
    "drain fits": {"defaults": {"preStopSeconds": 30, "terminationGracePeriodSeconds": 45}},
}


@functools.cache
def validator() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(chart.schema())
    return jsonschema.Draft7Validator(chart.schema())


def places(errors) -> set[str]:
    """Where each stands; a key that is too much is its own place."""
    found = set()
    for error in errors:
        path = "".join(f"/{part}" for part in error.absolute_path)
        if error.validator == "additionalProperties":
            found |= {f"{path}/{key}" for key in error.instance.keys() - error.schema["properties"].keys()}
        else:
            found.add(path or "/")
    return found


@pytest.mark.parametrize("place, own", REFUSED.values(), ids=REFUSED)
def test_wrong_values_are_refused(place, own):
    assert places(validator().iter_errors(chart.merged(own))) == {place}


@needs_helm
@pytest.mark.parametrize("reason, own", REFUSED_BY_TEMPLATE.items(), ids=REFUSED_BY_TEMPLATE)
def test_values_that_contradict_each_other_are_refused(reason, own):
    assert validator().is_valid(chart.merged(own)), "the template is what refuses these"
    done = chart.run_helm("template", "ambula", str(chart.CHART), "--kube-version", chart.KUBERNETES, "--values", "-", stdin=yaml.safe_dump(own))
    assert done.returncode != 0 and reason in done.stderr


def test_the_defaults_and_the_examples_are_taken():
    assert validator().is_valid(chart.default_values())
    assert len(VALUES) >= 8
    for file in VALUES:
        errors = list(validator().iter_errors(chart.merged(yaml.safe_load(file.read_text()))))
        assert not errors, (file.name, errors)


def test_the_schema_knows_every_value_and_no_other():
    """additionalProperties is false on each object that names its properties; each key of values.yaml has its place."""
    for part in objects(chart.schema()):
        if "properties" in part and part.get("type") == "object":
            assert part.get("additionalProperties") is False, sorted(part["properties"])
    assert paths_of(chart.default_values()) <= paths_of_schema(chart.schema()), "in values.yaml and not in the schema"


def objects(node):
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


def paths_of(values, prefix="") -> set[str]:
    found = set()
    for key, value in values.items():
        found.add(prefix + key)
        if isinstance(value, dict):
            found |= paths_of(value, f"{prefix}{key}.")
    return found - {each for each in found if ".matchLabels." in each or each.endswith(".matchLabels")}


def paths_of_schema(schema) -> set[str]:
    def walk(node, prefix):
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
        for key, value in node.get("properties", {}).items():
            yield prefix + key
            yield from walk(value, f"{prefix}{key}.")
    return set(walk(schema, ""))


def test_the_table_of_values_is_current():
    done = subprocess.run([sys.executable, str(chart.ROOT / "helm/make_readme.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
