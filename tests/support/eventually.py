"""Waiting for something that happens a little later, without sleeping for a fixed time."""

import time


def eventually(probe, deadline_s: float = 10, every_s: float = 0.05):
    """Calls `probe` until it answers something true, and answers that. An AssertionError inside counts as "not yet",
    and the last one is what the test fails with."""
    end = time.monotonic() + deadline_s
    last_error = None
    while True:
        try:
            found = probe()
            if found:
                return found
            last_error = None
        except AssertionError as error:
            last_error = error
        if time.monotonic() > end:
            break
        time.sleep(every_s)  # paced: this is the polling that every other wait is built on
    if last_error:
        raise last_error
    raise AssertionError(f"not true within {deadline_s} s: {getattr(probe, '__name__', probe)} answered {found!r}")
