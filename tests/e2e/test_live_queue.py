"""Live views by server-sent events: exact, resumable, surviving restarts of the queue service and the gateway [QUE-8]."""

import pytest

from support.clinic import ok
from support.floor import Floor
from support.sse import stream


@pytest.fixture(scope="module")
def floor(sign_in, api, eventually):
    return Floor(api, sign_in("admin"), eventually)


def board(floor, **options):
    return stream(floor.clinic.api.url, f"/v1/board/{floor.queues['REGULAR']['board_token']}", **options)


def staff(floor, client, **options):
    path = f"/v1/queues/{floor.queues['REGULAR']['id']}/stream"
    return stream(floor.clinic.api.url, path, token=client.token, **options)


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


@pytest.mark.parametrize("part", ["queue", "gateway"])
def test_streams_go_on_over_a_restart(floor, stack, part):
    """The process dies while somebody watches; what happens meanwhile and afterwards is told once."""
    seen = []
    with board(floor) as before:
        seen.append(before.next().id)
        entry = floor.walk_in(visitor={"name": "Somebody"})
        seen.append(before.next().id)
        stack.kill(part)
        with pytest.raises(Exception):
            before.next()
    stack.ensure_up()
    floor.eventually(lambda: floor.reception.get(f"/v1/queue-entries/{entry['id']}").status_code == 200, 20)
    floor.eventually(lambda: floor.reception.post(
        f"/v1/queue-entries/{entry['id']}/call", {"room": "1"}).status_code == 200, 20)
    with board(floor, last_event_id=seen[-1]) as after:
        seen.append(after.next().id)
        floor.verb(floor.reception, entry, "start")
        seen.append(after.next().id)
    assert seen == list(range(seen[0], seen[0] + 4))
    floor.verb(floor.reception, entry, "complete")


def test_unknown_boards_and_queues_do_not_exist(floor, sign_in):
    api = floor.clinic.api
    assert api.get("/v1/board/no-such-board").status_code == 404
    path = f"/v1/queues/{floor.queues['REGULAR']['id']}/stream"
    assert api.get(path).status_code == 401
    assert sign_in("rec001").get(path).status_code == 404
    assert ok(floor.reception.get(f"/v1/queues/{floor.queues['REGULAR']['id']}"))["board_token"]
