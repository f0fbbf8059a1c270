"""The goose double's store: `sessions.db` as a goose of schema 15 or 17 leaves it.

Every rule names the section of docs/agents/goose.md that it follows.
Nothing here knows agentlaunch: this is the other side, written from what goose does.
"""

import json
import os
import sqlite3
import time
from pathlib import Path

from doubles.agent_double import write_ahead

SCHEMAS = (15, 17)

# goose.md#store: the columns of a fresh store; 15 brought parent_session_id, 17 parent_delegation.
_SESSIONS = """CREATE TABLE sessions (
  id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '',
  user_set_name BOOLEAN DEFAULT FALSE, session_type TEXT NOT NULL DEFAULT 'user',
  working_dir TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, extension_data TEXT DEFAULT '{}',
  total_tokens INTEGER, input_tokens INTEGER, output_tokens INTEGER,
  cache_read_tokens INTEGER, cache_write_tokens INTEGER,
  accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER,
  accumulated_output_tokens INTEGER, accumulated_cache_read_tokens INTEGER,
  accumulated_cache_write_tokens INTEGER, accumulated_cost REAL, schedule_id TEXT,
  recipe_json TEXT, user_recipe_values_json TEXT, provider_name TEXT, model_config_json TEXT,
  goose_mode TEXT NOT NULL DEFAULT 'auto', archived_at TIMESTAMP, project_id TEXT,
  parent_session_id TEXT%s)"""

_REST = """
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT,
  session_id TEXT NOT NULL REFERENCES sessions(id), role TEXT NOT NULL,
  content_json TEXT NOT NULL, created_timestamp INTEGER NOT NULL,
  timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, tokens INTEGER, metadata_json TEXT);
CREATE TABLE usage_ledger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  created_timestamp INTEGER NOT NULL, model TEXT, input_tokens INTEGER, output_tokens INTEGER,
  total_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, cost REAL,
  cost_source TEXT, is_compaction INTEGER DEFAULT 0);
CREATE INDEX idx_messages_session ON messages(session_id);
CREATE INDEX idx_messages_timestamp ON messages(timestamp);
CREATE INDEX idx_messages_message_id ON messages(message_id);
CREATE INDEX idx_sessions_updated ON sessions(updated_at DESC);
CREATE INDEX idx_sessions_type ON sessions(session_type);
CREATE INDEX idx_sessions_parent ON sessions(parent_session_id);
CREATE INDEX idx_usage_ledger_session ON usage_ledger(session_id)"""

# goose.md#store: schema 16 is this index.
_SIXTEEN = """;
CREATE INDEX idx_messages_session_created ON messages(session_id, created_timestamp, id)"""


def schema_statements(schema):
    """The statements that make a fresh store of this schema, one by one."""
    sessions = _SESSIONS % (", parent_delegation TEXT" if schema >= 17 else "")
    rest = _REST + (_SIXTEEN if schema >= 16 else "")
    return [
        "CREATE TABLE schema_version ("
        "version INTEGER PRIMARY KEY, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
        # goose.md#store: a fresh store has one row, the current number.
        f"INSERT INTO schema_version(version) VALUES ({schema})",
        sessions,
        *[s for s in rest.split(";") if s.strip()],
    ]


def _root(environment, part, variable, default):
    """goose.md#store: GOOSE_PATH_ROOT, then XDG, absolute values only, then the home directory."""
    root = environment.get("GOOSE_PATH_ROOT", "")
    if root.startswith("/"):
        return Path(root) / part
    base = environment.get(variable, "")
    if base.startswith("/"):
        return Path(base) / "goose"
    return Path(environment["HOME"]) / default / "goose"


def data_directory(environment):
    return _root(environment, "data", "XDG_DATA_HOME", ".local/share")


def config_file(environment):
    return _root(environment, "config", "XDG_CONFIG_HOME", ".config") / "config.yaml"


class Store:
    """One connection that nobody closes (goose.md#store: `-wal` and `-shm` stay)."""

    def __init__(self, environment, schema):
        folder = data_directory(environment) / "sessions"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "sessions.db"
        self.database = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        run = self.database.execute
        # goose.md#store: WAL, 30 s since 1.25, foreign keys explicitly on since 1.34.
        write_ahead(run)
        run("PRAGMA foreign_keys = ON")
        # goose.md#store: since 1.23 a store without schema_version is built, and imports *.jsonl once.
        run("BEGIN IMMEDIATE")  # goose.md#traps: since 1.26
        if not run("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").fetchone():
            for statement in schema_statements(schema):
                run(statement)
            self._import_legacy(folder)
        run("COMMIT")

    def _import_legacy(self, folder):
        """goose.md#store: id = file stem, name = description; at most 50 MB each."""
        for file in sorted(folder.glob("*.jsonl")):
            if not 0 < file.stat().st_size <= 50_000_000:
                continue
            lines = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
            head, messages = lines[0], lines[1:]
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
            self.database.execute(
                "INSERT INTO sessions(id, name, description, working_dir, created_at, updated_at)"
                " VALUES (?, ?, '', ?, ?, ?)",
                (file.stem, head.get("description", ""), head["working_dir"], stamp, stamp),
            )
            for message in messages:
                self._insert(file.stem, message["role"], json.dumps(message["content"]))

    def create(self, name, directory, provider):
        """A new row, whatever rows there are (goose.md#command-line: `--name X` always creates)."""
        run = self.database.execute
        day = time.strftime("%Y%m%d", time.gmtime())
        run("BEGIN IMMEDIATE")
        # goose.md#store: YYYYMMDD_N in UTC, N = the day's highest + 1.
        number = run(
            "SELECT COALESCE(MAX(CAST(SUBSTR(id, 10) AS INTEGER)), 0) + 1 FROM sessions"
            " WHERE SUBSTR(id, 1, 9) = ?", (day + "_",),
        ).fetchone()[0]
        identifier = f"{day}_{number}"
        run(
            "INSERT INTO sessions(id, name, user_set_name, working_dir, provider_name)"
            " VALUES (?, ?, ?, ?, ?)",
            # goose.md#command-line: a given name is trimmed when stored.
            (identifier, (name or "CLI Session").strip(), name is not None, directory, provider),
        )
        run("COMMIT")
        return self.row(identifier)

    def row(self, identifier):
        """goose.md#command-line: `--session-id` has no type and no message filter."""
        query = "SELECT * FROM sessions WHERE id = ?"
        return self.database.execute(query, (identifier,)).fetchone()

    def named(self, name):
        """goose.md#command-line, >= 1.40: name or id, exact; user and scheduled; rows without messages too;
        by last message, else updated_at; the directory is not looked at."""
        return self.database.execute(
            f"SELECT * FROM sessions s WHERE (CASE name WHEN '' THEN description ELSE name END = ?"
            f" OR id = ?) AND session_type IN ('user', 'scheduled') ORDER BY {_LATEST}",
            (name, name),
        ).fetchone()

    def newest(self):
        """goose.md#command-line: `--resume` alone, >= 1.42: the newest of type user only."""
        return self.database.execute(
            f"SELECT * FROM sessions s WHERE session_type = 'user' ORDER BY {_LATEST}"
        ).fetchone()

    def add(self, identifier, role, text):
        """goose.md#store: a row of `messages`; goose.md#traps: BEGIN IMMEDIATE since 1.26."""
        run = self.database.execute
        run("BEGIN IMMEDIATE")
        content = json.dumps([{"type": "text", "text": text}], ensure_ascii=False)
        self._insert(identifier, role, content)
        run("UPDATE sessions SET updated_at = datetime('now') WHERE id = ?", (identifier,))
        run("COMMIT")

    def _insert(self, identifier, role, content):
        self.database.execute(
            "INSERT INTO messages(message_id, session_id, role, content_json, created_timestamp,"
            " metadata_json) VALUES (?, ?, ?, ?, ?, ?)",
            (f"msg_{os.urandom(8).hex()}", identifier, role, content, int(time.time()),
             '{"userVisible":true,"agentVisible":true}'),
        )


_LATEST = (
    "COALESCE((SELECT datetime(MAX(created_timestamp), 'unixepoch') FROM messages"
    " WHERE session_id = s.id), updated_at) DESC, id DESC LIMIT 1"
)
