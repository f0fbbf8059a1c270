"""The campaign with the real Codex or Claude Code, its own store and a model server on loopback."""

import os

import real_agents

from . import agents, campaign, entry
from .bench import Bench


class RealBench(Bench):
    """A bench whose agent is the real one, started through the script that notes the store."""

    def __init__(self, root, agent, binaries):
        super().__init__(root, agent, binaries)
        folder = self.root / "real"
        folder.mkdir()
        self.real = real_agents.started_in(folder, agent.name, binaries["timed"])
        self.real.answer_first_run()
        self.home, self.project = self.real.home, self.real.workdir
        self.executable = os.path.realpath(folder / "bin" / agent.name)
        entry.install(self.root / "bin", agent.program, self.executable)
        self.extra |= {name: value for name, value in self.real.environment.items() if name not in ("PATH", "HOME")}

    def conversations(self):
        return [(key, self.real.user_texts(file)) for key, file in self.real.conversations().items()]

    def is_agent(self, pid, words):
        try:
            return os.path.realpath(f"/proc/{pid}/exe") == self.executable and b"\0--version\0" not in words
        except OSError:
            return False

    def processes(self):
        return {pid: words for pid, words in super().processes().items() if pid != self.real.server.process.pid}

    def close(self):
        self.real.close()


class Episode(campaign.Episode):
    def make_bench(self, root, agent, binaries):
        return RealBench(root, agent, binaries)


def episode(*arguments):
    return Episode(*arguments).run()


def agent(name):
    """Direct: it wants no box to be seen, and everything it stores comes of the prompt on its command line."""
    return agents.Agent(name, name, "", options=("--unattended",), transports=("direct",))
