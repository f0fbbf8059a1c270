"""Prompts that are typed into the terminal of a direct start: when the agent is ready, once, and whole."""

import hashlib
import os
import signal
import subprocess
from dataclasses import replace

import pytest

import plans
from doubles import double
from doubles.double_bench import TASK, Bench, Start
from processes import is_alive
from waiting import until

TYPED = {
    "aider": double.of("aider"),
    "amp": double.of("amp"),
    "copilot": replace(double.of("copilot"), options=["--unattended", "--allow-all"]),
    "cursor": double.of("cursor"),
    "kiro": double.of("kiro"),
}
# Cursor takes a prompt as an argument unless it begins like a flag.
DASH = "- do the task"
HARD = """it's "quoted" `ticked` $(touch no) ${HOME} ~ * \\n

  \ttabbed and [201~ \u00e9 \U0001fabf \U0001f469\u200d\U0001f680 --
last"""


class TypingBench(Bench):
    """Direct starts without a terminal, of an agent that is slow to be ready."""

    ready = "0.5"

    def __init__(self, binary, root, double):
        super().__init__(binary, root, double)
        self.processes = []
        (self.root / "server").mkdir()  # Amp's

    def environment(self, **extra):
        return super().environment(**{"AGENT_DOUBLE_READY": self.ready, "AMP_API_KEY": "x", **extra})

    def launch(self, *options, task=TASK, **extra):
        self.output = self.root / f"output-{len(self.processes)}"
        self.before = len(self.agents())
        with open(self.output, "wb") as output:
            self.processes.append(subprocess.Popen(
                self.words("--direct", *options, task=task), env=self.environment(**extra), cwd="/",
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True))
        return self.processes[-1]

    def agents(self):
        """The agent's own starts."""
        return [line for line in Start.starts(self) if line["argv"] != ["threads", "new"]]

    def agent(self):
        return until(lambda: self.agents()[self.before:], "a start of the agent")[0]

    def prompts(self):
        try:
            return [(prompt["how"], prompt["state"]) for prompt in self.record()["prompts"]]
        except (ValueError, OSError):
            return []  # not there yet

    def given(self, task):
        digest = hashlib.sha256(task.encode()).hexdigest()
        return [line["how"] for line in self.log("prompt") if line["sha256"] == digest]

    def texts(self):
        """Kiro keeps a session from its start on, with or without a message."""
        return [texts for texts in super().texts() if texts]

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def kill(self, process):
        """Everything at once, the launcher first."""
        agent = self.agent()["pid"]
        for pid in (process.pid, agent):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait(60)
        until(lambda: not is_alive(agent), "the end of the agent")

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)


def task_for(bench, task=TASK):
    return f"- {task}" if bench.double.agent == "cursor" else task


def make(agent, binary, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    (tmp_path / "bench").mkdir()
    return TypingBench(binary, tmp_path / "bench", TYPED[agent])


@pytest.fixture(params=sorted(TYPED))
def bench(request, binary, tmp_path, monkeypatch):
    made = make(request.param, binary, tmp_path, monkeypatch)
    yield made
    made.close()


@pytest.fixture
def aider(binary, tmp_path, monkeypatch):
    made = make("aider", binary, tmp_path, monkeypatch)
    yield made
    made.close()


def is_delivered(bench):
    """Amp's threads are on its server: what was typed stays what was given."""
    return bench.prompts() == [("typed", "given" if bench.double.agent == "amp" else "delivered")]


def once_cold_stopped_warm_killed_warm(bench, task):
    planned = bench.dry("--direct", task=task)
    assert (planned["start"], planned["prompt"]["action"], planned["prompt"]["delivery"]) == ("cold", "send", "typed")
    assert task not in planned["command"]
    first = bench.launch(task=task)
    until(lambda: bench.texts() == [[task]], "the prompt in the store")
    until(lambda: is_delivered(bench), "the delivery in the record")
    assert bench.log("entered")[0]["chunks"] > 1  # Enter came by itself
    key = until(lambda: bench.record()["session"], "the id")
    assert bench.stop(first) == -signal.SIGTERM

    planned = bench.dry("--direct", task=task)
    assert (planned["start"], planned["prompt"]["action"]) == ("warm", "skip")
    for end in (bench.kill, bench.stop):
        process = bench.launch(task=task)
        bench.agent()
        until(lambda: len(bench.log("raw")) == len(bench.processes), "the box")
        end(process)
        assert bench.record()["session"] == key
    assert bench.texts() == [[task]] and bench.given(task) == ["typed"]
    assert is_delivered(bench)


def test_the_prompt_is_typed_once_when_cold_and_never_when_warm(bench):
    once_cold_stopped_warm_killed_warm(bench, task_for(bench))


@pytest.mark.timeout(230)
def test_an_agent_that_drops_input_for_20_seconds_gets_the_whole_prompt(aider):
    aider.ready = "20"
    first = aider.launch()
    until(lambda: aider.log("raw") or aider.prompts(), "the agent's terminal")
    # Not one byte before it was ready: the record would say so.
    assert aider.log("raw")
    until(lambda: aider.texts() == [[TASK]], "the prompt in the store")
    until(lambda: is_delivered(aider), "the delivery")
    aider.stop(first)
    assert aider.dry("--direct")["start"] == "warm"


@pytest.mark.parametrize("text", [HARD, "x" * 65_536, "\n".join(f"line {n}: " + "y" * 90 for n in range(2000))],
                         ids=["hard", "64k-line", "200k-lines"])
def test_a_typed_prompt_arrives_byte_for_byte(bench, text):
    task = task_for(bench, text)
    (bench.root / "task").write_text(task)
    process = bench.launch("--prompt-file", bench.root / "task", task=None)
    until(lambda: bench.log("prompt"), "the prompt")
    assert bench.given(task) == ["typed"]
    until(lambda: bench.texts() == [[task]], "the prompt in the store")
    bench.stop(process)
    assert len(bench.log("prompt")) == 1


def test_a_prompt_not_typed_before_a_kill_is_given_by_the_next_start(bench):
    task = task_for(bench)
    first = bench.launch(task=task, AGENT_DOUBLE_READY="3600")
    bench.agent()
    bench.kill(first)
    assert bench.prompts() == [] and bench.given(task) == []
    planned = bench.dry("--direct", task=task)
    assert (planned["start"], planned["prompt"]["action"]) == ("cold", "send")
    given_by_the_next_start(bench, task)
    # No second thread was pinned: the first one waits for its prompt.
    assert len(bench.log("pinned")) <= 1


def given_by_the_next_start(bench, task):
    second = bench.launch(task=task)
    until(lambda: bench.texts() == [[task]], "the prompt in the store")
    until(lambda: is_delivered(bench), "the delivery in the record")
    bench.stop(second)
    planned = bench.dry("--direct", task=task)
    assert (planned["start"], planned["prompt"]["action"]) == ("warm", "skip")
    assert bench.given(task) == ["typed"]


def test_a_prompt_half_typed_at_a_kill_is_neither_lost_nor_given_twice(bench):
    task = task_for(bench)
    first = bench.launch(task=task, AGENT_DOUBLE_STALL="1")
    until(lambda: bench.prompts() == [("typed", "given")], "the prompt in the record")
    bench.kill(first)
    assert bench.texts() == []
    if bench.double.agent == "amp":
        # Its server alone could tell: given is what it counts as.
        planned = bench.dry("--direct", task=task)
        assert (planned["start"], planned["prompt"]["given"]) == ("warm", "unknown")
        assert "prompt-unknown" in plans.codes(planned)
        return
    assert bench.dry("--direct", task=task)["start"] == "cold"
    given_by_the_next_start(bench, task)


def test_a_prompt_taken_just_before_a_kill_is_not_given_again(bench):
    task = task_for(bench, "HANG on")  # the answer never comes
    first = bench.launch(task=task)
    until(lambda: bench.given(task), "the prompt")
    bench.kill(first)
    planned = bench.dry("--direct", task=task)
    assert (planned["start"], planned["prompt"]["action"]) == ("warm", "skip")
    second = bench.launch(task=task)
    until(lambda: len(bench.log("raw")) == 2, "the box")
    bench.stop(second)
    assert bench.given(task) == ["typed"]


@pytest.mark.parametrize(
    ("text", "offset"),
    [("clear\x1b[2J", 5), ("a\x7f", 1), ("\u00e9\u0085x", 2), ("one\r\ntwo", 3), ("one\u2028two", 3), ("\x03x", 0)])
def test_a_character_that_would_be_a_key_is_refused_before_anything_runs(bench, text, offset):
    task = task_for(bench, text)
    offset += len(task) - len(text)
    for options in (["--direct"], ["--direct", "--dry-run"]):
        result = plans.run(bench.words(*options, task=task), bench.environment())
        assert result.returncode == 64 and f" at offset {offset}, ".encode() in result.stderr, result.stderr
    assert bench.agents() == [] and bench.log("pinned") == [] and not list(bench.home.glob(".local/state/agentlaunch/*/*/record.json"))


@pytest.mark.timeout(1240)
def test_an_agent_that_is_never_ready_is_stopped_and_its_prompt_is_given_next_time(aider):
    process = aider.launch(AGENT_DOUBLE_READY="3600")
    assert process.wait(300) == 69
    assert b"was not ready" in aider.output.read_bytes() and not is_alive(aider.agent()["pid"])
    assert aider.prompts() == []
    given_by_the_next_start(aider, TASK)


def test_an_agent_that_ends_before_it_is_ready_is_reported_as_without_the_prompt(aider):
    process = aider.launch(AGENT_DOUBLE_READY="3600")
    os.kill(aider.agent()["pid"], signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    assert b"prompt-not-delivered" in aider.output.read_bytes()
    assert aider.prompts() == []


# With somebody at the terminal


def test_a_users_keystrokes_do_not_land_inside_the_typed_prompt(aider):
    task = "z" * 200_000
    (aider.root / "task").write_text(task)
    start = aider.start("--prompt-file", aider.root / "task", task=None)
    until(lambda: aider.prompts(), "the prompt in the record")
    start.child.send("and then\r")
    start.expect("reply 2 to: and then")
    assert aider.texts() == [[task, "and then"]]
    start.stop()


@pytest.mark.timeout(80)
def test_what_a_user_has_begun_to_type_is_not_mixed_with_the_prompt(aider):
    start = aider.start()
    until(lambda: aider.log("raw"), "the agent's terminal")
    start.child.send("half a")
    # Longer than the agent has to be quiet.
    assert not poll(lambda: aider.prompts(), 4)
    start.child.send(" question\r")
    until(lambda: aider.texts() == [["half a question", TASK]], "the prompt behind it")
    until(lambda: is_delivered(aider), "the delivery")
    start.stop()


def test_a_users_own_first_message_does_not_hide_the_conversation_with_the_prompt(bench):
    task = task_for(bench)
    start = bench.start(task=task)
    until(lambda: bench.log("raw"), "the agent's terminal")
    start.child.send("hello\r")
    until(lambda: bench.texts() == [["hello", task]], "the prompt behind it")
    until(lambda: bench.record()["session"], "the id")
    until(lambda: is_delivered(bench), "the delivery")
    start.stop()
    planned = bench.dry("--direct", task=task)
    assert (planned["start"], planned["prompt"]["action"]) == ("warm", "skip")


def poll(condition, seconds):
    import time

    end = time.monotonic() + seconds
    while time.monotonic() < end and not condition():
        time.sleep(0.05)
    return condition()


# OpenCode's: only a conversation that goes on takes one typed


@pytest.mark.timeout(70)
def test_a_resume_prompt_is_typed_once_into_the_resumed_conversation(binary, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    (tmp_path / "bench").mkdir()
    opencode = TypingBench(binary, tmp_path / "bench", double.of("opencode"))
    first = opencode.launch()
    until(lambda: opencode.texts() == [[TASK]], "the prompt in the store")
    until(lambda: opencode.prompts() == [("argument", "delivered")], "the delivery")
    opencode.stop(first)
    planned = opencode.dry("--direct", "--resume-prompt", "go on")
    assert (planned["prompt"]["action"], planned["prompt"]["delivery"]) == ("resume-prompt", "typed")
    second = opencode.launch("--resume-prompt", "go on")
    until(lambda: opencode.texts() == [[TASK, "go on"]], "the resume prompt")
    opencode.stop(second)
    third = opencode.launch("--on-new-prompt", "send", task="another task")
    until(lambda: opencode.texts() == [[TASK, "go on", "another task"]], "the new task")
    until(lambda: ("typed", "delivered") in opencode.prompts(), "its delivery")
    opencode.stop(third)
    assert opencode.dry("--direct", task="another task")["prompt"]["given"] == "this"
