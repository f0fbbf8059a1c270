"""A module's start command through stops, kills and starts again, under agentapi, as Coder's scripts run it.

The agents are Goose's double and the real Claude Code and Codex; agentapi is its double. Whatever happened before: the
same command goes on with the same conversation by its exact id, and the prompt has been given once.
"""

import json
import os
import signal
import time

import pytest

from digests import sha256
from model_servers.server import items as hashes
from processes import arguments
from waiting import until

TASK = "Paint the harbour wall\n\nin \"two\" coats & don't stop"


@pytest.fixture(params=["goose", "claude", "codex"])
def run(request, workspaces, module_runs):
    return module_runs(workspaces(request.param))


@pytest.fixture
def wrapper(tmp_path):
    """A script as the module's for its firewall: notes what it was given, then is the agent."""
    script = tmp_path / "boundary-wrapper.sh"
    script.write_text(f'#!/bin/bash\nprintf "%s\\n" "$1" >>{tmp_path}/wrapped\nexec "$@"\n')
    script.chmod(0o755)
    return script


def assert_in_order(run, identity, prompt=TASK):
    """What holds after every step, whatever was killed."""
    assert run.times_given(prompt) == 1
    assert list(run.agent.conversations()) == [identity]
    record = run.record()
    assert record["session"] == identity
    assert [entry["sha256"] for entry in record["prompts"]] == [sha256(prompt)]
    assert not run.processes()
    assert not run.strangers()


@pytest.mark.timeout(120)
def test_a_conversation_survives_stops_and_kills_with_its_prompt_given_once(run):
    # Cold: the prompt is given, and the chat works.
    run.start(TASK)
    identity = run.answered(TASK)
    request = run.say("And now the lighthouse")
    assert sha256(TASK) in hashes(request)
    run.answered("And now the lighthouse", 2)
    until(lambda: run.record()["session"] == identity, "the id in the record")
    run.shut_down()
    assert_in_order(run, identity)
    assert run.record()["prompts"][0]["state"] == "delivered"
    assert run.run_file()["end"]["status"] == 0
    assert not run.pid_file.exists()

    # Warm: the same command, the same id, no prompt, the old chat, and the history in the next request.
    asked = len(run.agent.server.requests())
    assert run.agent.resumes(run.start(TASK), identity)
    until(lambda: "And now the lighthouse" in run.said_by_users(), "the chat of the first run")
    assert len(run.agent.server.requests()) == asked
    history = hashes(run.say("And the breakwater"))
    assert history.count(sha256(TASK)) == 1 and sha256("And now the lighthouse") in history
    run.answered("And the breakwater", 3)
    run.kill_everything()
    assert_in_order(run, identity)

    # Killed: what agentapi had not saved is lost to its chat, not to the agent.
    assert run.agent.resumes(run.start(TASK), identity)
    until(lambda: "And now the lighthouse" in run.said_by_users(), "the chat that was saved last")
    history = hashes(run.say("And the jetty"))
    assert history.count(sha256(TASK)) == 1 and sha256("And the breakwater") in history
    run.answered("And the jetty", 4)
    run.shut_down()
    assert_in_order(run, identity)

    # Killed before anything was ready: agentapi has hardly begun, the agent has; then a last time in good order.
    for event in ("started", "agent-started"):
        starts, before = len(run.starts()), len(run.installation.journal(event))
        run.begin(TASK)
        assert run.agent.resumes(run.agent_argv(starts), identity)
        run.installation.wait_for(event, before + 1)
        run.kill_everything()
        assert_in_order(run, identity)
    assert run.agent.resumes(run.start(TASK), identity)
    until(lambda: "And the jetty" in run.said_by_users(), "the chat of the third run")
    history = hashes(run.say("And the crane"))
    assert history.count(sha256(TASK)) == 1 and sha256("And the jetty") in history
    run.answered("And the crane", 5)
    run.shut_down()
    assert_in_order(run, identity)


def test_a_first_start_killed_before_the_agent_was_ready_gives_the_prompt_once_in_the_end(run):
    run.begin(TASK)
    run.agent_argv()
    run.kill_everything()
    assert run.times_given(TASK) <= 1
    run.start(TASK)
    identity = run.answered(TASK)
    run.shut_down()
    assert run.times_given(TASK) == 1
    assert run.record()["session"] == identity and not run.processes()


def test_a_second_prompt_unread_when_the_agent_was_killed_is_given_by_the_next_start(workspaces, module_runs):
    run = module_runs(workspaces("goose"), "--on-new-prompt", "send")
    run.start(TASK)
    identity = run.answered(TASK)
    run.shut_down()
    # The store knows whole seconds.
    last = int(time.time())
    until(lambda: int(time.time()) > last, "another second")
    second = "Then paint the crane"
    for _ in range(2):
        run.begin(second, GOOSE_DOUBLE_READ_DELAY="600")
        until(lambda: second not in run.agent.user_texts(identity) and run.record()["prompts"][1:], "the note")
        until(lambda: any(arguments(pid, "goose") not in (None, ["--version"]) for pid in run.processes()), "the agent")
        run.kill_everything()
        assert run.record()["prompts"][-1]["state"] == "given" and run.times_given(second) == 0
    for _ in range(2):
        run.start(second)
        run.answered(second, 2)
        run.shut_down()
    assert [run.times_given(text) for text in (TASK, second)] == [1, 1]
    assert [entry["state"] for entry in run.record()["prompts"]] == ["delivered"] * 2


@pytest.mark.timeout(100)
def test_a_kill_in_the_middle_of_the_first_answer_loses_nothing_and_repeats_nothing(run):
    prompt = "HANG while you answer this"
    run.begin(prompt)
    run.asked(prompt)
    until(lambda: run.times_given(prompt) == 1, "the prompt in the store")
    run.kill_everything()
    identity = next(iter(run.agent.conversations()))
    asked = len(run.agent.server.requests())
    assert run.agent.resumes(run.start(prompt), identity)
    history = hashes(run.say("Where were you?"))
    assert history.count(sha256(prompt)) == 1
    assert len(run.agent.server.requests()) == asked + 1
    run.answered("Where were you?")
    run.shut_down()
    assert_in_order(run, identity, prompt)


@pytest.mark.timeout(70)
def test_a_stop_while_the_agent_is_still_loading_does_not_cost_the_chat(run):
    run.start(TASK)
    identity = run.answered(TASK)
    run.say("Remember the lighthouse")
    run.answered("Remember the lighthouse", 2)
    run.shut_down()

    # The screen of an agent that is loading is what agentapi saves then, in place of the chat.
    starts, handlers = len(run.starts()), len(run.installation.journal("handlers-set"))
    run.begin(TASK, DOUBLE_NEVER_READY="1")
    assert run.agent.resumes(run.agent_argv(starts), identity)
    until(lambda: len(run.installation.journal("handlers-set")) > handlers and run.pid_file.exists(), "agentapi")
    run.installation.wait_until_up(run.port)
    until(lambda: any(text.strip() for _, text in run.messages()), "something on the screen")
    run.shut_down()
    saved = [message["message"] for message in json.loads(run.state_file.read_text())["messages"]]
    assert "Remember the lighthouse" in saved

    assert run.agent.resumes(run.start(TASK), identity)
    until(lambda: "Remember the lighthouse" in run.said_by_users(), "the chat")
    run.shut_down()
    assert_in_order(run, identity)


def test_a_chat_that_agentapi_overwrote_is_restored_even_if_agentlaunch_was_killed(workspaces, module_runs):
    """A host going down kills in any order: the agent first, and agentapi saves the screen of a run that never was
    ready; then agentlaunch, which has had no time for it."""
    run = module_runs(workspaces("goose"))
    run.start(TASK)
    run.answered(TASK)
    run.say("Remember the lighthouse")
    run.shut_down()
    for _ in range(2):
        saved = len(run.installation.journal("state-saved"))
        run.begin(TASK, DOUBLE_NEVER_READY="1")
        run.installation.wait_until_up(run.port)
        until(lambda: any(text.strip() for _, text in run.messages()), "something on the screen")
        os.kill(int(run.launcher_file.read_text()), signal.SIGSTOP)
        os.kill(run.installation.journal("agent-started")[-1]["agent"], signal.SIGKILL)
        until(lambda: len(run.installation.journal("state-saved")) > saved, "the wrong state")
        run.kill_everything()
    run.start(TASK)
    until(lambda: "Remember the lighthouse" in run.said_by_users(), "the chat")
    run.shut_down()


def test_a_chat_that_ends_without_an_answer_does_not_keep_a_new_task_from_the_agent(workspaces, module_runs):
    """agentapi takes no message until the screen differs from the last one it kept: this one comes again."""
    run = module_runs(workspaces("copilot"), "--on-new-prompt", "send")
    run.start(TASK)
    run.answered(TASK)
    until(lambda: run.said_by_users() == [TASK], "the task in the chat")
    run.shut_down()
    saved = json.loads(run.state_file.read_text())
    assert [message["role"] for message in saved["messages"][:2]] == ["agent", "user"]
    run.state_file.write_text(json.dumps({**saved, "messages": saved["messages"][:2]}))

    # Nothing is to be said: the chat is as agentapi left it.
    run.start(TASK)
    until(lambda: run.said_by_users() == [TASK], "the chat")
    run.shut_down()
    second = "Then paint the crane"
    run.start(second)
    until(lambda: run.times_given(second) == 1, "the second task in the store")
    run.shut_down()
    assert "[state-not-loaded]" in run.said() and run.times_given(TASK) == 1
    [aside] = [file for file in run.conversation().iterdir() if "unanswered" in file.name]
    assert TASK in [message["message"] for message in json.loads(aside.read_text())["messages"]]


def test_the_module_wrapper_precedes_the_agent_cold_and_warm(run, wrapper, tmp_path):
    run.wrapper = wrapper
    run.start(TASK)
    identity = run.answered(TASK)
    until(lambda: run.record()["session"] == identity, "the id in the record")
    run.shut_down()
    assert_in_order(run, identity)
    assert run.agent.resumes(run.start(TASK), identity)
    run.shut_down()
    assert_in_order(run, identity)
    assert [os.path.basename(word) for word in (tmp_path / "wrapped").read_text().split()] == [run.agent.name] * 2
    for start in run.starts():
        assert start["argv"][start["argv"].index("--") + 1] == str(wrapper)


@pytest.mark.smoke
def test_the_agent_finds_what_the_module_exports_and_signals_at_their_default(workspaces, module_runs):
    """nohup and `&` have HUP, INT and QUIT ignored: an agent that inherits it cannot be stopped in good order."""
    run = module_runs(workspaces("goose"))
    run.start(TASK)
    run.answered(TASK)
    started = run.starts()[-1]
    assert not {1, 2, 3} & set(started["sigign"])
    assert started["environment"]["AGENTAPI_CHAT_BASE_PATH"] == "/@owner/ws.main/apps/goose/chat"
    assert started["environment"]["AGENTAPI_ALLOWED_HOSTS"] == "*"
    assert started["environment"]["AGENTAPI_STATE_FILE"] == str(run.state_file)
    assert started["environment"]["AGENTAPI_PID_FILE"] == str(run.pid_file)
    assert started["environment"]["AGENTAPI_LOAD_STATE"] == "false", "there is nothing to load yet"
    log = run.agent.bench.log("start")[-1]
    assert log["cwd"] == str(run.workdir)
    assert {"LANG", "LC_ALL"} <= set(log["environment"]) and "ARG_AI_PROMPT" not in log["environment"]
    run.shut_down()
    run.start(TASK)
    assert run.starts()[-1]["environment"]["AGENTAPI_LOAD_STATE"] == "true"
    run.shut_down()
