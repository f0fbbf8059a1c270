"""A start without a fault, after all of them: it must come up right."""

import hashlib
import os
import signal

from processes import is_alive
from waiting import HANG, poll

from . import oracle
from .bench import reap


def start(bench, transport):
    """Cold or warm, the prompt there once, its delivery known, stopped; what is wrong."""
    before, since = oracle.store(bench), len(bench.seen())
    launcher = bench.start(transport)
    poll(lambda: len(bench.seen()) > since or not is_alive(launcher))
    wrong = [] if len(bench.seen()) > since else ["the agent was not started"]
    wrong += oracle.touched(bench, before, since)
    if "[prompt-unknown]" in bench.said() and len(bench.tasks) > 1:
        bench.doubted.add(bench.tasks[-1])
    in_doubt = bench.tasks[-1] in bench.doubted
    expected = [task for task in bench.tasks if task not in bench.doubted]
    if not bench.agent.pinned:
        poll(lambda: bench.has(expected) or not is_alive(launcher), HANG / 2, 0.03)
        poll(lambda: in_doubt or delivered(bench) or not is_alive(launcher), HANG / 2, 0.03)
    if not is_alive(launcher):
        wrong.append(f"it ended by itself: {bench.said()[-800:]}")
    if not (delivered(bench) or in_doubt or bench.agent.pinned):
        wrong.append(f"the record does not know of the delivery: {bench.record()}")
    try:
        os.kill(launcher, signal.SIGTERM)
    except ProcessLookupError:
        pass
    status = reap(launcher, HANG)
    if status is None:
        wrong.append(f"it does not end after TERM: {bench.said()[-500:]}")
    elif os.waitstatus_to_exitcode(status) not in (0, -signal.SIGTERM, 143):  # Claude ends with 143
        wrong.append(f"stopped, it ended with {os.waitstatus_to_exitcode(status)}: {bench.said()[-800:]}")
    if not poll(lambda: not bench.processes(), HANG, 0.02):
        wrong.append(f"orphans: {bench.processes()}")
        bench.kill_everything()
    # The counts are taken now that nobody writes: a copy of a database that is being written may be torn.
    wrong += oracle.lost(bench) + oracle.repeats(bench) + oracle.received_twice(bench)
    return wrong + oracle.broken_records(bench) + oracle.leftovers(bench) + oracle.plan(bench, transport)


def delivered(bench):
    """The record knows that the task of this start arrived, now or before."""
    digest = hashlib.sha256(bench.tasks[-1].encode()).hexdigest()
    prompts = (bench.record() or {"prompts": []})["prompts"]
    return any(prompt["state"] == "delivered" for prompt in prompts if prompt["sha256"] == digest)
