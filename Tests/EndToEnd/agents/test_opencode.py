"""OpenCode's traps, agentlaunch against its double."""

import subprocess
import sys

import plans
from agents.opencode import store
from agents.opencode.agent import DOUBLE  # noqa: F401  (for the fixture bench)
from doubles.double_bench import TASK
from waiting import until


def change(bench, statement, *values):
    """As another process does, which then goes away."""
    file = bench.home / ".local/share/opencode/opencode.db"
    program = "import sqlite3, sys, os\nd = sqlite3.connect(sys.argv[1], isolation_level=None)\n" \
              "d.execute(sys.argv[2], sys.argv[3:])\nos._exit(0)\n"
    subprocess.run([sys.executable, "-c", program, str(file), statement, *values], check=True)


def begun(bench):
    first = bench.start().expect(f"reply 1 to: {TASK}")
    [(key, _, _)] = bench.conversations()
    first.captured(key).stop()
    return key


def status(bench, *options, task=None):
    result = plans.run(bench.words("--direct", *options, task=task), bench.environment())
    return result.returncode, result.stderr.decode()


def test_the_id_is_captured_while_the_first_answer_is_awaited(bench):
    first = bench.start(task="HANG over it")
    until(lambda: bench.log("session"), "the session")
    [line] = bench.log("session")
    first.captured(line["session"]).stop()


def test_a_resumed_conversation_takes_no_prompt_as_an_argument(bench):
    key = begun(bench)
    for transport, delivery in (("--direct", "typed"), ("--agentapi", "agentapi")):
        planned = bench.dry(transport, "--resume-prompt", "go on")
        assert planned["agentCommand"] == ["opencode", "-s", key]
        assert planned["prompt"]["delivery"] == delivery


def test_a_conversation_archived_since_is_resumed_by_its_record(bench):
    key = begun(bench)
    change(bench, "UPDATE session SET time_archived = 1790928000000 WHERE id = ?", key)
    again = bench.start().expect("the double is ready")
    assert again.agent["argv"] == ["-s", key]
    again.stop()
    assert bench.texts() == [[TASK]]


def test_a_sub_agents_session_is_not_resumed_even_by_its_id(bench):
    begun(bench)
    child = "ses_f045f6bffffeCCCCCCCCCCCCCC"
    change(bench, "INSERT INTO session SELECT ?, project_id, id, slug, directory, title, version, share_url,"
           " NULL, NULL, NULL, NULL, NULL, NULL, time_created, time_updated, NULL, NULL, NULL, NULL, NULL, 0, 0, 0,"
           " NULL, NULL FROM session", child)
    change(bench, "INSERT INTO message SELECT 'msg_child', ?, time_created, time_updated, data FROM message LIMIT 1",
           child)
    code, error = status(bench, "--resume", child)
    assert code == 66 and "has no such conversation" in error


def test_another_directorys_conversation_is_resumed_only_there(bench):
    key = begun(bench)
    other = bench.root / "other"
    other.mkdir()
    result = plans.run(bench.words("--direct", "--resume", key, task=None, workdir=other), bench.environment())
    assert result.returncode == 66 and f"--workdir {bench.project}" in result.stderr.decode()


def test_with_another_database_the_conversation_is_unknown_and_not_started_again(bench):
    begun(bench)
    result = plans.run(bench.words("--dry-run", "-o", "json"), bench.environment(OPENCODE_DB="other.db"))
    assert plans.plan(result)["start"] == "unknown"


def test_a_session_that_lost_its_messages_is_left_alone_and_the_prompt_is_given_again(bench):
    """-s would open it, and drop the prompt."""
    key = begun(bench)
    change(bench, "DELETE FROM part")
    change(bench, "DELETE FROM message")
    planned = bench.dry()
    assert planned["start"] == "cold" and planned["session"] is None
    assert "conversation-lost" in plans.codes(planned)
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    assert sorted(texts for other, _, texts in bench.conversations() if other != key) == [[TASK]]


def test_after_a_kill_before_the_id_was_captured_the_only_newer_session_is_resumed(bench):
    first = bench.start()
    until(lambda: bench.log("prompt"), "the prompt")
    first.kill_all()
    until(lambda: bench.texts() == [[TASK]], "the prompt in the store")
    [(key, _, _)] = bench.conversations()
    again = bench.start().expect("the double is ready")
    assert again.agent["argv"] == ["-s", key]
    again.stop()


def test_sessions_from_before_1_2_are_resumed_by_id_and_imported_by_opencode(bench):
    store.legacy(bench.home, directory=str(bench.project))
    again = bench.start(task="fix it").expect("one time database migration").expect("the double is ready")
    assert again.agent["argv"] == ["-s", store.OURS]
    again.stop()
    assert bench.dry(task="fix it")["session"]["id"] == store.OURS
    assert bench.texts() == [["fix it"]]


def test_a_newer_session_started_by_someone_else_does_not_replace_it(bench):
    key = begun(bench)
    person = subprocess.Popen([bench.program, "--prompt=my own words"], cwd=bench.project, env=bench.environment(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    assert person.wait(30) == 0
    again = bench.start().expect("the double is ready")
    assert again.agent["argv"] == ["-s", key]
    again.stop()
