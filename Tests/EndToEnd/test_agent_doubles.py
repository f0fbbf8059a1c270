"""Agents whose programs cannot be had here, as doubles with real stores: cold, stopped, warm, killed, warm."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Support"))
import agent_double
import plans
from doubles import DOUBLES

TASK = "do the task"


def until(condition, what):
    for _ in range(2000):
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"it never came: {what}")


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Bench:
    """A scratch home, a PATH with one double, a workdir."""

    def __init__(self, binary, root, double):
        self.binary, self.root, self.double = binary, root.resolve(), double
        self.home, self.project = self.root / "home", self.root / "project"
        self.home.mkdir()
        self.project.mkdir()
        self.log_file = self.root / "double.log"
        self.program = agent_double.install(self.root / "bin", double.program, double.module.__name__)

    def environment(self, **extra):
        return {
            "HOME": str(self.home), "PATH": f"{self.root / 'bin'}:{plans.PATH}", "LANG": "C.UTF-8",
            "TERM": "xterm-256color", "AGENT_DOUBLE_LOG": str(self.log_file),
            "XDG_RUNTIME_DIR": str(self.root), **self.double.environment, **extra,
        }

    def words(self, *options, task=TASK, workdir=None):
        words = [self.binary, self.double.agent, *self.double.options, *options, "--workdir", workdir or self.project]
        return [str(word) for word in words + (["--prompt", task] if task else [])]

    def dry(self, *options, **more):
        before = plans.trace(self.home)
        found = plans.plan(plans.run(
            self.words("--dry-run", "--format", "json", *options, **more), self.environment()))
        assert plans.trace(self.home) == before
        return found

    def start(self, *options, task=TASK, workdir=None, **extra):
        return Start(self, self.words("--direct", *options, task=task, workdir=workdir), extra)

    def log(self, event):
        if not self.log_file.exists():
            return []
        whole, _, _ = self.log_file.read_text().rpartition("\n")  # the last line may still be written
        lines = map(json.loads, whole.splitlines())
        return [line for line in lines if line["event"] == event]

    def conversations(self):
        return self.double.module.conversations(self.home)

    def texts(self):
        return [texts for _, _, texts in self.conversations()]

    def record(self):
        [file] = self.home.glob(".local/state/agentlaunch/*/*/record.json")
        return json.loads(file.read_text())


class Start:
    """agentlaunch on a terminal of its own."""

    def __init__(self, bench, words, extra):
        self.bench, self.before = bench, len(self.starts(bench))
        self.child = pexpect.spawn(words[0], words[1:], cwd="/", env=bench.environment(**extra), timeout=30,
                                   echo=False, dimensions=(24, 200))

    @staticmethod
    def starts(bench):
        return [line for line in bench.log("start") if line["argv"] != ["--version"]]

    @property
    def agent(self):
        """The double's own line about this start."""
        return until(lambda: self.starts(self.bench)[self.before:], "a start of the double")[0]

    def expect(self, text):
        self.child.expect_exact(text)
        return self

    def say(self, text):
        self.child.sendline(text)
        return self

    def captured(self, key):
        """The record knows the id, so that the next start does not depend on anything else."""
        until(lambda: self.bench.record().get("session") == key, "the id in the record")
        return self

    def _over(self):
        self.child.expect(pexpect.EOF)
        self.child.close()

    def stop(self):
        """As a service manager does."""
        self.child.kill(signal.SIGTERM)
        self._over()

    def kill_agent(self):
        os.kill(self.agent["pid"], signal.SIGKILL)
        self._over()

    def kill_all(self):
        """The launcher first: it has no time to tidy up."""
        pid = self.agent["pid"]
        os.kill(self.child.pid, signal.SIGKILL)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it went with its terminal
        self.child.close(force=True)
        until(lambda: not running(pid), "the end of the double")

    def leave(self):
        self.say("/exit")
        self._over()
        assert (self.child.exitstatus, self.child.signalstatus) == (0, None)


@pytest.fixture(params=DOUBLES, ids=lambda double: double.agent)
def bench(request, binary, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    return Bench(binary, tmp_path, request.param)


def test_cold_stopped_warm_killed_warm_with_the_prompt_given_once(bench):
    double, project = bench.double, str(bench.project)
    assert bench.dry()["start"] == "cold"
    first = bench.start().expect(f"reply 1 to: {TASK}")
    assert first.agent["argv"] == double.cold(TASK, project) and first.agent["cwd"] == project
    [(key, directory, texts)] = bench.conversations()
    assert (directory, texts) == (project, [TASK])
    first.captured(key).stop()

    planned = bench.dry()
    assert (planned["start"], planned["session"]["id"]) == ("warm", key)
    second = bench.start().expect("the double is ready")
    assert second.agent["argv"] == double.warm(key, project) and second.agent["cwd"] == project
    second.say("and now?").expect("reply 2 to: and now?").kill_agent()

    third = bench.start().expect("the double is ready")
    assert third.agent["argv"] == double.warm(key, project)
    third.kill_all()

    fourth = bench.start().expect("the double is ready")
    assert fourth.agent["argv"] == double.warm(key, project)
    fourth.say("once more").expect("reply 3 to: once more").leave()
    assert bench.conversations() == [(key, project, [TASK, "and now?", "once more"])]
    given = [line for line in bench.log("prompt") if line["sha256"] == agent_double.sha256(TASK.encode())]
    assert len(given) == 1


def test_killed_while_the_model_thinks(bench):
    task = "HANG over it"
    first = bench.start(task=task)
    until(lambda: bench.log("prompt"), "the prompt")
    if bench.double.stores_prompt_first:
        until(lambda: bench.texts() == [[task]], "the prompt in the store")
    first.kill_all()
    planned = bench.dry(task=task)
    if bench.double.stores_prompt_first:
        assert planned["start"] == "warm"
        bench.start(task=task).expect("the double is ready").stop()
        assert bench.texts() == [[task]]
    else:
        assert planned["start"] == "cold" and "prompt-repeated" in plans.codes(planned)


def test_without_its_record_the_conversation_is_known_by_its_first_message(bench):
    first = bench.start().expect(f"reply 1 to: {TASK}")
    [(key, _, _)] = bench.conversations()
    first.stop()
    shutil.rmtree(bench.home / ".local/state/agentlaunch")
    second = bench.start().expect("the double is ready")
    assert second.agent["argv"] == bench.double.warm(key, str(bench.project))
    second.stop()
    assert bench.texts() == [[TASK]]


def test_two_directories_with_one_task_keep_apart(bench):
    other = bench.root / "other"
    other.mkdir()
    for directory in (bench.project, other):
        bench.start(workdir=directory).expect(f"reply 1 to: {TASK}").stop()
    keys = {directory: key for key, directory, _ in bench.conversations()}
    assert set(keys) == {str(bench.project), str(other)}
    for directory, key in keys.items():
        again = bench.start(workdir=directory).expect("the double is ready")
        assert again.agent["argv"] == bench.double.warm(key, directory) and again.agent["cwd"] == directory
        again.stop()
    assert bench.texts() == [[TASK], [TASK]]


def test_the_directory_is_the_physical_one(bench):
    link = bench.root / "link"
    link.symlink_to(bench.project)
    bench.start(workdir=link).expect(f"reply 1 to: {TASK}").stop()
    again = bench.start(workdir=bench.project).expect("the double is ready")
    assert again.agent["cwd"] == str(bench.project)
    again.stop()
    assert bench.texts() == [[TASK]]


def test_an_id_that_is_not_there_never_reaches_the_agent(bench):
    status = plans.run(bench.words("--direct", "--resume", bench.double.unknown_id), bench.environment())
    assert status.returncode == 66, status.stderr
    assert Start.starts(bench) == []


def test_the_double_treats_an_id_that_is_not_there_as_the_agent_does(bench):
    """The other side of the test above: without it, the double would hide a false warm start."""
    status, words = bench.double.refusal
    child = pexpect.spawn(str(bench.program), bench.double.unknown, cwd=str(bench.project),
                          env=bench.environment(), timeout=30, echo=False)
    child.expect_exact(words)
    if status is None:
        child.expect_exact("the double is ready")
        child.close(force=True)
    else:
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == status
    assert bench.texts() == []


@pytest.mark.parametrize(
    "task",
    ["""it's "quoted" and `ticked`""", "first line\n\n  third\tand tabbed\nlast",
     "$(touch /tmp/no) ${HOME} %s \\n !! ~ *", "\U0001fabf and e\u0301", "x" * 100_000],
    ids=["quotes", "newlines", "shell", "emoji", "100k"],
)
def test_the_prompt_arrives_byte_for_byte_exactly_once(bench, task):
    first = bench.start(task=task)
    until(lambda: bench.log("prompt"), "the prompt")
    first.expect("reply 1 to: ")
    until(lambda: bench.texts() == [[task]], "the prompt in the store")
    first.kill_agent()
    bench.start(task=task).expect("the double is ready").leave()
    assert bench.texts() == [[task]]


def test_nobodys_terminal_is_needed(bench):
    words = bench.words("--direct", "--unattended")
    for number in (1, 2):
        with open(bench.root / "output", "wb") as output:
            child = subprocess.Popen(words, cwd="/", env=bench.environment(), stdin=subprocess.DEVNULL,
                                     stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        text = bench.root / "output"
        until(lambda: b"the double is ready" in text.read_bytes() or child.poll() is not None, "the double")
        assert child.poll() is None, text.read_bytes()
        child.terminate()
        assert child.wait(30) == -signal.SIGTERM
        assert len(Start.starts(bench)) == number
    assert bench.texts() == [[TASK]]
