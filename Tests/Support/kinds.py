"""Every agent in a scratch home with one look: doubles with their model inside, and the real ones with a model server.

    agent.launch(...) is runs.agent_run's business; here is what an agent is, keeps and was asked:
    agent.conversations()        {id: what user_texts and answers take}
    agent.user_texts(of), agent.answers(of)
    agent.server.requests()      what the model was asked, each with the SHA-256 of the user texts that it saw
    agent.resumes(argv, id)      whether these words go on with that conversation, and give nothing to it
"""

import agents
from agentapi import lines_of
from doubles import double
from doubles.double_bench import Bench


class Kind:
    """What holds for most agents."""

    stores_prompt_first = True
    """The prompt is in the store before its answer is."""
    is_known_without_record = True
    """Its store tells which conversation is whose."""
    many = True
    """It keeps more than one conversation of a directory."""
    ready = b""
    """Bytes on its screen when it waits for input."""
    is_ready_when_quiet = True
    """Its screen must be quiet too, or what is typed gets lost."""
    time_scale, stable_seconds = "1", "0.3"
    """How fast agentapi's double is with it."""
    takes_the_dead_for_living = False
    """A killed one holds its session until process 1 has reaped it."""
    options = ()
    """Of every start by agentlaunch."""
    direct_variables = {}
    """Of direct starts only."""

    @property
    def program(self):
        return self.name


class Doubled(Kind):
    """A double that doubles/agent_double.py runs."""

    time_scale, is_ready_when_quiet = "0.1", False
    def __init__(self, folder, binary):
        self.folder, self.binary, self.double = folder, binary, double.of(self.name)
        self.bench = Bench(binary, folder, self.double)
        self.home, self.workdir, self.server = self.bench.home, self.bench.project, self
        self.environment, self.options = self.bench.environment(), self.double.options
        self.stores_prompt_first, self.many = self.double.stores_prompt_first, self.double.many

    @property
    def program(self):
        return self.double.program

    @property
    def own_places(self):
        """How the paths begin, below the home, that the agent makes itself."""
        folder = getattr(agents.part(self.name, "homes"), "folder", "").split("/")[0]
        return (".local/share", ".local/state/agentlaunch", ".kiro", *({folder} - {"", ".local"}))

    @property
    def is_typed(self):
        return self.double.typed

    @property
    def direct_variables(self):
        return {"AGENT_DOUBLE_READY": "0.1", "AGENT_DOUBLE_ECHO": "1"} if self.is_typed else {}

    @property
    def ready(self):
        return b"\x1b[?2004h" if self.is_typed else b"the double is ready"

    def answer_first_run(self):
        if self.name == "amp":
            (self.folder / "server").mkdir()

    def requests(self):
        return asked_so_far(lines_of(self.bench.log_file))

    def conversations(self):
        return {key: key for key, _, texts in self.bench.conversations() if texts}

    def user_texts(self, identity):
        return [text for key, _, texts in self.bench.conversations() if key == identity for text in texts]

    def answers(self, identity):
        return [line for line in self.bench.log("answer") if line["session"] == identity]

    def resumes(self, argv, identity):
        return argv == self.double.warm(identity, str(self.workdir))

    def close(self):
        pass


def asked_so_far(log):
    """For each turn the user texts that the model saw: those of the session so far."""
    seen, requests = {}, []
    for line in log:
        if line["event"] == "prompt":
            texts = seen.setdefault(line["session"], [])
            texts.append({"sha256": line["sha256"]})
            requests.append({"session": line["session"], "texts": list(texts)})
    return requests


def doubled(agent, **what):
    return type(f"Doubled{agent.title()}", (Doubled,), {"name": agent, **what})
