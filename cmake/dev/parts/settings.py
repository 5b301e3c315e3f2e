"""Where things are: folders, ports, names, secrets. Nothing here starts or stops anything."""

import hashlib
import json
import os
import pathlib
import secrets
import socket

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVICES = ("patient", "scheduling", "queue", "consultation", "pharmacy", "notification")
BINARIES = ("gateway", *SERVICES)
# The gateway's own data lives in the schema `identity`, under a role of its own like every service's.
SCHEMAS = (*SERVICES, "identity")
DEFAULT_PORT_BASE = 8080
OFFSETS = {
    "gateway": 0, "mail": 1, "smtp": 2, "postgres": 3, "kafka": 4, "kafka-controller": 5,
    **{name: 10 + i for i, name in enumerate(SERVICES)},
    **{f"{name}-admin": 20 + i for i, name in enumerate(BINARIES)},
}
# Inputs of a person's shell; sourcing .run/env sets them too, so they are compared with our own URLs.
EXTERNAL = {"postgres": "AMBULA_PG_URL", "kafka": "AMBULA_KAFKA_BROKERS", "mail": "AMBULA_SMTP_URL"}


class Failure(Exception):
    """Something a person must know: one clear sentence, and the log of the part if there is one."""

    def __init__(self, text: str, log: pathlib.Path | None = None):
        super().__init__(text)
        self.log = log


def resolve_run_dir(given: str | None) -> pathlib.Path:
    path = pathlib.Path(given or os.environ.get("AMBULA_RUN_DIR") or ".run")
    return (ROOT / path).resolve()


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Without this a port of a connection in TIME_WAIT would look taken for a minute after `down`.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port_base(seed: str) -> int:
    """A base with all our ports free, below the range from which the kernel gives outgoing connections theirs."""
    start = 12000 + int(hashlib.sha256(seed.encode()).hexdigest(), 16) % 300 * 60
    for base in [*range(start, 30000, 60), *range(12000, start, 60)]:
        if all(port_is_free(base + offset) for offset in OFFSETS.values()):
            return base
    raise Failure("found no free range of ports between 12000 and 30000")


class Settings:
    def __init__(self, run_dir: pathlib.Path, *, throwaway: bool = False, build_dir: str | None = None):
        self.run_dir = run_dir
        self.throwaway = throwaway
        self.build_dir = (ROOT / (build_dir or os.environ.get("AMBULA_BUILD_DIR") or "build/release")).resolve()
        self.tools_dir = pathlib.Path(
            os.environ.get("AMBULA_TOOLS_DIR") or pathlib.Path.home() / ".cache/ambula/tools").resolve()
        self.port_base = DEFAULT_PORT_BASE
        self.passwords: dict[str, str] = {}

    # Folders and files of this run

    @property
    def marker(self) -> pathlib.Path:
        return self.run_dir / ".ambula-run"

    @property
    def keys_dir(self) -> pathlib.Path:
        return self.run_dir / "keys"

    @property
    def env_file(self) -> pathlib.Path:
        return self.run_dir / "env"

    def log(self, name: str) -> pathlib.Path:
        return self.run_dir / "log" / f"{name}.log"

    def prepare(self) -> None:
        self.run_dir.mkdir(parents=True, exist_ok=True)
        self.marker.touch()
        for name in ("log", "pid"):
            (self.run_dir / name).mkdir(exist_ok=True)
        self.keys_dir.mkdir(mode=0o700, exist_ok=True)
        self._load_passwords()

    def _load_passwords(self) -> None:
        file = self.keys_dir / "passwords.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        wanted = {name: known.get(name) or secrets.token_hex(16) for name in ("postgres", *SCHEMAS)}
        wanted["demo"] = (known.get("demo") or os.environ.get("AMBULA_DEMO_PASSWORD")
                          or "Demo-" + "-".join(secrets.token_hex(2) for _ in range(3)))
        if wanted != known:
            write_private(file, json.dumps(wanted, indent=1))
        self.passwords = wanted

    # Ports

    def choose_ports(self, *, free: bool, anything_alive: bool) -> None:
        """Running parts keep their ports; then the person's choice counts, then a free range or the default."""
        file = self.run_dir / "port_base"
        recorded = int(file.read_text()) if file.exists() else None
        given = os.environ.get("AMBULA_PORT_BASE")
        if anything_alive and recorded:
            if given and not free and int(given) != recorded:
                raise Failure(f"already running on AMBULA_PORT_BASE={recorded}; ./dev down first, to move it to {given}")
            self.port_base = recorded
        elif free:
            self.port_base = free_port_base(str(self.run_dir))
        else:
            self.port_base = _port_base(given) if given else DEFAULT_PORT_BASE

    def remember_ports(self) -> None:
        (self.run_dir / "port_base").write_text(str(self.port_base))

    def recall_ports(self) -> None:
        file = self.run_dir / "port_base"
        if file.exists():
            self.port_base = int(file.read_text())

    def port(self, name: str) -> int:
        return self.port_base + OFFSETS[name]

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port(name)}"

    # Addresses of the parts that may also be given from outside

    def external(self, part: str) -> str | None:
        given = os.environ.get(EXTERNAL[part])
        # A throw-away stack never borrows: its tests would write into somebody's installation.
        if not given or self.throwaway or given == self._own(part):
            return None
        return given

    def address(self, part: str) -> str:
        return self.external(part) or self._own(part)

    def _own(self, part: str) -> str:
        if part == "postgres":
            password = self.passwords.get("postgres", "")
            return f"postgresql://postgres:{password}@127.0.0.1:{self.port('postgres')}/ambula"
        if part == "kafka":
            return f"127.0.0.1:{self.port('kafka')}"
        return f"smtp://127.0.0.1:{self.port('smtp')}"


def _port_base(text: str) -> int:
    if not text.isdigit() or not 1024 <= int(text) <= 65000:
        raise Failure(f"AMBULA_PORT_BASE must be a number from 1024 to 65000, for example 18080, not '{text}'")
    return int(text)


def write_private(file: pathlib.Path, text: str) -> None:
    """Never readable by others, not even for a moment, and never half written."""
    temporary = file.with_name(file.name + ".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    temporary.rename(file)
