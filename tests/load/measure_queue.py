"""QUE-4 and G22: how many a second many clerks call from one queue, and what a waiting room full of boards costs."""

import asyncio
import datetime
import threading
import time
import urllib.parse
import uuid

import bench_world
from tools import cpu_s, quantile, resident_mib, wrk

CLERKS = 32
SECONDS = 4
WAITING = 30_000
BOARDS = 1000
CALLS_PER_S = 20
BOARD_SECONDS = 10

CALL = """
local token = "%s"
request = function()
  return wrk.format("POST", nil, {["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json"}, "{}")
end
"""


def measure(world, rounds: int):
    world.quiet()
    yield calls(world, rounds)
    yield from boards(world)


class Line:
    """A queue of its own in which so many wait, straight into the tables."""

    def __init__(self, world, code: str, waiting: int):
        self.id, self.board = str(uuid.uuid4()), f"bench-board-{code}-0123456789"
        department, by = str(uuid.uuid4()), world.account
        world.database.execute("""
            INSERT INTO queue.queue (id, facility_id, department_id, code, name, kind, board_token, created_at, created_by, updated_at, updated_by)
            VALUES (%s, %s, %s, %s, 'Bench', 'REGULAR', %s, now(), %s, now(), %s)""",
            (self.id, world.facility, department, code, self.board, by, by))
        world.database.execute("""
            INSERT INTO queue.queue_entry (id, facility_id, queue_id, department_id, queue_kind, origin_queue_id, day, ticket_number,
                                           ticket_label, patient_id, status, urgency, seniority, tracking_token,
                                           created_at, created_by, updated_at, updated_by)
            SELECT gen_random_uuid(), %(facility)s, %(queue)s, %(department)s, 'REGULAR', %(queue)s, %(day)s, n, %(code)s || '-' || n,
                   gen_random_uuid(), 'WAITING', 3, now() + n * interval '1 ms', gen_random_uuid()::text, now(), %(by)s, now(), %(by)s
            FROM generate_series(1, %(waiting)s) AS n""",
            {"facility": world.facility, "queue": self.id, "department": department, "code": code, "by": by, "waiting": waiting,
             "day": datetime.datetime.now(datetime.timezone.utc).date()})
        world.database.execute("ANALYZE queue.queue_entry")


def calls(world, rounds: int):
    """At the service, as bookings are measured; a call changes the entry, its history, the live view and the outbox."""
    service = world.map("AMBULA_SERVICES")["queue"]
    durable = rate(world, service, "DURABLE")["per_s"]
    # Calls of one queue are told in the order of their commits, so each waits for the one before: with the disk
    # in between it is the disk that is measured.
    world.database.execute("ALTER SYSTEM SET fsync = off")
    world.database.execute("SELECT pg_reload_conf()")
    try:
        found = sorted((rate(world, service, f"B{number}") for number in range(rounds)), key=lambda one: one["per_s"])[rounds // 2]
    finally:
        world.database.execute("ALTER SYSTEM RESET fsync")
        world.database.execute("SELECT pg_reload_conf()")
    return {"id": "QUE-4", "what": "calls/s from one queue, each entry once", "value": found["per_s"], "floor": 1000, "goal": 1000,
            "note": f"{CLERKS} clerks, p99 {found['p99_ms']:.0f} ms; {found['cpu_us']:.0f} µs CPU each; fsync off (with this disk's: {durable:.0f}/s)"}


def rate(world, service: str, code: str) -> dict:
    line = Line(world, code, WAITING)
    before = cpu_s(world.pid("queue"))
    found = wrk(f"{service}/v1/queues/{line.id}/call-next", CALL % world.token(), connections=CLERKS, seconds=SECONDS)
    if found["refused"] or found["broken"]:
        raise RuntimeError(f"calls were refused: {found}")
    called = world.database.execute("SELECT count(*) FROM queue.queue_entry WHERE queue_id = %s AND status = 'CALLED' AND calls = 1",
                                    (line.id,)).fetchone()[0]
    if not found["requests"] <= called <= found["requests"] + CLERKS:  # wrk leaves some unanswered at its end
        raise RuntimeError(f"{found['requests']} calls were answered and {called} are called")
    return found | {"cpu_us": (cpu_s(world.pid("queue")) - before) / found["requests"] * 1e6}


class Board(asyncio.Protocol):
    """A screen in the waiting room: counts what it is told, and when."""

    def __init__(self, path: str):
        self.path, self.times, self.begun = path, [], asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(f"GET {self.path} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n".encode())

    def data_received(self, data):
        told = data.count(b"event: entry")
        if not self.begun.done():
            if b"200 OK" not in data[:20]:
                raise RuntimeError(data[-600:].decode(errors="replace"))
            self.begun.set_result(True)
        self.times += [time.monotonic()] * told


async def watch(world, line: Line, clerk):
    url = urllib.parse.urlsplit(world.env["AMBULA_URL"])
    loop = asyncio.get_running_loop()
    watching = []
    for _ in range(BOARDS):
        _, board = await loop.create_connection(lambda: Board(f"/v1/board/{line.board}"), url.hostname, url.port)
        watching.append(board)
        await asyncio.wait_for(board.begun, 20)
    await asyncio.sleep(1)  # paced: the beginnings have been read
    for board in watching:
        board.times.clear()
    memory = {name: resident_mib(world.pid(name)) for name in ("gateway", "queue")}
    before = {name: cpu_s(world.pid(name)) for name in memory}
    sent = []
    thread = threading.Thread(target=clerk, args=(sent,))
    thread.start()
    expected = CALLS_PER_S * BOARD_SECONDS
    for _ in range(600):
        await asyncio.sleep(0.1)  # paced: looks again
        if all(len(board.times) >= expected for board in watching):
            break
    thread.join()
    used = {name: cpu_s(world.pid(name)) - before[name] for name in memory}
    for board in watching:
        board.transport.close()
    return sent, [board.times for board in watching], memory, used


def boards(world):
    line = Line(world, "BOARD", CALLS_PER_S * BOARD_SECONDS)
    before = {name: resident_mib(world.pid(name)) for name in ("gateway", "queue")}
    api, token = bench_world.Api(world.env["AMBULA_URL"], checked=False), world.token()

    def clerk(sent):
        begun = time.monotonic()
        for number in range(CALLS_PER_S * BOARD_SECONDS):
            sent.append(time.monotonic())
            answer = api.request("POST", f"/v1/queues/{line.id}/call-next", {}, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
            time.sleep(max(0.0, begun + (number + 1) / CALLS_PER_S - time.monotonic()))  # paced: an open-loop rate

    sent, told, memory, used = asyncio.run(watch(world, line, clerk))
    api.close()
    missing = sum(len(sent) - len(times) for times in told)
    if missing > 0:
        raise RuntimeError(f"{missing} of {len(sent) * BOARDS} updates were not told")
    late = [(at - begun) * 1000 for times in told for begun, at in zip(sent, times)]
    each = sum(memory[name] - before[name] for name in memory) * 1024 / BOARDS
    pushes = len(sent) * BOARDS
    yield {"id": "G22", "what": "memory of a board's stream, KiB", "value": each, "floor": 64, "goal": 16, "lower": True,
           "note": f"{BOARDS} streams, gateway and queue together"}
    yield {"id": "G22b", "what": "pushes a second and core", "value": pushes / sum(used.values()), "floor": 20_000, "goal": 80_000,
           "note": f"{pushes} pushes; CPU of the gateway {used['gateway']:.1f} s, of queue {used['queue']:.1f} s"}
    yield {"id": "G22c", "what": f"from the clerk's click to each of {BOARDS} boards, p99 ms", "value": quantile(late, 0.99), "floor": 1000,
           "goal": 100, "lower": True, "note": f"p50 {quantile(late, 0.5):.0f} ms at {CALLS_PER_S} calls/s; the reader of all boards is one Python process"}
