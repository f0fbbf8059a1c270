"""`--wait-ready`: the caller leaves when agentapi answers, and a start that is not ready in time is stopped."""

import json
import os
import signal
from pathlib import Path

import pytest


from background import has_ended
from waiting import until


def descriptors(pid):
    """What it has open; of a file that it just writes the descriptor may be gone before it is looked at."""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield os.readlink(entry)
        except FileNotFoundError:
            pass


@pytest.fixture
def wait_ready(background, agentapi):
    def start(seconds, *options, **knobs):
        return background.start(
            agentapi.agent, options=["--wait-ready", str(seconds), "--port", str(agentapi.port), *options],
            transport=None, env=agentapi.environment(**knobs),
        )

    return start


def test_the_caller_leaves_when_agentapi_has_answered_three_times(background, agentapi, wait_ready):
    result = wait_ready(50, DOUBLE_SLOW_START="0.5")
    assert result.returncode == 0, result
    # It is up: no waiting here.
    assert agentapi.get("/status")[0] == 200
    assert len(agentapi.journal("listening")) == 1
    run = background.run_file()
    assert result.stderr.splitlines()[-1] == (
        f"agentlaunch: custom: running in the background, pid {run['launcher']['pid']}, http://localhost:{agentapi.port}, "
        f"log {run['log']}"
    )
    for number in ("0", "1", "2"):
        assert os.readlink(f"/proc/{run['launcher']['pid']}/fd/{number}") == (run["log"] if number == "2" else "/dev/null")
    assert not [target for target in descriptors(run["launcher"]["pid"]) if target.startswith("pipe:")]
    [found] = json.loads(background.command("status", "-o", "json").stdout)["conversations"]
    assert (found["state"], found["phase"]) == ("running", "ready")


def test_an_agentapi_that_does_not_listen_in_time_is_stopped_and_69(background, agentapi, wait_ready):
    # Time enough for agentapi to be there and take its signals as it does.
    result = wait_ready(3, DOUBLE_SLOW_START="600")
    assert result.returncode == 69
    run = background.run_file()
    line = result.stderr.splitlines()[-1]
    assert line.startswith("agentlaunch: agentapi: not ready in time: nothing listens")
    assert run["log"] in line
    assert has_ended(run["launcher"]["pid"]) and has_ended(run["child"]["pid"])
    # Its ordinary stop: one TERM.
    assert agentapi.signals() == ["TERM"]
    assert background.command("status").returncode == 3


@pytest.mark.parametrize("code, status", [("3", 1), ("0", 0)])
def test_an_agent_that_ends_before_it_is_ready_is_69_with_its_status_and_the_last_log_lines(background, wait_ready, code, status):
    result = wait_ready(50, AGENT_DIE=code, DOUBLE_SLOW_START="600")
    assert result.returncode == 69, result
    lines = result.stderr.splitlines()
    assert lines[-1].startswith(f"agentlaunch: agentapi: the start exited with status {status} before it was ready")
    assert any("Running: " in line for line in lines[:-1])
    assert has_ended(background.run_file()["launcher"]["pid"])


def test_while_it_starts_status_says_so_without_waiting_for_it(background, agentapi):
    background.start(
        agentapi.agent, options=["--port", str(agentapi.port)], transport=None,
        env=agentapi.environment(DOUBLE_SLOW_START="600"),
    )
    [found] = json.loads(background.command("status", "-o", "json").stdout)["conversations"]
    assert (found["state"], found["phase"]) == ("running", "starting")


def test_an_agentapi_that_answers_to_another_name_only_is_ready(background, wait_ready):
    assert wait_ready(50, AGENTAPI_ALLOWED_HOSTS="chat.example").returncode == 0
    [found] = json.loads(background.command("status", "-o", "json").stdout)["conversations"]
    assert (found["state"], found["phase"]) == ("running", "ready")


def test_a_slow_agentapi_is_running_with_unknown_phase(background, agentapi, wait_ready):
    assert wait_ready(50).returncode == 0
    # The launcher first: it continues an agentapi that somebody stops.
    pids = [background.run_file()[name]["pid"] for name in ("launcher", "child")]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        [found] = json.loads(background.command("status", "-o", "json").stdout)["conversations"]
        assert (found["state"], found["phase"]) == ("running", None)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    until(lambda: agentapi.get("/status")[0] == 200, "an answer")


def test_a_second_start_is_told_where_the_first_ones_chat_is(agentapi, wait_ready):
    assert wait_ready(50).returncode == 0
    second = wait_ready(50)
    assert second.returncode == 75
    assert f"chat at http://localhost:{agentapi.port}" in second.stderr
