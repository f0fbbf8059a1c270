"""What the tests must know of a double to drive it; each agent's folder has the values (agents/<agent>/agent.py)."""

from dataclasses import dataclass, field
from typing import Callable

import agents


@dataclass(frozen=True)
class Double:
    agent: str
    """The name that agentlaunch knows."""
    program: str
    """The file name of the executable."""
    cold: Callable[[str, str], list]
    """(prompt, workdir) -> the words after the program of a cold start."""
    warm: Callable[[str, str], list]
    """(id, workdir) -> those of a warm start."""
    unknown: list
    """Words that name a session which is not there …"""
    refusal: tuple
    """… and how the double ends: (exit status or None where it goes on, words that it prints)."""
    options: list = field(default_factory=list)
    """For every start by agentlaunch."""
    environment: dict = field(default_factory=dict)
    stores_prompt_first: bool = True
    """A prompt is in the store before its answer is, so that a kill in between does not lose it."""
    many: bool = True
    """It keeps more than one conversation of a directory."""
    typed: bool = False
    """Its prompt is no argument: it is typed on its terminal, or sent to agentapi."""
    derives: bool = False
    """agentlaunch makes its ids: without a record the newest of them counts."""
    unknown_id: str = ""
    """An id of the agent's form that is not there."""

    @property
    def module(self):
        return agents.part(self.agent, "double")


def of(agent):
    """An agent's double."""
    return agents.part(agent, "agent").DOUBLE


def all_doubles():
    return [module.DOUBLE for module in agents.with_part("agent").values() if hasattr(module, "DOUBLE")]
