"""Stores that changed between two starts: what an older release or another setting left stands beside the new."""

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

import plans

from agents.aider import homes as aider_homes
from agents.copilot import double as copilot_double
from agents.gemini import fixtures as gemini_fixtures
from agents.goose import store as goose_store
from digests import sha256
from doubles import conversations
from doubles.adoption_homes import hold

TASK = "Paint the harbour wall\nin two coats"


class Place:
    def __init__(self, binary, root):
        self.binary, self.root = binary, root.resolve()
        self.home, self.project = self.root / "home", self.root / "project"
        self.home.mkdir()
        self.project.mkdir()

    def result(self, agent, *options, prompt=TASK, workdir=None, **variables):
        words = [self.binary, agent, "--dry-run", "-o", "json", "--agentapi", "--workdir", workdir or self.project,
                 *options, *(["--prompt", prompt] if prompt else [])]
        return plans.run(words, {"HOME": str(self.home), "PATH": plans.PATH, **variables})

    def plan(self, agent, *options, **more):
        before = plans.trace(self.home)
        found = plans.plan(self.result(agent, *options, **more))
        assert plans.trace(self.home) == before
        return found

    def decided(self, *how, **more):
        found = self.plan(*how, **more)
        return found["start"], found["session"] and found["session"]["id"], found["prompt"]["action"]

    def record(self, agent, directory, **more):
        hold(self.home, agent, directory, "default", None)
        [file] = self.home.glob(f".local/state/agentlaunch/{agent}/default-*/record.json")
        given = {"sha256": sha256(TASK), "bytes": len(TASK), "at": "2026-09-21T00:00:00Z", "how": "argument",
                 "state": "delivered"}
        value = {**json.loads(file.read_text()), "store": str(file.parent), "prompts": [given], **more}
        file.write_text(json.dumps(value))


@pytest.fixture
def place(binary, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    return Place(binary, tmp_path)


# Aider

@pytest.mark.parametrize("change", ["a repository is made around it", "another file is named"])
def test_an_adopted_history_is_still_used_after_aider_would_keep_its_own_elsewhere(place, change):
    folder = place.project / "part"
    folder.mkdir()
    file = aider_homes.put(place.home, folder, TASK, 1)
    place.record("aider", folder, session=file, sessionName=Path(file).name, origin="adopted")
    variables = {}
    if change == "another file is named":
        variables["AIDER_CHAT_HISTORY_FILE"] = "other.md"
    else:
        (place.project / ".git").mkdir()
    found = place.plan("aider", workdir=folder, **variables)
    assert (found["start"], found["prompt"]["action"]) == ("warm", "skip")
    assert found["agentCommand"][-3:] == ["--chat-history-file", file, "--restore-chat-history"]
    Path(file).unlink()
    lost = place.plan("aider", workdir=folder, **variables)
    assert lost["start"] == "cold" and "conversation-lost" in plans.codes(lost)


# Goose

def goose_name(directory):
    return f"{directory.name}-{hashlib.sha256(str(directory).encode()).hexdigest()[:8]}"


def test_a_goose_conversation_named_like_the_directory_is_separate_from_the_default_one(place):
    goose_store.write(place.home, place.project, [TASK], "20260921_1", name=goose_name(place.project))
    assert place.decided("goose") == ("warm", "20260921_1", "skip")
    for prompt in (TASK, "another task"):
        found = place.plan("goose", "--session", place.project.name, prompt=prompt)
        assert (found["start"], found["prompt"]["action"]) == ("cold", "send")
    name = found["session"]["name"]
    assert name.startswith("project-") and name != goose_name(place.project)
    goose_store.write(place.home, place.project, ["another task"], "20260921_2", name=name)
    assert place.decided("goose", "--session", "project", prompt="another task") == ("warm", "20260921_2", "skip")
    assert place.decided("goose") == ("warm", "20260921_1", "skip")


def test_an_older_gooses_files_count_while_the_database_has_no_tables_yet(place):
    folder = place.home / ".local/share/goose/sessions"
    folder.mkdir(parents=True)
    lines = [
        {"working_dir": str(place.project), "description": "", "message_count": 2},
        {"role": "user", "created": 1756720000, "content": [{"type": "text", "text": TASK}]},
        {"role": "assistant", "created": 1756720001, "content": [{"type": "text", "text": "Done."}]},
    ]
    (folder / "20250901_101010.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert place.decided("goose") == ("warm", "20250901_101010", "skip")
    # A goose that was killed when it had made the file: from 1.23 on it imports where there is no schema_version.
    database = sqlite3.connect(folder / "sessions.db")
    database.executescript("CREATE TABLE any(a); DROP TABLE any")
    database.close()
    assert (folder / "sessions.db").stat().st_size > 0
    assert place.decided("goose") == ("warm", "20250901_101010", "skip")


# Gemini

KEY = conversations.uuid(1)


def gemini_chat(folder, directory):
    (folder / "chats").mkdir(parents=True)
    at = conversations.seconds(1)
    lines = [gemini_fixtures.head(KEY, at, str(directory)), gemini_fixtures.user(TASK, 1, at),
             gemini_fixtures.answer("Done.", 1, at)]
    gemini_fixtures.write(folder, lines, KEY, at)


def older_folder(place):
    return place.home / ".gemini/tmp" / hashlib.sha256(str(place.project).encode()).hexdigest()


def newer_folder(place):
    """As a newer Gemini makes it before it copies the older one there."""
    folder = place.home / ".gemini/tmp/project"
    folder.mkdir(parents=True)
    (folder / ".project_root").write_text(str(place.project))
    (place.home / ".gemini/projects.json").write_text(json.dumps({"projects": {str(place.project): "project"}}))
    return folder


def test_an_older_folder_counts_until_gemini_has_copied_it_to_the_new_one(place):
    gemini_chat(older_folder(place), place.project)
    assert place.decided("gemini") == ("warm", KEY, "skip")
    newer_folder(place)
    assert place.decided("gemini") == ("warm", KEY, "skip")
    assert place.decided("gemini", "--resume", KEY) == ("warm", KEY, "skip")


def test_a_conversation_where_gemini_no_longer_looks_is_unknown_by_its_id_and_by_its_record(place):
    gemini_chat(older_folder(place), place.project)
    folder = newer_folder(place)
    (folder / "logs.json").write_text("[]")
    place.record("gemini", place.project, session=KEY)
    for options in ((), ("--resume", KEY)):
        assert place.decided("gemini", *options) == ("unknown", None, "none")
    assert str(folder / "chats") in place.result("gemini").stderr.decode()
    shutil.copytree(older_folder(place) / "chats", folder / "chats")
    assert place.decided("gemini") == ("warm", KEY, "skip")


def test_an_id_in_a_folder_that_nothing_names_is_never_given_to_gemini(place):
    gemini_chat(place.home / ".gemini/tmp/somewhere", place.root / "elsewhere")
    assert place.decided("gemini", "--resume", KEY) == ("unknown", None, "none")
    assert "--workdir" in place.result("gemini", "--resume", KEY).stderr.decode()
    # Nor does it stand in the way.
    assert place.plan("gemini")["start"] == "cold"


# Copilot

@pytest.mark.parametrize("options, prompt", [((), None), ((), TASK), (("--adopt", "newest"), "another task")])
def test_a_copilot_session_without_a_directory_is_not_resumed(place, options, prompt):
    session = copilot_double.Session(
        place.home / ".copilot/session-state" / KEY, str(place.root / "elsewhere"), conversations.seconds(1)).open()
    session.begin(TASK)
    session.finish("Done.")
    assert place.plan("copilot", *options, prompt=prompt)["start"] == "cold"
    (session.file.parent / "workspace.yaml").unlink()
    lines = [json.loads(line) for line in session.file.read_text().splitlines()]
    for line in lines:
        line["data"].pop("context", None)
    session.file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = place.plan("copilot", *options, prompt=prompt)
    assert found["start"] == "unknown"
    assert place.decided("copilot", "--resume", KEY, prompt=prompt)[:2] == ("warm", KEY)


# Amp

@pytest.mark.parametrize("damage", ['{"schema": "agentlaunch.rec', '{"schema": "agentlaunch.record/2"}', ""])
def test_a_damaged_record_is_unknown_where_nothing_else_names_the_thread(place, damage):
    thread = "T-019a0000-0000-7000-8000-000000000001"
    assert place.plan("amp")["start"] == "cold"
    place.record("amp", place.project, session=thread)
    assert place.decided("amp")[:2] == ("warm", thread)
    [file] = place.home.glob(".local/state/agentlaunch/amp/default-*/record.json")
    file.write_text(damage)
    found = place.plan("amp")
    assert found["start"] == "unknown" and "record-damaged" in plans.codes(found)
    assert place.plan("amp", "--fresh")["start"] == place.plan("amp", "--on-unknown", "fresh")["start"] == "cold"
    assert place.plan("amp", "--session", "other")["start"] == "cold"


def test_a_session_id_is_not_accepted_as_a_name(place):
    for key in ("sess_019a0000-0000-7000-8000-000000000001", "cli_019a0000-0000-7000-8000-000000000001"):
        result = place.result("kiro", "--session", key)
        assert result.returncode == 64 and f"did you mean --resume {key}?" in result.stderr.decode()
