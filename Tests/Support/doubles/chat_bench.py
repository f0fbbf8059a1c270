"""Starts of an agent's double under agentapi's double."""

import json
import os
import signal
import subprocess

from doubles import double
from doubles.double_bench import TASK, Bench
from waiting import HANG, until


class ChatBench(Bench):
    """Starts by agentlaunch under agentapi's double, in the background of the test."""

    def __init__(self, binary, root, double, installation):
        super().__init__(binary, root, double)
        self.installation, self.running = installation, []
        (self.root / "server").mkdir()

    def environment(self, **extra):
        inner = super().environment(**extra)
        inner["PATH"] = f"{self.installation.bin}:{inner['PATH']}"
        outer = self.installation.environment()
        return {**{name: outer[name] for name in ("TMPDIR", "DOUBLE_JOURNAL")}, "DOUBLE_TIME_SCALE": "0.1", **inner}

    def launch(self, *options, task=TASK, **extra):
        words = self.words("--agentapi", "--port", str(self.installation.port), *options, task=task)
        self.output = self.root / f"output-{len(self.running)}"
        with open(self.output, "wb") as output:
            process = subprocess.Popen(words, env=self.environment(**extra), stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=output, start_new_session=True, cwd="/")
        self.running.append(process)
        return process

    def conversations_started(self):
        """The agent's own starts, without those that only made a thread."""
        return [line["argv"] for line in self.log("start") if line["argv"] not in (["threads", "new"], ["--version"])]

    def started(self, count):
        return until(lambda: len(found := self.conversations_started()) >= count and found, "a start of the agent")[-1]

    def ready(self):
        self.installation.wait_for_status("stable")

    def delivered(self):
        until(lambda: self.record()["prompts"] and self.record()["prompts"][0]["state"] == "delivered", "the delivery")

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        return process.wait(HANG)

    def kill_everything(self, process):
        children = [line["pid"] for line in self.log("start")] + [line["pid"] for line in self.installation.journal("started")]
        for pid in [process.pid, *filter(self.installation.is_ours, children)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait(HANG)

    def record(self):
        """None as long as there is none."""
        files = list(self.home.glob(f".local/state/agentlaunch/{self.double.agent}/*/record.json"))
        return json.loads(files[0].read_text()) if files else {"prompts": []}


def make(agent, binary, tmp_path, monkeypatch, agentapi):
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    root = tmp_path / "bench"
    root.mkdir()
    return ChatBench(binary, root, double.of(agent), agentapi)
