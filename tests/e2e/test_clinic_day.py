"""A simulated day of a clinic (`./dev demo --day`): mixed visits by a fixed seed, then every book against every other [PAT-5 REP-1 REP-2]."""

import json
import os
import pathlib
import subprocess
import sys

from support.journal import Judge

DAY = pathlib.Path(__file__).resolve().parents[1] / "support/day.py"
VISITS, SPEED, SEED = 60, 1000, 7  # the same day as of the command, smaller and without pauses


def test_a_day_ends_with_equal_books(stack, database, kafka, mail, eventually):
    env = os.environ | {"AMBULA_URL": stack.url, "AMBULA_DEMO_PASSWORD": stack.demo_password, "AMBULA_PG_URL": stack.pg_url}
    ran = subprocess.run([sys.executable, str(DAY), "--visits", str(VISITS), "--speed", str(SPEED), "--seed", str(SEED)],
                         env=env, capture_output=True, text=True, timeout=200, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    day = json.loads(ran.stdout.splitlines()[-1])
    # The seed decides what happens; who was called before the nurse came is chance.
    assert day["booked"] + day["patients"] > VISITS and day["came"] == day["completed"] and day["prescribed"] == day["dispensed"]
    of = Judge(database, day["facility_id"])
    eventually(lambda: not of.projections(), 30)
    eventually(lambda: of.rows("SELECT count(*) FROM notification.message WHERE facility_id = %s AND status IN ('QUEUED', 'SENDING', "
                               "'RETRYING') AND due_at < now() + interval '1 minute'", day["facility_id"]) == [(0,)], 60)
    faults = of.no_overlap() + of.tickets() + of.stock() + of.dispensed() + of.mails(mail.messages()) + of.sequence(kafka.read())
    assert faults == []
    # A time line has all that was done for its patient: nothing was lost on the way to the registry.
    assert of.rows("SELECT count(DISTINCT item.patient_id) FROM patient.history_item item JOIN patient.patient p ON p.id = item.patient_id "
                   "WHERE p.facility_id = %s", day["facility_id"]) == [(day["patients"],)]
