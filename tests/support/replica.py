"""One more replica of a process of the running installation, with settings of its own."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile

import httpx

from .eventually import eventually

READY_S = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(pid: int) -> dict[str, str]:
    read = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(pair.decode().split("=", 1) for pair in read if b"=" in pair)


class Replica:
    """`with Replica(stack, "scheduling") as other:` is ready inside and drained afterwards."""

    def __init__(self, stack, name: str, **settings: str):
        pid = stack.pids[name]
        self.port, self.admin = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = environment_of(pid) | {"AMBULA_HTTP_PORT": str(self.port), "AMBULA_ADMIN_PORT": str(self.admin)} | settings
        self.binary = os.readlink(f"/proc/{pid}/exe")
        self._folder = tempfile.TemporaryDirectory(prefix="ambula-replica-")
        self.log_file = pathlib.Path(self._folder.name) / "log"
        with open(self.log_file, "wb") as out:
            self.process = subprocess.Popen([self.binary], env=self.env, stdout=out, stderr=subprocess.STDOUT,
                                            cwd=self._folder.name)

    def __enter__(self):
        try:
            eventually(self.is_ready, READY_S)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # A test may have stopped it; SIGTERM alone would wait with it.
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        self.process.wait(40)
        self._folder.cleanup()

    def ready_url(self) -> str:
        return f"http://127.0.0.1:{self.admin}/readyz"

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"the replica ended with {self.process.returncode}: {self.log()}")
        try:
            return httpx.get(self.ready_url(), trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def metric(self, name: str) -> float:
        """Of one series, written as it is exposed."""
        page = httpx.get(f"http://127.0.0.1:{self.admin}/metrics", trust_env=False).text
        found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.M)
        return float(found[1]) if found else 0.0
