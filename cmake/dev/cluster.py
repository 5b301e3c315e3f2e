#!/usr/bin/env python3
"""cluster.py FOLDER [--record]: installs the chart on a real control plane whose nodes are simulated (kwok), and does with it what operators
do: install, upgrade while a node is drained, roll back, test, uninstall, with three values files. `--record` writes what was seen
to docs/operations/cluster.md. Everything listens on loopback and is stopped at the end."""

import contextlib
import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm/ambula"
RECORD = ROOT / "docs/operations/cluster.md"
NAMESPACE = "clinic"
TOKEN = "of-a-cluster-that-lives-for-minutes"  # not a secret: loopback, and gone with the folder
PROCESSES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification")
VALUES = ("minimal", "hardened", "backup")
NODES = 3
READY_WITHIN_S = 120  # of a busy machine; seconds on an idle one
# What every namespace has, and what only follows what was there.
NOT_OURS = ("configmap/kube-root-ca.crt", "serviceaccount/default", "event", "endpointslice")
# A kind of the Prometheus operator's, by name: it is taken and kept. What stands in it is what tests/ops looks at.
POD_MONITOR = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "podmonitors.monitoring.coreos.com"},
    "spec": {"group": "monitoring.coreos.com", "scope": "Namespaced", "names": {"kind": "PodMonitor", "plural": "podmonitors", "singular": "podmonitor"},
             "versions": [{"name": "v1", "served": True, "storage": True,
                           "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command: str, stdin: str | None = None, timeout: int = 400) -> str:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:6])} …: {(done.stderr or done.stdout).strip()[-1500:]}")
    return done.stdout


def kubectl(*arguments: str, stdin: str | None = None) -> str:
    return run("kubectl", *arguments, stdin=stdin)


def get(*arguments: str) -> list[dict]:
    return json.loads(kubectl("get", *arguments, "-n", NAMESPACE, "-o", "json"))["items"]


def wait_until(probe, what: str, seconds: float = READY_WITHIN_S) -> None:
    end = time.monotonic() + seconds
    while not probe():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def component(thing: dict) -> str:
    return thing["metadata"]["labels"]["app.kubernetes.io/component"]


def lives(pod: dict) -> bool:
    return "deletionTimestamp" not in pod["metadata"]


def is_ready(pod: dict) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))


def described(pod: dict) -> str:
    how = "ready" if is_ready(pod) else "not ready"
    return f"{pod['metadata']['name']} on {pod['spec'].get('nodeName', 'no node')} {how}{'' if lives(pod) else ', ending'}"


class ControlPlane:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.started: list[subprocess.Popen] = []

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.started):
            process.terminate()
        for process in reversed(self.started):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _begin(self, name: str, *arguments: str) -> None:
        with open(self.folder / f"{name}.log", "wb") as log:
            self.started.append(subprocess.Popen([name, *arguments], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL))

    def _start(self) -> None:
        at = self.folder
        etcd, peer, api = free_port(), free_port(), free_port()
        run("openssl", "genrsa", "-out", str(at / "sa.key"), "2048")
        run("openssl", "rsa", "-in", str(at / "sa.key"), "-pubout", "-out", str(at / "sa.pub"))
        (at / "tokens.csv").write_text(f"{TOKEN},admin,admin,system:masters\n")
        config = at / "kubeconfig"
        config.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{api}", "insecure-skip-tls-verify": True}}],
            "users": [{"name": "u", "user": {"token": TOKEN}}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
        os.environ["KUBECONFIG"] = str(config)
        self._begin("etcd", f"--data-dir={at}/etcd", f"--listen-client-urls=http://127.0.0.1:{etcd}", f"--advertise-client-urls=http://127.0.0.1:{etcd}",
                    f"--listen-peer-urls=http://127.0.0.1:{peer}", f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
                    f"--initial-cluster=default=http://127.0.0.1:{peer}", "--unsafe-no-fsync")
        self._begin("kube-apiserver", f"--etcd-servers=http://127.0.0.1:{etcd}", f"--secure-port={api}", "--bind-address=127.0.0.1", f"--cert-dir={at}/certs",
                    "--service-account-issuer=https://kubernetes.default.svc", f"--service-account-key-file={at}/sa.pub",
                    f"--service-account-signing-key-file={at}/sa.key", "--service-cluster-ip-range=10.0.0.0/16", f"--token-auth-file={at}/tokens.csv",
                    "--authorization-mode=AlwaysAllow", "--endpoint-reconciler-type=none",
                    # Both want an etcd of 3.5; with Debian's the watches end again and again, and the nodes with them.
                    "--feature-gates=WatchList=false,SizeBasedListCostEstimate=false")
        wait_until(lambda: self._ready(api), "the API server is ready")
        common = (f"--kubeconfig={config}", "--leader-elect=false", "--bind-address=127.0.0.1", f"--cert-dir={at}/certs")
        self._begin("kube-controller-manager", *common, f"--secure-port={free_port()}", f"--service-account-private-key-file={at}/sa.key",
                    f"--root-ca-file={at}/certs/apiserver.crt", "--node-monitor-grace-period=10m")  # a busy machine is no dead node
        self._begin("kube-scheduler", *common, f"--secure-port={free_port()}")
        self._begin("kwok", f"--kubeconfig={config}", "--manage-all-nodes=true", f"--server-address=127.0.0.1:{free_port()}")
        for number in range(NODES):
            kubectl("apply", "-f", "-", stdin=json.dumps({
                "apiVersion": "v1", "kind": "Node", "metadata": {"name": f"node-{number}", "labels": {
                    "kubernetes.io/hostname": f"node-{number}", "topology.kubernetes.io/zone": f"zone-{number}", "pool": "clinic"}},
                "status": {"allocatable": {"cpu": "32", "memory": "64Gi", "pods": "110"}, "capacity": {"cpu": "32", "memory": "64Gi", "pods": "110"}}}))
        kubectl("apply", "-f", "-", stdin=json.dumps(POD_MONITOR))
        kubectl("wait", "--for=condition=Established", "--timeout=60s", f"customresourcedefinition/{POD_MONITOR['metadata']['name']}")
        wait_until(lambda: kubectl("get", "nodes", "--no-headers").count(" Ready") == NODES, "the nodes are ready")

    def _ready(self, port: int) -> bool:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        asked = urllib.request.Request(f"https://127.0.0.1:{port}/readyz", headers={"Authorization": f"Bearer {TOKEN}"})
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))
        try:
            return direct.open(asked, timeout=2).status == 200
        except (urllib.error.URLError, OSError):
            return False


class Trial:
    """One values file, from install to uninstall. `seen` is what the record tells."""

    def __init__(self, values: str):
        self.values = CHART / f"ci/{values}-values.yaml"
        self.seen: list[str] = []

    def step(self, what: str, work) -> None:
        begun = time.monotonic()
        found = work()
        line = f"{what}{f': {found}' if found else ''} ({time.monotonic() - begun:.1f} s)"
        self.seen.append(line)
        print(f"  ok   {line}", flush=True)

    def all(self) -> None:
        print(f"{self.values.name}", flush=True)
        self.step("namespace that enforces the restricted profile", self.namespace)
        self.step("helm install --wait", lambda: self.helm("install", "--wait", "--timeout=5m"))
        self.step("every replica runs, none was refused", self.pods_run)
        self.step("helm upgrade --wait while a node is drained", self.upgrade_and_drain)
        self.step("helm rollback --wait", self.rollback)
        self.step("helm test", self.test)
        self.step("helm uninstall --wait, nothing is left in the namespace", self.uninstall)

    def helm(self, verb: str, *more: str) -> str:
        run("helm", verb, "ambula", str(CHART), "-n", NAMESPACE, "-f", str(self.values), *more)
        return ""

    def namespace(self) -> str:
        with contextlib.suppress(RuntimeError):
            kubectl("delete", "namespace", NAMESPACE, "--wait=true")
        kubectl("create", "namespace", NAMESPACE)
        kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted", "pod-security.kubernetes.io/enforce-version=latest")
        bare = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare", "namespace": NAMESPACE},
                           "spec": {"containers": [{"name": "bare", "image": "bare"}]}})
        try:
            kubectl("apply", "-f", "-", stdin=bare)
        except RuntimeError as refused:
            if "violates PodSecurity" not in str(refused):
                raise
        else:
            raise RuntimeError("the namespace takes a pod that is not restricted")
        kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                                                      "metadata": {"name": "clinic"}, "value": 1000}))
        return "a pod that is not restricted is refused"

    def all_pods(self) -> list[dict]:
        return get("pods", "-l", "app.kubernetes.io/instance=ambula")

    def pods(self) -> list[dict]:
        return [each for each in self.all_pods() if lives(each)]

    def ready(self, pods: list[dict] | None = None) -> dict[str, int]:
        counts = dict.fromkeys(PROCESSES, 0)
        for each in self.pods() if pods is None else pods:
            if component(each) in counts:
                counts[component(each)] += is_ready(each)
        return counts

    def pods_run(self) -> str:
        wanted = {component(each): each["spec"]["replicas"] for each in get("deployments")}
        wait_until(lambda: self.ready() == wanted, f"{wanted} are ready")
        refused = [each["message"] for each in get("events") if "violates PodSecurity" in each.get("message", "")]
        if refused:
            raise RuntimeError(refused[0])
        nodes = {each["spec"]["nodeName"] for each in self.pods()}
        wait_until(lambda: all(each["status"].get("succeeded") for each in get("jobs", "-l", "app.kubernetes.io/component=migrate")), "the migration ends well")
        jobs = [each["metadata"]["name"] for each in get("jobs") if each["status"].get("succeeded")]
        return f"{sum(wanted.values())} pods on {len(nodes)} nodes, jobs that ended well: {', '.join(jobs) or 'none'}"

    def upgrade_and_drain(self) -> str:
        """Every service keeps a ready pod at every moment that we look at."""
        upgrade = subprocess.Popen(["helm", "upgrade", "ambula", str(CHART), "-n", NAMESPACE, "-f", str(self.values), "--set", "image.digest=", "--set",
                                    "image.tag=next", "--wait", "--timeout=5m"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        drain = subprocess.Popen(["kubectl", "drain", "node-0", "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=240s"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        looked, least, worst = 0, 99, ""
        while upgrade.poll() is None or drain.poll() is None:
            pods = self.all_pods()
            counts = self.ready([each for each in pods if lives(each)])
            looked += 1
            fewest = min(counts, key=counts.get)
            if counts[fewest] < least:
                least, worst = counts[fewest], f"{fewest}: " + "; ".join(map(described, (each for each in pods if component(each) == fewest)))
            time.sleep(0.2)  # paced: looking costs the API server
        for process in (upgrade, drain):
            said = process.communicate()[0]
            if process.returncode != 0:
                raise RuntimeError(said[-1500:])
        kubectl("uncordon", "node-0")
        images = {container["image"].rpartition(":")[2] for each in self.pods() if component(each) in PROCESSES for container in each["spec"]["containers"]}
        if least < 1 or images != {"next"}:
            raise RuntimeError(f"at some moment {least} pods of a service were ready ({worst}); images {images}")
        return f"looked {looked} times, at least {least} ready pod of each service"

    def rollback(self) -> str:
        run("helm", "rollback", "ambula", "1", "-n", NAMESPACE, "--wait", "--timeout=5m")
        images = {each["spec"]["template"]["spec"]["containers"][0]["image"] for each in get("deployments")}
        if any(image.endswith(":next") for image in images):
            raise RuntimeError(f"still {images}")
        return ""

    def test(self) -> str:
        """A simulated node runs nothing, so we say that the pod has ended well: what is tried is that helm's pod is taken and placed."""
        testing = subprocess.Popen(["helm", "test", "ambula", "-n", NAMESPACE, "--timeout=2m"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        placed = lambda: [each for each in get("pods", "-l", "app.kubernetes.io/component=test") if each["spec"].get("nodeName")]
        wait_until(lambda: placed() or testing.poll() is not None, "the test's pod is placed")
        if not placed():
            raise RuntimeError(testing.communicate()[0][-1500:])
        kubectl("patch", "pod", placed()[0]["metadata"]["name"], "-n", NAMESPACE, "--subresource=status", "--type=merge", "-p", '{"status":{"phase":"Succeeded"}}')
        said = testing.communicate(timeout=150)[0]
        if testing.returncode != 0:
            raise RuntimeError(said[-1500:])
        return "its pod is taken and placed; the simulated node runs nothing"

    def uninstall(self) -> str:
        kubectl("delete", "pod", "-n", NAMESPACE, "-l", "app.kubernetes.io/component=test")  # helm keeps it for its log
        run("helm", "uninstall", "ambula", "-n", NAMESPACE, "--wait", "--timeout=5m")
        kinds = kubectl("api-resources", "--namespaced", "--verbs=list", "-o", "name").split()
        wait_until(lambda: not self.left(kinds), "everything is gone")
        return ""

    def left(self, kinds: list[str]) -> list[str]:
        """Whatever its labels: nobody else works in this namespace, and what was made without the release's label would stay for ever."""
        names = kubectl("get", ",".join(kinds), "-n", NAMESPACE, "-o", "name", "--ignore-not-found").split()
        return [name for name in names if not name.startswith(NOT_OURS)]


def main() -> int:
    # A stop from outside must not leave servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(sys.argv[1])
    begun = time.monotonic()
    trials = [Trial(name) for name in VALUES]
    try:
        with ControlPlane(folder):
            version = json.loads(kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"]
            print(f"Kubernetes {version} with {NODES} simulated nodes after {time.monotonic() - begun:.1f} s", flush=True)
            for trial in trials:
                trial.all()
    except (RuntimeError, subprocess.TimeoutExpired) as failure:
        print(f"  FAIL {failure}\nlogs: {folder}", file=sys.stderr)
        return 1
    print(f"The chart was installed, upgraded, rolled back, tested and uninstalled with {len(trials)} values files.")
    if "--record" in sys.argv:
        record(version, trials)
    return 0


def record(version: str, trials: list[Trial]) -> None:
    text = f"""# The chart on a control plane

What `./dev cluster --record` saw last, on {datetime.date.today()}: a real API server, controller manager and scheduler ({version}), etcd, and {NODES} nodes simulated by kwok,
in a namespace that enforces the restricted profile. Containers are not run; what is tried is everything up to them: schemas, admission,
scheduling, rollouts, disruption budgets, owners and finalizers. Of the Prometheus operator's PodMonitor the cluster knows the name only.
"""
    for trial in trials:
        text += f"\n## `helm/ambula/ci/{trial.values.name}`\n" + "".join(f"{number}. {line}\n" for number, line in enumerate(trial.seen, 1))
    RECORD.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
