"""The gateway and the six services: keys, settings, start, readiness."""

import os
import pathlib
import subprocess

from . import http
from .postgres import database_url
from .process import Processes
from .settings import BINARIES, SERVICES, Failure, Settings

# Inputs of `./dev` that are not for the processes; the superuser's URL above all.
NOT_PASSED_ON = ("AMBULA_PG_URL", "AMBULA_DEMO_PASSWORD", "AMBULA_METRICS", "AMBULA_SERVICES", "AMBULA_PIDS")


def binary(settings: Settings, name: str) -> pathlib.Path:
    return settings.build_dir / "bin" / f"ambula-{name}"


def console(settings: Settings) -> pathlib.Path:
    return settings.build_dir / "console"


def require_binaries(settings: Settings) -> None:
    missing = [f"ambula-{name}" for name in BINARIES if not os.access(binary(settings, name), os.X_OK)]
    if not (console(settings) / "index.html").exists():
        missing.append("console")
    if missing:
        raise Failure("not built: " + ", ".join(missing) + f" in {settings.build_dir}; run ./dev build")


def prepare_keys(settings: Settings) -> None:
    """The development signing key, and its public half for the services."""
    key = settings.keys_dir / "signing.pem"
    jwks = settings.keys_dir / "jwks.json"
    log = settings.log("keys")
    if not key.exists():
        made = _output(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], log)
        _write(key, made, 0o600)
    if not jwks.exists() or jwks.stat().st_mtime < key.stat().st_mtime:
        made = _output([str(binary(settings, "gateway")), "jwks", "--signing-key", str(key)], log)
        _write(jwks, made, 0o644)


def _output(command: list[str], log: pathlib.Path) -> bytes:
    with open(log, "ab") as err:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err)
    if done.returncode != 0 or not done.stdout:
        raise Failure(f"'{pathlib.Path(command[0]).name} {command[1]}' failed", log)
    return done.stdout


def _write(file: pathlib.Path, data: bytes, mode: int) -> None:
    temporary = file.with_name(file.name + ".new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(data)
    temporary.rename(file)


def environment(settings: Settings, name: str) -> dict[str, str]:
    """What one process is given; what the person has set (log level, workers …) wins over the defaults here."""
    port = settings.port(name)
    defaults = {
        "AMBULA_WORKERS": "4",
        "AMBULA_LOG_LEVEL": "info",
        "AMBULA_KAFKA_PARTITIONS": "3",
        "AMBULA_MAIL_FROM": "Ambula <no-reply@ambula.example>",
        "AMBULA_FIRST_FACILITY_CODE": "MAIN",
        "AMBULA_FIRST_FACILITY_NAME": "Main Clinic",
        "AMBULA_FIRST_FACILITY_ZONE": "Asia/Kolkata",
        "AMBULA_FIRST_FACILITY_CURRENCY": "INR",
        "AMBULA_FIRST_FACILITY_LOCALE": "en",
    }
    if settings.throwaway:
        defaults["AMBULA_GATEWAY_RATE_LIMIT_SCALE"] = "0"
    fixed = {
        "AMBULA_DB_URL": database_url(settings, "identity" if name == "gateway" else name),
        "AMBULA_KAFKA_BROKERS": settings.address("kafka"),
        "AMBULA_SMTP_URL": settings.address("mail"),
        "AMBULA_HTTP_ADDRESS": "127.0.0.1",
        "AMBULA_HTTP_PORT": str(port),
        "AMBULA_ADMIN_PORT": str(settings.port(f"{name}-admin")),
        "AMBULA_PUBLIC_URL": settings.url("gateway"),
        "AMBULA_JWKS_FILE": str(settings.keys_dir / "jwks.json"),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
    if name == "gateway":
        fixed["AMBULA_SIGNING_KEY_FILE"] = str(settings.keys_dir / "signing.pem")
        # Makes the first administrator a demo account, so that the demo data can be loaded without a person.
        fixed["AMBULA_DEMO_PASSWORD"] = settings.passwords["demo"]
        fixed["AMBULA_GATEWAY_CONSOLE_DIR"] = str(console(settings))
        for service in SERVICES:
            fixed[f"AMBULA_UPSTREAM_{service.upper()}"] = settings.url(service)
    inherited = {key: value for key, value in os.environ.items() if key not in NOT_PASSED_ON}
    return defaults | inherited | fixed


class Service:
    def __init__(self, name: str, settings: Settings, processes: Processes):
        self.name = name
        self._settings = settings
        self._processes = processes

    def start(self) -> None:
        self._processes.spawn(self.name, [str(binary(self._settings, self.name))],
                              log=self._settings.log(self.name), env=environment(self._settings, self.name),
                              cwd=self._settings.run_dir)

    def ready(self) -> bool:
        if http.status(self._settings.url(f"{self.name}-admin") + "/readyz") != 200:
            return False
        return self.name != "gateway" or http.status(self._settings.url("gateway") + "/readyz") == 200
