"""Every agent through the same restarts, directly on a terminal and under agentapi as a module starts it.

Doubles keep real stores and refuse what the agents refuse; of Claude Code, Codex, Copilot and Aider the real programs
run, against a model server on loopback. Whatever happened before, the same command goes on with the same conversation
by its exact id, and the prompt stands in the store once.
"""


import pytest

import plans
from agents_under_test import KINDS
from digests import sha256
from model_servers.server import items as hashes
from waiting import until

TASK = "Paint the harbour wall, in \"two\" coats & don't stop"
HANG = "HANG while you answer this"
# They need seconds for each start: one transport for each case.
SLOW = ("aider-real", "copilot-real")


# On a busy machine agentapi types before Copilot reads, and what follows is lost with it.
ALONE = ("copilot-real", "agentapi")


def runs(slow):
    return [pytest.param(kind, transport, id=f"{kind}-{transport}",
                         marks=[pytest.mark.alone] if (kind, transport) == ALONE else [])
            for kind in sorted(KINDS) for transport in ("direct", "agentapi") if kind not in SLOW or transport == slow]


@pytest.fixture
def make(request, workspaces):
    """make(kind, transport): that agent's first conversation."""
    def made(kind, transport, *options, **where):
        agent = workspaces(kind)
        return request.getfixturevalue("direct_runs" if transport == "direct" else "module_runs")(agent, *options, **where)

    return made


def cold(run, task=TASK):
    """A first start, until its answer is there; the conversation's id."""
    run.begin(task)
    identity = run.answered(task)
    run.learnt(identity)
    return identity


def assert_in_order(run, identity, task=TASK):
    """What holds after every step, whatever was killed."""
    assert run.times_given(task) == 1
    assert list(run.agent.conversations()) == [identity]
    assert run.record()["session"] == identity
    assert not run.processes()


def planned(run, task):
    before, after = run.arguments()
    words = [run.agent.binary, run.agent.name, f"--{run.transport}", *before, "--dry-run", "-o", "json"]
    return plans.plan(plans.run([*words, "--prompt", task, *after], run.agent.environment))


@pytest.mark.parametrize("kind, transport", runs("agentapi"))
@pytest.mark.timeout(700)
def test_the_prompt_is_given_once_across_a_stop_and_two_kills(make, kind, transport):
    run = make(kind, transport)
    assert planned(run, TASK)["start"] == "cold"
    identity = cold(run)
    run.shut_down()
    assert_in_order(run, identity)

    asked = len(run.agent.server.requests())
    assert planned(run, TASK)["start"] == "warm"
    assert run.agent.resumes(run.start(TASK), identity)
    history = hashes(run.say("And now the lighthouse"))
    new = run.agent.server.requests()[asked:]
    assert [hashes(request)[-1] for request in new if hashes(request)[-1:] == [sha256(TASK)]] == []
    assert history.count(sha256(TASK)) == 1
    # Claude writes a message a moment after its answer is on the screen; one that it never wrote nobody can give back.
    until(lambda: run.times_given("And now the lighthouse") == 1, "the message in the store")
    run.kill_everything()
    assert_in_order(run, identity)

    assert run.agent.resumes(run.start(TASK), identity)
    run.type(HANG)
    run.asked(HANG)
    run.kill_everything()
    assert_in_order(run, identity)

    assert run.agent.resumes(run.start(TASK), identity)
    history = hashes(run.say("And the jetty"))
    assert history.count(sha256(TASK)) == 1 and sha256("And now the lighthouse") in history
    run.shut_down()
    assert_in_order(run, identity)

    # The record is a hint: what it said can be found again, except where the agent keeps nothing here.
    (run.conversation() / "record.json").unlink()
    again = planned(run, TASK)
    if run.agent.is_known_without_record:
        assert again["start"] == "warm" and run.agent.resumes(again["agentCommand"][1:], identity)
    else:
        assert again["start"] == "cold"


@pytest.mark.parametrize("kind, transport", runs("direct"))
@pytest.mark.timeout(200)
def test_killed_while_the_first_answer_is_awaited(make, kind, transport):
    run = make(kind, transport)
    run.begin(HANG)
    run.asked(HANG)
    if run.agent.stores_prompt_first:
        until(lambda: run.times_given(HANG) == 1, "the prompt in the store")
    run.kill_everything()
    again = planned(run, HANG)
    if not run.agent.stores_prompt_first:
        # Nothing of it was kept: it is given again, and that is said.
        assert again["start"] == "cold" and "prompt-repeated" in plans.codes(again)
        return
    identity = next(iter(run.agent.conversations()))
    assert run.agent.resumes(run.start(HANG), identity)
    history = hashes(run.say("Where were you?"))
    assert history.count(sha256(HANG)) == 1
    run.shut_down()
    assert_in_order(run, identity, HANG)
