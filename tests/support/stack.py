"""The running installation that black-box tests talk to."""

import os
import pathlib
import shlex
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN_DIR = (ROOT / os.environ.get("AMBULA_RUN_DIR", ".run")).resolve() / "e2e"


class Stack:
    """Addresses and processes of the installation. Attributes are read from its `env` file each time, because a
    restarted process has a new pid."""

    def __init__(self, run_dir: pathlib.Path = RUN_DIR, *, up: tuple[str, ...] = ()):
        self.run_dir, self._up, self._owned = run_dir, up, False

    def start(self) -> None:
        """Uses what ctest's fixture has started; starts, and later stops, its own when a file is run by hand."""
        self._owned = not (self.run_dir / "env").exists()
        self.ensure_up()

    def ensure_up(self, *more: str, **settings: str) -> None:
        """Starts whatever is dead again, with these variables more; what runs stays."""
        self.control("up", "--throwaway", "--free-ports", *self._up, *more, **settings)

    def stop(self) -> None:
        if self._owned:
            self.control("down")

    def control(self, *arguments: str, **settings: str) -> None:
        done = subprocess.run([sys.executable, str(ROOT / "cmake/dev/stack.py"), "--run-dir", str(self.run_dir), *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | settings)
        if done.returncode != 0:
            raise RuntimeError(f"{arguments[0]} of the installation failed:\n{done.stdout}")

    @property
    def env(self) -> dict[str, str]:
        pairs = (line.split("=", 1) for line in (self.run_dir / "env").read_text().splitlines())
        return {key: "".join(shlex.split(value)) for key, value in pairs}

    def _map(self, variable: str) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in self.env[variable].split())

    @property
    def keeps_freed_memory(self) -> bool:
        """As AddressSanitizer does, to find who still uses it: how much a process holds then says nothing."""
        return pathlib.Path(os.environ.get("AMBULA_BUILD_DIR", "")).name == "asan"

    def operator(self, service: str, *arguments: str) -> subprocess.CompletedProcess:
        """A command of a service's binary, as an operator runs it against the running database."""
        binary = pathlib.Path(os.environ.get("AMBULA_BUILD_DIR", ROOT / "build/release")) / f"bin/ambula-{service}"
        return subprocess.run([binary, *map(str, arguments)], env=os.environ | {"AMBULA_DB_URL": self.pg_url},
                              capture_output=True, text=True, timeout=60, check=False)

    @property
    def url(self) -> str:
        return self.env["AMBULA_URL"]

    @property
    def mail_url(self) -> str:
        return self.env["AMBULA_MAIL_URL"]

    @property
    def pg_url(self) -> str:
        """The superuser's URL: tests look at everything."""
        return self.env["AMBULA_PG_URL"]

    @property
    def brokers(self) -> str:
        return self.env["AMBULA_KAFKA_BROKERS"]

    @property
    def demo_password(self) -> str:
        return self.env["AMBULA_DEMO_PASSWORD"]

    @property
    def services(self) -> dict[str, str]:
        return self._map("AMBULA_SERVICES")

    @property
    def metrics(self) -> dict[str, str]:
        return self._map("AMBULA_METRICS")

    @property
    def pids(self) -> dict[str, int]:
        return {name: int(pid) for name, pid in self._map("AMBULA_PIDS").items()}

    def log(self, name: str) -> str:
        return (self.run_dir / "log" / f"{name}.log").read_text(errors="replace")

    def is_alive(self, name: str) -> bool:
        try:
            state = pathlib.Path(f"/proc/{self.pids[name]}/stat").read_text()
        except (KeyError, OSError):
            return False
        return state.rpartition(")")[2].split()[0] not in "ZX"

    def signal_family(self, name: str, number: signal.Signals) -> None:
        """The process and its children: PostgreSQL's sessions go on when only the first is stopped."""
        pid = self.pids[name]
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                    os.kill(int(stat.parent.name), number)
            except OSError:
                continue  # gone meanwhile
        os.kill(pid, number)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        os.kill(self.pids[name], number)
