"""Live views by server-sent events: exact, resumable, surviving restarts of the queue service and the gateway [QUE-8]."""

import httpx
import pytest

from support.api import Api
from support.clinic import ok, settled
from support.floor import Floor
from support.replica import Replica
from support.sse import stream


@pytest.fixture(scope="module")
def floor(sign_in, api, eventually):
    return Floor(api, sign_in("admin"), eventually)


def board(floor, url=None, **options):
    return stream(url or floor.clinic.api.url, f"/v1/board/{floor.queues['REGULAR']['board_token']}", **options)


def staff(floor, client, url=None, **options):
    path = f"/v1/queues/{floor.queues['REGULAR']['id']}/stream"
    return stream(url or floor.clinic.api.url, path, token=client.token, **options)


def test_staff_see_names_and_the_board_labels_only(floor):
    with staff(floor, floor.reception) as names, board(floor) as labels:
        first = names.next()
        assert first.event == "snapshot" and labels.next().id == first.id
        entry = floor.walk_in()
        told, shown = names.next(), labels.next()
        assert told.event == shown.event == "entry" and told.id == shown.id == first.id + 1
        assert told.data["id"] == entry["id"] and told.data["patient"]["display_name"].startswith("Jörna")
        assert shown.data == {"label": entry["ticket"]["label"], "status": "WAITING"}
        floor.verb(floor.reception, entry, "call", {"room": "12"})
        assert names.next().data["status"] == "CALLED"
        assert labels.next().data == {"label": entry["ticket"]["label"], "status": "CALLED", "room": "12"}
    with staff(floor, floor.reception) as names:
        assert [one["id"] for one in names.next().data["entries"]] == [entry["id"]]
    floor.verb(floor.reception, entry, "no-show")


def test_a_doctor_sees_their_list_only(floor):
    _, other = floor.clinic.add_doctor()
    with staff(floor, floor.doctor_client) as own, staff(floor, other) as others:
        own.next()
        others.next()
        entry = floor.walk_in()
        assert own.next().data["patient"] and others.next().data["patient"]
        floor.verb(floor.reception, entry, "assign", {"doctor_id": floor.doctor["id"]})
        assert own.next().data["doctor_id"] == floor.doctor["id"]
        hidden = others.next().data
        assert hidden["hidden"] and "patient" not in hidden and "doctor_id" not in hidden
    floor.verb(floor.reception, entry, "leave", {"reason": "Went home"})


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(floor):
    with board(floor) as before:
        last = before.next().id
        entry = floor.walk_in(visitor={"name": "Somebody"})
        assert before.next().id == last + 1
    floor.verb(floor.reception, entry, "call", {"room": "3"})
    floor.verb(floor.reception, entry, "start")
    with board(floor, last_event_id=last + 1) as after:
        frames = after.until(last + 3)
    assert [(frame.id, frame.event, frame.data["status"]) for frame in frames] == [
        (last + 2, "entry", "CALLED"), (last + 3, "entry", "IN_SERVICE")]
    floor.verb(floor.reception, entry, "complete")


def told_until_it_ends(view) -> list:
    frames = []
    with pytest.raises((httpx.TransportError, ConnectionError)):
        while True:
            frames.append(view.next())
    return frames


def while_the_queue_is_away(floor, stack, entry, visit):
    """Scheduling goes on; the check-in becomes an entry when the queue is back."""
    ok(floor.reception.post(f"/v1/appointments/{visit['id']}/check-in"))
    return "WAITING"


def while_the_gateway_is_away(floor, stack, entry, visit):
    floor.verb(Api(stack.services["queue"], floor.reception.token), entry, "start")
    return "IN_SERVICE"


@pytest.mark.parametrize("part, meanwhile", [("queue", while_the_queue_is_away), ("gateway", while_the_gateway_is_away)],
                         ids=["queue", "gateway"])
def test_streams_go_on_over_a_restart(floor, stack, part, meanwhile):  # QUE-8
    """The process dies while people watch; what happened just before, meanwhile and afterwards is told once, in the order of the numbers."""
    visit = settled(lambda: floor.reception.post("/v1/appointments", {
        "patient_id": floor.patient()["id"], "doctor_id": floor.doctor["id"],
        "starts_at": floor.clinic.slots(floor.reception, floor.doctor, 1)[0]["starts_at"]}), 201)
    with board(floor) as labels, staff(floor, floor.reception) as names:
        seen = {board: [labels.next()], on_staff: [names.next()]}
        last = seen[board][0].id
        entry = floor.walk_in(visitor={"name": "Somebody"})
        seen[board].append(labels.next())
        seen[on_staff].append(names.next())
        floor.verb(floor.reception, entry, "call", {"room": "1"})
        stack.kill(part)
        try:
            seen[board] += told_until_it_ends(labels)
            seen[on_staff] += told_until_it_ends(names)
            status = meanwhile(floor, stack, entry, visit)
        finally:
            stack.ensure_up()
    with board(floor, last_event_id=last + 1) as late:
        missed = late.until(last + 3, 30)
    assert [frame.id for frame in missed] == [last + 2, last + 3], "who saw only the first"
    settled(lambda: floor.reception.post(f"/v1/queue-entries/{entry['id']}/hold", {"reason": "Restart"}))
    for view, frames in seen.items():
        with view(floor, last_event_id=frames[-1].id) as again:
            frames += again.until(last + 4)
        assert [(frame.id - last, frame.event, frame.data.get("status")) for frame in frames] == [
            (0, "snapshot", None), (1, "entry", "WAITING"), (2, "entry", "CALLED"), (3, "entry", status), (4, "entry", "ON_HOLD")]
    floor.verb(floor.reception, entry, "leave", {"reason": "Test"})


def on_staff(floor, **options):
    return staff(floor, floor.reception, **options)


def test_what_began_at_one_gateway_goes_on_at_another(floor, stack):  # QUE-8 OPS-5
    with Replica(stack, "queue") as queue, Replica(stack, "gateway", AMBULA_UPSTREAM_QUEUE=queue.url) as gateway:
        for view in (board, on_staff):
            with view(floor) as first:
                last = first.next().id
                entry = floor.walk_in(visitor={"name": "Somebody"})
                assert first.next().id == last + 1
            floor.verb(floor.reception, entry, "call", {"room": "3"})
            with view(floor, url=gateway.url, last_event_id=last + 1) as second:
                frames = second.until(last + 2)
                # Live there too, though the other replica did it.
                floor.verb(floor.reception, entry, "start")
                frames += second.until(last + 3)
            through_second = Api(gateway.url, floor.reception.token)
            floor.verb(through_second, entry, "complete")
            with view(floor, last_event_id=last + 3) as back:
                frames += back.until(last + 4)
            assert [(frame.id - last, frame.event, frame.data["status"]) for frame in frames] == [
                (2, "entry", "CALLED"), (3, "entry", "IN_SERVICE"), (4, "entry", "COMPLETED")]


def test_unknown_boards_and_queues_do_not_exist(floor, sign_in):
    api = floor.clinic.api
    assert api.get("/v1/board/no-such-board").status_code == 404
    path = f"/v1/queues/{floor.queues['REGULAR']['id']}/stream"
    assert api.get(path).status_code == 401
    assert sign_in("rec001").get(path).status_code == 404
    assert ok(floor.reception.get(f"/v1/queues/{floor.queues['REGULAR']['id']}"))["board_token"]
