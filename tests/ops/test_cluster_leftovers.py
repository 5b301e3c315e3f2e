"""What `./dev cluster` calls "nothing is left", where no control plane has been built to try it on [OPS-3]."""

import importlib.util

import pytest

from support import chart


@pytest.fixture
def cluster():
    spec = importlib.util.spec_from_file_location("cluster", chart.ROOT / "cmake/dev/cluster.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_left_counts_without_the_releases_label_too(cluster, monkeypatch):
    unlabelled = ["secret/forgotten", "persistentvolumeclaim/ambula-backup", "serviceaccount/ambula-queue"]
    every_namespace_has = ["configmap/kube-root-ca.crt", "serviceaccount/default", "event.events.k8s.io/ambula-queue.17",
                           "endpointslice.discovery.k8s.io/ambula-queue-abcde"]

    def kubectl(*arguments, stdin=None):
        selected = "-l" in arguments or any(each.startswith("--selector") for each in arguments)
        return "" if selected else "\n".join(every_namespace_has + unlabelled)
    monkeypatch.setattr(cluster, "kubectl", kubectl)
    assert cluster.Trial("minimal").left(["secrets"]) == unlabelled
