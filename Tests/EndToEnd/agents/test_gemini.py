"""Gemini's own traps: retention that deletes conversations, ids that are unusable both ways, releases that take no id."""

import json
import os
from pathlib import Path

import pexpect
import pytest

import plans
from agents.gemini import chats as gemini_chats
from agents.gemini.agent import DOUBLE, gemini_id
from doubles.double_bench import TASK, Start

VARIABLE = "GEMINI_CLI_SYSTEM_SETTINGS_PATH"
OFF = {"general": {"sessionRetention": {"enabled": False}}}
OTHER = "9d0e7a52-1111-4222-8333-444455556666"

# Only this machine's own settings could decide it otherwise.
pytestmark = pytest.mark.skipif(os.path.exists("/etc/gemini-cli/settings.json"), reason="this machine has settings of its own")


def store(bench):
    return gemini_chats.home_folder({"HOME": str(bench.home)})


def chats(bench):
    return sorted((store(bench) / "tmp/project/chats").glob("*"))


def put(bench, key=OTHER, *texts, resumed=False):
    """A conversation that the agent itself wrote; a resume left a second file of its id."""
    folder = gemini_chats.project(store(bench), bench.project)
    chat = gemini_chats.Chat(folder, key, bench.project, at=1790928000)
    for text in texts:
        chat.begin(text)
        chat.finish("Done.")
    if resumed:
        gemini_chats.Chat(folder, key, bench.project, at=1790938000)
    return chat


def settings(bench, value, where=None):
    file = where or store(bench) / "settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value))
    return file


def backups(bench):
    return sorted(bench.home.glob(".local/state/agentlaunch/gemini/*/backup/*"))


def test_unattended_retention_is_switched_off_by_settings_of_our_own(bench):
    put(bench, OTHER, "somebody's own", resumed=True)
    before = {file: file.read_bytes() for file in chats(bench)}
    planned = bench.dry()
    path = Path(planned["environment"]["set"][VARIABLE])
    assert not path.exists() and bench.home in path.parents  # a dry run writes nothing
    [line] = [e for e in planned["evidence"] if e["source"] == VARIABLE]
    assert "retention off" in line["finding"] and "old-conversation-saved" not in plans.codes(planned)
    start = bench.start().expect(f"reply 1 to: {TASK}")
    assert json.loads(path.read_text()) == OFF and path.stat().st_mode & 0o777 == 0o600
    start.stop()
    assert {file: file.read_bytes() for file in chats(bench)}.items() >= before.items()
    assert not bench.log("deleted") and not backups(bench)


def test_the_double_deletes_what_retention_deletes(bench):
    """The other side of the test above: without the settings the conversation is gone."""
    put(bench, OTHER, "somebody's own", resumed=True)
    child = pexpect.spawn(str(bench.program), ["--skip-trust"], cwd=str(bench.project), env=bench.environment(), timeout=30)
    child.expect_exact("the double is ready")
    child.close(force=True)
    assert len(bench.log("deleted")) == 2


@pytest.mark.parametrize("how", ["attended", "variable"])
def test_where_nothing_protects_them_old_conversations_are_saved_before_a_cold_start(bench, how):
    put(bench, OTHER, "somebody's own", resumed=True)
    saved = {file.name: file.read_bytes() for file in chats(bench)[:1]}
    options = ["--attended"] if how == "attended" else []
    extra = {} if how == "attended" else {VARIABLE: str(settings(bench, {}, bench.root / "system.json"))}
    planned = plans.plan(plans.run(bench.words("--dry-run", "--format", "json", *options), bench.environment(**extra)))
    assert planned["start"] == "cold"
    assert {"old-conversation-saved", "retention-on"} <= set(plans.codes(planned))
    assert VARIABLE not in planned["environment"]["set"] and not backups(bench)
    bench.start(*options, **extra).expect(f"reply 1 to: {TASK}").kill_agent()
    assert bench.log("deleted")
    [backup] = backups(bench)
    assert {file.name: file.read_bytes() for file in backup.iterdir()} == saved
    # Three are kept.
    for _ in range(4):
        bench.start(*options, "--fresh", **extra).expect(f"reply 1 to: {TASK}").kill_agent()
    assert len(backups(bench)) == 3


def test_retention_that_is_off_needs_nothing(bench):
    put(bench, OTHER, "somebody's own", resumed=True)
    settings(bench, OFF)
    planned = bench.dry()
    assert VARIABLE not in planned["environment"]["set"]
    assert not {"old-conversation-saved", "retention-on"} & set(plans.codes(planned))
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    assert not bench.log("deleted")


def test_a_system_settings_path_set_by_the_user_is_left_alone(bench):
    file = settings(bench, OFF, bench.root / "system.json")
    for options in (["--env", f"{VARIABLE}={file}"], []):
        extra = {} if options else {VARIABLE: str(file)}
        planned = plans.plan(plans.run(bench.words("--dry-run", "--format", "json", *options), bench.environment(**extra)))
        assert "retention-on" not in plans.codes(planned)
        assert "agent-settings" not in json.dumps(planned)


def test_a_backup_that_cannot_be_made_stops_the_start(bench):
    put(bench, OTHER, "somebody's own", resumed=True)
    folder = Path(bench.dry()["environment"]["set"][VARIABLE]).parent
    folder.mkdir(parents=True)
    (folder / "backup").write_text("in the way")
    result = plans.run(bench.words("--direct", "--attended"), bench.environment())
    assert result.returncode == 73 and Start.starts(bench) == []
    assert len(chats(bench)) == 2


def test_an_id_that_was_only_opened_is_left_alone_and_the_next_one_is_used(bench):
    first = bench.start(task=None).expect("the double is ready")
    first.kill_all()
    opened = gemini_id(bench.project)
    assert first.agent["argv"] == ["--session-id", opened] and len(chats(bench)) == 1
    planned = bench.dry()
    assert planned["start"] == "cold" and planned["session"]["id"] == gemini_id(bench.project, attempt=1)
    for words in (["--session-id", opened], ["--resume", opened]):
        child = pexpect.spawn(str(bench.program), words, cwd=str(bench.project), env=bench.environment(), timeout=30)
        child.expect(["already exists", "Invalid session identifier"])
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 42
    bench.start().expect(f"reply 1 to: {TASK}").kill_all()
    assert bench.dry()["session"]["id"] == gemini_id(bench.project, attempt=1)
    bench.start().expect("the double is ready").leave()
    assert bench.texts() == [[TASK]]


def test_another_session_of_the_same_first_eight_characters_is_in_the_way(bench):
    ours = gemini_id(bench.project)
    put(bench, ours[:8] + OTHER[8:], "something else")
    assert bench.dry()["session"]["id"] == gemini_id(bench.project, attempt=1)


def test_a_release_that_accepts_no_id_has_its_own_captured(bench):
    old = {"GEMINI_DOUBLE_RELEASE": "0.40.0"}
    first = bench.start(**old).expect(f"reply 1 to: {TASK}")
    assert first.agent["argv"] == [f"--prompt-interactive={TASK}"]
    [(key, _, _)] = bench.conversations()
    first.captured(key).stop()
    again = bench.start(**old).expect("the double is ready")
    assert again.agent["argv"] == ["--resume", key]
    again.leave()
    assert bench.texts() == [[TASK]]
    assert bench.dry("--fresh", "--agent-version", "0.40.0")["session"] is None or \
        bench.dry("--fresh", "--agent-version", "0.40.0")["session"]["id"] is None


@pytest.mark.parametrize("variable", ["CI", "GITHUB_ACTIONS"])
def test_unattended_gemini_does_not_believe_it_has_no_terminal(bench, variable):
    start = bench.start(**{variable: "true"}).expect(f"reply 1 to: {TASK}")
    assert variable not in start.agent["environment"]
    start.stop()
    child = pexpect.spawn(str(bench.program), [], cwd=str(bench.project), env=bench.environment(**{variable: "true"}))
    child.expect_exact("headless")
    child.close(force=True)


def test_the_agent_is_never_asked_to_pick_the_newest_conversation(bench):
    """Its `latest` is the one that began last, here not the one in which something was said last."""
    put(bench, "3f2b8c1e-5d44-4c0f-9a11-0c7a5b1e2d3f", "a task", "more", "still more")
    folder = gemini_chats.project(store(bench), bench.project)
    gemini_chats.Chat(folder, OTHER, bench.project, at=1790928002).begin("began later")
    assert bench.dry("--adopt", "newest")["agentCommand"][1:] == ["--resume", "3f2b8c1e-5d44-4c0f-9a11-0c7a5b1e2d3f"]


def test_a_conversation_of_another_directory_is_not_found_from_here(bench):
    put(bench, OTHER, "elsewhere")
    where = bench.root / "here"
    where.mkdir()
    result = plans.run(bench.words("--direct", "--resume", OTHER, workdir=where, task=None), bench.environment())
    assert result.returncode == 66 and f"--workdir {bench.project}".encode() in result.stderr


@pytest.mark.parametrize("word", ["--resume", "-r", "-rlatest", "--session-id=x", "--list-sessions", "-p", "-i", "--delete-session=1"])
def test_arguments_that_choose_or_delete_a_session_are_refused(bench, word):
    assert plans.run([*bench.words("--dry-run"), "--", word], bench.environment()).returncode == 64


def test_the_sign_in_question_is_announced_with_the_setting_that_answers_it(bench):
    [warning] = [w["message"] for w in bench.dry()["warnings"] if w["code"] == "first-run-dialog"]
    assert '"selectedType": "gemini-api-key"' in warning
    settings(bench, {"security": {"auth": {"selectedType": "gemini-api-key"}}})
    assert "first-run-dialog" not in plans.codes(bench.dry())


def test_a_prompt_that_was_rewound_is_not_given_again(bench):
    chat = put(bench, OTHER, TASK, "more")
    chat.line({"$rewindTo": json.loads(chat.file.read_text().split("\n")[1])["id"]})
    chat.begin("something else instead")
    planned = bench.dry("--adopt", "newest", "--on-new-prompt", "send")
    assert planned["start"] == "warm" and planned["prompt"]["action"] != "send"
    assert planned["prompt"]["given"] == "this"
