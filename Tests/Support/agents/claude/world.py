"""Claude's stand-in under the double of agentapi, in a home of its own: chats that are saved and loaded."""

import json
import os
import sys
from pathlib import Path

from waiting import HANG, until

SUPPORT = Path(__file__).resolve().parents[2]


class World:
    """Claude's stand-in under the double: its transcript makes the next start a warm one."""

    def __init__(self, agentapi, under_agentapi, root):
        self.agentapi, self.under_agentapi = agentapi, under_agentapi
        self.home, self.project = root / "home", root / "project"
        self.home.mkdir()
        self.project.mkdir()
        self.state = Path(os.environ["XDG_STATE_HOME"]) / "agentlaunch"
        claude = agentapi.bin / "claude"
        claude.write_text(
            f"#!{sys.executable}\nimport os, sys\nsys.path.insert(0, {str(SUPPORT)!r})\n"
            "from agents.claude import store\nfrom doubles.stand_in import after\nwords = sys.argv[1:]\n"
            "token = after(words, '--session-id') or after(words, '--resume')\n"
            "if not os.environ.get('CLAUDE_SAYS_NOTHING'):\n"
            "    store.write(os.environ['HOME'], os.getcwd(), ['hello'], token)\n"
            f"os.execv({agentapi.agent!r}, [{agentapi.agent!r}, *words])\n"
        )
        claude.chmod(0o755)

    def start(self, *options, **variables):
        return self.under_agentapi(*map(str, options), name="claude", agent=None, popen={"cwd": self.project},
                                   **{"HOME": self.home, **variables})

    def dry_run(self, *options, **variables):
        output = self.agentapi.root / "plan.json"
        with open(output, "wb") as out:
            process = self.under_agentapi("--dry-run", "-o", "json", *options, name="claude", agent=None,
                                          popen={"cwd": self.project, "stdout": out},
                                          **{"HOME": self.home, **variables})
            assert process.wait(HANG) == 0, self.errors()
        return json.loads(output.read_text())

    def talk(self, text, *options, **variables):
        """One whole run in which a user says something."""
        process = self.start(*options, **variables)
        self.say(text)
        process.terminate()
        assert process.wait(HANG) == 0, self.errors()

    def say(self, text):
        """Until the agent has answered."""
        self.agentapi.say(text)
        until(lambda: self.agentapi.messages()[-1][0] == "agent", "the answer")

    def refused(self, *options, **variables):
        process = self.start(*options, **variables)
        return process.wait(HANG), self.errors()

    def errors(self):
        return (self.agentapi.root / "launch.err").read_text()

    def servers(self):
        return [line for line in self.agentapi.journal("started") if "server" in line["argv"]]

    def loads(self):
        """What each start told agentapi."""
        return [line["environment"].get("AGENTAPI_LOAD_STATE") for line in self.servers()]

    def folder(self, name="default"):
        [folder] = (self.state / "claude").glob(f"{name}-*")
        return folder

    def state_files(self, name="default"):
        return sorted(path.name for path in self.folder(name).glob("agentapi-state*"))

    def chat(self, path=None):
        """What users said in a saved chat."""
        path = path or self.folder() / "agentapi-state.json"
        return [line["message"] for line in json.loads(path.read_text())["messages"] if line["role"] == "user"]
