"""G21: what a storm of sign-ins does to bookings."""

import statistics
import threading
import time

import bench_world
from measure_booking import BOOK, Booker, midnight
from tools import wrk

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
        api = bench_world.Api(self._url, checked=False)
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
    yield {"id": "G21", "what": "p99 of booking with 20 sign-ins/s against without", "value": statistics.median(ratios), "floor": 2.0,
           "goal": 1.3, "lower": True,
           "note": f"{statistics.median(storm_ms):.1f} ms against {statistics.median(calm_ms):.1f} ms, {CLIENTS} clients"}
