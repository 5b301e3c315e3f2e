"""What other programs and people are told: .run/env, `status`, the summary after `up`."""

import json
import os
import shlex

from .process import Processes
from .progress import say
from .settings import BINARIES, OFFSETS, SERVICES, Settings

DEMO_PATIENT = "patient@demo.ambula.example"
DEMO_ACCOUNTS = ("admin", "rec001", "nur001", "doc001", "doc002", "doc003", "doc004", "pharm001", "aud001")
PARTS = ("postgres", "kafka", "mail", *BINARIES)


def demo_patient() -> str:
    return os.environ.get("AMBULA_DEMO_PATIENT") or DEMO_PATIENT


def variables(settings: Settings, processes: Processes) -> dict[str, str]:
    alive = [(name, processes.pid(name)) for name in PARTS]
    return {
        "AMBULA_URL": settings.url("gateway"),
        "AMBULA_MAIL_URL": "" if settings.external("mail") else settings.url("mail"),
        "AMBULA_SMTP_URL": settings.address("mail"),
        "AMBULA_PG_URL": settings.address("postgres"),
        "AMBULA_KAFKA_BROKERS": settings.address("kafka"),
        "AMBULA_METRICS": " ".join(f"{name}={settings.url(f'{name}-admin')}" for name in BINARIES),
        "AMBULA_SERVICES": " ".join(f"{name}={settings.url(name)}" for name in SERVICES),
        "AMBULA_PIDS": " ".join(f"{name}={pid}" for name, pid in alive if pid),
        "AMBULA_DEMO_PASSWORD": settings.passwords["demo"],
        "AMBULA_DEMO_PATIENT": demo_patient(),
    }


def write_env(settings: Settings, processes: Processes) -> None:
    lines = [f"{key}={shlex.quote(value)}\n" for key, value in variables(settings, processes).items()]
    temporary = settings.env_file.with_name("env.new")
    temporary.unlink(missing_ok=True)
    # It holds passwords: for the person who started it only.
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.writelines(lines)
    temporary.rename(settings.env_file)


def state(settings: Settings, processes: Processes, parts: list) -> list[dict]:
    rows = []
    for part in parts:
        pid = processes.pid(part.name)
        if part.name in ("postgres", "kafka", "mail") and settings.external(part.name):
            rows.append({"name": part.name, "state": "external", "pid": None, "port": None})
            continue
        condition = "stopped" if not pid else "ready" if part.ready() else "not ready"
        rows.append({"name": part.name, "state": condition, "pid": pid, "port": settings.port_base + OFFSETS[part.name]})
    return rows


def print_status(settings: Settings, rows: list[dict], *, as_json: bool) -> bool:
    ready = all(row["state"] in ("ready", "external") for row in rows)
    if as_json:
        say(json.dumps({"ready": ready, "url": settings.url("gateway"), "run_dir": str(settings.run_dir),
                        "parts": rows}, indent=2))
        return ready
    for row in rows:
        pid, port = row["pid"] or "-", row["port"] or "-"
        say(f"{row['name']:<13} {row['state']:<10} pid {pid:<8} port {port}")
    say(f"\n{'ready at ' + settings.url('gateway') if ready else 'not everything is running; ./dev up starts what is missing'}")
    return ready


def print_summary(settings: Settings, *, demo: bool) -> None:
    say(f"\nAmbula is ready:  {settings.url('gateway')}")
    if not settings.external("mail"):
        say(f"Mail that it sent: {settings.url('mail')}")
    if demo:
        say(f"\nDEMO ACCOUNTS, for trying only. Password of all: {settings.passwords['demo']}")
        say("  " + " ".join(DEMO_ACCOUNTS))
        if not settings.external("mail"):  # who signs up by a letter
            say(f"  a patient: {demo_patient()}")
        say("\nTry first: sign in as rec001 and book an appointment, then as doc001 and open the day's list.")
    say(f"Addresses for scripts are in {_short(settings.env_file)};  ./dev logs, ./dev status, ./dev down")


def _short(path) -> str:
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
