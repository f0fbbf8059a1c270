"""Goose's conversations as it writes them, as short as they can be."""

import contextlib
import json
import sqlite3
import uuid
from pathlib import Path

from agents.goose.database import schema_statements
from doubles.files import now


def write(home, workdir, texts, token=None, at=None, answered=True, name="New session"):
    """The token is an id; a new row gets the next one of the day."""
    at = at or now()
    path = Path(home) / ".local/share/goose/sessions/sessions.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = at.strftime("%Y-%m-%d %H:%M:%S")
    with contextlib.closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("BEGIN IMMEDIATE")
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'sessions'").fetchone():
            for statement in schema_statements(15):
                database.execute(statement)
        if token is None or not database.execute("SELECT 1 FROM sessions WHERE id = ?", [token]).fetchone():
            count = database.execute("SELECT COUNT(*) FROM sessions").fetchone()[0]
            token = token or f"{at:%Y%m%d}_{count + 1}"
            database.execute(
                "INSERT INTO sessions(id, name, working_dir, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
                [token, name, str(workdir), stamp, stamp])
        for text in texts:
            for role, said in [("user", text), ("assistant", "Done.")][:2 if answered else 1]:
                database.execute(
                    "INSERT INTO messages(message_id, session_id, role, content_json, created_timestamp)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [str(uuid.uuid4()), token, role, json.dumps([{"type": "text", "text": said}]),
                     int(at.timestamp())])
        database.execute("UPDATE sessions SET updated_at = ? WHERE id = ?", [stamp, token])
        database.execute("COMMIT")
    return token
