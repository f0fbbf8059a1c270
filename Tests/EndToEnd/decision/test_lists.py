"""`sessions` and `agents`, in both formats, over stores as agents left them."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import registry
from project import PROJECT

FIXTURES = PROJECT / "Tests/Fixtures"
WORKDIR = "/home/coder/project"
IDS = {
    "amazonq": "0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1d00",
    "auggie": "239d908c-d7f3-5625-82bf-eea7431aeac1",
    "claude": "11111111-1111-4111-8111-111111111111",
    "codex": "01a1fbec-640f-71e3-890f-979191a2bf22",
    "copilot": "11111111-2222-4333-8444-555555555555",
    "cursor": "bf6f9b5f-82de-5594-a684-762bee8e85e6",
    "gemini": "3f2b8c1e-5d44-4c0f-9a11-0c7a5b1e2d3f",
    "goose": "20261002_1",
    "kiro": "cli_0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1d00_a1B2c3D4",
    "opencode": "ses_f045f6bffffeQYNdaKy8isWydf",
}


@pytest.fixture
def home(tmp_path):
    for case in ("amazonq/own-two-turns", "auggie/warm", "claude/multi-turn-c100", "codex/subagent-0.163",
                 "copilot/warm-1.0.64-two-turns", "cursor/subagent-newer", "gemini/jsonl_with_talk",
                 "goose/schema_v17", "kiro/v3-converted", "opencode/schema_v1_4_11"):
        shutil.copytree(FIXTURES / case / "home", tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def listing(binary, home):
    def run(*words):
        result = subprocess.run(
            [binary, *words], env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, cwd="/", stdin=subprocess.DEVNULL,
            capture_output=True, text=True,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


def test_sessions_are_those_of_the_directory_and_never_a_sub_agents(listing):
    found = json.loads(listing("sessions", "--workdir", WORKDIR, "-o", "json"))
    assert {entry["agent"]: entry["id"] for entry in found} == IDS
    assert json.loads(listing("sessions", "--workdir", "/home/coder", "-o", "json")) == []


def test_sessions_of_one_agent(listing):
    assert [entry["agent"] for entry in json.loads(listing("sessions", "goose", "--workdir", WORKDIR, "-o", "json"))] == [
        "goose"
    ]


def test_all_sessions_name_their_directory(listing):
    found = json.loads(listing("sessions", "--all", "-o", "json"))
    assert {entry["agent"]: entry["id"] for entry in found} == IDS
    assert {entry["directory"] for entry in found} == {WORKDIR}
    assert listing("sessions", "--all").count(WORKDIR) == len(IDS)


def test_text_has_a_line_for_each_session_below_its_header(listing):
    lines = listing("sessions", "--workdir", WORKDIR).splitlines()
    assert lines[0].split() == ["AGENT", "ID", "SESSION", "MESSAGES", "LAST", "ACTIVE"]
    assert [line.split()[:2] for line in lines[1:]] == [[agent, IDS[agent]] for agent in sorted(IDS)]


def test_a_conversation_that_is_a_file_has_no_id_but_the_files_name(listing, home):
    for name, session in (("default", "chat.md"), ("review", "chat-2.md")):
        folder = home / ".local/state/agentlaunch/aider" / f"{name}-{hashlib.sha256(WORKDIR.encode()).hexdigest()[:16]}"
        folder.mkdir(parents=True)
        (folder / session).write_text(f"\n#### {name}  \n\nan answer\n")
        (folder / "record.json").write_text(json.dumps({
            "schema": "agentlaunch.record/1", "agent": "aider", "workdir": WORKDIR, "name": name, "session": str(folder / session),
            "origin": "derived", "store": str(folder / session), "prompts": [], "startedAt": "2026-11-21T05:59:49.571Z",
        }))
        os.utime(folder / session, (0, 1_790_000_000 + len(name)))
    found = json.loads(listing("sessions", "aider", "--workdir", WORKDIR, "-o", "json"))
    assert [(entry["id"], entry["session"], Path(entry["store"]).name) for entry in found] == [
        (None, "default", "chat.md"), (None, "review", "chat-2.md"),
    ]
    assert json.loads(listing("sessions", "aider", "--all", "-o", "json")) == found
    assert json.loads(listing("sessions", "aider", "--workdir", "/home/coder", "-o", "json")) == []
    lines = listing("sessions", "aider", "--workdir", WORKDIR).splitlines()[1:]
    assert [line.split()[:3] for line in lines] == [["aider", "(chat.md)", "default"], ["aider", "(chat-2.md)", "review"]]
    assert max(map(len, listing("sessions", "aider", "--workdir", WORKDIR).splitlines())) <= 80


def test_an_unreadable_store_is_reported_and_is_65(binary, home):
    store = home / ".local/share/goose/sessions/sessions.db"
    store.write_bytes(b"no database at all" * 100)
    result = subprocess.run(
        [binary, "sessions", "--workdir", WORKDIR], env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, capture_output=True,
        text=True,
    )
    assert result.returncode == 65 and str(store) in result.stderr
    assert IDS["claude"] in result.stdout, "the other agents' sessions are listed all the same"


def test_agents_are_sorted_and_say_whether_they_are_installed(listing, home):
    program = home / ".local/bin/codex"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    found = json.loads(listing("agents", "--format", "json"))
    names = [entry["name"] for entry in found]
    assert names == sorted(names) and set(names) == {*registry.names(), "custom"}
    assert {entry["name"]: entry["installed"] for entry in found}["codex"] == str(program)
    assert str(program) in listing("agents")


@pytest.mark.parametrize("command", ["agents", "sessions", "status"])
def test_a_list_warns_of_a_variable_that_no_option_has(binary, home, command):
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "AGENTLAUNCH_SESION": "a"}
    result = subprocess.run([binary, command], env=environment, cwd="/", stdin=subprocess.DEVNULL,
                            capture_output=True, text=True)
    assert "AGENTLAUNCH_SESION" in result.stderr and "did you mean AGENTLAUNCH_SESSION?" in result.stderr
