"""CSV of a year [REP-3, SCH-7, AUD-1]: any number of rows in little memory, at the reader's pace, and written down with its
filters and the number of records."""

import datetime
import pathlib

import httpx
import pytest

from support.clinic import Clinic, ok, stamp

ROWS = 60_000
GROWTH_MIB_MAX = 8  # the table is more than twice as much


@pytest.fixture(scope="module")
def clinic(api, sign_in):
    return Clinic(api, sign_in("admin"))


@pytest.fixture(scope="module")
def desk(clinic):
    return clinic.staff("receptionist")


@pytest.fixture(scope="module")
def year(clinic, desk, stack):
    """Visits of one year, straight in the table: 14 doctors, 12 visits a day."""
    import psycopg
    doctor, _ = clinic.add_doctor()
    with psycopg.connect(stack.pg_url, autocommit=True) as database:
        database.execute("""
            INSERT INTO scheduling.doctor (id, facility_id, display_name, specialty, department_id, created_at, created_by,
                                           updated_at, updated_by)
            SELECT ('00000000-0000-7000-8000-' || right(replace(gen_random_uuid()::text, '-', ''), 12))::uuid, facility_id,
                   'Dr. ' || n, specialty, department_id, now(), created_by, now(), updated_by
            FROM scheduling.doctor, generate_series(1, 14) n WHERE id = %s""", [doctor["id"]])
        database.execute("""
            WITH v AS (
              SELECT d.id AS doctor_id, d.department_id, d.created_by, day, seat,
                     (current_date - 400 + day) + interval '8 hours' + (seat - 1) * interval '20 min' AS at
              FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM scheduling.doctor
                    WHERE facility_id = %(facility)s AND id <> %(own)s) d,
                   generate_series(0, 364) AS day, generate_series(1, 12) AS seat
              LIMIT %(rows)s)
            INSERT INTO scheduling.appointment (id, facility_id, patient_id, doctor_id, department_id, starts_at, ends_at,
                                                local_date, seat, status, reason, created_at, created_by, updated_at, updated_by)
            SELECT gen_random_uuid(), %(facility)s, gen_random_uuid(), doctor_id, department_id, at AT TIME ZONE 'UTC',
                   (at + interval '15 min') AT TIME ZONE 'UTC', at::date, seat, 'COMPLETED', repeat('Persistent cough ', 12),
                   now(), created_by, now(), created_by FROM v""",
                         {"facility": clinic.facility["id"], "own": doctor["id"], "rows": ROWS})
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return {"from": stamp(today - datetime.timedelta(days=400)), "to": stamp(today - datetime.timedelta(days=30))}


def resident_kib(pid: int, which: str) -> int:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(which + ":"):
            return int(line.split()[1])
    raise AssertionError(which)


class Peak:
    """How far the resident memory of these processes rose meanwhile."""

    def __init__(self, *pids: int):
        self._pids = pids

    def __enter__(self):
        for pid in self._pids:
            pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
        self._before = [resident_kib(pid, "VmRSS") for pid in self._pids]
        return self

    def __exit__(self, *_):
        after = [resident_kib(pid, "VmHWM") for pid in self._pids]
        self.grown_mib = [(now - before) / 1024 for now, before in zip(after, self._before)]


def export(stack, desk, window):
    return httpx.stream("GET", f"{stack.url}/v1/appointments", params=window | {"format": "csv"}, timeout=60, trust_env=False,
                        headers={"Authorization": f"Bearer {desk.token}"})


def read_all(answer) -> tuple[int, int]:
    """Records and bytes; no cell of this table has a line end."""
    lines = size = 0
    for piece in answer.iter_raw():
        lines += piece.count(b"\n")
        size += len(piece)
    return lines - 1, size


def test_a_year_streams_with_flat_memory(stack, desk, year):
    with export(stack, desk, year) as warm:  # what is made once and kept
        assert warm.status_code == 200
        read_all(warm)
    with Peak(stack.pids["gateway"], stack.pids["scheduling"]) as memory, export(stack, desk, year) as waiting, \
            export(stack, desk, year) as answer:
        # The first one's reader waits while the second one reads all.
        records, size = read_all(answer)
        late, _ = read_all(waiting)
    assert records == late == ROWS
    assert size / 2**20 > 2 * GROWTH_MIB_MAX
    assert stack.keeps_freed_memory or max(memory.grown_mib) <= GROWTH_MIB_MAX, memory.grown_mib


def test_an_export_is_written_down_with_filters_and_records(clinic, stack, desk, year, eventually):
    status = {"status": "COMPLETED"}
    answer = desk.get("/v1/appointments", params=year | status | {"format": "csv"})
    assert answer.status_code == 200
    broken = desk.account["id"]

    def rows():
        return [row for row in clinic.admin.items("/v1/audit", actor_id=broken)
                if row.get("resource", "").startswith("export:") and "status=COMPLETED" in row["resource"]]
    end, begin = eventually(lambda: len(got := rows()) == 2 and got, 10)
    assert begin["resource"] == end["resource"]
    assert f"from={year['from']}" in begin["resource"] and "format" not in begin["resource"]
    assert "rows" not in begin and end["rows"] == ROWS and end["outcome"] == "SUCCESS"
    assert begin["request_id"] == end["request_id"] == answer.headers["x-request-id"]
    # One that its reader leaves says how far it came.
    with export(stack, desk, year) as left:
        next(left.iter_bytes())
    partial = eventually(lambda: next((row for row in clinic.admin.items("/v1/audit", actor_id=broken)
                                       if row["outcome"] == "PARTIAL"), None), 10)
    assert 0 <= partial["rows"] < ROWS
    # What was searched for names people: its value is not written down.
    assert ok(desk.get("/v1/patients", params={"q": "Jörna", "limit": 1}))
    desk.get("/v1/patients", params={"q": "Jörna", "format": "csv"})
    told = eventually(lambda: [row["resource"] for row in clinic.admin.items("/v1/audit", actor_id=broken)
                               if row["path_template"] == "/v1/patients" and "rows" in row], 10)
    assert told == ["export:q"]
