"""Several conversations of one directory in Goose's own store."""

import contextlib
import json
import sqlite3

from agents.goose import store
from doubles.conversations import ODD, moment

folder = ".local/share/goose/sessions"
decoys = ("sub-agent", "archived", "scheduled", "nothing said")


def put(home, directory, text, number, what=None):
    key = f"20260921_{number}"
    store.write(home, directory, [text] if what != "nothing said" else [], key, moment(number))
    path = home / ".local/share/goose/sessions/sessions.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        change = {
            "sub-agent": "UPDATE sessions SET session_type = 'sub_agent' WHERE id = ?",
            "scheduled": "UPDATE sessions SET session_type = 'scheduled' WHERE id = ?",
            "archived": "UPDATE sessions SET archived_at = '2026-10-01 00:00:00' WHERE id = ?",
            "unreadable": f"UPDATE messages SET content_json = '{json.dumps([{'type': 'text', 'text': ODD}])}'"
                          " WHERE session_id = ? AND role = 'user'",
        }.get(what)
        if change:
            database.execute(change, (key,))
    return key
