"""The real Aider and its traps: files that are no conversation, a history of the project, what it cannot decode.

Cold, stopped, warm and killed: test_every_agent.py.
"""

import os
import signal
import subprocess

import pytest

import plans
from agents.aider import double as aider_double
from agents.aider.double import NAME, texts
from model_servers.server import ModelServer, json_lines
from real_agents import executable
from waiting import HANG, until

TASK = "it's the \"task\":\n\n  of three lines, with $(no) `shell`"


class Aider:
    """A scratch home and directory, agentlaunch's starts there, and what the model was asked."""

    def __init__(self, binary, folder, installation):
        self.binary, self.folder, self.installation = binary, folder, installation
        self.home, self.project = folder / "home", folder / "project"
        self.home.mkdir()
        self.project.mkdir()
        (installation.bin / "aider").symlink_to(executable("aider"))
        self.server, self.running = ModelServer("fake_openai.py", folder), []
        self.transport = ["--agentapi", "--port", installation.port]

    def environment(self):
        outer = self.installation.environment()
        return {
            **{name: outer[name] for name in ("TMPDIR", "DOUBLE_JOURNAL")}, "DOUBLE_TIME_SCALE": "0.5",
            "HOME": str(self.home), "PATH": f"{self.installation.bin}:{plans.PATH}", "LANG": "C.UTF-8",
            "OPENAI_API_BASE": f"http://127.0.0.1:{self.server.port}/v1", "OPENAI_API_KEY": "not-a-key",
            # It would ask the network for prices of models.
            "AIDER_GIT": "false", "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }

    def words(self, *options, task=TASK):
        prompt = ["--prompt", task] if task else []
        return [str(word) for word in (
            self.binary, "aider", *self.transport, "--workdir", self.project,
            "--model", "openai/fake-model", *options, *prompt, "--", "--map-tokens", "0")]

    def dry(self, *options, **more):
        words = self.words("--dry-run", "--format", "json", *options, **more)
        return plans.plan(plans.run(words, self.environment()))

    def start(self, *options, **more):
        with open(self.folder / f"output-{len(self.running)}", "wb") as output:
            self.running.append(subprocess.Popen(
                self.words(*options, **more), env=self.environment(), stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True, cwd="/"))
        if "--direct" in self.transport:
            return self.running[-1]
        count = len(self.running)
        until(lambda: len(self.installation.journal("ready")) >= count, "Aider's prompt")
        return self.running[-1]

    def history(self):
        [file] = self.home.glob(".local/state/agentlaunch/aider/*/chat.md")
        return file

    def said(self):
        return texts(self.history()) if list(self.home.glob(".local/state/agentlaunch/aider/*/chat.md")) else []

    def asked(self):
        """Of each request the beginnings of what users said."""
        requests = [line for line in json_lines(self.server.log) if line.get("m") == "POST"]
        return [[text["head"].strip() for text in request["texts"]] for request in requests]

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        return process.wait(HANG)

    def kill(self, process):
        pids = [line[key] for line in self.installation.journal() for key in ("pid", "agent") if key in line]
        process.kill()
        # Of those that have ended the numbers may be given again.
        for pid in filter(self.installation.is_ours, set(pids)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait(HANG)

    def close(self):
        for process in self.running:
            if process.poll() is None:
                self.kill(process)
        self.server.stop()


@pytest.fixture
def aider(binary, tmp_path, monkeypatch, agentapi):
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    made = Aider(binary, tmp_path, agentapi)
    yield made
    made.close()


@pytest.mark.timeout(130)
def test_after_a_start_without_messages_it_is_cold_and_the_same_file_is_used(aider):
    first = aider.start(task=None)
    assert aider.history().read_text().count("# aider chat started at") == 1
    aider.stop(first)
    assert aider.said() == [] and aider.dry()["start"] == "cold"
    second = aider.start()
    until(lambda: aider.said() == [TASK], "the prompt in the history")
    aider.installation.wait_for_status("stable")
    aider.stop(second)
    assert aider.dry()["start"] == "warm"


@pytest.mark.timeout(100)
def test_the_projects_own_history_is_taken_over(aider):
    environment = {**aider.environment(), "AIDER_CHECK_UPDATE": "false", "AIDER_SHOW_MODEL_WARNINGS": "false"}
    subprocess.run(
        [aider.installation.bin / "aider", "--model", "openai/fake-model", "--map-tokens", "0", "--message", TASK],
        env=environment, cwd=aider.project, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=HANG,
    )
    assert texts(aider.project / NAME) == [TASK]
    planned = aider.dry()
    assert planned["start"] == "warm" and str(aider.project / NAME) in planned["agentCommand"]
    assert aider.dry(task="another task")["start"] == "cold"
    process = aider.start()
    aider.installation.wait_for_status("stable")
    aider.stop(process)
    # Known from now on, also without the task.
    assert str(aider.project / NAME) in aider.dry(task=None)["agentCommand"]
    assert texts(aider.project / NAME) == [TASK]


def history(*turns):
    """As the double writes it: what it writes the real program reads."""
    def write(file):
        double = aider_double.History(file)
        double.start()
        for number, text in enumerate(turns):
            double.ask(text)
            if number < len(turns) - 1 or text != "killed":
                double.answer("An answer.")
    return write


def undecodable(file):
    history("what is this?")(file)
    file.write_bytes(file.read_bytes().replace(b"what", b"\xff\xfe\xff"))


# What stands in the project; whether the real program restores it; what is planned with --adopt newest.
FILES = {
    "whole": (history("what is this?"), True, "warm"),
    "without-an-answer": (history("what is this?", "killed"), True, "warm"),
    "a-mere-start": (history(), False, "cold"),
    "no-bytes": (lambda file: file.write_bytes(b""), False, "cold"),
    "undecodable": (undecodable, False, "unknown"),
    "a-folder": (lambda file: file.mkdir(), False, "unknown"),
}


@pytest.mark.parametrize("case", FILES)
@pytest.mark.timeout(90)
def test_what_the_real_aider_restores_is_what_is_planned(aider, case):
    """From a folder below: the history is that of the repository around it."""
    write, is_restored, start = FILES[case]
    (aider.project / ".git").mkdir()
    below = aider.project / "deep/er"
    below.mkdir(parents=True)
    file = aider.project / NAME
    write(file)
    words = [str(word).replace(str(aider.project), str(below)) for word in
             aider.words("--dry-run", "--format", "json", "--adopt", "newest", task="another task")]
    planned = plans.plan(plans.run(words, aider.environment()))
    assert planned["start"] == start, planned["evidence"]
    if start == "warm":
        assert str(file) in planned["agentCommand"]
    environment = {**aider.environment(), "AIDER_CHECK_UPDATE": "false", "AIDER_SHOW_MODEL_WARNINGS": "false"}
    done = subprocess.run(
        [aider.installation.bin / "aider", "--model", "openai/fake-model", "--map-tokens", "0", "--no-pretty",
         "--restore-chat-history", "--chat-history-file", file, "--message", "go on"], env=environment, cwd=below,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=HANG)
    assert done.returncode == 0, done.stdout
    assert ("Restored previous conversation history." in done.stdout) == is_restored
    [asked] = aider.asked()
    assert any("what is this?" in text for text in asked) == is_restored


@pytest.mark.timeout(120)
def test_a_direct_start_types_the_prompt_once_and_only_when_cold(aider):
    aider.transport = ["--direct"]
    assert aider.dry()["prompt"]["delivery"] == "typed"
    # Killed while it loads: nothing was typed, and the next start types it.
    first = aider.start()
    until(lambda: list(aider.home.glob(".local/state/agentlaunch/aider/*/chat.md")), "the history")
    aider.kill(first)
    assert aider.said() == [] and aider.dry()["start"] == "cold"
    second = aider.start()
    until(lambda: aider.said() == [TASK], "the prompt in the history")
    until(lambda: "reply 1 to:" in aider.history().read_text(), "its answer")
    assert len(aider.asked()) == 1
    assert aider.stop(second) == -signal.SIGTERM

    planned = aider.dry()
    assert (planned["start"], planned["prompt"]["given"], planned["prompt"]["action"]) == ("warm", "this", "skip")
    third = aider.start("--resume-prompt", "and now?")
    until(lambda: aider.said() == [TASK, "and now?"], "the resume prompt in the history")
    until(lambda: len(aider.asked()) == 2, "a second request")
    assert any(text.startswith("it's the \"task\"") for text in aider.asked()[1])
    assert aider.stop(third) == -signal.SIGTERM


def test_a_prompt_of_64_kib_is_typed_whole(aider):
    aider.transport = ["--direct"]
    task = "\n".join(f"line {number}: " + "x" * 50 for number in range(1060))[:65_536]
    first = aider.start(task=task)
    until(lambda: aider.said() == [task], "the prompt in the history")
    aider.stop(first)
    assert aider.dry(task=task)["prompt"]["given"] == "this"
