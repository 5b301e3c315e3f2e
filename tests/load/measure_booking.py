"""G5 to G9: bookings against pgbench with the booking statement itself, the same number of connections."""

import datetime
import re
import statistics

import bench_world
from tools import cpu_s, median_ratio, pgbench, wrk

SECONDS = 4
CONNECTIONS = 4  # AMBULA_WORKERS of a development installation
CLIENTS = 16
UTC = datetime.timezone.utc

# Visit i of a round: doctor i % D, then seat by seat, then day by day, so that nothing ever collides.
BOOK = """
local doctors, first_day, midnight, token = %d, %d, %d, "%s"
local i = 0
request = function()
  local d = i %% doctors + 1
  local k = math.floor(i / doctors)
  local at = midnight + (first_day + math.floor(k / 12)) * 86400 + (k %% 12) * 900
  i = i + 1
  local body = string.format('{"patient_id":"00000000-0000-7000-9000-%%012x","doctor_id":"00000000-0000-7000-8000-%%012x",'
    .. '"starts_at":"%%s"}', d, d, os.date("!%%Y-%%m-%%dT%%H:%%M:%%SZ", at))
  return wrk.format("POST", "/v1/appointments", {["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json"}, body)
end
"""


def midnight() -> datetime.datetime:
    return datetime.datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def booking_script(world) -> str:
    """store/sql's own statement as a pgbench script; parameters become expressions of the visit's number."""
    text = (bench_world.ROOT / "services/scheduling/store/sql/appointments.sql").read_text()
    statement = re.search(r"-- name: book_appointment\n(.*?);\n", text, re.S)[1]
    statement = re.sub(r"^\s*--.*$", "", statement, flags=re.M)
    at = "(to_timestamp(:at))"
    doctor = "('00000000-0000-7000-8000-' || lpad(to_hex(:d::int), 12, '0'))::uuid"
    payload = "'{\"appointment_id\":\"x\",\"filler\":\"' || repeat('x', 500) || '\"}'"
    values = {
        1: "gen_random_uuid()", 2: f"'{world.facility}'::uuid", 3: doctor.replace("-8000-", "-9000-"), 4: doctor, 5: "1::bigint",
        6: at, 7: f"({at} + interval '15 minutes')", 8: f"({at} AT TIME ZONE 'UTC')::date", 9: "12", 10: "NULL::text",
        11: "NULL::text", 12: "NULL::text", 13: "now()", 14: f"'{world.account}'::uuid", 15: f"'{world.account}'::uuid",
        16: "NULL::text", 17: "''", 18: "201", 19: "''", 20: "''", 21: "ARRAY[gen_random_uuid()]", 22: "ARRAY['AppointmentBooked']",
        23: f"ARRAY[{payload}]", 24: f"'{world.account}'::uuid", 25: "NULL::uuid", 26: "NULL::text", 27: "NULL::text"}
    used = {int(number) for number in re.findall(r"\$(\d+)", statement)}
    if used != set(values):
        raise RuntimeError(f"book_appointment has other parameters now: {sorted(used ^ set(values))}")
    statement = re.sub(r"\$(\d+)(::uuid\[\]|::text\[\]|::uuid|::text|::int)?", lambda found: values[int(found[1])], statement)
    return ("\\set i :n * :clients + :client_id\n\\set n :n + 1\n\\set d :i % :doctors + 1\n\\set k :i / :doctors\n"
            "\\set at :midnight + (:first_day + :k / 12) * 86400 + (:k % 12) * 900\n" + statement + ";\n")


class Booker:
    """Hands out ranges of days that nobody has booked yet."""

    def __init__(self, world):
        self.world = world
        self.script = booking_script(world)
        self.service = world.map("AMBULA_SERVICES")["scheduling"]
        self.gateway = world.env["AMBULA_URL"]

    def days(self, doctors: int) -> int:
        first = self.world.next_day
        self.world.next_day += 60 if doctors > 1 else 3000
        return first

    def ours(self, url: str, doctors: int = bench_world.DOCTORS) -> dict:
        self.world.quiet()
        script = BOOK % (doctors, self.days(doctors), midnight().timestamp(), self.world.token())
        found = wrk(url, script, connections=CLIENTS, seconds=SECONDS)
        if found["refused"] or found["broken"]:
            raise RuntimeError(f"bookings were refused: {found}")
        return found

    def limit(self, doctors: int = bench_world.DOCTORS) -> float:
        self.world.quiet()
        return pgbench(self.world.env["AMBULA_PG_URL"] + "?options=-csearch_path%3Dscheduling,public", self.script,
                       clients=CONNECTIONS, seconds=SECONDS, variables={
                           "n": 0, "clients": CONNECTIONS, "doctors": doctors, "first_day": self.days(doctors),
                           "midnight": int(midnight().timestamp())})


def measure(world, rounds: int):
    booker = Booker(world)
    direct, proxied, hot_ours, hot_limit = [], [], [], []
    used = done = 0
    for _ in range(rounds):
        limit = booker.limit()
        before = cpu_s(world.pid("scheduling"))
        ours = booker.ours(booker.service)
        used += cpu_s(world.pid("scheduling")) - before
        done += ours["requests"]
        through = booker.ours(booker.gateway)
        direct.append((ours["per_s"], limit))
        proxied.append((through["per_s"], limit))
        hot_limit.append(booker.limit(doctors=1) / limit)
        hot_ours.append(booker.ours(booker.service, doctors=1)["per_s"] / ours["per_s"])
    yield {"id": "G5", "what": "bookings at the service against pgbench", "value": median_ratio(direct), "floor": 0.60, "goal": 0.75,
           "note": f"{direct[-1][0]:.0f}/s against {direct[-1][1]:.0f}/s; CPU {1e6 * used / done:.0f} µs a booking (with relay)"}
    yield {"id": "G6", "what": "bookings through the gateway against pgbench", "value": median_ratio(proxied), "floor": 0.45,
           "goal": 0.60, "note": f"{proxied[-1][0]:.0f}/s"}
    yield round_trips(world, booker)
    loses = statistics.median(hot_limit)
    yield {"id": "G8", "what": "one doctor against uniform, as pgbench loses", "value": statistics.median(hot_ours) / loses,
           "floor": 0.5, "goal": 0.95, "note": f"ours keeps {statistics.median(hot_ours):.2f}, pgbench {loses:.2f}"}
    yield race(world, booker, statistics.median(ours for ours, _ in direct))


def round_trips(world, booker):
    """Statements of the service's role per booking, counted by PostgreSQL."""
    world.database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    world.quiet()
    # What the relay, the consumer and the jobs do beside it is not the command's.
    count = """SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
               WHERE r.rolname = 'ambula_scheduling' AND (s.query ~ 'INSERT INTO (appointment|idempotency_key)'
                     OR s.query ~ '(FROM|UPDATE|DELETE FROM) idempotency_key' OR s.query ~* '^(begin|commit|rollback)')"""
    before = world.database.execute(count).fetchone()[0]
    bookings = booker.ours(booker.service)["requests"]
    value = float(world.database.execute(count).fetchone()[0] - before) / bookings
    note = f"statements, BEGIN and COMMIT of {bookings} bookings, by pg_stat_statements"
    return {"id": "G7", "what": "round trips of a booking", "value": value, "floor": 2, "goal": 1, "lower": True, "note": note}


def race(world, booker, booking_rate: float):
    """All clients want the same eight times: exactly eight win."""
    world.quiet()
    script = BOOK % (1, booker.days(1), midnight().timestamp(), world.token())
    script = script.replace("i = i + 1", "i = (i + 1) % 8")
    found = wrk(booker.service, script, connections=64, seconds=SECONDS)
    exact = found["good"] == 8 and not found["broken"]
    return {"id": "G9", "what": "attempts/s of a race for 8 slots against the booking rate", "value": found["all_per_s"] / booking_rate,
            "floor": 1.0 if exact else float("inf"), "goal": 1.5, "note": f"{found['good']} winners of {found['requests']} attempts"}
