"""Several conversations of one directory in Gemini's own store."""

from agents.gemini import chats, fixtures
from doubles.conversations import ANSWER, ODD, seconds, uuid

folder = ".gemini/tmp"
decoys = ("sub-agent", "nothing said")


def put(home, directory, text, number, what=None):
    place = chats.project(home / ".gemini", directory)
    (place / "chats").mkdir(exist_ok=True)
    at = seconds(number)
    head = fixtures.head(uuid(number), at, str(directory), **({"kind": "subagent"} if what == "sub-agent" else {}))
    user = fixtures.user(text, 1, at)
    if what == "unreadable":
        user["content"] = [{"text": ODD}]
    talk = [user, fixtures.answer(ANSWER, 1, at), {"$set": {"lastUpdated": chats.stamp(at + 5)}}]
    fixtures.write(place, [head, *([] if what == "nothing said" else talk)], uuid(number), at)
    return uuid(number)
