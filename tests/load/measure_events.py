"""G11 to G13: how long an event takes from its commit to the consumer's, and how fast a full outbox empties."""

import json
import time
import uuid

from tools import histogram_quantile, quantile

RATE = 1000
SECONDS = 10
DRAIN = 50_000

READ_DELAY = "ambula_outbox_read_delay_seconds"

# Medicines: one consumer (consultation), a plain projection.
INSERT = """
INSERT INTO pharmacy.outbox (event_id, topic, key, type, facility_id, aggregate_version, payload)
SELECT e.event_id, 'ambula.medicine.v1', e.key, 'MedicineAdded', %s, 1, e.payload
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS e (event_id, key, payload)"""


def batch(world, count: int):
    keys = [str(uuid.uuid4()) for _ in range(count)]
    payloads = [json.dumps({"medicine_id": key, "facility_id": world.facility, "name": f"M {key}", "strength": "1 mg",
                            "form": "tablet", "active": True}, separators=(",", ":")) for key in keys]
    return world.facility, [str(uuid.uuid4()) for _ in keys], keys, payloads


def measure(world, rounds: int):
    yield from latency(world)
    yield drain(world)


def latency(world):
    world.quiet()
    read_before = world.histogram("pharmacy", READ_DELAY)
    # Rows are there at once: what is measured is how soon they are found, not this disk.
    world.database.execute("SET synchronous_commit = off")
    step = RATE // 50
    begun = time.monotonic()
    first = None
    for number in range(SECONDS * 50):
        facts = batch(world, step)
        first = first or facts[1][0]
        world.database.execute(INSERT, facts)
        time.sleep(max(0, begun + (number + 1) / 50 - time.monotonic()))  # paced: an open-loop rate
    world.database.execute("RESET synchronous_commit")
    world.quiet()
    read_after = world.histogram("pharmacy", READ_DELAY)
    rows = world.database.execute("""
        SELECT extract(epoch FROM o.sent_at - o.created_at) * 1000, extract(epoch FROM i.applied_at - o.created_at) * 1000
        FROM pharmacy.outbox o JOIN consultation.inbox i USING (event_id)
        WHERE o.topic = 'ambula.medicine.v1' AND o.id > (SELECT id FROM pharmacy.outbox WHERE event_id = %s) + 2000""",
        (first,)).fetchall()
    sent, applied = ([float(row[column]) for row in rows] for column in (0, 1))
    read = [histogram_quantile(read_before, read_after, share) * 1000 for share in (0.5, 0.99)]
    yield {"id": "G11", "what": "commit → the relay has the row, p99 ms", "value": read[1], "floor": 12, "goal": 2, "lower": True,
           "note": f"p50 {read[0]:.1f} ms; sent and marked p50 {quantile(sent, 0.5):.1f}, p99 {quantile(sent, 0.99):.0f} ms; "
                   "written by another process, so nothing wakes the relay"}
    yield {"id": "G12", "what": f"commit → consumer's commit at {RATE}/s, p99 ms", "value": quantile(applied, 0.99), "floor": 100,
           "goal": 25, "lower": True, "note": f"p50 {quantile(applied, 0.5):.1f} ms over {len(applied)} events"}


def drain(world):
    """Rows appear all at once; the relay runs."""
    world.quiet()
    facts = batch(world, DRAIN)
    world.database.execute(INSERT, facts)
    begun = time.monotonic()
    while world.database.execute("SELECT EXISTS (SELECT FROM pharmacy.outbox WHERE sent_at IS NULL)").fetchone()[0]:
        if time.monotonic() - begun > 120:
            raise RuntimeError("the outbox did not drain")
        time.sleep(0.02)  # paced: asks again
    taken = time.monotonic() - begun
    return {"id": "G13", "what": "relay drain, events/s", "value": DRAIN / taken, "floor": 5000, "goal": 20_000,
            "note": f"{DRAIN} rows in {taken:.1f} s while the consumer applies them"}
