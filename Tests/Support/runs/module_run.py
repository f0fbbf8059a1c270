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

from ports import free_port
from processes import is_alive
from real_agents import ROOT
from runs.agent_run import AgentRun
from waiting import HANG, until

START = ROOT / "Tests/Support/runs/module-start"
OWNER = "/@owner/ws.main/apps"


class ModuleRun(AgentRun):
    """The module's variables, its folder in the home, and one port; `session` and `options` for several at once."""

    transport = "agentapi"

    def __init__(self, agent, installation, *options, workdir=None, session=None, port=None, own_files=True, wrapper=""):
        super().__init__(agent, *options, workdir=workdir, session=session)
        self.installation = installation
        self.mark = f"DOUBLE_JOURNAL={installation.journal_file}".encode()
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
            "DOUBLE_TIME_SCALE": self.agent.time_scale,
            "DOUBLE_STABLE_SECONDS": self.agent.stable_seconds,
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
        before, after = self.arguments()
        given = ["--prompt-base64-env", "ARG_AI_PROMPT"] if prompt is not None else []
        return [
            self.agent.binary, self.agent.name, "--agentapi", "--port", self.port, "--module-dir", self.folder,
            *before, *given, *after,
        ]

    def begin(self, prompt=None, before=(), **extra):
        """Starts it; returns at once the script that waits."""
        self.launcher_file.unlink(missing_ok=True)
        # Its text and not its file, which another user may not be able to open.
        words = [*self.prefix, "bash", "-c", START.read_text(), START.name, self.workdir, self.port, self.log, self.launcher_file, *before, *self.command(prompt)]
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
        return words[words.index(self.agent.program) + 1:]

    def run_file(self):
        """agentlaunch's own note of this run; every conversation has one."""
        return json.loads((self.conversation() / "run.json").read_text())

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
        self.type(text)
        request = self.asked(text)

        def answer():
            role, said = self.messages()[-1]
            return role == "agent" and "reply" in said
        until(answer, lambda: f"the answer in the chat; there is {[(r, ' '.join(t.split())[-300:]) for r, t in self.messages()]}")
        return request

    def type(self, text):
        """A message that nobody waits for to be answered."""
        def is_taken():
            """The screen may change again between the look and the message."""
            if self.agent.is_ready_when_quiet:
                # An empty screen is stable too.
                until(lambda: self.starts()[-1]["pid"] in [line["pid"] for line in self.installation.journal("ready")],
                      "the agent's input box")
            self.installation.wait_for_status("stable", port=self.port)
            status, answer = self.installation.post(text, port=self.port)
            if status == 500 and "waiting for user input" in str(answer):
                return False
            # On a busy machine Copilot shows its input before it reads it; agentapi gives up before it presses Enter.
            if status == 500 and "wait for screen to stabilize" in str(answer):
                return False
            # An agent that thinks and shows nothing of it has got the message all the same.
            assert status == 200 or "processing to start" in str(answer), f"{answer}\n{self.said()}"
            return True
        until(is_taken, lambda: f"a message that is taken; the screen is {self.messages()[-1:]}")

    def seen(self):
        return self.said()

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

    def strangers(self):
        """What stands in the home or the workdir and is neither the agent's, nor in a folder of ours."""
        known = (".local/state/agentlaunch", self.folder.name, *self.agent.own_places)
        home, workdir = self.agent.home, Path(self.workdir)
        found = [path for path in home.rglob("*") if path.is_file()]
        found = [path for path in found if not str(path.relative_to(home)).startswith(known)]
        return found + [path for path in workdir.rglob("*") if path not in found]
