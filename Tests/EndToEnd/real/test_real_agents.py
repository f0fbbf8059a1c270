"""agentlaunch with the real Claude Code 2.1.329 and Codex 0.163.0, through their own screens, never `-p` or `exec`.

| scenario                                             | Claude | Codex                                |
|------------------------------------------------------|--------|--------------------------------------|
| cold, stopped, warm, killed, killed in an answer     | test_every_agent.py | test_every_agent.py     |
| stopped before any message, cold with the prompt     | test   | test                                 |
| a dead id: a file of 0 bytes                         | test   | none: Codex makes its ids itself     |
| a prompt of quotes, newlines, `$(...)`, `-`, emoji   | test   | test                                 |
| a workdir with a space, a dot, a symbolic link       | test   | test                                 |
| two conversations in one directory                   | test   | test                                 |
| the id is captured into the record                   | none: derived before the start | test |
| the shared daemon                                    | none: Claude has none          | test |
| a first run whose questions nobody has answered      | test   | test                                 |
"""

import os
import pathlib
import signal
import subprocess

import pytest

from digests import sha256
from model_servers.server import items
from processes import is_alive
from real_agents import ROOT, started_in
from waiting import until

BINARY = os.environ.get("AGENTLAUNCH_BINARY", str(ROOT / ".build/debug/agentlaunch"))
TASK = "Say hello to the harbour"
AWKWARD = "-x \"double\" 'single' \\ `tick`\n\n$(touch pwned) $HOME ${PATH} !! * ;&|\n\té 漢字 🦊 --help\n  and the last line"


def agent_in(tmp_path, name, **first_run):
    started = started_in(tmp_path, name, BINARY)
    started.answer_first_run(**first_run)
    return started


@pytest.fixture(params=["claude", "codex"])
def agent(request, tmp_path):
    started = agent_in(tmp_path, request.param)
    yield started
    started.close()


@pytest.fixture
def claude(tmp_path):
    started = agent_in(tmp_path, "claude")
    yield started
    started.close()


@pytest.fixture
def codex(tmp_path):
    started = agent_in(tmp_path, "codex")
    yield started
    started.close()


def start_cold(agent, prompt, **where):
    """A first start: the prompt is answered, agentlaunch is told to stop. Returns the conversation's id."""
    terminal = agent.launch(prompt=prompt, **where)
    identity = agent.answered(prompt)
    terminal.wait_quiet()
    terminal.stop()
    return identity


def go_on_warm(agent, identity, prompt, message="And now the lighthouse", **where):
    """A later start with the same prompt: nothing is asked until a person types, and then with the history."""
    before = len(agent.server.requests())
    terminal = agent.launch(prompt=prompt, **where)
    terminal.wait_quiet(2)
    assert len(agent.server.requests()) == before, "a warm start asked the model before anything was typed"
    terminal.say(message)
    request = agent.asked(message)
    agent.answered(message)
    agent.assert_given_once(prompt, identity, request)
    terminal.stop()
    return request


def test_an_agent_stopped_before_any_message_is_given_the_prompt_later(agent):
    terminal = agent.launch()
    terminal.wait_quiet(2)
    terminal.stop()
    assert not agent.server.requests()
    identity = start_cold(agent, TASK)
    agent.assert_given_once(TASK, identity, agent.server.requests()[-1])


@pytest.mark.timeout(70)
def test_an_unusable_id_is_left_alone_and_the_next_one_used(claude):
    dead = claude.project_folder() / f"{claude.derived_id(0)}.jsonl"
    dead.parent.mkdir(parents=True)
    dead.touch()
    untouched = dead.stat().st_mtime_ns
    identity = start_cold(claude, TASK)
    assert identity == claude.derived_id(1)
    go_on_warm(claude, identity, TASK)
    assert (dead.stat().st_size, dead.stat().st_mtime_ns) == (0, untouched)


@pytest.mark.timeout(70)
def test_an_awkward_prompt_arrives_byte_for_byte_and_once(agent):
    identity = start_cold(agent, AWKWARD)
    agent.assert_given_once(AWKWARD, identity, agent.server.requests()[-1])
    assert not list(agent.home.rglob("pwned"))
    go_on_warm(agent, identity, AWKWARD)


@pytest.mark.timeout(90)
def test_a_workdir_with_a_space_a_dot_and_a_link_is_one_directory(agent):
    real = agent.home / "my projects" / "v1.2"
    real.mkdir(parents=True)
    link = agent.home / "link"
    link.symlink_to(real)
    identity = start_cold(agent, TASK, workdir=link)
    go_on_warm(agent, identity, TASK, workdir=real)


@pytest.mark.timeout(110)
def test_two_sessions_of_one_directory_stay_separate(agent):
    first = start_cold(agent, "Paint the boat", session="painter")
    second = start_cold(agent, "Mend the sail", session="mender")
    assert first != second
    request = go_on_warm(agent, first, "Paint the boat", "A second coat", session="painter")
    assert sha256("Mend the sail") not in items(request)
    request = go_on_warm(agent, second, "Mend the sail", "And the other one", session="mender")
    assert sha256("Paint the boat") not in items(request)


def test_the_id_that_codex_made_is_captured_into_the_record(codex):
    terminal = codex.launch(prompt=TASK)
    identity = codex.answered(TASK)

    def recorded():
        try:
            return identity in str(codex.record())
        except OSError:
            return False

    until(recorded, "the captured id in the record")
    terminal.stop()


@pytest.mark.timeout(70)
def test_a_conversation_that_codex_daemon_has_open_is_not_opened_twice(tmp_path):
    codex = agent_in(tmp_path, "codex", daemon=True)
    daemons = []
    try:
        own = codex.run("codex", "-C", str(codex.workdir), "--", TASK, workdir=codex.workdir)
        identity = codex.answered(TASK)
        daemons = daemon_pids(codex)
        own.wait_quiet()
        own.stop()
        assert daemons, "codex started no daemon: this test proves nothing"
        assert any(pathlib.Path(f"/proc/{pid}").exists() for pid in daemons), "the daemon ended with its screen"

        refused = codex.launch(prompt=TASK)
        assert refused.process.wait(60) == 75, refused.text()

        end(daemons)
        requests = len(codex.server.requests())
        go_on_warm(codex, identity, TASK)
        assert len(codex.server.requests()) == requests + 1
        assert not [pid for pid in daemon_pids(codex) if pid not in daemons], "agentlaunch let codex start a daemon"
    finally:
        end(set(daemons) | set(daemon_pids(codex)))
        codex.close()


def daemon_pids(codex):
    """The processes of this home's shared daemon: they run its own copy of the program."""
    copy, pids = str(codex.home / ".codex/packages"), []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "exe").startswith(copy):
                pids.append(int(process.name))
        except OSError:
            continue
    return pids


def end(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    until(lambda: not any(is_alive(pid) for pid in pids), "the daemon's end")


@pytest.mark.parametrize(
    ("name", "line"),
    [("claude", '"hasTrustDialogAccepted": true'), ("codex", 'trust_level = "trusted"')],
)
def test_a_first_run_question_is_announced_with_the_setting_that_answers_it(tmp_path, name, line):
    agent = agent_in(tmp_path, name, trusted=False)
    subprocess.run(["git", "init", "-q", agent.workdir], check=True)
    try:
        terminal = agent.launch("--unattended", prompt=TASK)
        terminal.wait_for("first-run-dialog")
        terminal.wait_for(line)
        assert not agent.server.requests()
    finally:
        agent.close()
