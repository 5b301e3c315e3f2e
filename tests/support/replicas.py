"""A second replica of each process beside those of the running installation, on the same database and Kafka."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile

import httpx

from .eventually import eventually

PROCESSES = ("patient", "scheduling", "queue", "consultation", "pharmacy", "notification", "gateway")
# A process drains for 10 s and flushes for 5 s at most.
ENDS_WITHIN_S = 25


class Replicas:
    """`with Replicas(stack, binaries) as second:`. Each has the settings of the first, but for its ports."""

    def __init__(self, stack, binaries: pathlib.Path):
        self._stack, self._binaries = stack, binaries
        self._ports = {name: (_free_port(), _free_port()) for name in PROCESSES}
        self._running: dict[str, subprocess.Popen] = {}
        self._logs = pathlib.Path(tempfile.mkdtemp(prefix="ambula-replicas-"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._ports['gateway'][0]}"

    def __enter__(self):
        try:
            for name in PROCESSES:
                with open(self._logs / f"{name}.log", "wb") as log:
                    self._running[name] = subprocess.Popen([self._binaries / f"ambula-{name}"], env=self._environment(name), stdout=log,
                                                           stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
            eventually(self._ready, 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self._running.values():
            process.kill()
            process.wait()

    def retire(self) -> dict[str, int]:
        """As Kubernetes ends pods; answers how each ended."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(ENDS_WITHIN_S) for name, process in self._running.items()}

    def metric(self, name: str, family: str) -> float:
        """The sum over a process's series."""
        lines = httpx.get(f"http://127.0.0.1:{self._ports[name][1]}/metrics", trust_env=False).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{family}{{", f"{family} ")))

    def _environment(self, name: str) -> dict[str, str]:
        pairs = pathlib.Path(f"/proc/{self._stack.pids[name]}/environ").read_bytes().split(b"\0")
        env = dict(pair.decode().split("=", 1) for pair in pairs if b"=" in pair)
        env |= {"AMBULA_HTTP_PORT": str(self._ports[name][0]), "AMBULA_ADMIN_PORT": str(self._ports[name][1])}
        if name == "gateway":
            env |= {f"AMBULA_UPSTREAM_{each.upper()}": f"http://127.0.0.1:{self._ports[each][0]}" for each in PROCESSES if each != "gateway"}
        return env

    def _ready(self) -> bool:
        for name, process in self._running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended: {(self._logs / f'{name}.log').read_text()[-1000:]}")
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
