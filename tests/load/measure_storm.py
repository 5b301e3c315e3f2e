"""G21 and AUD-1: what a storm of sign-ins does to bookings, and what writing down an access costs."""

import pathlib
import statistics
import threading
import time

import bench_world
from measure_booking import BOOK, Booker, midnight
from measure_gateway import gateway_in_front_of
from tools import cpu_s, nginx, wrk

STORM_PER_S = 20
SECONDS = 5
CLIENTS = 4


class Storm:
    """Wrong passwords of many accounts, as many a second as told, whatever the answers take."""

    def __init__(self, url: str):
        self._url, self._stop, self.sent = url, threading.Event(), 0

    def __enter__(self):
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        api = bench_world.Api(self._url)
        begun = time.monotonic()
        senders = []
        while not self._stop.is_set():
            login = f"storm-{self.sent}"
            sender = threading.Thread(target=api.post, args=("/v1/auth/sign-in", {"login": login, "password": "wrong-pass-phrase"}),
                                      kwargs={"key": None})
            sender.start()
            senders.append(sender)
            self.sent += 1
            self._stop.wait(max(0.0, begun + self.sent / STORM_PER_S - time.monotonic()))
        for sender in senders:
            sender.join()
        api.close()


def measure(world, rounds: int):
    yield storm(world, rounds)
    yield audit(world, rounds)


def storm(world, rounds: int):
    booker = Booker(world)
    ratios, calm_ms, storm_ms = [], [], []

    def book() -> float:
        script = BOOK % (bench_world.DOCTORS, booker.days(bench_world.DOCTORS), midnight().timestamp(), world.token())
        found = wrk(booker.gateway, script, connections=CLIENTS, seconds=SECONDS)
        if found["refused"] or found["broken"]:
            raise RuntimeError(f"bookings were refused: {found}")
        return found["p99_ms"]

    for _ in range(rounds):
        world.quiet()
        calm_ms.append(book())
        world.quiet()
        with Storm(booker.gateway) as blowing:
            storm_ms.append(book())
        if blowing.sent < STORM_PER_S * SECONDS * 0.8:
            raise RuntimeError(f"only {blowing.sent} sign-ins were tried")
        ratios.append(storm_ms[-1] / calm_ms[-1])
    return {"id": "G21", "what": "p99 of booking with 20 sign-ins/s against without", "value": statistics.median(ratios), "floor": 2.0,
            "goal": 1.3, "lower": True,
            "note": f"{statistics.median(storm_ms):.1f} ms against {statistics.median(calm_ms):.1f} ms, {CLIENTS} clients"}


def cpu_of_postgres(world) -> float:
    main = world.pid("postgres")
    children = pathlib.Path(f"/proc/{main}/task/{main}/children").read_text().split()
    total = 0.0
    for pid in children:
        try:
            total += cpu_s(int(pid))
        except OSError:
            continue  # ended meanwhile
    return total


def audit(world, rounds: int):
    """CPU of one row (the same answer with and without a patient's name in its head, from an answerer that costs nothing)
    against the CPU of a whole read of a patient, database and all."""
    patient = world.one_patient()
    body = '{"id":"x","filler":"' + "x" * 400 + '"}'
    answer = (f"location /v1/patients/{patient} {{ default_type application/json; add_header ambula-patients {patient}; "
              f"return 200 '{body}'; }} location / {{ default_type application/json; return 200 '{body}'; }}")
    shares = []
    with nginx(answer) as (back, _):
        child, port = gateway_in_front_of(world, back)
        try:
            for _ in range(rounds):
                with_row = cost(world, [child.pid], f"http://127.0.0.1:{port}/v1/patients/{patient}")
                without = cost(world, [child.pid], f"http://127.0.0.1:{port}/v1/departments")
                whole = cost(world, [world.pid("gateway"), world.pid("patient")],
                             f"{world.env['AMBULA_URL']}/v1/patients/{patient}")
                row = with_row - without
                shares.append((row / (whole - row), row, whole))
        finally:
            child.terminate()
            child.wait()
    share, row, whole = sorted(shares)[len(shares) // 2]
    return {"id": "AUD", "what": "CPU of a read with its audit row against without, + share", "value": share, "floor": 0.10, "goal": 0.05,
            "lower": True, "note": f"{row * 1e6:.0f} µs of {whole * 1e6:.0f} µs, database included"}


def cost(world, pids, url: str) -> float:
    before = sum(map(cpu_s, pids)) + cpu_of_postgres(world)
    found = wrk(url, connections=16, seconds=SECONDS, headers=[f"Authorization: Bearer {world.token()}"])
    if found["refused"] or found["broken"]:
        raise RuntimeError(f"{url}: {found}")
    return (sum(map(cpu_s, pids)) + cpu_of_postgres(world) - before) / found["requests"]
