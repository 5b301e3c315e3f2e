"""Starts, recognises and stops processes by pid and start time, so that a recycled pid is never taken for ours."""

import os
import pathlib
import signal as signals
import subprocess
import time

LOG_LIMIT_BYTES = 20 * 1024 * 1024


def _boot_id() -> str:
    return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _start_time(pid: int | str) -> str | None:
    """Ticks since boot at which the process began; None when it is gone or only a zombie nobody reaped."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


class Processes:
    """The processes of one run folder. What is recorded is enough for any later `./dev` to find or stop them."""

    def __init__(self, run_dir: pathlib.Path):
        self._run_dir = run_dir
        self._children: dict[str, subprocess.Popen] = {}

    @property
    def started(self) -> set[str]:
        """What this very `./dev` has started."""
        return set(self._children)

    def _record(self, name: str) -> pathlib.Path:
        return self._run_dir / "pid" / name

    def pid(self, name: str) -> int | None:
        """The pid when the very process that we started is still alive."""
        child = self._children.get(name)
        if child is not None:
            child.poll()  # Reaps it, should it have ended.
        try:
            pid, started, boot = self._record(name).read_text().split()
        except (OSError, ValueError):
            return None
        return int(pid) if boot == _boot_id() and _start_time(pid) == started else None

    def alive(self) -> list[str]:
        folder = self._run_dir / "pid"
        names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
        return [name for name in names if self.pid(name)]

    def exit_status(self, name: str) -> str:
        child = self._children.get(name)
        code = child.poll() if child else None
        if code is None:
            return "ended"
        return f"was killed by {signals.Signals(-code).name}" if code < 0 else f"ended with status {code}"

    def runs_other_binary(self, name: str, binary: pathlib.Path) -> bool:
        """True after a rebuild: the file on disk is no longer the one that the process runs."""
        pid = self.pid(name)
        if not pid:
            return False
        try:
            return not os.path.samestat(os.stat(f"/proc/{pid}/exe"), os.stat(binary))
        except OSError:
            return True

    def began_before(self, name: str, path: pathlib.Path) -> bool:
        """True when what the process read at its start has been made anew since."""
        try:
            return self.pid(name) is not None and self._record(name).stat().st_mtime < path.stat().st_mtime
        except OSError:
            return True

    def spawn(self, name: str, argv: list[str], *, log: pathlib.Path, env: dict[str, str] | None = None,
              cwd: pathlib.Path | None = None) -> None:
        record = self._record(name)
        boot = _boot_id()

        def write_record() -> None:
            # Runs in the child before exec: however early `./dev` is killed, the process is on record.
            temporary = record.with_name(f".{record.name}.new")
            temporary.write_text(f"{os.getpid()} {_start_time('self')} {boot}\n")
            temporary.rename(record)

        _rotate(log)
        with open(log, "ab") as out:
            # A session of its own: Ctrl-C in the terminal is for `./dev`, not for what it has started.
            self._children[name] = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, cwd=cwd,
                start_new_session=True, preexec_fn=write_record)

    def signal(self, name: str, number: signals.Signals) -> None:
        pid = self.pid(name)
        if pid:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def wait_gone(self, names: list[str], seconds: float, tick=lambda left: None) -> list[str]:
        """Waits for the processes to end; answers those that are still there."""
        deadline = time.monotonic() + seconds
        while left := [name for name in names if self.pid(name)]:
            if time.monotonic() > deadline:
                return left
            tick(left)
            time.sleep(0.05)
        return []

    def stop(self, names: list[str], *, polite: signals.Signals, seconds: float, tick=lambda left: None) -> list[str]:
        """Asks politely, then kills; answers the names that had to be killed."""
        for name in names:
            self.signal(name, polite)
        stubborn = self.wait_gone(names, seconds, tick)
        for name in stubborn:
            self.signal(name, signals.SIGKILL)
        self.wait_gone(stubborn, 10, tick)
        for name in names:
            if not self.pid(name):
                self._record(name).unlink(missing_ok=True)
        return stubborn


def _rotate(log: pathlib.Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.rename(log.with_name(log.name + ".1"))
