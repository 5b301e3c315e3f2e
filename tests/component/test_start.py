"""A process that starts while its database is away waits for it, with probes that say so [issue 3 §6]."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

import httpx
import pytest

from support.eventually import eventually
from support.stack import ROOT

BUILD = ROOT / os.environ.get("AMBULA_BUILD_DIR", "build/release")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gate:
    """A port that leads to PostgreSQL once it is opened."""

    def __init__(self, target: tuple[str, int]):
        self.target, self.port, self._server = target, free_port(), None

    def open(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        if self._server:
            self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(self.target)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    @staticmethod
    def _pump(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


class Started:
    """A second replica of a running process, on ports of its own, with its database behind a gate."""

    def __init__(self, stack, name: str, **more: str):
        pairs = pathlib.Path(f"/proc/{stack.pids[name]}/environ").read_bytes().decode().split("\0")
        env = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        at = urllib.parse.urlsplit(env["AMBULA_DB_URL"])
        self.gate = Gate((at.hostname, at.port))
        self.admin = free_port()
        env |= {"AMBULA_DB_URL": re.sub(rf":{at.port}/", f":{self.gate.port}/", env["AMBULA_DB_URL"]),
                "AMBULA_HTTP_PORT": "0", "AMBULA_ADMIN_PORT": str(self.admin)} | more
        self.process = subprocess.Popen([BUILD / "bin" / f"ambula-{name}"], env=env, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.gate.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def probe(self, name: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.admin}/{name}", trust_env=False, timeout=5)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        with contextlib.suppress(httpx.TransportError):
            return self.probe("livez").status_code == 200
        return False

    def end(self) -> tuple[int, str]:
        """By itself or after a signal: exit code and what was said to people."""
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.mark.parametrize("name", ("queue", "gateway"))
def test_waits_for_the_database_and_goes_on_when_it_is_there(stack, name):
    with Started(stack, name) as one:
        eventually(one.answers, 20)
        for probe in ("startupz", "readyz"):
            answer = one.probe(probe)
            assert answer.status_code == 503
            assert answer.json()["parts"]["database"] == "down"
        one.gate.open()
        eventually(lambda: one.probe("startupz").status_code == 200, 30)
        eventually(lambda: one.probe("readyz").status_code == 200, 30)
        assert one.probe("readyz").json()["parts"]["database"] == "up"
        one.process.send_signal(signal.SIGTERM)
        assert one.end()[0] == 0


def test_a_signal_ends_the_waiting(stack):
    with Started(stack, "queue") as one:
        eventually(one.answers, 20)
        begun = time.monotonic()
        one.process.send_signal(signal.SIGTERM)
        assert one.end() == (0, "")
        assert time.monotonic() - begun < 5


def test_a_signal_ends_a_process_that_never_saw_kafka(stack):
    """Before Kubernetes kills it: the chart gives a drain 25 s."""
    with Started(stack, "queue", AMBULA_KAFKA_BROKERS="127.0.0.1:1") as one:
        one.gate.open()
        eventually(one.answers, 20)
        eventually(lambda: one.probe("startupz").status_code == 200, 30)
        one.process.send_signal(signal.SIGTERM)
        assert one.end()[0] == 0


def test_it_does_not_wait_for_ever(stack):
    with Started(stack, "queue", AMBULA_START_TIMEOUT_MS="500") as one:
        code, said = one.end()
        assert code == 1
        assert len(said.splitlines()) == 1 and "AMBULA_START_TIMEOUT_MS" in said, said


def test_a_wrong_password_is_no_reason_to_wait(stack):
    with Started(stack, "queue", AMBULA_DB_URL=re.sub(r"//[^@]*@", "//ambula_queue:canary-secret@", stack.pg_url)) as one:
        code, said = one.end()
        assert code == 1
        assert len(said.splitlines()) == 1 and said.split(": ")[1] == "AMBULA_DB_URL", said
        assert "canary-secret" not in said


def test_a_console_that_is_not_there_is_said_in_a_line(stack, tmp_path):
    with Started(stack, "gateway", AMBULA_GATEWAY_CONSOLE_DIR=str(tmp_path)) as one:
        one.gate.open()
        code, said = one.end()
        assert code == 1
        assert len(said.splitlines()) == 1 and said.split(": ")[1] == "AMBULA_GATEWAY_CONSOLE_DIR" and "for example" in said, said
