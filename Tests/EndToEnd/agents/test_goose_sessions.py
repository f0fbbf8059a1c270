"""agentlaunch and goose through restarts: the prompt is given once, the conversation goes on."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from agents.goose.bench import Bench
from digests import sha256
from doubles import double_bench
from project import PROJECT
from waiting import until

BINARY = Path(os.environ.get("AGENTLAUNCH_BINARY", PROJECT / ".build/debug/agentlaunch")).resolve()
TASK = b"do the task"


@pytest.fixture
def bench(tmp_path):
    assert BINARY.exists(), f"{BINARY} is missing: swift build, or set AGENTLAUNCH_BINARY"
    return Bench(tmp_path)


class Start(double_bench.Start):
    """One start under a terminal, and the goose process that it made."""

    def __init__(self, bench, *options, task=TASK, workdir=None, directory=None, how="--attended",
                 **extra):
        self.bench, self.before = bench, len(self.starts(bench))
        self.prompt = bench.root / "task.txt"
        arguments = ["goose", "--direct", how, "--workdir", workdir or bench.project, *options]
        if task is not None:
            self.prompt.write_bytes(task)
            arguments += ["--prompt-file", self.prompt]
        self.child = bench.on_terminal([BINARY, *arguments], directory or bench.root, **extra)


def plan(bench, *options):
    done = bench.without_terminal(
        [BINARY, "goose", "--dry-run", "--format", "json", "--workdir", bench.project,
         "--prompt", TASK.decode(), *options], bench.root,
    )
    assert done.returncode in (0, 65), done.stderr
    return json.loads(done.stdout)


def name_for(directory):
    return f"{directory.name}-{hashlib.sha256(str(directory).encode()).hexdigest()[:8]}"


def prompts(bench, data=TASK):
    return [line for line in bench.log("prompt") if line["sha256"] == sha256(data)]


@pytest.mark.parametrize("end", ["kill_agent", "kill_all"])
def test_the_prompt_is_given_once_across_a_kill(bench, end):
    first = Start(bench).expect("reply 1 to: do the task")
    [(identifier, name, directory, _)] = bench.sessions()
    assert (name, directory) == (name_for(bench.project), str(bench.project))
    argv = first.agent["argv"]
    assert argv[:2] == ["run", "--name"] and argv[2] == name and argv[3:5] == ["-s", "-i"]
    getattr(first, end)()

    assert plan(bench)["start"] == "warm"
    second = Start(bench).expect("resuming session").expect("goose is ready")
    assert second.agent["argv"] == ["session", "--resume", "--session-id", identifier]
    assert second.agent["cwd"] == str(bench.project)
    second.child.sendline("and now?")
    second.expect("reply 2 to: and now?")
    second.leave()
    assert bench.user_texts() == [TASK, b"and now?"]
    assert len(prompts(bench)) == 1 and len(bench.sessions()) == 1


def test_a_kill_while_the_model_thinks_leads_to_a_warm_start(bench):
    task = b"HANG over it"
    first = Start(bench, task=task)
    until(lambda: bench.user_texts() == [task], "the user's message")
    first.kill_agent()
    second = Start(bench, task=task).expect("goose is ready")
    second.leave()
    assert bench.user_texts() == [task]


@pytest.mark.parametrize("end", ["kill_agent", "kill_all"])
def test_stopped_before_the_first_message_is_cold_with_the_same_id_and_then_warm(bench, end):
    first = Start(bench, GOOSE_DOUBLE_READ_DELAY="60")
    until(bench.sessions, "the row")
    [(identifier, _, _, messages)] = bench.sessions()
    assert messages == 0
    getattr(first, end)()

    planned = plan(bench)
    assert (planned["start"], planned["session"]["id"]) == ("cold", identifier)
    second = Start(bench).expect("reply 1 to: do the task")
    argv = second.agent["argv"]
    assert argv[:6] == ["run", "--resume", "--session-id", identifier, "-s", "-i"]
    second.kill_agent()

    third = Start(bench).expect("goose is ready")
    assert third.agent["argv"] == ["session", "--resume", "--session-id", identifier]
    third.leave()
    assert bench.user_texts() == [TASK] and len(bench.sessions()) == 1


def test_a_prompt_that_goose_refused_without_a_provider_is_given_later(bench):
    first = Start(bench, GOOSE_PROVIDER=None).expect("goose configure")
    first.child.expect(pexpect.EOF)
    first.child.close()
    assert first.child.exitstatus == 1, "the child's own status"
    Start(bench).expect("reply 1 to: do the task").leave()
    assert bench.user_texts() == [TASK] and len(bench.sessions()) == 1


def test_goose_reads_a_private_file_that_is_gone_afterwards(bench):
    first = Start(bench, GOOSE_DOUBLE_READ_DELAY="1").expect("reply 1 to:")
    [read] = bench.log("file")
    assert read["mode"] == "0o600" and read["sha256"] == sha256(TASK)
    assert read["path"] != str(first.prompt)
    first.leave()
    assert not Path(read["path"]).exists()
    assert first.prompt.read_bytes() == TASK, "the caller's own file is the caller's"


def test_a_prompt_file_left_by_a_killed_launcher_is_removed_by_the_next_start(bench):
    first = Start(bench, GOOSE_DOUBLE_READ_DELAY="60")
    until(bench.sessions, "the row")
    left = Path(first.agent["argv"][-1])
    assert left.stat().st_mode & 0o777 == 0o600
    first.kill_all()
    second = Start(bench).expect("reply 1 to:")
    [read] = bench.log("file")
    assert read["path"] != str(left), "a new random name each start"
    second.leave()
    assert not left.exists() and not Path(read["path"]).exists()


@pytest.mark.parametrize(
    "task",
    [
        b"""it's "quoted" and `ticked`""",
        b"first line\n\n  third, indented\tand tabbed\nlast",
        b"$(touch /tmp/no) ${HOME} %s \\n !! ~ *",
        b"--resume -t is not a flag",
        b"-",
        "a goose \U0001fabf and e\u0301, \u202eright to left".encode(),
        b"windows\r\nline ends",
        b"x" * 200_000,
    ],
    ids=["quotes", "newlines", "shell", "dash", "stdin-sign", "emoji", "crlf", "200k"],
)
def test_the_prompt_arrives_byte_for_byte_exactly_once(bench, task):
    first = Start(bench, task=task).expect("reply 1 to:")
    until(lambda: bench.log("answer"), "the answer")
    first.kill_agent()
    Start(bench, task=task).expect("goose is ready").leave()
    assert bench.user_texts() == [task]
    assert len(prompts(bench, task)) == 1


def test_two_conversations_in_one_directory_stay_separate(bench):
    for name, task in (("one", b"task of one"), ("two", b"task of two")):
        Start(bench, "--session", name, task=task).expect("reply 1 to:").kill_agent()
    (first, first_name, *_), (second, second_name, *_) = bench.sessions()
    assert first_name.startswith("one-") and second_name.startswith("two-")
    for name, task, identifier in (("one", b"task of one", first), ("two", b"task of two", second)):
        again = Start(bench, "--session", name, task=task).expect("goose is ready")
        assert again.agent["argv"][-1] == identifier
        again.leave()
    assert bench.user_texts(first) == [b"task of one"]
    assert bench.user_texts(second) == [b"task of two"]


def test_one_prompt_in_two_directories_makes_two_conversations(bench):
    other = bench.directory("other")
    for directory in (bench.project, other):
        Start(bench, workdir=directory).expect("reply 1 to:").kill_agent()
    rows = bench.sessions()
    assert [row[2] for row in rows] == [str(bench.project), str(other)]
    for (identifier, *_), directory in zip(rows, (bench.project, other)):
        again = Start(bench, workdir=directory).expect("goose is ready")
        assert again.agent["argv"][-1] == identifier and again.agent["cwd"] == str(directory)
        again.leave()
        assert bench.user_texts(identifier) == [TASK]


def test_goose_never_asks_for_the_directory(bench):
    link = bench.root / "link"
    link.symlink_to(bench.project)
    Start(bench, workdir=link).expect("reply 1 to:").kill_agent()
    Start(bench, workdir=bench.project, directory="/").expect("goose is ready").leave()
    Start(bench, workdir=link, directory=bench.home).expect("goose is ready").leave()
    assert bench.log("question") == []
    [(_, _, directory, _)] = bench.sessions()
    assert directory == str(bench.project), "the physical path"


def test_an_unattended_start_is_not_asked_about_telemetry(bench):
    first = Start(bench, how="--unattended", GOOSE_TELEMETRY_OFF=None).expect("reply 1 to:")
    first.kill_agent()
    Start(bench, how="--unattended", GOOSE_TELEMETRY_OFF=None).expect("goose is ready").leave()
    assert bench.log("question") == []


def test_without_a_terminal_goose_still_has_one(bench):
    words = [BINARY, "goose", "--direct", "--unattended", "--workdir", bench.project,
             "--prompt", TASK.decode()]
    for _ in range(2):
        with open(bench.root / "output", "wb") as output:
            child = subprocess.Popen(
                words, cwd=bench.root, env=bench.environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )
        text = bench.root / "output"
        until(lambda: b"goose is ready" in text.read_bytes() or child.poll() is not None, "goose")
        assert child.poll() is None, text.read_bytes()
        child.terminate()
        assert child.wait(20) == -signal.SIGTERM, "it dies of the signal its child died of"
    started = [line for line in bench.log("start") if line["argv"] != ["--version"]]
    assert [line["terminal"] for line in started] == [[True, True, True]] * 2
    assert bench.user_texts() == [TASK]


def test_a_resume_prompt_is_a_new_turn_of_the_same_conversation(bench):
    Start(bench).expect("reply 1 to:").kill_agent()
    [(identifier, *_)] = bench.sessions()
    again = Start(bench, "--resume-prompt", "go on").expect("reply 2 to: go on")
    assert again.agent["argv"][:6] == ["run", "--resume", "--session-id", identifier, "-s", "-i"]
    again.leave()
    assert bench.user_texts() == [TASK, b"go on"]


def test_a_users_own_conversation_here_is_not_adopted(bench):
    bench.without_terminal([bench.goose, "run", "--name", "mine", "-t", "my own words"])
    Start(bench).expect("reply 1 to: do the task").leave()
    mine, ours = bench.sessions()
    assert mine[1] == "mine" and mine[3] == 2 and ours[1] == name_for(bench.project)


def test_our_own_variables_do_not_reach_goose(bench):
    started = Start(bench, AGENTLAUNCH_STOP_TIMEOUT="9").expect("reply 1 to:")
    assert [name for name in started.agent["environment"] if name.startswith("AGENTLAUNCH_")] == []
    started.leave()


def test_goose_without_a_prompt_starts_a_plain_session_that_is_resumed_by_id(bench):
    first = Start(bench, task=None).expect("goose is ready")
    assert first.agent["argv"] == ["session", "--name", name_for(bench.project)]
    first.leave()
    [(identifier, *_)] = bench.sessions()
    second = Start(bench).expect("reply 1 to: do the task")
    assert second.agent["argv"][:4] == ["run", "--resume", "--session-id", identifier]
    second.leave()
    assert bench.user_texts() == [TASK] and len(bench.sessions()) == 1


MAKING = """
import sqlite3, sys, time
from agents.goose.database import schema_statements
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("BEGIN IMMEDIATE")
print("without a table", flush=True)
sys.stdin.readline()
time.sleep(0.5)
for statement in schema_statements(17): database.execute(statement)
database.execute("COMMIT")
sys.stdin.readline()
"""


def test_a_store_that_another_goose_is_creating_is_waited_for(bench):
    folder = bench.home / ".local/share/goose/sessions"
    folder.mkdir(parents=True)
    maker = subprocess.Popen(
        [sys.executable, "-c", MAKING, folder / "sessions.db"], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "Tests/Support")},
    )
    with maker:
        assert maker.stdout.readline() == "without a table\n"
        maker.stdin.write("go on\n")
        maker.stdin.flush()
        words = [BINARY, "goose", "--dry-run", "-o", "json", "--prompt", "do the task", "--workdir", bench.project]
        found = subprocess.run(words, env=bench.environment(), capture_output=True)
        maker.stdin.close()
    assert json.loads(found.stdout)["start"] == "cold", found.stderr
