"""Says what is going on, how far it is and for how long: one moving line on a terminal, plain lines elsewhere."""

import os
import sys
import time

TERMINAL = sys.stdout.isatty()
QUIET_LINE_EVERY_S = 10


def say(text: str = "") -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # `./dev up | head`: nobody listens any more, but what was begun is finished.
        sys.stdout = open(os.devnull, "w")


class Step:
    """`with Step("Kafka") as step:` … `step.tick("waiting for the broker")`, called as often as one likes."""

    def __init__(self, what: str):
        self._what = what
        self._begun = time.monotonic()
        self._spoken = self._begun
        self._result = ""

    def __enter__(self):
        self.tick("")
        return self

    def tick(self, note: str) -> None:
        now = time.monotonic()
        text = f"{self._what}: {note}" if note else self._what
        if TERMINAL:
            sys.stdout.write(f"\r\033[K  … {text} ({now - self._begun:.0f} s)")
            sys.stdout.flush()
        elif now - self._spoken >= QUIET_LINE_EVERY_S:
            self._spoken = now
            say(f"  … {text} ({now - self._begun:.0f} s)")

    def result(self, text: str) -> None:
        self._result = text

    def __exit__(self, kind, _value, _trace):
        if TERMINAL:
            sys.stdout.write("\r\033[K")
        text = f"{self._what}: {self._result}" if self._result else self._what
        say(f"  {'ok  ' if kind is None else 'FAIL'} {text} ({time.monotonic() - self._begun:.1f} s)")
        return False
