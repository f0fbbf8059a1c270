"""Several conversations of one agent in one home: each has its own chat, prompt, state file and pid file."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from agentapi import Installation
from agents_under_test import KINDS
from digests import sha256
from model_servers.server import items as hashes
from runs.module_run import ModuleRun
from waiting import until

PAINT, MEND = "Paint the boat", "Mend the sail"


class Pair:
    """Two conversations that must not notice each other: (its run, its prompt) twice."""

    def __init__(self, first, second):
        self.runs = [(first, PAINT), (second, MEND)]
        self.identities = {}

    def started_cold(self, run, prompt):
        run.start(prompt)
        self.identities[prompt] = run.answered(prompt)

    def talked(self, run, prompt, text):
        """A message in each chat; the model sees this conversation and no other."""
        seen = hashes(run.say(text))
        others = sha256(MEND if prompt == PAINT else PAINT)
        assert seen.count(sha256(prompt)) == 1 and others not in seen

    def check(self):
        identities = [run.record()["session"] for run, _ in self.runs]
        assert identities == [self.identities[PAINT], self.identities[MEND]] and len(set(identities)) == 2
        for run, prompt in self.runs:
            assert run.times_given(prompt) == 1
            assert run.agent.user_texts(run.agent.conversations()[run.record()["session"]]).count(prompt) == 1


def two_sessions(agent, module_runs, **how):
    return Pair(*(module_runs(agent, session=name, **how) for name in ("painter", "mender")))


def two_workdirs(agent, module_runs, **how):
    other = Path(agent.workdir).parent / "other project.d"
    other.mkdir()
    return Pair(module_runs(agent, **how), module_runs(agent, workdir=other, **how))


PAIRS = pytest.mark.parametrize("pair", [two_sessions, two_workdirs], ids=["sessions", "workdirs"])


@PAIRS
@pytest.mark.timeout(70)
def test_two_in_turn_with_the_same_files_see_each_its_own_chat(workspaces, module_runs, pair):
    """The module exports one state file and one pid file, whichever conversation it starts."""
    pair = pair(workspaces("goose"), module_runs)
    for run, prompt in pair.runs:
        pair.started_cold(run, prompt)
        pair.talked(run, prompt, f"first about: {prompt}")
        run.shut_down()
    pair.check()
    for run, prompt in pair.runs * 2:
        assert run.agent.resumes(run.start(prompt), pair.identities[prompt])
        until(lambda: f"first about: {prompt}" in run.said_by_users(), "its own chat")
        assert not [text for text in run.said_by_users() if prompt not in text]
        pair.talked(run, prompt, f"again about: {prompt}")
        run.shut_down()
        saved = json.loads(run.state_file.read_text())["messages"]
        assert not [m for m in saved if m["role"] == "user" and prompt not in m["message"]]
    pair.check()


@pytest.mark.parametrize(
    ("name", "pair"),
    [("goose", two_sessions), ("goose", two_workdirs), ("claude", two_sessions)],
    ids=["goose-sessions", "goose-workdirs", "claude-sessions"],
)
@pytest.mark.timeout(100)
def test_two_at_once_on_two_ports_see_each_its_own_chat(workspaces, module_runs, name, pair):
    pair = pair(workspaces(name), module_runs, own_files=False)
    for time in ("first", "second"):
        for run, prompt in pair.runs:
            if prompt in pair.identities:
                assert run.agent.resumes(run.start(prompt), pair.identities[prompt])
                until(lambda: f"first about: {prompt}" in run.said_by_users(), "its own chat")
            else:
                pair.started_cold(run, prompt)
        for run, prompt in pair.runs:
            pair.talked(run, prompt, f"{time} about: {prompt}")
        for run, prompt in pair.runs:
            said = run.said_by_users()
            assert said[-1] == f"{time} about: {prompt}" and not [text for text in said if prompt not in text]
        (first, _), (second, _) = pair.runs
        assert first.state_file != second.state_file
        pids = [run.pid_file.read_text() for run, _ in pair.runs]
        assert len(set(pids)) == 2
        # One is stopped; the other does not notice.
        first.shut_down()
        assert second.installation.get("/status", port=second.port)[0] == 200
        assert second.pid_file.read_text() == pids[1] and not first.pid_file.exists()
        second.shut_down()
        pair.check()


def test_module_dir_is_the_first_conversations_and_holds_a_folder_for_each_other_one(workspaces, module_runs):
    agent = workspaces("goose")
    first = module_runs(agent, own_files=False)
    other = module_runs(agent, own_files=False, session="other")
    folders = []
    for _ in range(2):
        for run, prompt in ((first, PAINT), (other, MEND)):
            words = run.start(prompt)
            run.answered(prompt)
            run.say(f"about: {prompt}")
            if "-i" in words:
                assert Path(words[words.index("-i") + 1]).parent == run.state_file.parent
            folders.append(run.state_file.parent)
            assert run.pid_file == folders[-1] / "agentapi.pid" and run.pid_file.exists()
            assert run.state_file.name == "agentapi-state.json"
            run.shut_down()
            assert run.state_file.exists() and not run.pid_file.exists()
    named = f"other-{sha256(os.path.realpath(agent.workdir))[:16]}"
    assert folders == [first.folder, first.folder / named] * 2
    # Of the prompts nothing is left.
    left = sorted(str(path.relative_to(first.folder)) for path in first.folder.rglob("*") if path.is_file())
    assert [name for name in left if not name.endswith(".log")] == ["agentapi-state.json", f"{named}/agentapi-state.json"]


@pytest.mark.timeout(80)
def test_of_many_that_start_at_once_in_one_new_module_dir_each_has_files_of_its_own(workspaces, module_runs):
    agent = workspaces("goose")
    runs = [module_runs(agent, own_files=False, session=f"s{number}") for number in range(6)]
    for _ in range(2):
        scripts = [run.begin(f"task of {run.session}") for run in runs]
        for run, script in zip(runs, scripts):
            until(lambda: script.poll() is not None or not run.is_running(), "three answers of agentapi")
            assert script.poll() == 0, run.said()
        assert len({run.state_file for run in runs}) == len({run.pid_file for run in runs}) == len(runs)
        for run in runs:
            run.answered(f"task of {run.session}")
            run.shut_down()
    assert [run.times_given(f"task of {run.session}") for run in runs] == [1] * len(runs)


@pytest.fixture
def hidden_codex(other_user):
    """Codex of an ordinary user, its executable one that may be run and not read: the kernel lets nobody but root look
    into such a process."""
    folder = other_user.folder
    codex = KINDS["codex"](folder, other_user.binary)
    codex.answer_first_run()
    program = folder / "bin/codex"
    original = program.resolve()
    program.unlink()
    shutil.copyfile(original, program)
    wrapper = folder / "boundary-wrapper.sh"
    wrapper.write_text('#!/bin/sh\nexec "$@"\n')
    wrapper.chmod(0o755)
    run = ModuleRun(codex, Installation(folder / "agentapi"), wrapper=wrapper)
    run.prefix = other_user.words
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, 65534, 65534)
    os.chown(program, 0, 0)
    program.chmod(0o711)
    yield run
    run.kill_everything()
    codex.close()


def test_an_id_is_captured_from_the_store_where_the_agents_open_files_are_hidden(hidden_codex, other_user):
    run = hidden_codex
    run.start(PAINT)
    # By then it is Codex that runs there, and not the wrapper any more.
    identity = run.answered(PAINT)
    agent = run.installation.journal("agent-started")[-1]["agent"]
    plain = subprocess.run([*other_user.words, "ls", f"/proc/{agent}/fd"], capture_output=True)
    assert plain.returncode != 0, "its open files can be read: the test would prove nothing"
    until(lambda: run.record()["session"] == identity, "the id in the record")
    assert run.record()["origin"] == "captured"
    run.shut_down()
    assert run.agent.resumes(run.start(PAINT), identity)
    run.shut_down()
    assert run.times_given(PAINT) == 1
