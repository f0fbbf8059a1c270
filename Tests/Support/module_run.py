"""One agent in one workspace, started and stopped as the scripts of Coder's module do it, under agentapi's double.

    run = ModuleRun(agent, installation)            # agent: one of agents_under_test()
    run.start("the task")                           # returns after three 200s on /status, like the module's script
    run.shut_down()                                 # USR1, GET /messages, TERM to the pid in agentapi's pid file
    run.kill_everything()                           # what a host does that goes down
"""

import base64
import json
import os
import signal
import subprocess
from pathlib import Path

from agentapi import HANG, free_port, lines_of, until
from goose_bench import Bench
from real_agents import AGENTS, ROOT, Claude, Codex, sha256

START = ROOT / "Tests/Support/module-start"
OWNER = "/@owner/ws.main/apps"


class Goose:
    """Goose's double with the looks of a `RealAgent`: its model is inside, its log says what that was asked."""

    name = "goose"
    # How the paths begin, below the home, that the agent makes itself.
    own_places = (".local/share/goose", ".config/goose")

    def __init__(self, folder, binary):
        self.folder, self.binary = folder, binary
        self.bench = Bench(folder)
        self.home, self.workdir, self.server = self.bench.home, self.bench.project, self
        self.environment = self.bench.environment()

    def answer_first_run(self):
        """GOOSE_PROVIDER and GOOSE_TELEMETRY_OFF have done it."""

    def requests(self):
        """For each turn the user texts that the model saw: those of the session so far."""
        seen, requests = {}, []
        for line in lines_of(self.bench.log_file):
            if line["event"] == "prompt":
                texts = seen.setdefault(line["session"], [])
                texts.append({"sha256": line["sha256"]})
                requests.append({"session": line["session"], "texts": list(texts)})
        return requests

    def conversations(self):
        return {row[0]: row[0] for row in self.bench.sessions() if row[3]}

    def user_texts(self, identity):
        return [text.decode() for text in self.bench.user_texts(identity)]

    def answers(self, identity):
        return [line for line in lines_of(self.bench.log_file) if line["event"] == "answer" and line["session"] == identity]

    def resumes(self, argv, identity):
        return argv[:4] == ["session", "--resume", "--session-id", identity]

    def close(self):
        pass


class ClaudeUnderAgentAPI(Claude):
    own_places = (".claude", ".cache/claude", ".local/share/applications/claude-code-url-handler.desktop")

    def resumes(self, argv, identity):
        return "--resume" in argv and argv[argv.index("--resume") + 1] == identity


class CodexUnderAgentAPI(Codex):
    own_places = (".codex",)

    def answer_first_run(self):
        """agentapi up to 0.12.1 looks for Codex's input in the third last line, Codex 0.163 has two lines below it:
        the status line is the one that can be left out."""
        super().answer_first_run()
        with open(self.home / ".codex/config.toml", "a") as config:
            config.write("[tui]\nstatus_line = []\n")

    def resumes(self, argv, identity):
        return "resume" in argv and argv[argv.index("resume") + 1] == identity


KINDS = {"goose": Goose, "claude": ClaudeUnderAgentAPI, "codex": CodexUnderAgentAPI}
assert set(KINDS) >= set(AGENTS)


class ModuleRun:
    """The module's variables, its folder in the home, and one port; `session` and `options` for several at once."""

    def __init__(self, agent, installation, *options, workdir=None, session=None, port=None, own_files=True, wrapper=""):
        self.agent, self.installation, self.options = agent, installation, list(options)
        self.workdir, self.session = workdir or agent.workdir, session
        self.port = port or free_port()
        self.folder = agent.home / f".{agent.name}-module"
        self.log = self.folder / f"agentapi-start-{self.port}.log"
        self.launcher_file = agent.folder / f"launcher-{self.port}"
        self.own_files, self.wrapper = own_files, wrapper
        self.prefix = []  # in front of everything: another user, say
        self.folder.mkdir(exist_ok=True)

    def environment(self, prompt=None, **extra):
        """What the module's main script exports, on top of the workspace's own; it names state and pid file."""
        variables = {
            **self.agent.environment,
            "PATH": f"{self.installation.bin}:{self.agent.environment['PATH']}",
            "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8",
            "AGENTAPI_BOUNDARY_PREFIX": str(self.wrapper),
            "AGENTAPI_CHAT_BASE_PATH": f"{OWNER}/{self.agent.name}/chat",
            "AGENTAPI_ALLOWED_HOSTS": "*",
            "DOUBLE_TIME_SCALE": "0.1" if self.agent.name == "goose" else "1",
            "DOUBLE_STABLE_SECONDS": "0.3",
        }
        if self.own_files:
            variables |= {
                "AGENTAPI_PID_FILE": str(self.pid_file), "AGENTAPI_STATE_FILE": str(self.state_file),
                "AGENTAPI_SAVE_STATE": "true", "AGENTAPI_LOAD_STATE": "true",
            }
        if prompt is not None:
            variables["ARG_AI_PROMPT"] = base64.b64encode(prompt.encode()).decode()
        # Not the environment of whoever runs the tests: a workspace of its own.
        inside = self.installation.environment()
        variables |= {name: inside[name] for name in ("TMPDIR", "DOUBLE_JOURNAL")}
        return {**variables, **extra}

    def command(self, prompt=None):
        session = ["--session", self.session] if self.session else []
        given = ["--prompt-base64-env", "ARG_AI_PROMPT"] if prompt is not None else []
        return [
            self.agent.binary, self.agent.name, "--agentapi", "--workdir", self.workdir, "--port", self.port,
            "--module-dir", self.folder, *session, *given, *self.options,
        ]

    def begin(self, prompt=None, before=(), **extra):
        """Starts it; returns at once the script that waits."""
        self.launcher_file.unlink(missing_ok=True)
        words = [*self.prefix, START, self.workdir, self.port, self.log, self.launcher_file, *before, *self.command(prompt)]
        self.script = subprocess.Popen(
            [os.fspath(word) if isinstance(word, Path) else str(word) for word in words],
            env=self.environment(prompt, **extra), stdin=subprocess.DEVNULL, start_new_session=True,
        )
        return self.script

    def start(self, prompt=None, **extra):
        """Starts it and waits as the module does; agentapi's start as its double saw it."""
        starts = len(self.starts())
        script = self.begin(prompt, **extra)
        until(lambda: script.poll() is not None or not self.is_running(), "three answers of agentapi")
        assert script.poll() == 0, self.said()
        return self.agent_argv(starts)

    def is_running(self):
        pid = self.launcher_file.read_text() if self.launcher_file.exists() else ""
        return not pid or is_alive(int(pid))

    def said(self):
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    @property
    def state_file(self):
        return self._file("AGENTAPI_STATE_FILE", "agentapi-state.json")

    @property
    def pid_file(self):
        return self._file("AGENTAPI_PID_FILE", "agentapi.pid")

    def _file(self, variable, name):
        """The module's own, or where agentlaunch told agentapi to keep it."""
        return self.folder / name if self.own_files else Path(self.starts()[-1]["environment"][variable])

    # What ran

    def starts(self):
        """Of this port, as the double of agentapi saw them."""
        return [line for line in self.installation.journal("started") if str(self.port) in line["argv"]]

    def agent_argv(self, after=0):
        """The agent's words of the start after so many others; without the program and the wrapper."""
        started = until(lambda: self.starts()[after:], "agentapi's start")[-1]["argv"]
        words = started[started.index("--") + 1:]
        return words[words.index(self.agent.name) + 1:]

    def processes(self):
        """Everything of this workspace that still runs, whatever it calls itself."""
        mark, found = f"DOUBLE_JOURNAL={self.installation.journal_file}".encode(), []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def run_file(self):
        """agentlaunch's own note of this run; every conversation has one."""
        return json.loads((self.conversation() / "run.json").read_text())

    def conversation(self):
        name = f"{self.session or 'default'}-{sha256(os.path.realpath(self.workdir))[:16]}"
        return self.agent.home / ".local/state/agentlaunch" / self.agent.name / name

    def record(self):
        return json.loads((self.conversation() / "record.json").read_text())

    # The chat

    def messages(self):
        return self.installation.messages(port=self.port)

    def said_by_users(self):
        return [text for role, text in self.messages() if role == "user"]

    def say(self, text):
        """A user's message over the chat, answered there; the model's request with it.

        A chat that is saved before its last message is answered can be stuck once it is loaded again: agentapi waits
        for a screen that differs from the last one it kept.
        """
        def is_taken():
            """The screen may change again between the look and the message."""
            self.installation.wait_for_status("stable", port=self.port)
            status, answer = self.installation.post(text, port=self.port)
            if status == 500 and "waiting for user input" in str(answer):
                return False
            assert status == 200, f"{answer}\n{self.said()}"
            return True
        until(is_taken, "a message that is taken")
        request = self.asked(text)

        def answer():
            role, said = self.messages()[-1]
            return role == "agent" and "reply" in said
        until(answer, lambda: f"the answer in the chat; there is {[(r, ' '.join(t.split())[-300:]) for r, t in self.messages()]}")
        return request

    def asked(self, text):
        """The model's request that ends with this text."""
        wanted = sha256(text)
        return until(lambda: [r for r in self.agent.server.requests() if hashes(r)[-1:] == [wanted]], f"a request with {text!r}")[-1]

    def answered(self, text, count=1):
        """Waits until the store has the text and so many answers; the conversation's id."""
        def holders():
            return [i for i, c in self.agent.conversations().items()
                    if text in self.agent.user_texts(c) and len(self.agent.answers(c)) >= count]
        return until(holders, f"an answer to {text[:60]!r}")[0]

    def times_given(self, prompt):
        """In all conversations of the store."""
        return sum(self.agent.user_texts(c).count(prompt) for c in self.agent.conversations().values())

    # The end

    def shut_down(self):
        """The module's shutdown script; then nothing of it is left."""
        pid = int(self.pid_file.read_text())
        os.kill(pid, signal.SIGUSR1)
        assert self.installation.get("/messages", port=self.port)[0] == 200
        os.kill(pid, signal.SIGTERM)
        until(lambda: not Path(f"/proc/{pid}").exists(), "the end of agentapi's pid")
        until(lambda: not self.is_running(), "the end of agentlaunch")
        self.script.wait(HANG)

    def kill_everything(self):
        """KILL for all of it at once, without an order that anybody could rely on."""
        while pids := self.processes():
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            # Its environment is gone before its locks are.
            until(lambda: not any(is_alive(pid) for pid in pids), "the end of everything")

    def strangers(self):
        """What stands in the home or the workdir and is neither the agent's, nor in a folder of ours."""
        known = (".local/state/agentlaunch", self.folder.name, *self.agent.own_places)
        home, workdir = self.agent.home, Path(self.workdir)
        found = [path for path in home.rglob("*") if path.is_file()]
        found = [path for path in found if not str(path.relative_to(home)).startswith(known)]
        return found + [path for path in workdir.rglob("*") if path not in found]


def is_alive(pid):
    """Neither gone nor dead and waiting for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def hashes(request):
    """The SHA-256 of every user text of a request, in order."""
    flat = [t for entry in request["texts"] for t in (entry if isinstance(entry, list) else [entry])]
    return [text["sha256"] for text in flat]
