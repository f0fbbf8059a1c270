"""A scratch home, a PATH with one agent's double, and starts of it by agentlaunch."""

import json
import os
import signal

import pexpect

import plans
from doubles import agent_double
from processes import is_alive
from waiting import HANG, until

TASK = "do the task"


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

    def sessions(self):
        """The ids that the records hold."""
        files = self.home.glob(".local/state/agentlaunch/*/*/record.json")
        return {json.loads(file.read_text()).get("session") for file in files}

    def record(self):
        [file] = self.home.glob(".local/state/agentlaunch/*/*/record.json")
        return json.loads(file.read_text())


class Start:
    """agentlaunch on a terminal of its own."""

    def __init__(self, bench, words, extra):
        self.bench, self.before = bench, len(self.starts(bench))
        self.child = pexpect.spawn(words[0], words[1:], cwd="/", env=bench.environment(**extra), timeout=HANG,
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
        self.child.wait()  # close() allows it less than a second
        self.child.close(force=True)
        until(lambda: not is_alive(pid), "the end of the double")

    def leave(self):
        self.say("/exit")
        self._over()
        assert (self.child.exitstatus, self.child.signalstatus) == (0, None)
