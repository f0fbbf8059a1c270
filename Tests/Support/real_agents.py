"""The real agents against a model server on loopback, in a scratch home, driven through their own screens.

What an agent keeps is read here by Python of its own, so that the tests do not take agentlaunch's word for it.
"""

import fcntl
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import termios
import threading
import time

import agents
from digests import sha256
from model_servers.server import ModelServer, items
from waiting import HANG, until

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = "dummy-key-for-loopback-0123456789"


def executable(agent):
    """The pinned agent's executable; gets it if the cache has none, and fails if it cannot be had."""
    run = subprocess.run([ROOT / "scripts/real-agent", agent], capture_output=True, text=True)
    assert run.returncode == 0, f"the real {agent} is missing: {run.stderr.strip()}"
    return run.stdout.strip()


class Terminal:
    """A program on a terminal of its own, answered as a terminal answers; everything it printed is kept."""

    ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62;22c", b"\x1b[0c": b"\x1b[?62;22c"}
    ESCAPES = re.compile(
        rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^X][^\x1b]*\x1b\\|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]"
    )

    def __init__(self, argv, cwd, env):
        self.output = b""
        self.last_output = time.monotonic()
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.process = subprocess.Popen(
            [os.fsencode(a) for a in argv], cwd=cwd, env=env, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        # A descriptor of its own: the other's number may be the next terminal's before the thread looks again.
        threading.Thread(target=self._read, args=(os.dup(self.master),), daemon=True).start()

    def _read(self, master):
        try:
            while chunk := os.read(master, 65536):
                self.output += chunk
                self.last_output = time.monotonic()
                for query, answer in self.ANSWERS.items():
                    for _ in range(chunk.count(query)):
                        os.write(master, answer)
        except OSError:
            pass  # nobody has the terminal open any more
        finally:
            os.close(master)

    def text(self, since=0):
        """What was printed, without escape sequences and white space: screens are painted in pieces."""
        plain = self.ESCAPES.sub(b"", self.output[since:]).decode(errors="replace")
        return "".join(plain.split())

    def wait_for(self, text, since=0):
        wanted = "".join(text.split())
        until(lambda: wanted in self.text(since), lambda: f"{text!r} on the screen; there is:\n{self.text(since)[-3000:]}")

    def wait_quiet(self, seconds=1.0):
        """The agent has painted its screen and waits: something was printed, and now nothing more is."""
        until(
            lambda: self.process.poll() is not None
            or (self.output and time.monotonic() - self.last_output > seconds),
            "a quiet screen",
        )

    def say(self, text):
        """Types a message as a person does: Enter once the text stands on the screen."""
        since = len(self.output)
        os.write(self.master, text.encode())
        self.wait_for(text, since)
        self.wait_quiet(0.3)
        os.write(self.master, b"\r")

    def descendants(self):
        """Every process below this one, the nearest first."""
        found, queue = [], [self.process.pid]
        while queue:
            pid = queue.pop(0)
            try:
                for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                    children = [int(c) for c in (task / "children").read_text().split()]
                    found += children
                    queue += children
            except OSError:
                continue
        return found

    def stop(self, number=signal.SIGTERM):
        """Signals the launcher and waits for its end; returns its status as Popen has it."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(HANG)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"did not end on signal {number}:\n{self.text()[-2000:]}") from None

    def kill_all(self):
        """KILL for the launcher and everything below it, as a host that goes down does."""
        if self.process.poll() is not None:
            return  # its number may be another process's by now
        for pid in [self.process.pid, *self.descendants()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def close(self):
        self.kill_all()
        os.close(self.master)


class RealAgent:
    """One agent in one scratch home. Subclasses say where it keeps what, and what a first run wants answered."""

    def __init__(self, folder, binary):
        self.folder, self.binary = folder, binary
        self.home = folder / "home"
        self.home.mkdir()
        self.workdir = self.home / "project"
        self.workdir.mkdir()
        programs = folder / "bin"
        programs.mkdir()
        (programs / self.name).symlink_to(executable(self.name))
        self.server = self.make_server()
        self.terminals = []
        self.environment = {
            "PATH": f"{programs}:/usr/bin:/bin", "HOME": str(self.home), "TERM": "xterm-256color",
            "LANG": "C.UTF-8", **self.variables(),
        }

    def make_server(self):
        return ModelServer(self.server_program, self.folder)

    def launch(self, *options, prompt=None, workdir=None, session=None):
        """Starts agentlaunch as a person at a terminal does; the prompt goes by a file, byte for byte."""
        argv = [self.binary, self.name, "--direct", "--workdir", str(workdir or self.workdir), *options]
        if session:
            argv += ["--session", session]
        if prompt is not None:
            file = self.folder / "prompt"
            file.write_text(prompt)
            argv += ["--prompt-file", str(file)]
        return self.run(*argv)

    def run(self, *argv, workdir=None):
        terminal = Terminal(argv, workdir or self.home, self.environment)
        self.terminals.append(terminal)
        return terminal

    def answered(self, prompt):
        """Waits until an answer to the prompt stands in the agent's own store; returns the conversation's id."""
        def holders():
            return [i for i, file in self.conversations().items()
                    if prompt in self.user_texts(file) and self.answers(file)]
        def failure():
            return f"an answer to {prompt[:60]!r}; the screen:\n{self.terminals[-1].text()[-3000:]}"
        return until(holders, failure)[0]

    def asked(self, text):
        """Waits for the request whose last user text is this; returns it."""
        def found():
            return [r for r in self.server.requests() if items(r)[-1:] == [sha256(text)]]
        def failure():
            return f"a request that ends with {text!r}; the screen:\n{self.terminals[-1].text()[-3000:]}"
        return until(found, failure)[-1]

    def assert_given_once(self, prompt, identity, request):
        given = [t for t in self.user_texts(self.conversations()[identity]) if t == prompt]
        assert len(given) == 1, f"the store holds the prompt {len(given)} times"
        assert items(request).count(sha256(prompt)) == 1, "the last request holds the prompt not exactly once"

    def record(self, session="default", workdir=None):
        """agentlaunch's own record of a conversation, read from its file."""
        physical = os.path.realpath(workdir or self.workdir)
        name = f"{session}-{sha256(physical)[:16]}"
        return json.loads((self.home / ".local/state/agentlaunch" / self.name / name / "record.json").read_text())

    def close(self):
        for terminal in self.terminals:
            terminal.close()
        self.server.stop()


def started_in(folder, name, binary):
    """The real agent of this name, in a scratch home."""
    return agents.part(name, "agent").REAL(folder, binary)
