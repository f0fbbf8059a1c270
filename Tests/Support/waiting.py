"""Waiting for what another process does."""

import os
import time

# A limit on hanging, not on speed: nearly everything here takes well under a second.
HANG = int(os.environ.get("TEST_HANG_SECONDS", "60"))


def poll(condition, seconds=HANG, pause=0.01):
    """The first true value, or the last one when the time is over."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(pause)
    return value


def until(condition, what="condition"):
    """The first true value; fails when the time is over. `what` may be a function that says what is missing."""
    if value := poll(condition):
        return value
    raise AssertionError(f"{what() if callable(what) else what} did not come true in {HANG} s")
