"""The real Copilot CLI 1.0.64 under agentapi's double and with its prompt typed, against a model server on loopback: cold, stopped, warm, torn."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Support"))
import plans
from agentapi import HANG, until
from processes import is_alive as running
from real_agents import ModelServer, executable

TASK = "Say hello to the harbour"


class Workspace:
    def __init__(self, root, binary, agentapi, server):
        self.root, self.binary, self.agentapi = root, binary, agentapi
        self.home, self.workdir = root / "home", root / "work"
        for folder in (self.home, self.workdir, root / "path"):
            folder.mkdir()
        (root / "path/copilot").symlink_to(executable("copilot"))
        self.environment = {
            "HOME": str(self.home), "PATH": f"{agentapi.bin}:{root / 'path'}:{plans.PATH}", "LANG": "C.UTF-8",
            "TERM": "xterm-256color", "AGENTAPI_PORT": str(agentapi.port), "DOUBLE_TIME_SCALE": "0.5",
            "DOUBLE_STABLE_SECONDS": "0.5", "DOUBLE_JOURNAL": str(agentapi.journal_file),
            "COPILOT_OFFLINE": "true", "COPILOT_PROVIDER_BASE_URL": f"http://127.0.0.1:{server.port}/v1",
            "COPILOT_PROVIDER_API_KEY": "sk-fake", "COPILOT_MODEL": "gpt-4o",
        }
        self.processes, self.transport, self.task = [], "--agentapi", TASK

    def words(self, *options):
        return [self.binary, "copilot", self.transport, "--unattended", "--allow-all", "--workdir", str(self.workdir),
                "--prompt", self.task, *options]

    def start(self):
        with open(self.root / f"output-{len(self.processes)}", "wb") as output:
            self.processes.append(subprocess.Popen(
                self.words(), env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True))
        return self.processes[-1]

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=HANG)

    def dry(self):
        return plans.plan(plans.run(self.words("--dry-run", "--format", "json"), self.environment))

    @property
    def file(self):
        return next(iter(self.home.glob(".copilot/session-state/*/events.jsonl")), None)

    def events(self, kind):
        lines = self.file.read_bytes().split(b"\n")[:-1] if self.file else []
        return [event for event in map(json.loads, lines) if event["type"] == kind]

    def locks(self):
        return [int(lock.name.split(".")[1]) for lock in self.home.glob(".copilot/session-state/*/inuse.*.lock")]


@pytest.fixture
def workspace(tmp_path, binary, agentapi, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    server = ModelServer("fake_openai.py", tmp_path)
    made = Workspace(tmp_path, binary, agentapi, server)
    yield made
    for process in made.processes:
        if process.poll() is None:
            process.kill()
        process.wait()
    server.stop()


def test_cold_stopped_warm_and_a_torn_line(workspace):
    planned = workspace.dry()
    assert planned["start"] == "cold"
    first = workspace.start()
    until(lambda: workspace.events("assistant.turn_end"), "the answer")
    assert [event["data"]["content"] for event in workspace.events("user.message")] == [TASK]
    assert workspace.file.parent.name == planned["session"]["id"]
    # Whoever has it open now is known by its lock.
    assert any(running(pid) for pid in workspace.locks())
    assert workspace.stop(first) == 0

    planned = workspace.dry()
    assert (planned["start"], planned["prompt"]["given"]) == ("warm", "this")
    second = workspace.start()
    until(lambda: any(running(pid) for pid in workspace.locks()), "the resumed session")
    workspace.agentapi.wait_for_status("stable")
    assert workspace.stop(second) == 0
    assert [event["data"]["content"] for event in workspace.events("user.message")] == [TASK]

    # One torn line: unknown, and the agent itself refuses it.
    whole = workspace.file.read_bytes()
    workspace.file.write_bytes(whole[:-30])
    result = plans.run(workspace.words("--dry-run", "--format", "json"), workspace.environment)
    assert result.returncode == 65 and f"line {whole.count(chr(10).encode())} ".encode() in result.stdout
    refused = plans.run([workspace.root / "path/copilot", f"--resume={workspace.file.parent.name}", "-p", "hi"],
                        workspace.environment, workspace.workdir)
    assert refused.returncode == 1 and b"corrupted" in refused.stderr + refused.stdout


def test_typed_into_a_direct_start_once_and_only_when_cold(workspace):
    workspace.transport, workspace.task = "--direct", "it's \"quoted\"\n\n  \u00e9 \U0001fabf `x`\n" + "line\n" * 200 + "end"
    planned = workspace.dry()
    assert (planned["start"], planned["prompt"]["delivery"]) == ("cold", "typed")
    first = workspace.start()
    until(lambda: workspace.events("assistant.turn_end"), "the answer")
    assert [event["data"]["content"] for event in workspace.events("user.message")] == [workspace.task]
    assert workspace.file.parent.name == planned["session"]["id"]
    assert workspace.stop(first) == 0

    planned = workspace.dry()
    assert (planned["start"], planned["prompt"]["given"], planned["prompt"]["action"]) == ("warm", "this", "skip")
    workspace.processes.append(subprocess.Popen(
        workspace.words("--resume-prompt", "and now?"), env=workspace.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))
    until(lambda: len(workspace.events("user.message")) == 2, "the resume prompt")
    assert workspace.stop(workspace.processes[-1]) == 0
    assert [event["data"]["content"] for event in workspace.events("user.message")] == [workspace.task, "and now?"]


def test_tabs_that_copilot_makes_spaces_of_are_known_as_the_same_prompt(workspace):
    workspace.transport, workspace.task = "--direct", "a\tb\n\tc d\t\te"
    first = workspace.start()
    until(lambda: workspace.events("user.message"), "the prompt")
    assert workspace.events("user.message")[0]["data"]["content"] == workspace.task.replace("\t", "    ")
    workspace.stop(first)
    assert workspace.dry()["prompt"]["given"] == "this"
