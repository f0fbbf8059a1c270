"""Several conversations of one directory in Cursor's own store."""

from agents.cursor import double
from doubles.conversations import ANSWER, ODD, seconds, uuid
from doubles.fixture_maker import killed

folder = ".cursor/chats"
decoys = ("sub-agent", "nothing said")


def put(home, directory, text, number, what=None):
    at = seconds(number) * 1000

    def work():
        folder = double.chats({"HOME": str(home)}, directory) / uuid(number)
        chat = double.Chat(folder, str(directory), at)
        chat.is_subagent = what == "sub-agent"
        if what == "nothing said":
            chat.describe()
        elif what == "unreadable":
            chat.add("user", [{"type": "text", "text": ODD}], at)
        else:
            chat.query(text, at)
        if what != "nothing said":
            chat.add("assistant", [{"type": "text", "text": ANSWER}], at)
        chat.write_meta()

    killed(work)
    return uuid(number)
