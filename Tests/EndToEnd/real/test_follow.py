"""What counts when a person has typed `/clear` or `/new` into the agent: the real Claude Code, Codex and Copilot CLI.

The agent goes on in a new conversation of its own making. From the first message there it is the one that the record
names, the next start resumes and the lists show; until then it is the one before. The task is given once in all.
"""

import json
import subprocess
from pathlib import Path

import pytest

from digests import sha256
from model_servers.server import ModelServer, items
from model_servers.server import items as hashes
from real_agents import Terminal, executable, started_in
from waiting import until

TASK = "Say hello to the harbour"
MESSAGE = "And now the lighthouse"
COMMAND = {"claude": "/clear", "codex": "/new"}


@pytest.fixture(params=["claude", "codex"])
def agent(request, tmp_path, binary):
    started = started_in(tmp_path, request.param, binary)
    started.answer_first_run()
    yield started
    started.close()


def clear(agent, terminal):
    terminal.wait_quiet()
    terminal.say(COMMAND[agent.name])
    terminal.wait_quiet(2)


def dry_run(agent, *options):
    argv = [agent.binary, agent.name, "--direct", "--workdir", agent.workdir, "--prompt", TASK, "--dry-run",
            "--format", "json", *options]
    result = subprocess.run(argv, env=agent.environment, capture_output=True, timeout=60)
    return json.loads(result.stdout)


def listed(agent):
    """The ids that `sessions` shows, with the names that they were started under."""
    argv = [agent.binary, "sessions", agent.name, "--workdir", agent.workdir, "--format", "json"]
    result = subprocess.run(argv, env=agent.environment, capture_output=True, timeout=60, check=True)
    return {row["id"]: row["session"] for row in json.loads(result.stdout)}


def is_locked(agent, identity):
    """Whether a launcher holds this session: by the kernel's list, as a lock tried here could be in its way."""
    path = agent.home / ".local/state/agentlaunch" / agent.name / "sessions" / f"{sha256(identity)[:32]}.lock"
    if not path.exists():
        return False
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return any(words[1] == "FLOCK" and words[5].endswith(f":{path.stat().st_ino}") for words in locks)


def times_given(agent, text):
    return sum(agent.user_texts(file).count(text) for file in agent.conversations().values())


@pytest.mark.timeout(100)
def test_the_next_start_resumes_the_conversation_the_user_switched_to(agent):
    terminal = agent.launch(prompt=TASK)
    old = agent.answered(TASK)
    until(lambda: is_locked(agent, old), "the lock of the first conversation")
    clear(agent, terminal)
    terminal.say(MESSAGE)
    new = agent.answered(MESSAGE)
    assert new != old
    until(lambda: agent.record()["session"] == new, "the new id in the record")
    assert is_locked(agent, new) and not is_locked(agent, old)
    record = agent.record()
    assert record["earlier"] == [old]
    assert [(prompt["sha256"], prompt["state"]) for prompt in record["prompts"]] == [(sha256(TASK), "delivered")]
    assert listed(agent) == {new: "default", old: None}
    terminal.stop()

    plan = dry_run(agent)
    assert (plan["start"], plan["session"]["id"], plan["prompt"]["action"], plan["prompt"]["given"]) == ("warm", new, "skip", "this")
    before = len(agent.server.requests())
    terminal = agent.launch(prompt=TASK)
    terminal.wait_quiet(2)
    assert len(agent.server.requests()) == before
    terminal.say("And the boats")
    request = items(agent.asked("And the boats"))
    assert sha256(MESSAGE) in request and sha256(TASK) not in request
    terminal.stop()
    assert times_given(agent, TASK) == 1
    assert set(agent.conversations()) == {old, new}
    # Another name does not take over what this one has left behind.
    assert dry_run(agent, "--session", "other")["start"] == "cold"


def test_a_conversation_that_was_cleared_and_nothing_said_since_is_resumed(agent):
    terminal = agent.launch(prompt=TASK)
    old = agent.answered(TASK)
    clear(agent, terminal)
    terminal.stop()
    assert agent.record()["session"] == old
    plan = dry_run(agent)
    assert (plan["start"], plan["session"]["id"], plan["prompt"]["action"]) == ("warm", old, "skip")


@pytest.mark.parametrize("name", ["claude", "codex"])
@pytest.mark.timeout(90)
def test_under_agentapi_the_chat_follows_the_conversation(name, workspaces, module_runs):
    run = module_runs(workspaces(name))
    run.start(TASK)
    old = run.answered(TASK)
    run.say(MESSAGE)
    run.installation.say(COMMAND[name], port=run.port)
    run.installation.wait_for_status("stable", port=run.port)
    request = run.say("And the boats")
    assert sha256(TASK) not in hashes(request)
    new = run.answered("And the boats")
    assert new != old
    until(lambda: run.record()["session"] == new, "the new id in the record")
    assert run.record()["stateSession"] == new
    run.shut_down()
    said = json.loads(run.state_file.read_text())["messages"]

    argv = run.start(TASK)
    assert run.agent.resumes(argv, new)
    assert run.starts()[-1]["environment"]["AGENTAPI_LOAD_STATE"] == "true"
    until(lambda: len(run.messages()) >= len(said), "the chat")
    request = run.say("And the gulls")
    assert sha256("And the boats") in hashes(request) and sha256(TASK) not in hashes(request)
    run.shut_down()
    assert run.times_given(TASK) == 1


@pytest.mark.parametrize("command", ["/clear", "/new"])
@pytest.mark.timeout(170)
def test_copilot_continues_in_a_new_session(command, tmp_path, binary):
    home, work, path = (tmp_path / name for name in ("home", "work", "path"))
    for folder in (home / ".copilot", work, path):
        folder.mkdir(parents=True)
    (path / "copilot").symlink_to(executable("copilot"))
    (home / ".copilot/config.json").write_text(json.dumps({"trustedFolders": [str(work)]}))
    server = ModelServer("fake_openai.py", tmp_path)
    environment = {
        "HOME": str(home), "PATH": f"{path}:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm-256color",
        "COPILOT_OFFLINE": "true", "COPILOT_PROVIDER_BASE_URL": f"http://127.0.0.1:{server.port}/v1",
        "COPILOT_PROVIDER_API_KEY": "sk-fake", "COPILOT_MODEL": "gpt-4o",
    }
    words = [binary, "copilot", "--direct", "--workdir", work, "--allow-all"]

    def session(text):
        """The one in which this was said and answered."""
        for events in home.glob(".copilot/session-state/*/events.jsonl"):
            content = events.read_text()
            if json.dumps(text) in content and '"assistant.turn_end"' in content:
                return events.parent.name
        return None

    def recorded():
        return [json.loads(file.read_text())["session"] for file in home.glob(".local/state/agentlaunch/copilot/*/record.json")]

    terminal = Terminal(words, work, environment)
    try:
        terminal.wait_for("/commands")
        terminal.wait_quiet(2)
        terminal.say(TASK)
        old = until(lambda: session(TASK), lambda: f"the answer; the screen:\n{terminal.text()[-2000:]}")
        assert recorded() == [old]
        terminal.wait_quiet(2)
        terminal.say(command)
        terminal.wait_quiet(2)
        assert recorded() == [old]
        terminal.say(MESSAGE)
        new = until(lambda: session(MESSAGE), "the answer in the new session")
        assert new != old
        until(lambda: recorded() == [new], "the new id in the record")
        terminal.stop()
        result = subprocess.run([*words, "--dry-run", "--format", "json"], env=environment, capture_output=True, timeout=60)
        plan = json.loads(result.stdout)
        assert (plan["start"], plan["session"]["id"]) == ("warm", new)
    finally:
        terminal.close()
        server.stop()
