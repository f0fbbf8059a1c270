"""`--restart on-failure` under agentapi: same port, same chat, same conversation; whoever stops it stops it."""

import http.client
import json
import os
import signal

import pytest

from digests import sha256
from doubles.chat_bench import make
from doubles.double_bench import TASK
from processes import is_alive
from waiting import HANG, until

ON = ("--restart", "on-failure")
IN = "; restarting in"


def errors(agentapi):
    return (agentapi.root / "launch.err").read_text()


def servers(agentapi):
    """Without those that were only asked for their release."""
    return [line for line in agentapi.journal("started") if "server" in line["argv"]]


def server(agentapi, count=1):
    return until(lambda: servers(agentapi)[count - 1:], f"agentapi {count}")[0]["pid"]


def stable(agentapi):
    """Also while the one that was killed still has a connection in its queue."""
    def is_stable():
        try:
            return agentapi.get("/status")[1]["status"] == "stable"
        except (OSError, http.client.HTTPException):
            return False
    until(is_stable, "an agent at its prompt")


def say(agentapi, text):
    def is_taken():
        """The screen may change again between the look and the message."""
        stable(agentapi)
        try:
            status, answer = agentapi.post(text)
        except ConnectionResetError:  # refused before all of it was read
            return False
        assert status == 200 or "waiting for user input" in str(answer), answer
        return status == 200
    until(is_taken, "a message that is taken")


def ready(agentapi, count=1):
    """Run `count` is at its prompt: releases to 0.12.1 say `stable` before that, and take messages that they lose."""
    agentapi.wait_for("ready", count)
    agentapi.wait_for_agent(count=count)
    stable(agentapi)


def ended(process, agentapi):
    status = process.wait(HANG)
    pids = [line["pid"] for line in [*agentapi.journal("started"), *agentapi.agent_events("started")]]
    assert not [pid for pid in pids if is_alive(pid)]
    return status


def starts(agentapi):
    return len(servers(agentapi))


# What is a failure

def test_a_killed_agentapi_is_restarted_on_its_port_with_its_chat_and_conversation(world):
    agentapi = world.agentapi
    world.talk("one")
    process = world.start(*ON)
    world.say("two")
    # The chat is saved at a stop or, as here, when it is asked to be; a kill costs what came after that.
    saves = len(agentapi.journal("state-saved"))
    os.kill(server(agentapi, 2), signal.SIGUSR1)
    agentapi.wait_for("state-saved", saves + 1)
    first_agent = agentapi.wait_for_agent(count=2)["pid"]
    os.kill(server(agentapi, 2), signal.SIGKILL)
    agent = agentapi.wait_for_agent(count=3)
    assert not is_alive(first_agent)
    session = json.loads((world.folder() / "record.json").read_text())["session"]
    assert agent["argv"][1:] == ["--resume", session]
    assert world.loads() == ["false", "true", "true"]
    world.say("three")
    users = [text for role, text in agentapi.messages() if role == "user"]
    assert users == ["one", "two", "three"]
    process.terminate()
    assert ended(process, agentapi) == 0
    assert world.chat() == ["one", "two", "three"]
    assert world.state_files() == ["agentapi-state.json"]


def test_an_agent_that_fails_behind_agentapi_is_restarted(agentapi, under_agentapi):
    process = under_agentapi(*ON)
    ready(agentapi)
    os.kill(agentapi.wait_for_agent()["pid"], signal.SIGKILL)
    ready(agentapi, 2)
    assert f"agentapi exited with status 1{IN} 1 s" in errors(agentapi)
    process.terminate()
    assert ended(process, agentapi) == 0 and starts(agentapi) == 2


def test_an_agent_that_succeeds_behind_agentapi_is_not_restarted(agentapi, under_agentapi):
    process = under_agentapi(*ON, AGENT_DIE="0")
    assert ended(process, agentapi) == 0 and starts(agentapi) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("release", ["0.12.1", "0.11.8"])
def test_an_agentapi_stopped_by_someone_else_is_not_restarted(agentapi, under_agentapi, number, release):
    process = under_agentapi(*ON, DOUBLE_VERSION=release)
    ready(agentapi)
    os.kill(server(agentapi), number)
    # Older releases end with 1, or of the signal: what counts is what they say.
    status = ended(process, agentapi)
    assert status in (0, 1, -number) and (status == 0 or release == "0.11.8")
    assert starts(agentapi) == 1 and IN not in errors(agentapi)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_to_agentlaunch_prevents_a_restart(agentapi, under_agentapi, number):
    process = under_agentapi(*ON)
    ready(agentapi)
    process.send_signal(number)
    assert ended(process, agentapi) == 0
    assert starts(agentapi) == 1 and agentapi.signals() == ["TERM"]


def test_an_agentapi_that_dies_during_a_stop_is_not_a_failure(agentapi, under_agentapi):
    process = under_agentapi(*ON, "--stop-timeout", "1", DOUBLE_IGNORE_TERM="1")
    ready(agentapi)
    process.terminate()
    assert ended(process, agentapi) == 1 and starts(agentapi) == 1


def test_the_modules_shutdown_sequence_is_no_failure(agentapi, under_agentapi):
    process = under_agentapi(*ON)
    ready(agentapi)
    pid = server(agentapi)
    os.kill(pid, signal.SIGUSR1)
    assert agentapi.get("/messages")[0] == 200
    os.kill(pid, signal.SIGTERM)
    until(lambda: not is_alive(pid), "the end of agentapi's pid")
    assert ended(process, agentapi) == 0 and starts(agentapi) == 1


# The pause

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_in_the_pause_is_a_requested_stop(agentapi, under_agentapi, number):
    process = under_agentapi(*ON, AGENT_DIE="3")
    until(lambda: IN in errors(agentapi), "the pause")
    process.send_signal(number)
    assert ended(process, agentapi) == 0 and starts(agentapi) == 1


# What goes with a restart

def test_an_id_refused_twice_in_a_row_is_given_up_with_the_agents_output_and_the_chat_stays(world):
    world.talk("one")
    before = (world.folder() / "agentapi-state.json").read_bytes()
    process = world.start(*ON, "--quiet", AGENT_DIE="3")
    assert ended(process, world.agentapi) == 1
    assert len(world.servers()) == 3
    line = world.errors().splitlines()[-1]
    assert line.startswith("agentlaunch: claude: agentapi exited with status 1: failed twice right after resuming, giving up")
    assert line.endswith("last output: cannot go on: no such session")
    assert (world.folder() / "agentapi-state.json").read_bytes() == before


def test_a_prompt_given_through_agentapi_is_not_given_again(agentapi, under_agentapi, tmp_path):
    """A program that keeps no conversation: nothing but the record of this run could tell, and it tells nothing."""
    process = under_agentapi(*ON, "--prompt", "the task")
    ready(agentapi)
    until(lambda: [e["text"] for e in agentapi.agent_events("message")] == ["the task"], "the prompt")
    os.kill(server(agentapi), signal.SIGKILL)
    ready(agentapi, 2)
    assert "prompt-not-sent" in errors(agentapi)
    say(agentapi, "now you")
    until(lambda: len(agentapi.agent_events("message")) == 2, "the message")
    assert [e["text"] for e in agentapi.agent_events("message")] == ["the task", "now you"]
    process.terminate()
    assert ended(process, agentapi) == 0


@pytest.mark.parametrize("agent", ["aider", "amp"])
def test_a_prompt_that_agentapi_typed_is_in_the_store_once(agent, binary, tmp_path, monkeypatch, agentapi):
    bench = make(agent, binary, tmp_path, monkeypatch, agentapi)
    process = bench.launch(*ON)
    until(lambda: bench.texts() == [[TASK]] and bench.log("prompt"), "the prompt in the store")
    key = until(lambda: bench.record().get("session"), "the id in the record")
    os.kill(server(agentapi), signal.SIGKILL)
    assert bench.started(2) == bench.double.warm(key, str(bench.project))
    agentapi.wait_for("ready", 2)
    say(agentapi, "and now?")
    until(lambda: bench.texts() == [[TASK, "and now?"]], "the message in the store")
    assert bench.stop(process) == 0
    assert len([line for line in bench.log("prompt") if line["sha256"] == sha256(TASK.encode())]) == 1


def test_no_folder_and_no_file_of_a_failed_run_is_left(world):
    process = world.start(*ON, "--prompt", "the task")
    ready(world.agentapi)
    os.kill(server(world.agentapi), signal.SIGKILL)
    ready(world.agentapi, 2)
    kept = ["agentapi.pid", "lock", "record.json", "run.json"]
    # A file of ours that is just being written anew is there twice.
    until(lambda: sorted(path.name for path in world.folder().iterdir()) == kept, "nothing but what is kept")
    assert int((world.folder() / "agentapi.pid").read_text()) == server(world.agentapi, 2)
    process.terminate()
    assert ended(process, world.agentapi) == 0


# In the background

@pytest.mark.timeout(110)
def test_a_waiting_caller_sees_one_start_even_after_restarts(background, agentapi, tmp_path):
    """The first two agents fail before agentapi has answered."""
    failing = tmp_path / "failing"
    failing.write_text(f'#!/bin/bash\necho >>$0.runs; [ $(wc -l <$0.runs) -lt 3 ] && exit 1\nexec {agentapi.agent}\n')
    failing.chmod(0o755)
    result = background.start(str(failing), options=[*ON, "--wait-ready", "50", "--port", str(agentapi.port)],
                              transport=None, env=agentapi.environment(DOUBLE_SLOW_START="0.2"))
    assert result.returncode == 0, result
    assert [line for line in result.stderr.splitlines() if "in the background" in line] == result.stderr.splitlines()[-1:]
    assert agentapi.get("/status")[0] == 200
    [found] = json.loads(background.command("status", "-o", "json").stdout)["conversations"]
    assert (found["state"], found["phase"], found["restarts"]) == ("running", "ready", 2)
    run = background.run_file()
    assert found["childPid"] == server(agentapi, 3)
    # Restarted later, it answers on the same port, and the log goes on.
    os.kill(found["childPid"], signal.SIGKILL)
    server(agentapi, 4)
    stable(agentapi)
    [again] = json.loads(background.command("status", "-o", "json").stdout)["conversations"]
    assert (again["restarts"], again["port"], again["pid"]) == (3, agentapi.port, run["launcher"]["pid"])
    assert background.log().count(IN.encode()) == 3 - result.stderr.count(IN)
    assert background.command("stop", "custom").returncode == 0
    assert background.run_file()["end"]["status"] == 0


def test_a_time_limit_that_passes_in_the_pause_ends_it(background, agentapi):
    result = background.start(agentapi.agent, options=[*ON, "--wait-ready", "2", "--port", str(agentapi.port)],
                              transport=None, env=agentapi.environment(AGENT_DIE="3"))
    assert result.returncode == 69
    assert "not ready in time" in result.stderr.splitlines()[-1]
    assert not is_alive(background.run_file()["launcher"]["pid"])
