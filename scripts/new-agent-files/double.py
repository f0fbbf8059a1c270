"""A double of Foo. Written from docs/agents/foo.md; it knows nothing of agentlaunch."""

from agents.foo.store import SESSIONS
from doubles.agent_double import Refusal, say, words

conversations = SESSIONS.conversations


def main():
    arguments, key = words(), None
    if arguments == ["--version"]:
        return say("foo 1.0.0\n")
    while arguments and arguments[0] != "--":
        word = arguments.pop(0)
        if word not in ("--resume", "--model", "--yes"):
            raise Refusal(f"unknown option {word}")
        value = arguments.pop(0) if word != "--yes" else None
        key = value if word == "--resume" else key
    SESSIONS.talk(key, *arguments[1:])
