"""Several conversations of one directory in Copilot's own store."""

import json

from agents.copilot import double
from doubles.conversations import ANSWER, ODD, seconds, uuid

folder = ".copilot/session-state"
decoys = ("nothing said",)
# One line that it does not know makes every resume of the session fail (docs/agents/copilot.md#damage).
is_unreadable_as_a_whole = True


def put(home, directory, text, number, what=None):
    session = double.Session(
        home / ".copilot/session-state" / uuid(number), str(directory), seconds(number)).open()
    if what != "nothing said":
        session.begin(text)
        session.finish(ANSWER)
    if what == "unreadable":
        lines = [json.loads(line) for line in session.file.read_text().splitlines()]
        for line in lines:
            if line["type"] == "user.message":
                line["data"]["content"] = ODD
        session.file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return session.id
