"""The measuring instruments: wrk, nginx, pgbench, and what the kernel says of a process."""

import contextlib
import math
import os
import pathlib
import re
import socket
import statistics
import subprocess
import tempfile
import time

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PG_BIN = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]


def cpu_s(pid: int) -> float:
    """CPU seconds that the process has used, all threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def resident_mib(pid: int) -> float:
    found = re.search(r"^VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)
    return int(found[1]) / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, deadline_s: float = 10) -> None:
    end = time.monotonic() + deadline_s
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > end:
            raise RuntimeError(f"nobody listens on {port}")
        time.sleep(0.02)  # paced: asks again


def wrk(url: str, script: str | None = None, *, connections: int = 32, seconds: int = 3, headers=(), environment=None) -> dict:
    """Requests per second, errors, p50 and p99 in milliseconds, of one thread of wrk."""
    report = ('\nfunction done(s, l, r) io.write(string.format("RESULT %d %d %d %d %d %d\\n", s.requests, s.duration, '
              "s.errors.status, s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout, "
              "l:percentile(50), l:percentile(99))) end\n")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write((script or "") + report)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", file.name]
        for header in headers:
            command += ["-H", header]
        done = subprocess.run([*command, url], capture_output=True, text=True, env=os.environ | (environment or {}))
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if not found:
        raise RuntimeError(f"wrk: {done.stdout}{done.stderr}")
    requests, duration_us, refused, broken, p50_us, p99_us = map(int, found.groups())
    return {"requests": requests, "good": requests - refused, "refused": refused, "broken": broken,
            "per_s": (requests - refused) / (duration_us / 1e6), "all_per_s": requests / (duration_us / 1e6),
            "p50_ms": p50_us / 1e3, "p99_ms": p99_us / 1e3}


@contextlib.contextmanager
def nginx(locations: str, upstream_port: int | None = None):
    """One worker with keep-alive to its upstream; answers (port, pid of the worker)."""
    port = free_port()
    upstream = f"upstream back {{ server 127.0.0.1:{upstream_port}; keepalive 64; }}" if upstream_port else ""
    with tempfile.TemporaryDirectory() as folder:
        conf = pathlib.Path(folder) / "nginx.conf"
        conf.write_text(f"""
            worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log crit;
            events {{ worker_connections 4096; }}
            http {{
              access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
              fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; {upstream}
              server {{ listen 127.0.0.1:{port}; {locations} }}
            }}""")
        child = subprocess.Popen(["nginx", "-c", str(conf), "-e", f"{folder}/error.log"])
        try:
            wait_for_port(port)
            workers = pathlib.Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
            yield port, int(workers[0])
        finally:
            child.terminate()
            child.wait()


def pgbench(url: str, script: str, *, clients: int, seconds: int, variables: dict[str, int]) -> float:
    """Transactions per second of the script, prepared."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        defines = [part for name, value in variables.items() for part in ("-D", f"{name}={value}")]
        done = subprocess.run([str(PG_BIN / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T",
                               str(seconds), *defines, "-f", file.name, url], capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode != 0 or not found:
        raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}")
    return float(found[1])


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def histogram_quantile(before: dict[float, float], after: dict[float, float], share: float) -> float:
    """Of what was observed between two looks at a histogram, as Prometheus reads it: straight lines within a bucket."""
    counts = {bound: after[bound] - before.get(bound, 0) for bound in sorted(after)}
    wanted = share * max(counts.values())
    low, below = 0.0, 0.0
    for bound, count in counts.items():
        if count >= wanted:
            return low if math.isinf(bound) else low + (bound - low) * (wanted - below) / (count - below)
        low, below = bound, count
    return math.nan


def median_ratio(pairs: list[tuple[float, float]]) -> float:
    """Of interleaved rounds (ours, limit): the median of the ratios."""
    return statistics.median(ours / limit for ours, limit in pairs)
