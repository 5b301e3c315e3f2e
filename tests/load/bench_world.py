"""An installation for measuring: everything real, nothing throw-away, no rate limits, its own run folder."""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

import httpx
import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.api import Api  # noqa: E402
from support.replica import environment_of  # noqa: E402

DOCTORS = 400
DAY_CAP = 12


def stack(*arguments: str) -> None:
    subprocess.run([sys.executable, str(ROOT / "cmake/dev/stack.py"), "--run-dir", str(run_dir()), *arguments],
                   check=True, env=os.environ | {"AMBULA_GATEWAY_RATE_LIMIT_SCALE": "0", "AMBULA_LOG_LEVEL": "warn"})


def run_dir() -> pathlib.Path:
    return (ROOT / os.environ.get("AMBULA_RUN_DIR", ".run")).resolve() / "bench"


def doctor_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def patient_id(number: int) -> str:
    return f"00000000-0000-7000-9000-{number:012x}"


class World:
    def __enter__(self):
        stack("reset", "--quiet")
        stack("up", "--free-ports")
        pairs = (line.split("=", 1) for line in (run_dir() / "env").read_text().splitlines())
        self.env = {key: "".join(shlex.split(value)) for key, value in pairs}
        self.api = Api(self.env["AMBULA_URL"], checked=False)
        self.database = psycopg.connect(self.env["AMBULA_PG_URL"], autocommit=True)
        self.next_day = 1  # from here on nobody has booked
        self._make_facility()
        self._fill()
        return self

    def __exit__(self, *_):
        self.database.close()
        self.api.close()
        stack("reset", "--quiet")

    def map(self, variable: str) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in self.env[variable].split())

    def pid(self, name: str) -> int:
        return int(self.map("AMBULA_PIDS")[name])

    def token(self) -> str:
        """A fresh one: they live for five minutes."""
        return self.api.sign_in("bench-reception", "a-long-enough-pass-phrase").token

    def environment_of(self, name: str) -> dict[str, str]:
        return environment_of(self.pid(name))

    def one_patient(self) -> str:
        """A record made the ordinary way."""
        reception = self.api.sign_in("bench-reception", "a-long-enough-pass-phrase")
        made = reception.post("/v1/patients", {"given_name": "Bench", "birth_date": "1980-01-01", "sex": "OTHER"})
        assert made.status_code == 201, made.text
        return made.json()["id"]

    def _make_facility(self) -> None:
        """In UTC, so that local days are UTC days; one receptionist."""
        admin = self.api.sign_in("admin", self.env["AMBULA_DEMO_PASSWORD"])
        made = admin.post("/v1/facilities", {"code": "BENCH", "name": "Bench", "zone": "UTC", "currency": "EUR", "locale": "en"})
        assert made.status_code == 201, made.text
        self.facility = made.json()["id"]
        account = admin.post("/v1/accounts", {
            "login": "bench-reception", "display_name": "Bench", "password": "a-long-enough-pass-phrase",
            "memberships": [{"facility_id": self.facility, "roles": ["receptionist"]}]})
        assert account.status_code == 201, account.text
        self.account = account.json()["id"]

    def _fill(self) -> None:
        """Doctors who work day and night, one patient for each, straight into the tables."""
        execute = self.database.execute
        for _ in range(200):
            if execute("SELECT 1 FROM scheduling.facility WHERE id = %s", (self.facility,)).fetchone():
                break
            time.sleep(0.05)  # paced: the facility is on its way
        else:
            raise RuntimeError("the facility did not reach scheduling within ten seconds")
        by = (self.facility, self.account, self.account)
        for table in ("department", "specialty"):
            execute(f"""INSERT INTO scheduling.{table} (id, facility_id, code, name, created_at, created_by, updated_at, updated_by)
                        VALUES ('{doctor_id(0)}', %s, 'BENCH', 'Bench', now(), %s, now(), %s)""", by)
        execute(f"""INSERT INTO scheduling.doctor (id, facility_id, display_name, specialty, department_id, created_at, created_by,
                                                  updated_at, updated_by)
                    SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, %s, 'Dr. ' || n, 'BENCH',
                           '{doctor_id(0)}', now(), %s, now(), %s FROM generate_series(1, {DOCTORS}) AS n""", by)
        execute("""UPDATE scheduling.doctor SET weekdays = '{1,2,3,4,5,6,7}', from_mins = array_fill(0, '{7}'),
                          to_mins = array_fill(1440, '{7}'), slot_mins = array_fill(15, '{7}')
                   WHERE facility_id = %s""", (self.facility,))
        execute(f"""INSERT INTO scheduling.patient (id, facility_id, active)
                    SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, %s, true
                    FROM generate_series(1, {DOCTORS}) AS n""", (self.facility,))
        # Notification looks for both; it is to find them, and that nobody has an address.
        execute("INSERT INTO notification.doctor SELECT id, facility_id, display_name FROM scheduling.doctor WHERE facility_id = %s",
                (self.facility,))
        execute("""INSERT INTO notification.patient (id, facility_id, given_name, language, email_allowed, opt_out)
                   SELECT id, facility_id, 'Bench', 'en', true, '{}' FROM scheduling.patient WHERE facility_id = %s""", (self.facility,))
        execute("ANALYZE")

    def quiet(self) -> None:
        """Until the consumers have caught up, so that one measurement does not pay for the one before."""
        with httpx.Client(trust_env=False) as client:
            for _ in range(600):
                unsent = sum(self.database.execute(f"SELECT count(*) FROM {schema}.outbox WHERE sent_at IS NULL").fetchone()[0]
                             for schema in ("scheduling", "queue", "pharmacy", "patient"))
                lag = sum(self._lag(client, url) for url in self.map("AMBULA_METRICS").values())
                if unsent == 0 and lag == 0:
                    return
                time.sleep(0.1)  # paced: asks again
        raise RuntimeError("the events did not come to rest within a minute")

    def histogram(self, process: str, name: str) -> dict[float, float]:
        """How many observations were at most each bound, since the process began."""
        text = httpx.get(self.map("AMBULA_METRICS")[process] + "/metrics", trust_env=False).text
        return {float(bound): float(count) for bound, count in re.findall(rf'^{name}_bucket{{le="([^"]+)"}} (\S+)$', text, re.M)}

    @staticmethod
    def _lag(client: httpx.Client, url: str) -> float:
        lines = client.get(url + "/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("ambula_kafka_consumer_lag_messages{"))
