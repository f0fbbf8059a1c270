"""Amazon Q's own traps: one row for a directory, no silent resume, nothing stored before an answer."""

import hashlib
import json
from pathlib import Path

import pytest

import plans
from agents.amazonq import double as amazonq_double
from agents.amazonq.agent import DOUBLE  # noqa: F401  (for the fixture bench)
from doubles import q_store
from doubles.double_bench import TASK, Start
from waiting import until


def database(bench):
    return q_store.connect(amazonq_double.database_file({"HOME": str(bench.home)}), q_store.AMAZONQ)


def put(bench, *texts, workdir=None, value=None):
    """A conversation that somebody else had; returns what its row holds."""
    workdir = str(workdir or bench.project)
    text = value or json.dumps(q_store.conversation([q_store.turn(workdir, text) for text in texts]))
    with database(bench) as connection:
        connection.execute("INSERT OR REPLACE INTO conversations VALUES (?, ?)", (workdir, text))
    return text


def row(bench):
    return database(bench).execute(
        "SELECT value FROM conversations WHERE key = ?", (str(bench.project),)).fetchone()[0]


def own_folder(bench):
    digest = hashlib.sha256(str(bench.project).encode()).hexdigest()[:16]
    return bench.home / f".local/state/agentlaunch/amazonq/default-{digest}"


def saved(bench):
    return sorted((own_folder(bench) / "backup").glob("*"))


def refused(bench, *options, **more):
    result = plans.run(bench.words("--direct", *options, **more), bench.environment())
    assert Start.starts(bench) == []
    return result.returncode, result.stderr.decode()


def test_a_conversation_that_a_cold_start_overwrites_is_saved_first(bench):
    old = put(bench, "what does this do?")
    assert "old-conversation-saved" in plans.codes(bench.dry())
    assert saved(bench) == [] and row(bench) == old
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    [copy] = saved(bench)
    assert copy.read_text() == old and copy.name.endswith(json.loads(old)["conversation_id"] + ".json")
    assert copy.stat().st_mode & 0o777 == 0o600 and copy.parent.stat().st_mode & 0o777 == 0o700
    assert row(bench) != old


def test_three_saved_conversations_are_kept(bench):
    said = []
    for number in range(5):
        task = f"task {number}"
        start = bench.start("--fresh", task=task).expect(f"reply 1 to: {task}")
        until(lambda: bench.texts() == [[task]], "the row")
        start.stop()
        said.append(row(bench))
    assert [copy.read_text() for copy in saved(bench)] == said[1:4]


def test_a_conversation_that_cannot_be_backed_up_is_not_overwritten(bench):
    old = put(bench, "what does this do?")
    own_folder(bench).mkdir(parents=True)
    (own_folder(bench) / "backup").write_text("in the way")
    status, line = refused(bench)
    assert status == 73 and "backup" in line
    assert row(bench) == old


def test_a_row_that_amazon_q_cannot_read_is_unknown_and_saved_if_a_new_one_is_asked_for(bench):
    broken = put(bench, value='{"history": [{"role": "user"}]}')
    planned = bench.dry()
    assert planned["start"] == "unknown"
    assert refused(bench)[0] == 65
    for options in (["--fresh"], ["--on-unknown", "fresh"]):
        planned = bench.dry(*options)
        assert planned["start"] == "cold" and "old-conversation-saved" in plans.codes(planned)
    bench.start("--on-unknown", "fresh").expect(f"reply 1 to: {TASK}").stop()
    assert [copy.read_text() for copy in saved(bench)] == [broken]


@pytest.mark.parametrize("options", [["--fresh"], ["--on-unknown", "fresh"]])
def test_nothing_is_started_if_no_backup_can_be_made(bench, options):
    file = amazonq_double.database_file({"HOME": str(bench.home)})
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all" * 100)
    status, line = refused(bench, *options)
    assert status == 73 and str(file) in line


def test_an_unexpected_table_is_reported_in_plain_words(bench):
    connection = database(bench)
    connection.execute("DROP TABLE conversations")
    connection.execute("CREATE TABLE conversations (key TEXT PRIMARY KEY, state TEXT)")
    status, line = refused(bench)
    assert status == 65 and "its table conversations has no column value" in line and "SQLite" not in line


def test_an_empty_conversation_needs_no_copy(bench):
    put(bench)
    assert "old-conversation-saved" not in plans.codes(bench.dry())


def test_a_second_conversation_in_a_directory_is_a_usage_error(bench):
    status, line = refused(bench, "--session", "b")
    assert status == 64 and "--session" in line
    assert refused(bench, "--session", "b", "--dry-run")[0] == 64
    assert bench.dry("--session", "default")["start"] == "cold"


def test_an_id_of_another_directory_is_66_and_names_the_directory(bench):
    other = bench.root / "other"
    other.mkdir()
    key = json.loads(put(bench, TASK, workdir=other))["conversation_id"]
    status, line = refused(bench, "--resume", key)
    assert status == 66 and f"--workdir {other}" in line
    assert bench.dry("--resume", key, workdir=other)["start"] == "warm"


def test_a_warm_start_says_that_it_begins_with_a_summary(bench):
    put(bench, TASK)
    planned = bench.dry()
    assert planned["start"] == "warm" and "resume-summarises" in plans.codes(planned)
    planned = bench.dry("--resume-prompt", "go on", "--model", "m")
    assert "resume-summarises" not in plans.codes(planned) and "model-kept" in plans.codes(planned)
    assert planned["agentCommand"][:6] == ["q", "chat", "--resume", "--model", "m", "--"]
    start = bench.start("--resume-prompt", "go on").expect("reply 2 to: go on")
    start.stop()
    assert bench.texts() == [[TASK, "go on"]]


def test_a_prompt_that_was_killed_before_its_answer_is_given_again(bench):
    first = bench.start(AGENT_DOUBLE_ANSWER_DELAY="3600")
    until(lambda: bench.log("prompt"), "the prompt")
    first.kill_all()
    planned = bench.dry()
    assert (planned["start"], planned["prompt"]["action"]) == ("cold", "send")
    assert "prompt-repeated" in plans.codes(planned)
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    assert bench.texts() == [[TASK]]
    assert "prompt-repeated" not in plans.codes(bench.dry("--fresh"))


def test_a_new_turn_that_was_killed_before_its_answer_is_given_again(bench):
    first = bench.start().expect(f"reply 1 to: {TASK}")
    until(bench.conversations, "the row")
    first.captured(bench.conversations()[0][0]).stop()
    second = bench.start("--on-new-prompt", "send", task="HANG on")
    until(lambda: len(bench.log("prompt")) == 2, "the new turn")
    second.kill_all()
    planned = bench.dry("--on-new-prompt", "send", task="HANG on")
    assert (planned["start"], planned["prompt"]["action"]) == ("warm", "send")
    assert "prompt-repeated" in plans.codes(planned)
    assert bench.dry()["prompt"]["action"] == "skip"


def test_a_prompt_that_agentapi_saw_arrive_is_given_again_if_nothing_of_it_was_kept(bench):
    first = bench.start(AGENT_DOUBLE_ANSWER_DELAY="3600")
    until(lambda: bench.log("prompt"), "the prompt")
    first.kill_all()
    file = own_folder(bench) / "record.json"
    record = json.loads(file.read_text())
    record["prompts"][0]["state"] = "delivered"
    file.write_text(json.dumps(record))
    planned = bench.dry()
    assert planned["start"] == "cold" and "prompt-repeated" in plans.codes(planned)
    store = Path(record["store"])
    store.rename(store.with_name("away"))
    assert bench.dry()["start"] == "unknown"


@pytest.mark.parametrize("words", [["--resume"], ["-r"], ["-ar"], ["--no-interactive"], ["hello"], ["--agent", "a", "b"]])
def test_arguments_that_choose_a_session_or_a_prompt_are_refused(bench, words):
    result = plans.run([*bench.words("--direct"), "--", *words], bench.environment())
    assert result.returncode == 64, result
    assert Start.starts(bench) == []


def test_options_of_the_agent_are_passed_cold_and_warm(bench):
    words = ["--agent", "a", "--trust-tools=fs_read", "-w", "never"]

    def command():
        return plans.plan(plans.run(
            [*bench.words("--dry-run", "--format", "json", "--allow-all"), "--", *words],
            bench.environment()))["agentCommand"]

    assert command()[:-1] == ["q", "chat", "--trust-all-tools", *words, "--"]
    put(bench, TASK)
    assert command() == ["q", "chat", "--resume", "--trust-all-tools", *words]


def test_a_missing_sign_in_is_reported(bench):
    assert "first-run-dialog" in plans.codes(bench.dry())
    database(bench)
    assert "first-run-dialog" not in plans.codes(bench.dry())


def test_a_data_home_moves_the_store_and_a_relative_one_does_not(bench):
    put(bench, TASK)
    away = bench.root / "data"
    environment = bench.environment(XDG_DATA_HOME=str(away))
    words = bench.words("--dry-run", "--format", "json")
    assert plans.plan(plans.run(words, environment))["start"] == "cold"
    (bench.home / ".local/share").rename(away)
    assert plans.plan(plans.run(words, environment))["start"] == "warm"
    assert plans.plan(plans.run(words, {**environment, "XDG_DATA_HOME": "data"}))["start"] == "cold"
