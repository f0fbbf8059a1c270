"""Every agent in a scratch home with one look: doubles with their model inside, and the real ones with a model server.

    agent.launch(...) is agent_run.py's business; here is what an agent is, keeps and was asked:
    agent.conversations()        {id: what user_texts and answers take}
    agent.user_texts(of), agent.answers(of)
    agent.server.requests()      what the model was asked, each with the SHA-256 of the user texts that it saw
    agent.resumes(argv, id)      whether these words go on with that conversation, and give nothing to it
"""

import atexit
import functools
import json
import re
import tempfile

from agentapi import lines_of
from agents.aider.double import texts as aider_texts
from agents.goose import bench as goose_bench
from double_bench import Bench
from doubles import double as doubles
from real_agents import Claude, Codex, ModelServer, RealAgent, json_lines, sha256


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
    # How the paths begin, below the home, that the agent makes itself.
    own_places = (".local/share", ".local/state/agentlaunch", ".augment", ".cursor", ".gemini", ".kiro", ".copilot")

    def __init__(self, folder, binary):
        self.folder, self.binary, self.double = folder, binary, doubles.BY_AGENT[self.name]
        self.bench = Bench(binary, folder, self.double)
        self.home, self.workdir, self.server = self.bench.home, self.bench.project, self
        self.environment, self.options = self.bench.environment(), self.double.options
        self.stores_prompt_first, self.many = self.double.stores_prompt_first, self.double.many

    @property
    def program(self):
        return self.double.program

    @property
    def is_typed(self):
        return self.name in ("aider", "amp", "copilot", "kiro")

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


class Goose(Kind):
    """Goose's double, which has a log and a bench of its own."""

    name, time_scale, ready, is_ready_when_quiet = "goose", "0.1", b"goose is ready", False
    own_places = (".local/share/goose", ".config/goose")

    def __init__(self, folder, binary):
        self.folder, self.binary = folder, binary
        self.bench = goose_bench.Bench(folder)
        self.home, self.workdir, self.server = self.bench.home, self.bench.project, self
        self.environment = self.bench.environment()

    def answer_first_run(self):
        """GOOSE_PROVIDER and GOOSE_TELEMETRY_OFF have done it."""

    def requests(self):
        return asked_so_far(lines_of(self.bench.log_file))

    def conversations(self):
        return {row[0]: row[0] for row in self.bench.sessions() if row[3]}

    def user_texts(self, identity):
        return [text.decode() for text in self.bench.user_texts(identity)]

    def answers(self, identity):
        return [line for line in lines_of(self.bench.log_file) if line["event"] == "answer" and line["session"] == identity]

    def resumes(self, argv, identity):
        return argv == ["session", "--resume", "--session-id", identity]

    def close(self):
        pass


class RealClaude(Claude, Kind):
    own_places = (".claude", ".cache/claude", ".local/share/applications/claude-code-url-handler.desktop")

    def resumes(self, argv, identity):
        return argv[-2:] == ["--resume", identity]


class RealCodex(Codex, Kind):
    own_places = (".codex",)

    def answer_first_run(self):
        """agentapi up to 0.12.1 looks for Codex's input in the third last line, Codex 0.163 has two lines below it:
        the status line is the one that can be left out."""
        super().answer_first_run()
        with open(self.home / ".codex/config.toml", "a") as config:
            config.write("[tui]\nstatus_line = []\n")

    def resumes(self, argv, identity):
        return argv[-2:] == ["resume", identity]


class ChatServer(ModelServer):
    """A model server whose users' texts are looked at without what the agent adds to them."""

    def __init__(self, folder, without):
        super().__init__("model_servers/fake_openai.py", folder)
        self.without = without

    def requests(self):
        posts = [line for line in json_lines(self.log) if line.get("m") == "POST"]
        return [{"texts": [{"sha256": sha256(self.without(text))} for text in post.get("said", [])]} for post in posts]


@functools.cache
def unpacked_copilot():
    """Where the programs of this process find what Copilot unpacks."""
    folder = tempfile.TemporaryDirectory(prefix="copilot-")
    atexit.register(folder.cleanup)
    return folder.name


class RealCopilot(RealAgent, Kind):
    name, server_program = "copilot", "model_servers/fake_openai.py"
    own_places = (".copilot", ".cache/copilot", ".cache/mesa", ".config/gh")
    options, takes_the_dead_for_living = ("--unattended", "--allow-all"), True
    # It shows its input some seconds before it reads it, and what is pasted meanwhile spoils all that comes after.
    ready, time_scale, stable_seconds = "❯".encode(), "1", "5"

    def make_server(self):
        return ChatServer(self.folder, lambda text: re.sub(
            r"\A<current_datetime(?:/>|>.*?</current_datetime>)\s*|\s*<system_reminder>.*", "", text, flags=re.DOTALL))

    def variables(self):
        return {"COPILOT_OFFLINE": "true", "COPILOT_PROVIDER_BASE_URL": f"http://127.0.0.1:{self.server.port}/v1",
                "COPILOT_PROVIDER_API_KEY": "sk-fake", "COPILOT_MODEL": "gpt-4o"}

    def answer_first_run(self):
        """Trusted; and unpacked, which takes it some seconds in every new home."""
        (self.home / ".cache").mkdir()
        (self.home / ".cache/copilot").symlink_to(unpacked_copilot())
        (self.home / ".copilot").mkdir()
        (self.home / ".copilot/config.json").write_text(json.dumps({"trustedFolders": [str(self.workdir)]}))

    def events(self, file, kind):
        return [line["data"] for line in json_lines(file) if line.get("type") == kind]

    def conversations(self):
        return {file.parent.name: file for file in self.home.glob(".copilot/session-state/*/events.jsonl")}

    def user_texts(self, file):
        return [data["content"] for data in self.events(file, "user.message")]

    def answers(self, file):
        return self.events(file, "assistant.turn_end")

    def resumes(self, argv, identity):
        return argv == ["--allow-all-tools", f"--resume={identity}"]


class RealAider(RealAgent, Kind):
    name, server_program = "aider", "model_servers/fake_openai.py"
    own_places = (".aider", ".cache")
    # It asks for no repository, and looks at no files of one.
    agent_arguments = ("--map-tokens", "0")
    options = ("--model", "openai/fake-model")
    ready, is_ready_when_quiet, time_scale = b"\x1b[?2004h", False, "0.5"

    def make_server(self):
        return ChatServer(self.folder, lambda text: text.split("\n\nTo suggest changes")[0].strip())

    def variables(self):
        return {"OPENAI_API_BASE": f"http://127.0.0.1:{self.server.port}/v1", "OPENAI_API_KEY": "not-a-key",
                # It would ask the network for prices of models.
                "LITELLM_LOCAL_MODEL_COST_MAP": "True", "AIDER_GIT": "false", "AIDER_CHECK_UPDATE": "false",
                "AIDER_SHOW_MODEL_WARNINGS": "false", "AIDER_SHOW_RELEASE_NOTES": "false", "AIDER_ANALYTICS": "false"}

    def answer_first_run(self):
        """The variables have done it."""

    def conversations(self):
        files = [*self.home.glob(".local/state/agentlaunch/aider/*/chat*.md"), *self.workdir.glob(".aider.chat.history.md")]
        return {str(file): file for file in files if aider_texts(file)}

    def user_texts(self, file):
        return aider_texts(file)

    def answers(self, file):
        return re.findall("^reply .*", file.read_text(), re.MULTILINE)

    def resumes(self, argv, identity):
        return argv[-3:] == ["--chat-history-file", identity, "--restore-chat-history"]


KINDS = {
    "aider": doubled("aider"),
    "aider-real": RealAider,
    "amazonq": doubled("amazonq"),
    "amp": doubled("amp", is_known_without_record=False),
    "auggie": doubled("auggie"),
    "claude": RealClaude,
    "codex": RealCodex,
    "copilot": doubled("copilot"),
    "copilot-real": RealCopilot,
    "cursor": doubled("cursor"),
    "gemini": doubled("gemini"),
    "goose": Goose,
    "kiro": doubled("kiro"),
    "opencode": doubled("opencode"),
}
