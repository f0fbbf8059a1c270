"""A double of Foo. Written from docs/agents/foo.md; it knows nothing of agentlaunch."""

import os
import uuid

from agents.foo.store import SESSIONS
from doubles.agent_double import Refusal, converse, say, turn, words

conversations = SESSIONS.conversations


def main():
    arguments, key = words(), None
    if arguments == ["--version"]:
        return say("foo 1.0.0\n")
    while arguments and arguments[0] != "--":
        word = arguments.pop(0)
        if word == "--resume":
            key = arguments.pop(0)
        elif word == "--model":
            arguments.pop(0)
        elif word != "--yes":
            raise Refusal(f"unknown option {word}")
    session = SESSIONS.session(os.environ["HOME"], key or uuid.uuid4(), os.getcwd())
    if key and not session.file.exists():
        raise Refusal(f"no session {key}")
    if arguments:
        turn(session, arguments[1], "argument")
    converse(session)
