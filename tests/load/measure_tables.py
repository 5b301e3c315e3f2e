"""G14, G15, G16 and PAT-3: the hot queries on large tables, with the service's own statements as it prepares them.

Two databases beside the installation's, `small` with a thousand appointments and `large` with as many as AMBULA_BENCH_ROWS says
(ten million), are asked in turn by one client, so what other programs do to the machine they do to both."""

import datetime
import os
import re
import statistics
import subprocess
import time
import urllib.parse
import uuid

import bench_world
import httpx
import psycopg
from psycopg import sql
from tools import PG_BIN, free_port, quantile, wait_for_port

ROWS = int(os.environ.get("AMBULA_BENCH_ROWS", "10000000"))
PATIENTS = int(os.environ.get("AMBULA_BENCH_PATIENTS", "1000000"))
ASKED = 300
HOT = 30
SQL = bench_world.ROOT / "services"
NIL = uuid.UUID(int=0)


def statement(service: str, name: str) -> str:
    """From store/sql, with psycopg's placeholders."""
    for file in sorted((SQL / service / "store/sql").glob("*.sql")):
        found = re.search(rf"-- name: {name}\n(.*?);\n(?=\n|\Z|-- name)", file.read_text() + "\n", re.S)
        if found:
            return found[1]
    raise RuntimeError(f"no statement {name} in {service}")


class Database:
    """One more database with the schema of one service, made by the service itself."""

    def __init__(self, world, name: str, service: str):
        self.service = service
        superuser = world.env["AMBULA_PG_URL"]
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        self.url = superuser.rpartition("/")[0] + f"/{name}"
        bootstrap = bench_world.ROOT / "libs/db/bootstrap.sql"
        environment = world.environment_of(service)
        own = urllib.parse.urlsplit(environment["AMBULA_DB_URL"])
        with psycopg.connect(self.url, autocommit=True) as connection:
            for extension in re.findall(r"(?i)create extension if not exists \w+ schema public", bootstrap.read_text()):
                connection.execute(extension.encode())
            connection.execute(f"CREATE SCHEMA {service} AUTHORIZATION ambula_{service}")
        environment["AMBULA_DB_URL"] = own._replace(path=f"/{name}").geturl()
        subprocess.run([os.readlink(f"/proc/{world.pid(service)}/exe"), "migrate"], env=environment, check=True,
                       stdout=subprocess.DEVNULL)

    def fill(self, script: str, **variables) -> None:
        defines = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        subprocess.run([str(PG_BIN / "psql"), "-q", *defines, "-f", str(bench_world.ROOT / "tests/load" / script), self.url],
                       check=True, stdout=subprocess.DEVNULL)

    def connect(self):
        connection = psycopg.connect(self.url, autocommit=True, prepare_threshold=0)
        connection.execute(f"SET search_path = {self.service}, public")
        return connection

    def drop(self, world) -> None:
        name = self.url.rpartition("/")[2]
        with psycopg.connect(world.env["AMBULA_PG_URL"], autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Prepared:
    """A statement with $1 … as the service prepares it, executed by name: what is timed is PostgreSQL."""

    def __init__(self, connection, text: str):
        self.name = "s" + uuid.uuid4().hex[:8]
        self.connection = connection
        connection.execute(f"PREPARE {self.name} AS {text}".encode())

    def ask(self, *values) -> tuple[float, list]:
        literals = ", ".join("NULL" if value is None else sql.Literal(value).as_string(self.connection)
                             for value in values)
        query = f"EXECUTE {self.name} ({literals})".encode()
        begun = time.perf_counter()
        rows = self.connection.execute(query).fetchall()
        return (time.perf_counter() - begun) * 1000, rows


def measure(world, rounds: int):
    small, large = (Database(world, name, "scheduling") for name in ("bench_small", "bench_large"))
    try:
        small.fill("generate_appointments.sql", appointments=1000)
        begun = time.monotonic()
        large.fill("generate_appointments.sql", appointments=ROWS)
        loaded_s = time.monotonic() - begun
        with small.connect() as one, large.connect() as other:
            yield from lists(one, other, loaded_s)
            yield from slots(other)
            yield deep_page(other)
    finally:
        small.drop(world)
        large.drop(world)
    registry = Database(world, "bench_registry", "patient")
    try:
        yield from searches(world, registry)
    finally:
        registry.drop(world)


def samples(connection, asked: int = ASKED):
    """Visits to come, to ask about, each with two full weeks ahead; of a large table a few pages are enough."""
    large = connection.execute("SELECT reltuples > 100000 FROM pg_class WHERE relname = 'appointment'").fetchone()[0]
    sampled = "TABLESAMPLE SYSTEM (0.05)" if large else ""
    return connection.execute(f"SELECT facility_id, doctor_id, patient_id, date_trunc('day', starts_at) FROM appointment {sampled} "
                              "WHERE starts_at BETWEEN now() AND (SELECT max(starts_at) - interval '15 days' FROM appointment) "
                              f"ORDER BY random() LIMIT {asked}").fetchall()


DAY = datetime.timedelta(days=1)
# Pages of 20, because a day of the small table has 24: both answer the same number of rows.
LISTS = {
    "list_by_day": lambda f, d, p, day: (f, day, NIL, day + DAY, None, "BOOKED", 20),
    "list_by_doctor": lambda f, d, p, day: (f, day, NIL, day + 7 * DAY, None, None, 20, d),
    "list_by_patient": lambda f, d, p, day: (f, day - 365 * DAY, NIL, day + 365 * DAY, None, None, 20, p, None),
    "calendars": lambda f, d, p, day: (f, day, day + 14 * DAY, [d], [], None, False, 12, 12),
}


def lists(one, other, loaded_s: float):
    """Hot: each of the same few days is asked again and again, as desks do. What the first time costs is told beside it."""
    ratios, cold = {}, {}
    for name, arguments in LISTS.items():
        text = statement("scheduling", name)
        pair = [(Prepared(connection, text), [arguments(*row) for row in samples(connection, HOT)]) for connection in (one, other)]
        times = ([], [])
        for asked in range(ASKED):
            for (prepared, values), taken in zip(pair, times):
                taken.append(prepared.ask(*values[asked % len(values)])[0])
        for found, chosen in ((cold, slice(HOT)), (ratios, slice(HOT, None))):
            small, large = (statistics.median(taken[chosen]) for taken in times)
            found[name] = large / small
    worst = max(ratios, key=ratios.get)
    note = ", ".join(f"{name} {ratio:.2f} (first time {cold[name]:.1f})" for name, ratio in ratios.items())
    yield {"id": "G15", "what": f"hot queries at {ROWS:,} rows against 1 000", "value": ratios[worst], "floor": 2.0, "goal": 1.3,
           "lower": True, "note": f"{note}; loaded in {loaded_s:.0f} s"}


def slots(large):
    """The one statement of the search; what the service does with its rows is measured by its own tests."""
    prepared = Prepared(large, statement("scheduling", "calendars"))
    rows = samples(large)
    one = [prepared.ask(*LISTS["calendars"](*row))[0] for row in rows]
    fifty = []
    for facility, _, _, day in rows[:100]:
        doctors = [row[0] for row in large.execute("SELECT id FROM doctor WHERE facility_id = %s ORDER BY id LIMIT 50", [facility])]
        fifty.append(prepared.ask(facility, day, day + 7 * DAY, doctors, [], None, False, 12, 12)[0])
    for name, what, times, floor, goal in (("G14", "one doctor × 2 weeks", one, 10, 3), ("G14b", "50 doctors × 7 days", fifty, 50, 20)):
        yield {"id": name, "what": f"slot search's query, {what}, p99 ms", "value": quantile(times[len(times) // 5:], 0.99), "floor": floor,
               "goal": goal, "lower": True, "note": f"median {statistics.median(times):.2f} ms at {ROWS:,} rows"}


def deep_page(large):
    """Page 100 000 of a facility's list against the first, by keyset."""
    facility, day = large.execute("SELECT facility_id, min(starts_at) FROM appointment GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").fetchone()
    visits = large.execute("SELECT count(*) FROM appointment WHERE facility_id = %s", [facility]).fetchone()[0]
    page = min(100_000, max(1, visits // 10 - 2))
    at, last = large.execute("SELECT starts_at, id FROM appointment WHERE facility_id = %s ORDER BY starts_at, id OFFSET %s LIMIT 1",
                             [facility, page * 10]).fetchone()
    prepared = Prepared(large, statement("scheduling", "list_by_day"))
    far = day + 40_000 * DAY
    times = ([], [])
    for _ in range(ASKED):
        times[0].append(prepared.ask(facility, day, NIL, far, None, None, 10)[0])
        times[1].append(prepared.ask(facility, at, last, far, None, None, 10)[0])
    return {"id": "G16", "what": f"page {page:,} against the first", "value": statistics.median(times[1]) / statistics.median(times[0]),
            "floor": 2.0, "goal": 1.3, "lower": True, "note": f"pages of 10, {statistics.median(times[1]):.2f} ms"}


# What people type: (kind, words of a name → text).
def typed(name: list[str], number: int) -> tuple[str, str]:
    first, last = name[0], name[-1]
    middle = len(last) // 2
    return [("one word", last), ("beginning", last[:4]), ("two words", f"{last} {first}"), ("two beginnings", f"{first[:3]} {last[:4]}"),
            ("typo", last[:middle] + last[middle + 1:]), ("typo beside a word", f"{first} {last[:middle] + 'q' + last[middle:]}"),
            ][number % 6]


class Service:
    """A second process of the service on that database, which hears nothing of Kafka; asked over one kept connection."""

    def __init__(self, world, name: str, url: str):
        admin, port = free_port(), free_port()
        environment = world.environment_of(name)
        own = urllib.parse.urlsplit(environment["AMBULA_DB_URL"])
        environment |= {"AMBULA_DB_URL": own._replace(path=urllib.parse.urlsplit(url).path).geturl(), "AMBULA_HTTP_PORT": str(port),
                        "AMBULA_ADMIN_PORT": str(admin), "AMBULA_KAFKA_BROKERS": "127.0.0.1:1"}
        self._child = subprocess.Popen([os.readlink(f"/proc/{world.pid(name)}/exe")], env=environment, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)
        wait_for_port(port, 30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._client.close()
        self._child.terminate()
        self._child.wait()

    def ask(self, path: str, token: str, **query) -> float:
        begun = time.perf_counter()
        answer = self._client.get(path, params=query, headers={"Authorization": f"Bearer {token}"})
        taken = (time.perf_counter() - begun) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return taken


def searches(world, registry):
    facility = world.facility
    with registry.connect() as connection:
        connection.execute("INSERT INTO facility (id, code, zone, locale) VALUES (%s, 'GEN', 'Asia/Kolkata', 'en')", [facility])
    registry.fill("generate_patients.sql", patients=PATIENTS, facility=facility)
    with registry.connect() as connection, Service(world, "patient", registry.url) as client:
        names = [row[0].split() for row in connection.execute(
            "SELECT name_key FROM patient TABLESAMPLE SYSTEM (0.5) WHERE status = 'ACTIVE' ORDER BY random() LIMIT %s", [ASKED * 6])]
        token = world.token()
        times, suggest = {}, []
        for number, name in enumerate(names):
            kind, text = typed(name, number)
            times.setdefault(kind, []).append(client.ask("/v1/patients", token, q=text, limit=20))
            suggest.append(client.ask("/v1/patients/suggest", token, q=name[0][:3]))
    everything = sorted(value for values in times.values() for value in values[5:])
    yield {"id": "PAT-3", "what": f"search at {PATIENTS:,} patients, p99 ms at the service", "value": quantile(everything, 0.99), "floor": 10,
           "goal": 5, "lower": True, "note": ", ".join(f"{kind} {statistics.median(values):.1f}/{quantile(values[5:], 0.99):.1f}"
                                                       for kind, values in times.items()) + " (median/p99)"}
    yield {"id": "PAT-3b", "what": "autocomplete, p99 ms at the service", "value": quantile(suggest[5:], 0.99), "floor": 5, "goal": 3,
           "lower": True, "note": f"median {statistics.median(suggest):.1f} ms"}
