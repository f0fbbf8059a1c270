"""Starts of `agentlaunch custom` in the background, and the commands that look after them, for one workdir."""

import json
import os
import signal
import subprocess
from pathlib import Path

from waiting import HANG, until


def has_ended(pid):
    """No such process, or a dead one that nobody has reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def start_ticks(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


class Background:
    def __init__(self, binary, workdir, state):
        self.binary, self.workdir, self.state = binary, Path(workdir), Path(state)

    def _argv(self, words, options, transport):
        transport = [transport] if transport else []
        return [str(word) for word in (self.binary, "custom", *transport, "--workdir", self.workdir, *options, "--", *words)]

    def start(self, *words, options=(), transport="--direct", stdin=b"", env=None, **more):
        """Returns as subprocess.run does, when the caller has ended and nobody holds its pipes."""
        result = subprocess.run(
            self._argv(words, ["--detach", *options], transport), input=stdin, capture_output=True, timeout=HANG,
            env=env, start_new_session=True, **more,
        )
        result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
        return result

    def popen(self, *words, options=(), transport="--direct", **more):
        return subprocess.Popen(
            self._argv(words, ["--detach", *options], transport), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True, **more,
        )

    def foreground(self, *words, options=()):
        return subprocess.run(
            self._argv(words, ["--quiet", *options], "--direct"), stdin=subprocess.DEVNULL, capture_output=True,
            timeout=HANG, start_new_session=True,
        )

    def command(self, *words, text=True, cwd=None, env=None):
        return subprocess.run(
            [self.binary, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG, text=text,
            cwd=cwd or self.workdir, env=env, start_new_session=True,
        )

    def popen_command(self, *words):
        return subprocess.Popen(
            [self.binary, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=self.workdir, start_new_session=True,
        )

    def conversations(self):
        return sorted((self.state / "agentlaunch").glob("*/*/run.json"))

    def conversation(self, name="default", agent="custom"):
        return next((self.state / "agentlaunch" / agent).glob(f"{name}-*"))

    def run_file(self, name="default", agent="custom"):
        return json.loads((self.conversation(name, agent) / "run.json").read_text())

    def log(self, name="default"):
        return Path(self.run_file(name)["log"]).read_bytes()

    def wait_for_end(self, status=None, name="default"):
        """The end as run.json has it, when the launcher has gone."""

        def end():
            run = self.run_file(name)
            found = run["end"]
            if found and status in (None, found["status"]) and has_ended(run["launcher"]["pid"]):
                return found

        return until(end, "the end in run.json")

    def close(self):
        """Ends what was started: launchers by the command, what is left by its number and start time."""
        self.command("stop", "--all")
        for path in self.conversations():
            run = json.loads(path.read_text())
            for process in (run["launcher"], run["child"]):
                try:
                    if process and start_ticks(process["pid"]) == int(process["startTicks"]):
                        os.kill(process["pid"], signal.SIGKILL)
                except OSError:
                    pass
