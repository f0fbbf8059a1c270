"""Several conversations of one directory in Amazon Q's own store. One row for a directory."""

import contextlib

from doubles import q_store
from doubles.conversations import moment, uuid

folder = ".local/share/amazon-q"


def put(home, directory, text, number, what=None):
    path = home / ".local/share/amazon-q/data.sqlite3"
    turn = q_store.turn(str(directory), text, at=moment(number))
    if what == "unreadable":
        turn["user"]["content"] = {"CancelledToolUses": {"prompt": None, "tool_use_results": []}}
    value = q_store.conversation([] if what == "nothing said" else [turn], uuid(number))
    with contextlib.closing(q_store.connect(path, q_store.AMAZONQ)) as database:
        q_store.replace(database.execute, directory, value)
    return uuid(number)
