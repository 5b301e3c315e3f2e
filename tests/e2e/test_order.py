"""Why an entry stands where it stands, said and done: the reason in the answer is the order in which they are called [QUE-2 QUE-3 QUE-6 QUE-7]."""

import pytest

from support.clinic import ok
from support.floor import Floor

TRIAGED_MODERATE = {"symptoms": ["HIGH_FEVER"]}


@pytest.fixture(scope="module")
def world(sign_in, api, eventually):
    return Floor(api, sign_in("admin"), eventually)


@pytest.fixture
def floor(world):
    """Empty queues of a department of its own, so that who is called next is known."""
    world.queues = world.queues_of(world.clinic.add_department())
    return world


def visitor(floor, kind="REGULAR"):
    return floor.walk_in(kind, visitor={"name": "Somebody"})


def reason(floor, entry) -> str:
    return floor.entry(entry)["order_reason"]


def called(floor, count: int, kind="REGULAR") -> list[str]:
    return [floor.call_next(kind=kind)["id"] for _ in range(count)]


def test_by_level_then_by_arrival(floor):  # QUE-2 QUE-3
    first, second, fevered, urgent, late = (visitor(floor) for _ in range(5))
    floor.verb(floor.nurse, fevered, "triage", TRIAGED_MODERATE)
    floor.verb(floor.reception, urgent, "prioritize", {"level": "HIGH", "reason": "In pain"})
    floor.verb(floor.nurse, late, "triage", TRIAGED_MODERATE)
    # The desk's word stands above triage, downwards too.
    floor.verb(floor.reception, late, "prioritize", {"level": "LOW", "reason": "Feels better"})
    assert [reason(floor, one) for one in (first, fevered, urgent, late)] == [
        "LOW (not triaged), then by arrival", "MODERATE by triage, then by arrival", "HIGH by priority, then by arrival",
        "LOW by priority, then by arrival"]
    assert called(floor, 5) == [one["id"] for one in (urgent, fevered, first, second, late)]


def test_whoever_rejoins_stands_behind_those_who_came_meanwhile(floor):  # QUE-2
    gone, stayed = visitor(floor), visitor(floor)
    floor.verb(floor.reception, gone, "leave", {"reason": "Fetches papers"})
    floor.verb(floor.reception, gone, "rejoin")
    after = visitor(floor)
    assert called(floor, 3) == [one["id"] for one in (stayed, gone, after)]


def test_whoever_rejoined_is_told_so(floor):  # QUE-2
    gone = visitor(floor)
    floor.verb(floor.reception, gone, "leave", {"reason": "Fetches papers"})
    assert floor.verb(floor.reception, gone, "rejoin")["order_reason"] == "LOW (not triaged), then by coming back"


def test_whoever_is_promoted_stands_by_their_arrival(world):  # QUE-7
    floor, path = world, f"/v1/facilities/{world.clinic.facility['id']}"
    floor.queues = floor.queues_of(floor.clinic.department)

    def full_at(factor):
        read = floor.clinic.admin.get(path)
        ok(floor.clinic.admin.patch(path, {"settings": {"staging_factor": factor}}, if_match=read.headers["etag"]))
    full_at(1)  # one doctor is on duty, so that the regular queue is full with one entry
    first = visitor(floor)
    probe = visitor(floor, "STAGING")
    assert reason(floor, probe) == "LOW (not triaged), then by arrival"
    waits = visitor(floor)
    full_at(6)
    moved = floor.eventually(lambda: (now := floor.entry(probe))["status"] == "TRANSFERRED" and now, 20)["transferred_to"]
    assert reason(floor, {"id": moved}) == "LOW (not triaged), then by arrival"
    assert called(floor, 3) == [first["id"], moved, waits["id"]]


def test_the_emergency_queue(floor):  # QUE-6
    untold, bleeding = visitor(floor, "EMERGENCY"), visitor(floor)
    moved = floor.verb(floor.nurse, bleeding, "triage", {"symptoms": ["MAJOR_BLEEDING"]})["transferred_to"]
    assert [reason(floor, one) for one in (untold, {"id": moved})] == [
        "LOW (not triaged), then by arrival", "CRITICAL by triage, then by arrival"]
    assert called(floor, 2, "EMERGENCY") == [moved, untold["id"]]
