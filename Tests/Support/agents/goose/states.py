"""Goose's stores in the states that its own fixtures are of."""

import json
import sqlite3

from agents.goose.database import schema_statements
from doubles.fixture_maker import WORKDIR, Cases, killed, without

case = Cases("goose", ".local/share/goose/sessions")
# The basename and eight digits of the directory's SHA-256.
NAME = "project-33b73976"
FRAME = 4096 + 24


class Store:
    def __init__(self, folder, mode="WAL"):
        folder.mkdir(parents=True)
        self.path = folder / "sessions.db"
        self.run = sqlite3.connect(self.path, isolation_level=None).execute
        self.run(f"PRAGMA journal_mode = {mode}")
        for statement in schema_statements(15):
            self.run(statement)

    def session(self, identifier, name=NAME, directory=WORKDIR, kind="user", messages=2, at="2026-10-02 08:00:00",
                archived=None, roles=("user", "assistant")):
        self.run(
            "INSERT INTO sessions (id, name, session_type, working_dir, created_at, updated_at, archived_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)", (identifier, name, kind, directory, at, at, archived),
        )
        for number in range(messages):
            self.message(identifier, roles[number % 2], f"message {number}", 1790928000 + number)

    def message(self, identifier, role, text, at=1790928000):
        content = json.dumps([{"type": "text", "text": text}])
        self.run(
            "INSERT INTO messages (session_id, role, content_json, created_timestamp) VALUES (?, ?, ?, ?)",
            (identifier, role, content, at),
        )

    def checkpoint(self):
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")


def left(folder, work, mode="WAL", keep=("", "-wal")):
    """The store as a killed process leaves it, with the files of these endings."""
    killed(lambda: work(Store(folder, mode)))
    without(f"{folder}/sessions.db", *({"-wal", "-shm"} - set(keep)))


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x55
    path.write_bytes(data)


def closed(folder, work):
    def and_checkpoint(store):
        work(store)
        store.checkpoint()

    left(folder, and_checkpoint, keep=("",))


def legacy(folder, stem, lines):
    folder.mkdir(parents=True)
    (folder / f"{stem}.jsonl").write_text("".join(line + "\n" for line in lines))


def legacy_lines(directory=WORKDIR, messages=("user", "assistant")):
    head = {"working_dir": directory, "description": "An old one", "message_count": len(messages)}
    body = [
        {"id": None, "role": role, "created": 1757577600 + n, "content": [{"type": "text", "text": f"text {n}"}]}
        for n, role in enumerate(messages)
    ]
    return [json.dumps(line) for line in [head, *body]]
