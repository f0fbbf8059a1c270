"""The goose double against docs/agents/goose.md: every refusal and every question it is there for."""

import signal
import time
from pathlib import Path

import pexpect
import pytest

from agents.goose.bench import Bench
from digests import sha256
from waiting import until


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def prompt_file(bench, data, name="prompt"):
    file = bench.root / name
    file.write_bytes(data)
    return file


def run(bench, *arguments, **extra):
    return bench.without_terminal([bench.goose, *arguments], **extra)


def test_the_version_begins_with_a_space(bench):
    assert run(bench, "--version").stdout.startswith(b" 1.")


@pytest.mark.parametrize("schema", ["15", "17"])
def test_a_run_stores_prompt_and_answer_and_leaves_the_log_of_the_database(bench, schema):
    done = run(bench, "run", "--name", "x", "-t", "hello", GOOSE_DOUBLE_SCHEMA=schema)
    assert done.returncode == 0 and b"reply 1 to: hello" in done.stdout
    day = time.strftime("%Y%m%d", time.gmtime())
    assert bench.sessions() == [(f"{day}_1", "x", str(bench.project), 2)]
    assert bench.rows("SELECT version FROM schema_version") == [(int(schema),)]
    assert bench.rows("SELECT role FROM messages ORDER BY id") == [("user",), ("assistant",)]
    columns = [row[1] for row in bench.rows("PRAGMA table_info(sessions)")]
    assert ("parent_delegation" in columns) == (schema == "17")
    for suffix in ("-wal", "-shm"):
        assert Path(f"{bench.store}{suffix}").stat().st_size > 0
    assert bench.store.stat().st_size == 4096, "a small store lives in the -wal"


def test_a_name_without_resume_is_always_a_new_row(bench):
    for _ in range(2):
        run(bench, "run", "--name", "x", "-t", "hello")
    first, second = bench.sessions()
    assert first[1] == second[1] == "x" and second[0].endswith("_2")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["run", "--name", "x"], b"--instructions"),
        (["run", "--resume", "--session-id", "20260101_1", "-s"], b"--instructions"),
        (["run", "--resume", "--session-id", "20260101_1", "-t", "a"], b"Session not found"),
        (["session", "--resume", "--session-id", "20260101_1"], b"Session not found"),
        (["session", "--resume", "--name", "x"], b"No session found with name 'x'"),
        (["session", "--resume"], b"No session found"),
        (["session", "--session-id", "20260101_1"], b"with --resume"),
        (["run", "--name", "x", "-i", "/nonexistent/prompt"], b"/nonexistent/prompt"),
    ],
)
def test_it_refuses_with_1(bench, arguments, words):
    done = run(bench, *arguments)
    assert done.returncode == 1 and words in done.stderr
    assert bench.log("prompt") == []


@pytest.mark.parametrize(
    "arguments",
    [["run", "--name", "x", "--session-id", "y", "-t", "a"], ["run", "--bogus", "-t", "a"],
     ["bogus"], ["run", "--no-session", "--resume", "-t", "a"]],
)
def test_arguments_that_do_not_fit_are_refused_with_2(bench, arguments):
    assert run(bench, *arguments).returncode == 2
    assert not bench.store.exists()


def test_without_a_provider_the_row_stays_without_messages_and_resumes_by_id_and_name(bench):
    refused = run(bench, "run", "--name", "x", "-t", "a", GOOSE_PROVIDER=None)
    assert refused.returncode == 1 and b"goose configure" in refused.stderr
    [(identifier, _, _, messages)] = bench.sessions()
    assert messages == 0
    assert run(bench, "run", "--resume", "--session-id", identifier, "-t", "b").returncode == 0
    assert run(bench, "run", "--resume", "--name", "x", "-t", "c").returncode == 0
    assert bench.user_texts(identifier) == [b"b", b"c"]


def test_the_row_comes_first_and_the_file_is_read_once_later(bench):
    text = b" quotes ' \" \n$(x) \xf0\x9f\xaa\xbf\n"
    file = prompt_file(bench, text)
    child = bench.on_terminal(
        [bench.goose, "run", "--name", "x", "-s", "-i", file], GOOSE_DOUBLE_READ_DELAY="3"
    )
    until(lambda: bench.sessions())
    assert bench.user_texts() == [] and bench.log("file") == []
    child.expect_exact("reply 1 to:")
    [read] = bench.log("file")
    assert read["sha256"] == sha256(text) and read["path"] == str(file)
    assert bench.user_texts() == [text]
    child.sendline("/exit")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_the_user_message_is_stored_before_the_model_answers(bench):
    child = bench.on_terminal([bench.goose, "run", "--name", "x", "-s", "-t", "HANG now"])
    until(lambda: bench.user_texts() == [b"HANG now"])
    child.kill(signal.SIGKILL)
    child.wait()
    assert bench.rows("SELECT role FROM messages") == [("user",)]
    [(identifier, *_)] = bench.sessions()
    again = run(bench, "run", "--resume", "--session-id", identifier, "-t", "go on")
    assert b"reply 2 to: go on" in again.stdout, "it resumes with its history"


def test_ctrl_c_cancels_the_reply_only(bench):
    child = bench.on_terminal([bench.goose, "run", "--name", "x", "-s", "-t", "HANG"])
    until(lambda: bench.log("prompt"))
    child.sendintr()
    child.expect_exact("Interrupted")
    child.sendline("typed")
    child.expect_exact("reply 2 to: typed")
    child.sendeof()
    child.expect(pexpect.EOF)
    assert [line["how"] for line in bench.log("prompt")] == ["text", "typed"]


@pytest.mark.parametrize("way", ["session", "run"])
def test_another_directory_is_a_question_that_waits(bench, way):
    run(bench, "run", "--name", "x", "-t", "a")
    [(identifier, *_)] = bench.sessions()
    elsewhere = bench.directory("elsewhere")
    more = ["-s", "-t", "b"] if way == "run" else []
    child = bench.on_terminal(
        [bench.goose, way, "--resume", "--session-id", identifier, *more], elsewhere
    )
    child.expect_exact("[y/n]")
    assert len(bench.log("prompt")) == 1, "nothing is sent before the answer"
    child.send("y")
    child.expect_exact("goose is ready")
    assert [line["which"] for line in bench.log("question")] == ["directory"]
    child.sendline("/exit")
    child.expect(pexpect.EOF)


def test_a_question_without_a_terminal_is_a_panic_or_since_1_30_exit_1(bench):
    run(bench, "run", "--name", "x", "-t", "a")
    [(identifier, *_)] = bench.sessions()
    words = [bench.goose, "session", "--resume", "--session-id", identifier]
    elsewhere = bench.directory("elsewhere")
    done = bench.without_terminal(words, elsewhere)
    assert done.returncode == 101
    assert b"Failed to get user input: Kind(NotConnected)" in done.stderr
    assert bench.without_terminal(words, elsewhere, GOOSE_DOUBLE_NOT_CONNECTED="exit").returncode == 1
    headless = [bench.goose, "run", "--resume", "--session-id", identifier, "-t", "b"]
    assert bench.without_terminal(headless, elsewhere).returncode == 0, "headless only warns"


def test_telemetry_is_asked_once_and_the_choice_is_stored(bench):
    child = bench.on_terminal([bench.goose, "session", "--name", "x"], GOOSE_TELEMETRY_OFF=None)
    child.expect_exact("anonymous usage data")
    child.send("n")
    child.expect_exact("goose is ready")
    child.sendline("/exit")
    child.expect(pexpect.EOF)
    assert (bench.home / ".config/goose/config.yaml").read_text() == "GOOSE_TELEMETRY_ENABLED: false\n"
    child = bench.on_terminal([bench.goose, "session", "--name", "x"], GOOSE_TELEMETRY_OFF=None)
    child.expect_exact("goose is ready")
    child.close()
    assert len(bench.log("question")) == 1
    assert run(bench, "run", "--name", "y", "-t", "a", GOOSE_TELEMETRY_OFF=None).returncode == 0


def test_an_old_jsonl_is_imported_once_when_the_store_is_made(bench):
    bench.store.parent.mkdir(parents=True)
    lines = (
        f'{{"working_dir":"{bench.project}","description":"old"}}\n'
        '{"role":"user","content":[{"type":"text","text":"then"}]}\n'
    )
    (bench.store.parent / "stem.jsonl").write_text(lines)
    assert run(bench, "run", "--resume", "--session-id", "stem", "-t", "now").returncode == 0
    (bench.store.parent / "later.jsonl").write_text(lines)
    assert run(bench, "run", "--resume", "--session-id", "later", "-t", "now").returncode == 1
    assert bench.user_texts("stem") == [b"then", b"now"]


def test_goose_path_root_moves_the_store(bench):
    root = bench.root / "elsewhere"
    assert run(bench, "run", "--name", "x", "-t", "a", GOOSE_PATH_ROOT=str(root)).returncode == 0
    assert (root / "data/sessions/sessions.db").exists() and not bench.store.exists()
