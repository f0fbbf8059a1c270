"""One start of agentlaunch with a KILL in it, at a moment or at a named point."""

import os
import signal
import time

from processes import is_alive
from waiting import HANG, poll

from .bench import reap


def wait(seconds, since):
    """Exact to a few microseconds: it sleeps only where there is time."""
    if (rest := since + seconds - time.perf_counter()) > 0.003:
        time.sleep(rest - 0.002)
    while time.perf_counter() < since + seconds:
        pass


def find(bench, target, launcher):
    """Its pid, looked for without a pause; None where the launcher ended first."""
    end = time.monotonic() + HANG
    while time.monotonic() < end:
        if pid := bench.find(target, launcher):
            return pid
        if not is_alive(launcher):
            return None
    return None


def at_a_moment(bench, transport, target, seconds):
    """Kills the target so long after its exec; returns (the moment it was, or None if it had ended; what is wrong)."""
    launcher = bench.start(transport)
    since = time.perf_counter()
    pid = launcher if target == "launcher" else find(bench, target, launcher)
    if target != "launcher":
        since = time.perf_counter()
    if pid is None:
        return None, settle(bench, launcher)
    wait(seconds, since)
    killed = time.perf_counter() - since
    try:
        # One that had just ended may still wait for its parent: it takes the signal and counts.
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        killed = None
    return killed, settle(bench, launcher)


def at_a_point(bench, transport, point, action):
    """(whether the point was reached, what is wrong)"""
    launcher = bench.start(transport, debug=True, FAULT_POINT=point, FAULT_ACTION=action)
    # A start that does not pass there goes on: it is stopped when it has done its work.
    status = reap(launcher, 1.5)
    if status is None:
        poll(lambda: bench.has(bench.tasks) or not is_alive(launcher), 4, 0.05)
        status = reap(launcher, 1)
    reached = status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if point == "exec.before" and action == "kill":
        reached = True  # the child's end: the launcher reports it
    return reached, settle(bench, launcher, status)


def settle(bench, launcher, status=None):
    """Everything ends by itself, or with one TERM to a launcher that nothing was killed of."""
    if status is None and (status := reap(launcher, 2)) is None:
        os.kill(launcher, signal.SIGTERM)
        if (status := reap(launcher, HANG)) is None:
            found = [f"it does not end after TERM: {bench.processes()}: {bench.said()[-500:]}"]
            bench.kill_everything()
            reap(launcher, 5)
            return found
    if poll(lambda: not bench.processes(), HANG, 0.02):
        return status_of(bench, status)
    found = [f"orphans: {bench.processes()}"]
    bench.kill_everything()
    return found


def status_of(bench, status):
    """A start that was not killed itself ends as the specification says, never by a crash."""
    code = os.waitstatus_to_exitcode(status)
    fine = code in (0, 1, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT, 130, 143)
    return [] if fine else [f"it ended with {code}: {bench.said()[-800:]}"]
