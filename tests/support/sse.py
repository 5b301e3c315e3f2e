"""Reads a stream of server-sent events, frame by frame, with a deadline."""

import contextlib
import dataclasses
import json
import time

import httpx

from . import contract


@dataclasses.dataclass(frozen=True)
class Frame:
    id: int
    event: str
    data: dict


class Stream:
    def __init__(self, lines):
        self._lines = lines

    def next(self, deadline_s: float = 15) -> Frame:
        """The next frame; comments are passed over."""
        end = time.monotonic() + deadline_s
        fields = {}
        for line in self._lines:
            assert time.monotonic() < end, "no frame in time"
            if line == "" and fields:
                return Frame(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
        raise ConnectionError("the stream has ended")

    def until(self, change: int, deadline_s: float = 15) -> list[Frame]:
        """The frames up to that change."""
        frames = []
        while not frames or frames[-1].id < change:
            frames.append(self.next(deadline_s))
        return frames


@contextlib.contextmanager
def stream(url: str, path: str, token: str | None = None, last_event_id: int | None = None):
    headers = {"Accept": "text/event-stream"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if last_event_id is not None:
        headers["Last-Event-ID"] = str(last_event_id)
    # A read waits longer than the comments' interval, so that an idle stream is not a broken one.
    with httpx.Client(base_url=url, timeout=httpx.Timeout(20), trust_env=False) as client:
        with client.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200, answer.read()
            assert answer.headers["content-type"].startswith("text/event-stream")
            contract.check(answer)
            yield Stream(answer.iter_lines())
