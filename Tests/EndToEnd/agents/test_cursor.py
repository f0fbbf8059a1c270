"""Cursor's traps, agentlaunch against its double, which gives no error for an id that it does not know."""

import contextlib
import shutil
import sqlite3
import uuid

import pytest

import plans
from agents.cursor import double as cursor_double
from agents.cursor.agent import DOUBLE  # noqa: F401  (for the fixture bench)
from doubles.double_bench import TASK, Start
from doubles.fixture_maker import killed


def begun(bench):
    first = bench.start().expect(f"reply 1 to: {TASK}")
    [(key, _, _)] = bench.conversations()
    first.captured(key).stop()
    return key


def folder(bench, key):
    return cursor_double.chats({"HOME": str(bench.home)}, bench.project) / key


def add(bench, text, key=None, **more):
    """A chat that somebody else began, in a process that is killed."""
    key = key or str(uuid.uuid4())

    def work():
        chat = cursor_double.Chat(folder(bench, key), bench.project)
        chat.is_subagent = more.get("subagent", False)
        if text:
            chat.query(text)
        else:
            chat.describe()
        chat.write_meta()

    killed(work)
    return key


def test_a_chat_that_is_gone_is_started_over_and_never_resumed_blindly(bench):
    key = begun(bench)
    shutil.rmtree(folder(bench, key))
    again = bench.start().expect(f"reply 1 to: {TASK}")
    assert again.agent["argv"] == ["--trust", TASK]
    again.stop()
    assert bench.log("unknown") == []


def test_a_chat_without_its_database_is_reported_and_started_over(bench):
    key = begun(bench)
    for file in folder(bench, key).glob("store.db*"):
        file.unlink()
    planned = bench.dry()
    assert planned["start"] == "cold"
    assert {"chat-incomplete", "conversation-lost"} <= set(plans.codes(planned))


def test_a_database_that_was_being_made_is_no_chat_but_one_with_messages_and_no_description_is_unknown(bench):
    place = folder(bench, "11111111-2222-4333-8444-555555555555")
    place.mkdir(parents=True)

    def execute(*statement):
        with contextlib.closing(sqlite3.connect(place / "store.db")) as database:
            database.execute(*statement)
            database.commit()

    execute("CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB)")
    assert bench.dry()["start"] == "cold"
    execute("INSERT INTO blobs VALUES ('0', '{}')")
    assert bench.dry()["start"] == "unknown"


def test_a_missing_chats_folder_is_unknown_even_if_another_one_has_this_directory(bench):
    key = begun(bench)
    likelier = bench.home / ".config/cursor/chats" / folder(bench, key).parent.name
    likelier.mkdir(parents=True)
    bench.start().expect("the double is ready").stop()
    root = bench.home / ".cursor/chats"
    away = root.rename(bench.root / "away")
    assert bench.dry()["start"] == "unknown"
    away.rename(root)
    assert bench.dry()["session"]["id"] == key


def test_another_directorys_chat_is_resumed_only_there(bench):
    key = begun(bench)
    other = bench.root / "other"
    other.mkdir()
    result = plans.run(bench.words("--direct", "--resume", key, task=None, workdir=other), bench.environment())
    assert result.returncode == 66 and f"--workdir {bench.project}" in result.stderr.decode()


@pytest.mark.parametrize("task", ["-fix it", "--help", "login", "create-chat"])
def test_a_prompt_that_would_be_a_flag_or_a_subcommand_is_never_an_argument(bench, task):
    for transport, delivery in (("--direct", "typed"), ("--agentapi", "agentapi")):
        planned = plans.plan(plans.run(
            bench.words("--dry-run", "-o", "json", transport, task=None) + [f"--prompt={task}"], bench.environment()))
        assert planned["prompt"]["delivery"] == delivery and planned["agentCommand"] == ["cursor-agent", "--trust"]


def test_an_unattended_start_asks_nothing(bench):
    begun(bench)
    assert bench.log("question") == []


def test_a_variable_that_keeps_cursor_from_starting_is_removed(bench):
    start = bench.start(NODE_OPTIONS="--inspect").expect("NODE_OPTIONS").expect(f"reply 1 to: {TASK}")
    start.stop()


def test_a_sub_agents_chat_that_begins_meanwhile_is_not_taken_for_ours(bench):
    first = bench.start().expect(f"reply 1 to: {TASK}")
    child = add(bench, "look at the parser", subagent=True)
    [key] = [key for key, _, _ in bench.conversations() if key != child]
    first.captured(key).stop()
    child = add(bench, TASK, subagent=True)
    assert bench.dry()["session"]["id"] == key


def test_a_newer_chat_of_the_user_does_not_replace_it(bench):
    key = begun(bench)
    add(bench, "my own words")
    again = bench.start().expect("the double is ready")
    assert again.agent["argv"] == ["--trust", f"--resume={key}"]
    again.stop()


def test_a_chat_that_was_created_and_never_used_is_no_conversation(bench):
    key = add(bench, None)
    assert bench.dry()["start"] == "cold"
    result = plans.run(bench.words("--direct", "--resume", key), bench.environment())
    assert result.returncode == 66 and Start.starts(bench) == []


def test_a_resume_prompt_is_a_new_turn_of_the_same_chat(bench):
    key = begun(bench)
    again = bench.start("--resume-prompt", "go on, please").expect("reply 2 to: go on, please")
    assert again.agent["argv"] == ["--trust", f"--resume={key}", "go on, please"]
    again.stop()
    assert bench.texts() == [[TASK, "go on, please"]]


def test_the_configuration_folder_is_the_one_that_cursor_is_told(bench):
    elsewhere = str(bench.root / "elsewhere")
    bench.start(CURSOR_CONFIG_DIR=elsewhere).expect(f"reply 1 to: {TASK}").stop()
    assert bench.conversations() == []
    again = bench.start(CURSOR_CONFIG_DIR=elsewhere).expect("the double is ready")
    assert again.agent["argv"][1].startswith("--resume=")
    again.stop()
    # With the usual folder again the store is another one: what was said there is not said twice.
    result = plans.run(bench.words("--dry-run", "-o", "json"), bench.environment())
    assert plans.plan(result)["start"] == "unknown"
