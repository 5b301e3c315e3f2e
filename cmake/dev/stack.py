#!/usr/bin/env python3
"""Starts, watches and stops everything that Ambula needs on one machine. `./dev` calls it; so do the tests.

Standard library of Python 3.11 only: it runs before anything else is installed.
"""

import argparse
import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from parts import progress, report, services, tools
from parts.kafka import Kafka
from parts.mail import Mail
from parts.postgres import Postgres, prepare_database, psql_environment
from parts.process import Processes
from parts.progress import Step, say
from parts.services import Service
from parts.settings import BINARIES, OFFSETS, ROOT, SCHEMAS, Failure, Settings, port_is_free, resolve_run_dir

READY_WITHIN_S = 180
# What lives but does not answer is restarted after this time, not at once.
ALIVE_BUT_NOT_READY_S = 15
LOG_LINES_SHOWN = 20
DEMO_SCRIPT = ROOT / "tests/support/demo.py"
DAY_SCRIPT = ROOT / "tests/support/day.py"
DAY_OPTIONS = ("visits", "speed", "seed")
PORTS_OF = {"mail": ("mail", "smtp"), "kafka": ("kafka", "kafka-controller"), "postgres": ("postgres",)}


class Stack:
    def __init__(self, settings: Settings):
        self.settings = settings
        self.processes = Processes(settings.run_dir)
        self.infra = [Postgres(settings, self.processes), Kafka(settings, self.processes),
                      Mail(settings, self.processes)]
        self.services = [Service(name, settings, self.processes) for name in BINARIES]

    # up

    def start(self, parts: list, what: str) -> None:
        """Starts what is dead, all at once, and waits until each answers."""
        waiting = [part for part in parts if not self._runs(part)]
        if not waiting:
            return
        with Step(what) as step:
            for part in waiting:
                if self.processes.pid(part.name):
                    # Alive, only not ready: it may be waiting for a part that was just restarted, or be stopped.
                    self.processes.signal(part.name, signal.SIGCONT)
                else:
                    step.tick(f"starting {part.name}")
                    self._begin(part)
            self._await(waiting, step)

    def _runs(self, part) -> bool:
        return self.processes.pid(part.name) is not None and part.ready()

    def _begin(self, part) -> None:
        names = PORTS_OF.get(part.name) or [part.name, f"{part.name}-admin"]
        ports = [self.settings.port(name) for name in names]
        # The kernel closes the sockets of a killed process a moment after its end can be seen.
        deadline = time.monotonic() + 3
        while taken := [port for port in ports if not port_is_free(port)]:
            if time.monotonic() > deadline:
                raise Failure(f"port {taken[0]} (for {part.name}) is used by another program; choose others, "
                              f"for example AMBULA_PORT_BASE={self.settings.port_base + 1000} ./dev up")
            time.sleep(0.05)
        part.start()

    def _await(self, parts: list, step: Step) -> None:
        begun = time.monotonic()
        patience = {part.name for part in parts if part.name not in self.processes.started}
        waiting = list(parts)
        while True:
            waiting = [part for part in waiting if not self._answers(part)]
            if not waiting:
                break
            passed = time.monotonic() - begun
            if passed > READY_WITHIN_S:
                raise Failure(f"{waiting[0].name} did not become ready within {READY_WITHIN_S} s",
                              self.settings.log(waiting[0].name))
            if passed > ALIVE_BUT_NOT_READY_S:
                for part in [part for part in waiting if part.name in patience]:
                    patience.discard(part.name)
                    step.tick(f"restarting {part.name}, which does not answer")
                    self.processes.stop([part.name], polite=_polite_signal(part.name), seconds=10)
                    self._begin(part)
            step.tick(f"{len(parts) - len(waiting)} of {len(parts)} ready, "
                      f"waiting for {', '.join(part.name for part in waiting)}")
            time.sleep(0.05)
        step.result(", ".join(part.name for part in parts))

    def _answers(self, part) -> bool:
        if self.processes.pid(part.name) is None:
            raise Failure(f"{part.name} {self.processes.exit_status(part.name)}", self.settings.log(part.name))
        return part.ready()

    def restart_outdated(self) -> None:
        """After a build the old processes would go on running the old code."""
        outdated = [name for name in BINARIES
                    if self.processes.runs_other_binary(name, services.binary(self.settings, name))
                    or (name == "gateway" and self.processes.began_before(name, services.console(self.settings)))]
        if outdated:
            with Step("stopping what was built anew: " + ", ".join(outdated)):
                self.processes.stop(outdated, polite=signal.SIGTERM, seconds=20)

    def run_demo(self, *, again: bool) -> bool:
        """Demo data through the public API; answers whether it is there."""
        marker = self.settings.run_dir / "demo.done"
        if marker.exists() and not again:
            return True
        if not DEMO_SCRIPT.exists():
            say(f"  skip demo data: {DEMO_SCRIPT.relative_to(ROOT)} is not there yet")
            return False
        # The gateway's own settings too, so that the script can use its commands (create-admin).
        env = services.environment(self.settings, "gateway") | report.variables(self.settings, self.processes)
        env |= {"AMBULA_RUN_DIR": str(self.settings.run_dir), "AMBULA_BUILD_DIR": str(self.settings.build_dir)}
        log = self.settings.log("demo")
        with Step("demo data") as step, open(log, "wb") as out:
            child = subprocess.Popen([sys.executable, str(DEMO_SCRIPT)], stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=subprocess.STDOUT, env=env)
            try:
                while child.poll() is None:
                    step.tick(_last_line(log))
                    time.sleep(0.2)
            finally:
                if child.poll() is None:
                    child.terminate()
                    child.wait()
            if child.returncode != 0:
                raise Failure(f"the demo data could not be loaded (status {child.returncode})", log)
        marker.touch()
        return True

    # down

    def stop(self) -> None:
        alive = self.processes.alive()
        groups = [("gateway and services", [n for n in alive if n in BINARIES], signal.SIGTERM, 20),
                  ("mail, kafka", [n for n in alive if n in ("mail", "kafka")], signal.SIGTERM, 20),
                  ("postgres", [n for n in alive if n == "postgres"], signal.SIGINT, 30)]
        for what, names, polite, seconds in groups:
            if not names:
                continue
            with Step(f"stopping {what}") as step:
                killed = self.processes.stop(names, polite=polite, seconds=seconds,
                                             tick=lambda left: step.tick("waiting for " + ", ".join(left)))
                step.result(f"killed, not ended by itself: {', '.join(killed)}" if killed else "")
        self.settings.env_file.unlink(missing_ok=True)


def _polite_signal(name: str) -> signal.Signals:
    # SIGTERM lets PostgreSQL wait for its clients for ever; SIGINT ends their sessions.
    return signal.SIGINT if name == "postgres" else signal.SIGTERM


def _last_line(file: pathlib.Path) -> str:
    with contextlib.suppress(OSError, IndexError):
        return file.read_text(errors="replace").rstrip().splitlines()[-1][:80]
    return ""


@contextlib.contextmanager
def _locked(settings: Settings):
    """Two `./dev up` at once in one checkout: the second waits."""
    with open(settings.run_dir / "lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  … another ./dev is at work here; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# Commands

def up(arguments: argparse.Namespace) -> int:
    settings = Settings(arguments.run_dir, throwaway=arguments.throwaway, build_dir=arguments.build_dir)
    settings.prepare()
    with _locked(settings):
        stack = Stack(settings)
        settings.choose_ports(free=arguments.free_ports, anything_alive=bool(stack.processes.alive()))
        settings.remember_ports()
        if not arguments.infra:
            services.require_binaries(settings)
        wanted = arguments.only.split(",") if arguments.only else [part.name for part in stack.infra]
        own = [part for part in stack.infra if part.name in wanted and not settings.external(part.name)]
        _download_tools(settings, own)
        stack.start(own, "infrastructure")
        if "postgres" in wanted and not arguments.no_database:
            prepare_database(settings)
        report.write_env(settings, stack.processes)
        if arguments.infra:
            say(f"Infrastructure is ready; addresses in {settings.env_file}")
            return 0
        services.prepare_keys(settings)
        stack.restart_outdated()
        stack.start(stack.services, "gateway and services")
        report.write_env(settings, stack.processes)
        demo = not arguments.no_demo and stack.run_demo(again=False)
    report.print_summary(settings, demo=demo)
    return 0


def _download_tools(settings: Settings, parts: list) -> None:
    names = [part.name for part in parts]
    if "kafka" in names:
        tools.kafka_jars(settings)
    if "mail" in names:
        tools.maildev(settings)


def down(arguments: argparse.Namespace) -> int:
    settings = Settings(arguments.run_dir)
    if not settings.marker.exists():
        say("nothing was started here")
        return 0
    with _locked(settings):
        stack = Stack(settings)
        nothing = not stack.processes.alive()
        stack.stop()
    if nothing and not arguments.quiet:
        say("nothing was running")
    return 0


def status(arguments: argparse.Namespace) -> int:
    stack = _existing(arguments)
    rows = report.state(stack.settings, stack.processes, [*stack.infra, *stack.services])
    return 0 if report.print_status(stack.settings, rows, as_json=arguments.json) else 1


def reset(arguments: argparse.Namespace) -> int:
    """Stops everything and wipes the run folder; only a folder that `./dev` made itself."""
    settings = Settings(arguments.run_dir)
    if settings.run_dir.exists() and not settings.marker.exists() and any(settings.run_dir.iterdir()):
        raise Failure(f"{settings.run_dir} was not made by ./dev; it is left alone")
    down(arguments)
    shutil.rmtree(settings.run_dir, ignore_errors=True)
    return 0


def demo(arguments: argparse.Namespace) -> int:
    stack = _existing(arguments)
    with _locked(stack.settings):
        if not all(stack.processes.pid(name) for name in BINARIES):
            raise Failure("not everything is running; ./dev up first")
        if not arguments.day:
            return 0 if stack.run_demo(again=True) else 1
    # Not under the lock: it takes an hour at its usual speed.
    options = [f"--{name}={value}" for name in DAY_OPTIONS if (value := getattr(arguments, name)) is not None]
    return subprocess.run([sys.executable, str(DAY_SCRIPT), *options], check=False,
                          env=os.environ | report.variables(stack.settings, stack.processes)).returncode


def psql(arguments: argparse.Namespace) -> int:
    service, options = (None, arguments.rest)
    if options and not options[0].startswith("-"):
        service, *options = options
    role = "identity" if service == "gateway" else service
    if role and role not in SCHEMAS:
        raise Failure(f"no such service: {role}; one of {', '.join(SCHEMAS)}")
    stack = _existing(arguments)
    os.execvpe("psql", ["psql", *options], os.environ | psql_environment(stack.settings, role))


def _existing(arguments: argparse.Namespace) -> Stack:
    settings = Settings(arguments.run_dir)
    if not settings.marker.exists():
        raise Failure("nothing was started here yet; ./dev up")
    settings.prepare()
    settings.recall_ports()
    return Stack(settings)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev", description=__doc__)
    parser.add_argument("--run-dir", type=resolve_run_dir, default=resolve_run_dir(None))
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up")
    start.add_argument("--infra", action="store_true", help="only PostgreSQL, Kafka and mail")
    start.add_argument("--only", help="of the infrastructure, for example postgres,kafka")
    start.add_argument("--no-database", action="store_true", help="the bare cluster, without roles and schemas")
    start.add_argument("--no-demo", action="store_true", help="without demo data")
    start.add_argument("--free-ports", action="store_true", help="any free range of ports")
    start.add_argument("--throwaway", action="store_true", help="for tests: no fsync, no rate limits")
    start.add_argument("--build-dir", help="where the binaries are; default build/release")
    for name in ("down", "reset"):
        commands.add_parser(name).add_argument("--quiet", action="store_true")
    commands.add_parser("status").add_argument("--json", action="store_true")
    again = commands.add_parser("demo")
    again.add_argument("--day", action="store_true", help="a simulated day in a clinic of its own")
    for name in DAY_OPTIONS:
        again.add_argument(f"--{name}", help="of the day")
    shell = commands.add_parser("psql")
    shell.add_argument("rest", nargs="*")
    words = sys.argv[1:]
    if "psql" in words:  # what follows is psql's own, dashes and all
        words.insert(words.index("psql") + 1, "--")
    return parser.parse_args(words)


def _show_log(file: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        lines = file.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        print(f"Last lines of {os.path.relpath(file)}:", *(f"  | {line}" for line in lines), sep="\n", file=sys.stderr)


def main() -> int:
    arguments = _parse()
    # Ending by a signal unwinds like Ctrl-C, so that children are reaped and partial files removed.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return globals()[arguments.command](arguments)
    except Failure as failure:
        print(f"dev: {failure}", file=sys.stderr)
        if failure.log:
            _show_log(failure.log)
        return 1
    except KeyboardInterrupt:
        print("\ndev: interrupted. ./dev up goes on from here, ./dev down stops what runs.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
