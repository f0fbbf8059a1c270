"""One scratch home with one agent's double, starts of it by agentlaunch, and the processes that come of them."""

import json
import os
import signal
import sqlite3
from pathlib import Path

import agentapi
import plans
from processes import is_alive, variables
from waiting import poll

from . import agents, entry


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                found += map(int, file.read().split())
    except OSError:
        pass
    return found


class Bench:
    def __init__(self, root, agent, binaries):
        self.root, self.agent, self.binaries = Path(root).resolve(), agent, binaries
        self.root.mkdir(parents=True)
        self.installation = agentapi.Installation(self.root / "agentapi")
        self.home, self.project = self.root / "home", self.root / "project"
        self.home.mkdir()
        self.project.mkdir()
        (self.root / "server").mkdir()
        self.program = entry.install(self.root / "bin", agent.program, agent.module)
        self.seen_file, self.log_file = self.root / "seen.jsonl", self.root / "double.log"
        self.errors = self.root / "stderr"
        self.tasks = [f"the task of {self.root.name}"]
        # Those of which agentlaunch could not tell whether they arrived: it said so and left them out.
        self.doubted = set()
        self.extra = {}

    # What a start sees

    def environment(self, **extra):
        return {
            "HOME": str(self.home), "PATH": f"{self.root / 'bin'}:{self.installation.bin}:{plans.PATH}",
            "LANG": "C.UTF-8", "TERM": "xterm-256color", "TMPDIR": str(self.installation.temporary),
            "XDG_RUNTIME_DIR": str(self.root / "run"), "CHAOS_MARK": str(self.root),
            "CHAOS_SEEN": str(self.seen_file), "AGENT_DOUBLE_LOG": str(self.log_file),
            "GOOSE_DOUBLE_LOG": str(self.log_file), "STAND_IN_LOG": str(self.root / "stand-in.log"),
            "AMP_DOUBLE_SERVER": str(self.root / "server"),
            "DOUBLE_JOURNAL": str(self.installation.journal_file), "DOUBLE_TIME_SCALE": "0.1",
            "DOUBLE_STABLE_SECONDS": "0.15", **self.agent.environment, **self.extra, **extra,
        }

    def words(self, transport, *options):
        words = [self.agent.name.removesuffix("-v1"), *self.agent.options, f"--{transport}",
                 "--workdir", str(self.project), "--prompt", self.tasks[-1]]
        if len(self.tasks) > 1:
            words += ["--on-new-prompt", "send"]
        if transport == "agentapi":
            words += ["--port", str(self.installation.port)]
        return words + list(options)

    # Starts

    def start(self, transport, *options, under=(), debug=False, **extra):
        """The launcher's pid; with no terminal, in a session of its own. Returns right after its exec."""
        argv = [*under, self.binaries["debug" if debug else "timed"], *self.words(transport, *options)]
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.said_from = self.errors.stat().st_size if self.errors.exists() else 0
        with open(self.errors, "ab") as file:
            os.set_inheritable(file.fileno(), True)
            actions = [
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.root / "stdout"), flags, 0o600),
                (os.POSIX_SPAWN_DUP2, file.fileno(), 2), (os.POSIX_SPAWN_CLOSE, file.fileno()),
            ]
            if transport == "direct" and self.agent.takes_messages:
                # Agents whose prompt is typed have a terminal of that kind.
                extra["AGENT_DOUBLE_READY"] = "0.05"
            return os.posix_spawn(argv[0], argv, self.environment(**extra), file_actions=actions, setsid=True)

    def said(self):
        return self.errors.read_bytes()[self.said_from:].decode(errors="replace").strip()

    def dry(self, transport, *options):
        """(exit status, the plan), and nothing is touched by it."""
        before = plans.trace(self.root / "home")
        words = [self.binaries["timed"], *self.words(transport, *options), "--dry-run", "--format", "json"]
        result = plans.run(words, self.environment())
        assert plans.trace(self.root / "home") == before, f"the dry run left a trace: {words}"
        return result.returncode, json.loads(result.stdout) if result.stdout else {"said": result.stderr.decode()}

    # Processes

    def processes(self):
        """Everything alive that was started here: it has this bench's variable."""
        mark, found = b"CHAOS_MARK=" + os.fsencode(self.root), {}
        for name in os.listdir("/proc"):
            if name.isdigit() and mark in variables(name) and is_alive(name):
                found[int(name)] = command(name).replace(b"\0", b" ").decode(errors="replace")[:200]
        return found

    def find(self, target, launcher):
        """The pid of agentapi or of the agent once it is what it shall be."""
        for pid in children(launcher):
            words = command(pid)
            if b"agentapi\0server\0" in words:
                if target == "agentapi":
                    return pid
                return self.find("agent", pid)
            if target == "agent" and self.is_agent(pid, words):
                return pid
        return None

    def is_agent(self, pid, words):
        asks = (b"\0--version\0", b"\0threads\0new\0")
        return os.fsencode(self.program) in words and not any(ask in words for ask in asks)

    def close(self):
        pass

    def kill_everything(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    # What is there

    def conversations(self):
        return agents.conversations(self.agent, self.home)

    def count(self, task):
        return sum(text == task for _, texts in self.conversations() for text in texts)

    def has(self, tasks):
        """While the agent writes, a copy of its files may be torn: then not yet."""
        try:
            return all(self.count(task) for task in tasks)
        except (sqlite3.Error, ValueError, KeyError, IndexError, OSError):
            return False

    def seen(self):
        return agentapi.lines_of(self.seen_file)

    def folders(self):
        return list((self.home / ".local/state/agentlaunch").glob("*/default-*"))

    def record(self):
        for folder in self.folders():
            if (folder / "record.json").exists():
                return json.loads((folder / "record.json").read_text())
        return None


def reap(pid, seconds):
    """Its wait status, None if it goes on."""
    def ended():
        found, status = os.waitpid(pid, os.WNOHANG)
        return (status,) if found else None
    result = poll(ended, seconds, 0.005)
    return result[0] if result else None
