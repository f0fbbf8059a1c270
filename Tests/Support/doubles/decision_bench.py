"""A scratch home, workspaces in it, and starts of one agent there."""

import hashlib
import json
import subprocess

import agents
import plans
from agentapi import lines_of
from doubles import stand_in

TASK = "do the task"


class Bench:
    def __init__(self, binary, root, agent):
        self.binary, self.agent = binary, agent
        self.root = root.resolve()
        self.home = self.root / "home"
        self.home.mkdir()
        self.project = self.directory("project")
        self.log_file = self.root / "starts.jsonl"

    def directory(self, name):
        path = self.root / name
        path.mkdir(parents=True)
        return path

    def write(self, texts, token=None, workdir=None, **options):
        """A conversation that somebody else started."""
        return agents.part(self.agent, "store").write(
            options.pop("home", self.home), workdir or self.project, texts, token, **options)

    def _run(self, options, task, workdir, environment, path):
        words = [self.binary, self.agent, *options, "--workdir", workdir or self.project]
        if task is not None:
            words += ["--prompt", task]
        return plans.run(words, {"HOME": str(self.home), "PATH": path, **environment})

    def dry(self, *options, task=TASK, workdir=None, alone=True, **environment):
        """The plan of a start at this moment; where nobody else writes, asserts that it left no trace."""
        before = plans.trace(self.root) if alone else None
        result = self._run(["--dry-run", "--format", "json", *options], task, workdir, environment, plans.PATH)
        assert not alone or plans.trace(self.root) == before
        return plans.plan(result)

    def refused(self, *options, task=TASK, workdir=None, **environment):
        """The exit status and the line of a dry run that makes no plan."""
        result = self._run(["--dry-run", "--format", "json", *options], task, workdir, environment, plans.PATH)
        assert result.stdout == b"", result
        return result.returncode, result.stderr.decode()

    def start(self, *options, task=TASK, workdir=None, **environment):
        """A real start of the stand-in, to its end."""
        stand_in.install(self.root / "bin", self.agent)
        environment = {"STAND_IN_LOG": str(self.log_file), **environment}
        return self._run(["--direct", *options], task, workdir, environment, f"{self.root / 'bin'}:{plans.PATH}")

    def background(self, *options, task=TASK, workdir=None, **environment):
        """A start of a stand-in that stays until it is stopped."""
        stand_in.install(self.root / "bin", self.agent)
        words = [self.binary, self.agent, "--direct", *options, "--workdir", workdir or self.project,
                 "--prompt", task]
        variables = {"HOME": str(self.home), "PATH": f"{self.root / 'bin'}:{plans.PATH}",
                     "STAND_IN_LOG": str(self.log_file), "STAND_IN": "waits", **environment}
        return subprocess.Popen([str(word) for word in words], env=variables, cwd="/",
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=open(self.root / "errors.txt", "ab"), start_new_session=True)

    def records(self, *conversations):
        """The session ids of the records, None where one is not known yet."""
        return [
            self.record(*key)["session"] if self.record_file(*key).exists() else None
            for key in conversations
        ]

    def starts(self):
        return [line["argv"] for line in lines_of(self.log_file)]

    def record_file(self, name="default", workdir=None):
        digest = hashlib.sha256(str(workdir or self.project).encode()).hexdigest()[:16]
        return self.home / f".local/state/agentlaunch/{self.agent}/{name}-{digest}/record.json"

    def record(self, name="default", workdir=None):
        return json.loads(self.record_file(name, workdir).read_text())
