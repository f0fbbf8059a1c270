"""agentapi's double for tests: installs it under agentapi's name, and looks at what it left behind.

    def test_something(agentapi):                       # the fixture of Tests/EndToEnd/conftest.py
        server = agentapi.start("server", "--type", "goose", "--", agentapi.agent, DOUBLE_STABLE_SECONDS="0.2")
        agentapi.wait_until_up()
        agentapi.get("/status")                         # (200, {"status": …})

`agentapi.environment(**extra)` is for another program that shall find the double on its PATH. The variables
`DOUBLE_…` are listed in Tests/AgentAPIDouble/Start/Knobs.swift, the journal's events in State/Journal.swift there, those of the
scripted agent in doubles/scripted_agent.py.
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

from ports import free_port
from waiting import HANG, until

PROJECT = Path(__file__).resolve().parents[2]


def built_double() -> Path:
    path = Path(os.environ.get("AGENTAPI_DOUBLE") or PROJECT / ".build/debug/agentapi-double").resolve()
    assert path.is_file(), f"{path} is missing: run `swift build`, or set AGENTAPI_DOUBLE"
    return path


def lines_of(path):
    """The whole JSON lines of a file that may still be written."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]


def request(port, method, path, body=None, host=None, timeout=HANG):
    """(status, body); the body as JSON if it is that, otherwise as text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        headers = {"Host": host} if host is not None else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return answer.status, json.loads(data) if is_json else data.decode()
    finally:
        connection.close()


def get(port, path, **options):
    return request(port, "GET", path, **options)


def post(port, content, type="user", **options):
    return request(port, "POST", "/message", {"content": content, "type": type}, **options)


def is_up(port):
    try:
        return get(port, "/status", timeout=5)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


class Installation:
    """The double as `agentapi` in a folder for PATH, with a port, a state file, a pid file and a journal of its own."""

    agent = str(PROJECT / "Tests/Support/doubles/scripted_agent.py")

    def __init__(self, root):
        self.root = Path(root)
        self.bin = self.root / "bin"
        self.bin.mkdir(parents=True)
        self.program = self.bin / "agentapi"
        # A copy: /proc/PID/comm and /proc/PID/exe say agentapi.
        shutil.copy2(built_double(), self.program)
        self.temporary = self.root / "tmp"
        self.temporary.mkdir()
        self.port = free_port()
        self.journal_file = self.root / "journal.jsonl"
        self.agent_file = self.root / "agent.jsonl"
        self.state_file = self.root / "state" / "agentapi-state.json"
        self.pid_file = self.root / "run" / "agentapi.pid"
        self.started = []
        # Variables of every start; a start's own come first.
        self.defaults = {}

    def environment(self, **extra):
        """The caller's, without agentapi's own variables; a value None removes a variable."""
        result = {name: value for name, value in os.environ.items() if not name.startswith(("AGENTAPI_", "AGENTLAUNCH_", "DOUBLE_"))}
        result["PATH"] = f"{self.bin}:{result['PATH']}"
        result["TMPDIR"] = str(self.temporary)
        result["DOUBLE_JOURNAL"] = str(self.journal_file)
        result["AGENT_FILE"] = str(self.agent_file)
        for name, value in {**self.defaults, **extra}.items():
            if value is None:
                result.pop(name, None)
            else:
                result[name] = os.fsdecode(value) if isinstance(value, bytes) else str(value)
        return result

    def start(self, *arguments, stdin=subprocess.DEVNULL, stdout=None, port=True, prepare=None, under=(), **extra):
        """Popen of the double with these arguments, in a session of its own, its output in the files self.stdout and self.stderr.

        `under`: words in front of it, a program that becomes it. `prepare` runs between fork and exec.
        """
        if port is True:
            extra = {"AGENTAPI_PORT": self.port, **extra}
        self.stdout, self.stderr = self.root / "stdout", self.root / "stderr"
        with open(self.stdout, "wb") as out, open(self.stderr, "wb") as err:
            process = subprocess.Popen(
                [*under, self.program, *(word if isinstance(word, bytes) else str(word) for word in arguments)],
                stdin=stdin,
                stdout=out if stdout is None else stdout,
                stderr=err,
                env=self.environment(**extra),
                start_new_session=True,
                preexec_fn=prepare,
            )
        self.started.append(process)
        return process

    def serve(self, *options, agent=None, type="goose", **extra):
        """start() of a server whose agent is the scripted one."""
        return self.start("server", "--type", type, *options, "--", *(agent or [self.agent]), **extra)

    def run(self, *arguments, **extra):
        """Runs the double to its end: (return code, stdout, stderr)."""
        process = self.start(*arguments, **extra)
        return self.end(process), self.stdout.read_text(), self.stderr.read_text()

    def end(self, process):
        return process.wait(timeout=HANG)

    def wait_until_up(self, port=None):
        until(lambda: is_up(port or self.port), "agentapi's answer")

    def wait_for_status(self, status, port=None):
        self.wait_until_up(port)
        until(lambda: self.get("/status", port=port)[1]["status"] == status, f"status {status}")

    def wait_for_box(self):
        """Until the last agent that was started here waits for input: an empty screen is stable too, and whoever posts
        just when something appears on it is refused."""
        self.wait_until_up()

        def is_seen():
            server = [line["pid"] for line in self.journal("started") if "server" in line["argv"]][-1]
            return server in [line["pid"] for line in self.journal("ready")]

        until(is_seen, "the agent's input box")
        self.wait_for_status("stable")

    def say(self, content, port=None):
        """A user's message, which is taken: between the look and the message the screen may have changed."""
        def is_taken():
            self.wait_for_status("stable", port)
            status, answer = self.post(content, port=port)
            assert status == 200 or "waiting for user input" in str(answer), answer
            return status == 200

        until(is_taken, "a message that is taken")

    def get(self, path, port=None, **options):
        return get(port or self.port, path, **options)

    def post(self, content, type="user", port=None, **options):
        return post(port or self.port, content, type, **options)

    def messages(self, port=None):
        return [(message["role"], message["content"]) for message in self.get("/messages", port=port)[1]["messages"]]

    def journal(self, event=None):
        """Its events in order; those of this name only, if one is given."""
        return [line for line in lines_of(self.journal_file) if event in (None, line["event"])]

    def events(self):
        return [line["event"] for line in self.journal()]

    def wait_for(self, event, count=1):
        return until(lambda: len(found := self.journal(event)) >= count and found, event)[-1]

    def signals(self):
        return [line["signal"] for line in self.journal("signal")]

    def agent_events(self, event=None):
        return [line for line in lines_of(self.agent_file) if event in (None, line["event"])]

    def wait_for_agent(self, event="started", count=1):
        return until(lambda: len(found := self.agent_events(event)) >= count and found, f"the agent's {event}")[-1]

    def state(self, path=None):
        """What the state file holds, None if there is none."""
        path = Path(path or self.state_file)
        return json.loads(path.read_text()) if path.exists() else None

    def pid(self, path=None):
        path = Path(path or self.pid_file)
        return int(path.read_text()) if path.exists() else None

    def close(self):
        """Ends whatever is left of what was started here: the double, the agents and their grandchildren."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()
        for line in [*self.journal("agent-started"), *self.agent_events()]:
            for pid in (line.get("agent"), line.get("grandchild"), line["pid"]):
                if pid and self.is_ours(pid):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass

    def is_ours(self, pid):
        """Not another process that got this pid: it has the variable that only this installation gives."""
        try:
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return False
        return b"DOUBLE_JOURNAL=" + os.fsencode(self.journal_file) in variables
