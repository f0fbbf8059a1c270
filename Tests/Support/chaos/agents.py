"""The agents of the campaign: which double, how it is started, and what its store holds (agents/<agent>/agent.py)."""

import importlib
from dataclasses import dataclass, field

import agents


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


def _agents(name, module):
    """An agent's entries: what its folder says, the rest from its double."""
    found = {}
    if double := getattr(module, "DOUBLE", None):
        found = {"program": double.program, "module": f"agents.{name}.double", "environment": double.environment,
                 "options": tuple(double.options), "stores_prompt_first": double.stores_prompt_first}
        if double.typed:
            found |= {"transports": ("agentapi",), "takes_messages": True}
    return [Agent(entry, **{**found, **more}) for entry, more in getattr(module, "CHAOS", {name: {}}).items()]


AGENTS = [agent for name, module in agents.with_part("agent").items() for agent in _agents(name, module)]
BY_NAME = {agent.name: agent for agent in AGENTS}


def conversations(agent, home):
    """[(id, [user texts])] by Python of the tests' own, from what lies on the disk."""
    stored = getattr(agent.code, "conversations_after_a_kill", agent.code.conversations)
    return [(key, list(texts)) for key, _, texts in stored(home)]
