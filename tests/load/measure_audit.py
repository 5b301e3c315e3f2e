"""AUD-1: what writing down an access costs."""

import statistics
import time

from measure_booking import Booker
from measure_gateway import gateway_in_front_of
from tools import cpu_s, nginx, wrk

CLIENTS = 16
SECONDS = 5
CALM_S = 3


AUDIT = "application_name = 'ambula-gateway-audit'"
# What a read and a booking cost there: their services' connections, the gateway's and its audit.
OF_A_READ = "usename IN ('ambula_identity', 'ambula_patient')"
OF_A_BOOKING = "usename IN ('ambula_identity', 'ambula_scheduling')"


def cpu_of_backends(world, chosen: str) -> float:
    total = 0.0
    for (pid,) in world.database.execute(f"SELECT pid FROM pg_stat_activity WHERE {chosen}").fetchall():
        try:
            total += cpu_s(pid)
        except OSError:
            continue  # ended meanwhile
    return total


def measure(world, rounds: int):
    """CPU of one row (the same answer with and without a patient's name in its head, from an answerer that costs nothing)
    against the CPU of a whole read of a patient and of a booking, database and all."""
    patient = world.one_patient()
    booker = Booker(world)
    body = '{"id":"x","filler":"' + "x" * 400 + '"}'
    answer = (f"location /v1/patients/{patient} {{ default_type application/json; add_header ambula-patients {patient}; "
              f"return 200 '{body}'; }} location / {{ default_type application/json; return 200 '{body}'; }}")
    rows, reads, bookings = [], [], []
    with nginx(answer) as (back, _):
        child, port = gateway_in_front_of(world, back)
        try:
            for _ in range(rounds):
                with_row = cost(world, [child.pid], AUDIT, lambda: get(world, f"http://127.0.0.1:{port}/v1/patients/{patient}"))
                without = cost(world, [child.pid], AUDIT, lambda: get(world, f"http://127.0.0.1:{port}/v1/departments"))
                rows.append((with_row[0] - without[0], with_row[1] - without[1]))
                reads.append(sum(cost(world, pids(world, "gateway", "patient"), OF_A_READ,
                                      lambda: get(world, f"{world.env['AMBULA_URL']}/v1/patients/{patient}"))))
                bookings.append(sum(cost(world, pids(world, "gateway", "scheduling"), OF_A_BOOKING,
                                         lambda: booker.ours(booker.gateway))))
        finally:
            child.terminate()
            child.wait()
    gateway, database = (statistics.median(part) for part in zip(*rows))
    row = gateway + database
    for name, what, whole in (("AUD", "a read", statistics.median(reads)), ("AUDw", "a booking", statistics.median(bookings))):
        yield {"id": name, "what": f"CPU of {what} with its audit row against without, + share", "value": row / (whole - row), "floor": 0.10,
               "goal": 0.05, "lower": True, "note": f"{row * 1e6:.0f} µs (gateway {gateway * 1e6:.0f}, database {database * 1e6:.0f}) of {whole * 1e6:.0f} µs"}


def pids(world, *names: str) -> list[int]:
    return [world.pid(name) for name in names]


def get(world, url: str):
    return wrk(url, connections=CLIENTS, seconds=SECONDS, headers=[f"Authorization: Bearer {world.token()}"])


def cost(world, pids, backends: str, load) -> tuple[float, float]:
    """CPU seconds of a request in the processes and in those backends of PostgreSQL, without what both do when nobody asks."""
    def spent():
        return time.monotonic(), sum(map(cpu_s, pids)), cpu_of_backends(world, backends)

    def rate(before, after):
        return [(b - a) / (after[0] - before[0]) for a, b in zip(before[1:], after[1:])]

    calm = spent()
    time.sleep(CALM_S)  # paced: what runs anyway is measured over this time
    before = spent()
    found = load()
    if found["refused"] or found["broken"]:
        raise RuntimeError(f"requests were refused: {found}")
    after = spent()
    a_second = found["requests"] / (after[0] - before[0])
    return tuple((busy - idle) / a_second for busy, idle in zip(rate(before, after), rate(calm, before)))
