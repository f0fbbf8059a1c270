"""Starts of one agent by agentlaunch, and what can be seen of them, whatever the transport.

A transport has begin(prompt), start(prompt) -> the agent's words, say(text) -> the model's request, and shut_down().
"""

import json
import os

from digests import sha256
from model_servers.server import items
from processes import kill_marked, marked, waits_for_another
from waiting import until


class AgentRun:
    """One conversation's starts: `agent` of agents_under_test.py, a name and options for agentlaunch."""

    mark = None
    """The variable that only this run's processes have."""

    def __init__(self, agent, *options, workdir=None, session=None):
        self.agent, self.options = agent, [*agent.options, *options]
        self.workdir, self.session = workdir or agent.workdir, session

    def arguments(self):
        extra = getattr(self.agent, "agent_arguments", ())
        session = ["--session", self.session] if self.session else []
        return ["--workdir", self.workdir, *session, *self.options], ["--", *extra] if extra else []

    def conversation(self):
        name = f"{self.session or 'default'}-{sha256(os.path.realpath(self.workdir))[:16]}"
        return self.agent.home / ".local/state/agentlaunch" / self.agent.name / name

    def record(self):
        return json.loads((self.conversation() / "record.json").read_text())

    def seen(self):
        """Where there is something to look at when a wait has been in vain."""
        return ""

    def asked(self, text):
        """The model's request that ends with this text."""
        wanted = sha256(text)
        return until(lambda: [r for r in self.agent.server.requests() if items(r)[-1:] == [wanted]],
                     lambda: f"a request with {text!r}\n{self.seen()}")[-1]

    def answered(self, text, count=1):
        """Waits until the store has the text and so many answers; the conversation's id."""
        def holders():
            return [i for i, c in self.agent.conversations().items()
                    if text in self.agent.user_texts(c) and len(self.agent.answers(c)) >= count]
        return until(holders, lambda: f"an answer to {text[:60]!r}\n{self.seen()}")[0]

    def answers(self):
        """Of all conversations."""
        return sum(len(self.agent.answers(c)) for c in self.agent.conversations().values())

    def learnt(self, identity):
        """The record knows the id, so that the next start does not depend on anything else."""
        def known():
            try:
                return self.record()["session"] == identity
            except OSError:
                return False
        until(known, "the id in the record")

    def times_given(self, prompt):
        """In all conversations of the store."""
        return sum(self.agent.user_texts(c).count(prompt) for c in self.agent.conversations().values())

    def processes(self):
        return marked(self.mark)

    def kill_everything(self):
        """What a host does that goes down."""
        killed = self.processes()
        kill_marked(self.mark)
        if self.agent.takes_the_dead_for_living:
            until(lambda: not any(map(waits_for_another, killed)), "the killed to be reaped by process 1")
