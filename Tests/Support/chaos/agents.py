"""The agents of the campaign: which double, how it is started, and what its store holds."""

import importlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from doubles import double as doubles


@dataclass(frozen=True)
class Agent:
    name: str
    program: str
    module: str
    environment: dict = field(default_factory=dict)
    options: tuple = ()
    transports: tuple = ("direct", "agentapi")
    stores_prompt_first: bool = True
    """Else a prompt is stored with its first answer, and one that was cut off is given again: counted apart."""
    takes_messages: bool = False
    """A new prompt for a conversation that goes on is POSTed to agentapi."""
    takes_a_second: bool = True
    """A prompt for a conversation that goes on. OpenCode's double shows agentapi no box to type it into."""
    pinned: bool = False
    """Amp: its store is its server's, of which agentlaunch sees nothing."""

    @property
    def code(self):
        return importlib.import_module(self.module)


def _known(name, **more):
    double = next(found for found in doubles.DOUBLES + doubles.CHAT_DOUBLES if found.agent == name)
    return Agent(name, double.program, f"agents.{name}.double", double.environment, tuple(double.options),
                 stores_prompt_first=double.stores_prompt_first, **more)


CHAT = {"transports": ("agentapi",), "takes_messages": True}
AGENTS = [
    Agent("goose", "goose", "agents.goose.double", {"GOOSE_PROVIDER": "double", "GOOSE_TELEMETRY_OFF": "1"}),
    Agent("claude", "claude", "agent_stores", {"STAND_IN": "waits"}),
    Agent("codex", "codex", "agent_stores", {"STAND_IN": "waits"}),
    *(_known(name) for name in ("amazonq", "auggie", "cursor", "gemini")),
    _known("opencode", takes_a_second=False),
    Agent("copilot", "copilot", "agents.copilot.double", **CHAT),
    Agent("kiro", "kiro-cli", "agents.kiro.double", **CHAT),
    Agent("kiro-v1", "kiro-cli", "agents.kiro.double", {"KIRO_DOUBLE_ENGINE": "v1"}, stores_prompt_first=False, **CHAT),
    _known("aider", **CHAT),
    _known("amp", pinned=True, **CHAT),
]
BY_NAME = {agent.name: agent for agent in AGENTS}


def conversations(agent, bench):
    """[(id, [user texts])] by Python of the tests' own, from what lies on the disk."""
    home = bench.home
    if agent.name == "goose":
        return [(row, [text.decode() for text in bench.goose.user_texts(row)]) for row, *_ in bench.goose.sessions()]
    if agent.name == "claude":
        return [(file.stem, _claude(file)) for file in sorted(home.glob(".claude/projects/*/*.jsonl"))]
    if agent.name == "codex":
        return [(file.stem[-36:], _codex(file)) for file in sorted(home.glob(".codex/sessions/**/rollout-*.jsonl"))]
    if agent.name == "cursor":
        # By the databases: a kill may leave the description beside one empty.
        return [(chat.parent.name, agent.code.texts(chat.parent)) for chat in home.glob(".cursor/chats/*/*/store.db")]
    return [(key, list(texts)) for key, _, texts in agent.code.conversations(home)]


def _lines(file):
    for line in Path(file).read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            pass  # torn by a kill


def _claude(file):
    return [line["message"]["content"] for line in _lines(file) if line.get("type") == "user"]


def _codex(file):
    return [line["payload"]["content"][0]["text"] for line in _lines(file)
            if line.get("type") == "response_item" and line["payload"].get("role") == "user"]
