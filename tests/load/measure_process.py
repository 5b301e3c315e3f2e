"""G17, G18: memory of the seven processes, and how long one takes from exec to ready."""

import os
import socket
import statistics
import subprocess
import time
import urllib.request

from measure_gateway import _environment_of
from tools import free_port, resident_mib

NAMES = ("gateway", "patient", "scheduling", "queue", "consultation", "pharmacy", "notification")


def measure(world, rounds: int):
    yield from memory(world)
    yield start(world, rounds)


def memory(world):
    idle = {name: resident_mib(world.pid(name)) for name in NAMES}
    worst = max(idle, key=idle.get)
    yield {"id": "G17", "what": "resident memory of one process, MiB", "value": idle[worst], "floor": 64, "goal": 25, "lower": True,
           "note": f"{worst} is the largest"}
    yield {"id": "G17b", "what": "resident memory of all seven, MiB", "value": sum(idle.values()), "floor": 448, "goal": 200,
           "lower": True, "note": ", ".join(f"{name} {size:.0f}" for name, size in idle.items())}
    host, port = world.env["AMBULA_URL"].removeprefix("http://").split(":")
    open_ones = []
    for _ in range(1000):
        connection = socket.create_connection((host, int(port)))
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n")
        connection.recv(4096)
        open_ones.append(connection)
    value = resident_mib(world.pid("gateway"))
    for connection in open_ones:
        connection.close()
    yield {"id": "G17c", "what": "gateway with 1 000 open connections, MiB", "value": value, "floor": 128, "goal": 48, "lower": True,
           "note": f"{(value - idle['gateway']) * 1024 / 1000:.1f} KiB each"}


def start(world, rounds: int):
    """A second replica of scheduling: schema and broker are there."""
    times = []
    environment = _environment_of(world.pid("scheduling"))
    binary = os.readlink(f"/proc/{world.pid('scheduling')}/exe")
    for _ in range(max(3, rounds)):
        admin = free_port()
        environment |= {"AMBULA_HTTP_PORT": str(free_port()), "AMBULA_ADMIN_PORT": str(admin)}
        begun = time.monotonic()
        child = subprocess.Popen([binary], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not ready(admin):
            if time.monotonic() - begun > 30:
                raise RuntimeError("the second replica of scheduling does not become ready")
            time.sleep(0.002)  # paced: asks again
        times.append((time.monotonic() - begun) * 1000)
        child.terminate()
        child.wait()
    return {"id": "G18", "what": "exec → ready, ms", "value": statistics.median(times), "floor": 1000, "goal": 150, "lower": True,
            "note": f"median of {len(times)}"}


def ready(port: int) -> bool:
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return opener.open(f"http://127.0.0.1:{port}/readyz", timeout=1).status == 200
    except OSError:
        return False
