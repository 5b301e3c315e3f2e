"""Two replicas of everything on one database and one Kafka behave as one, and one of them leaves under load without a failed request [OPS-5].
With AMBULA_PREVIOUS_BIN (the folder of another release's binaries) the second replicas are that release's: a rolling upgrade in its middle.

./dev chaos [--previous[=COMMIT]] tests/chaos/test_side_by_side.py
"""

import os
import pathlib
import random

import psycopg
import pytest

from support.clinic import Clinic
from support.journal import SCHEMAS, Load, judge, prepare
from support.replicas import PROCESSES, Replicas
from support.stack import ROOT
from support.visit import Visit

THIS = pathlib.Path(os.environ.get("AMBULA_BUILD_DIR") or ROOT / "build/release") / "bin"
PREVIOUS = os.environ.get("AMBULA_PREVIOUS_BIN")
SEED = int(os.environ.get("AMBULA_CHAOS_SEED") or random.SystemRandom().randrange(1 << 32))


@pytest.fixture(scope="module")
def visit(api, sign_in):
    clinic = Clinic(api, sign_in("admin"))
    return prepare(Visit(clinic, prescribed=5000, email=f"two-{clinic.tag}@patients.example"))


@pytest.mark.parametrize("binaries", [THIS, pytest.param(PREVIOUS, marks=pytest.mark.skipif(not PREVIOUS, reason="AMBULA_PREVIOUS_BIN"))],
                         ids=["this", "previous"])
def test_two_of_each_are_one(stack, visit, kafka, mail, binaries):
    epochs = relay_epochs(stack)
    with Replicas(stack, pathlib.Path(binaries)) as second, Load(visit, SEED, writers=4) as load:
        load.urls.append(second.url)
        load.wait_for(60, 120)
        # Each group is shared: the second's members apply events too.
        assert sum(second.metric(name, "ambula_kafka_consumer_messages_total") for name in PROCESSES) > 0
        assert second.metric("scheduling", "ambula_http_server_request_duration_seconds_count") > 0
        # As an endpoint is taken out before its pod is told to end.
        load.urls.pop()
        load.wait_for(20, 60)
        assert second.retire() == dict.fromkeys(PROCESSES, 0)
        load.wait_for(20, 60)
    # A busy machine may be behind with a projection, and says so; whoever leaves must not be noticed.
    failed = {(entry.marker, each) for entry in load.journal for each in entry.trouble} - {
        (entry.marker, "503 projection-behind") for entry in load.journal}
    assert not failed, f"seed {SEED}: of {len(load.journal)} commands {sorted(failed)[:10]}"
    with psycopg.connect(stack.pg_url, autocommit=True) as database:
        judge(load, stack, database, kafka, mail)
    # One relay at a time: the lease changes hands only when its holder leaves.
    changed = {schema: after - epochs[schema] for schema, after in relay_epochs(stack).items()}
    assert all(count <= 1 for count in changed.values()), changed


def relay_epochs(stack) -> dict[str, int]:
    with psycopg.connect(stack.pg_url, autocommit=True) as database:
        return {schema: database.execute(f"SELECT epoch FROM {schema}.relay_lease").fetchone()[0] for schema in SCHEMAS}
