"""Writes into a session store without pause until it is told to stop, as a busy agent would, and reports.

    writer.py DATABASE wal|delete|exclusive-wal|exclusive-delete

Prints "ready" once the store holds the session `target`; on SIGTERM one line of JSON: commits, the longest time
one statement waited, the statements that gave up. Every transaction adds or removes whole conversations: a reader
that ever sees a session without its message has seen half a transaction.
"""

import json
import signal
import sqlite3
import sys
import time

BUSY_TIMEOUT = 5.0
WORKDIR = "/home/coder/project"
SCHEMA = """
CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
INSERT INTO schema_version (version) VALUES (15);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '',
    user_set_name BOOLEAN DEFAULT FALSE, session_type TEXT NOT NULL DEFAULT 'user', working_dir TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    extension_data TEXT DEFAULT '{}', archived_at TIMESTAMP
);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT, session_id TEXT NOT NULL REFERENCES sessions(id),
    role TEXT NOT NULL, content_json TEXT NOT NULL, created_timestamp INTEGER NOT NULL,
    timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, tokens INTEGER, metadata_json TEXT
);
CREATE INDEX idx_messages_session ON messages(session_id);
CREATE INDEX idx_sessions_updated ON sessions(updated_at DESC);
"""


def add_message(connection, session, number, size):
    content = json.dumps([{"type": "text", "text": f"message {number} " + "x" * size}])
    connection.execute(
        "INSERT INTO messages (session_id, role, content_json, created_timestamp) VALUES (?, 'user', ?, ?)",
        (session, content, 1790000000 + number),
    )


def add_session(connection, session, name, number, size=10):
    connection.execute(
        "INSERT INTO sessions (id, name, working_dir) VALUES (?, ?, ?)", (session, name, WORKDIR)
    )
    add_message(connection, session, number, size)


def main():
    path, mode = sys.argv[1:]
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
    if mode.startswith("exclusive-"):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("PRAGMA journal_mode=" + mode.removeprefix("exclusive-"))
    # A slow disk would only make the fire thinner.
    connection.execute("PRAGMA synchronous=OFF")
    for statement in SCHEMA.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute("BEGIN IMMEDIATE")
    add_session(connection, "20260101_1", "target", 0)
    connection.execute("COMMIT")

    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    print("ready", flush=True)
    commits, longest, failures = 0, 0.0, []
    while not stop:
        commits += 1
        began = time.monotonic()
        try:
            connection.execute("BEGIN IMMEDIATE")
            add_session(connection, f"20260102_{commits}", f"other-{commits}", commits, size=commits * 37 % 9000)
            if commits > 50:
                old = f"20260102_{commits - 50}"
                connection.execute("DELETE FROM messages WHERE session_id = ?", (old,))
                connection.execute("DELETE FROM sessions WHERE id = ?", (old,))
            if commits % 7 == 0:
                connection.execute("UPDATE sessions SET updated_at = datetime('now') WHERE name = 'target'")
                add_message(connection, "20260101_1", commits, 100)
                # It keeps its first message and the last fifty: a conversation that grows for minutes would make
                # the decisions slow, not the proof better.
                connection.execute(
                    "DELETE FROM messages WHERE session_id = '20260101_1' AND created_timestamp = ?",
                    (1790000000 + commits - 350,) if commits > 350 else (0,),
                )
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            failures.append(str(error))
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        longest = max(longest, time.monotonic() - began)
    print(json.dumps({"commits": commits - len(failures), "longest": longest, "failures": failures[:5]}), flush=True)
    # Ends as a killed agent does: nothing is closed, the log stays.
    import os

    os._exit(0)


main()
