"""Goose stores in every state in which a stop can leave them; a home is {relative path: bytes}."""

import json
import random
import shutil
import sqlite3
import tempfile
from pathlib import Path

from agents.goose.database import schema_statements
from damage import wal as log
from damage.sqlite_mutations import strata

WORKDIR = "/home/coder/project"
FOLDER = ".local/share/goose/sessions/"
STORE = FOLDER + "sessions.db"
DAY = "2026-10-02 08:00:%02d"

# goose.md#store: schema 5, of the releases 1.13 to 1.15, which set no journal mode: DELETE.
_FIVE = [
    "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at TIMESTAMP)",
    "INSERT INTO schema_version VALUES (5, '2025-10-20 08:00:00')",
    "CREATE TABLE sessions (id TEXT PRIMARY KEY, name TEXT DEFAULT '', description TEXT NOT NULL"
    " DEFAULT '', user_set_name BOOLEAN DEFAULT FALSE, session_type TEXT NOT NULL DEFAULT 'user',"
    " working_dir TEXT NOT NULL, created_at TIMESTAMP, updated_at TIMESTAMP,"
    " extension_data TEXT DEFAULT '{}')",
    "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL"
    " REFERENCES sessions(id), role TEXT NOT NULL, content_json TEXT NOT NULL,"
    " created_timestamp INTEGER NOT NULL, timestamp TIMESTAMP, tokens INTEGER, metadata_json TEXT)",
    "CREATE INDEX idx_messages_session ON messages(session_id)",
]


def _session(run, number, name="", directory=WORKDIR, messages=2, kind="user"):
    identifier, stamp = f"20261002_{number}", DAY % number
    run(
        "INSERT INTO sessions(id, name, session_type, working_dir, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?)", (identifier, name, kind, directory, stamp, stamp),
    )
    for turn in range(messages):
        text = f"please do step {turn} " + "and mind the gap " * (turn * 7 % 23)
        run(
            "INSERT INTO messages(session_id, role, content_json, created_timestamp, timestamp,"
            " metadata_json) VALUES (?, ?, ?, ?, ?, '{}')",
            (identifier, ("user", "assistant")[turn % 2],
             json.dumps([{"type": "text", "text": text}]), 1790928000 + number * 60 + turn, stamp),
        )


def _others(run):
    """Rows that are not this directory's task: elsewhere, empty, a scheduled one."""
    _session(run, 1, "elsewhere", "/home/coder/other", 12)
    _session(run, 2, "empty here", WORKDIR, 0)
    _session(run, 3, "nightly", WORKDIR, 2, "scheduled")


class _Maker:
    def __init__(self, schema, mode):
        self.folder = Path(tempfile.mkdtemp())
        self.database = sqlite3.connect(self.folder / "sessions.db", isolation_level=None)
        self.run = self.database.execute
        self.run(f"PRAGMA journal_mode = {mode}")
        self.run("PRAGMA wal_autocheckpoint = 0")
        self.run("BEGIN")
        for statement in _FIVE if schema == 5 else schema_statements(schema):
            self.run(statement)
        self.run("UPDATE schema_version SET applied_at = '2026-10-02 07:00:00'")
        self.run("COMMIT")

    def commit(self, work, *arguments, **named):
        self.run("BEGIN")
        work(self.run, *arguments, **named)
        self.run("COMMIT")

    def spill(self, statement):
        """An open transaction that is larger than the cache: on disk, not committed."""
        self.run("PRAGMA cache_size = 1")
        self.run("PRAGMA cache_spill = 1")
        self.run("BEGIN")
        self.run(statement)
        for _ in range(40):
            self.run(
                "INSERT INTO messages(session_id, role, content_json, created_timestamp)"
                " VALUES ('20261002_1', 'user', ?, 1)", ("x" * 3000,),
            )

    def files(self, seed, keep=("", "-wal", "-shm", "-journal")):
        home = {}
        for suffix in keep:
            file = self.folder / f"sessions.db{suffix}"
            if file.exists():
                home[STORE + suffix] = file.read_bytes()
        self.database.close()
        shutil.rmtree(self.folder)
        draw = random.Random(seed)
        if home.get(STORE + "-wal"):
            home[STORE + "-wal"] = log.sign(home[STORE + "-wal"], draw.randbytes(8))
            if home.get(STORE + "-shm"):
                home[STORE + "-shm"] = log.sign_index(home[STORE + "-shm"], home[STORE + "-wal"])
        if home.get(STORE + "-journal"):
            size = log.page_size(home[STORE])
            home[STORE + "-journal"] = log.renonce(home[STORE + "-journal"], size, 0x01234567)
        return home


def all_in_wal(schema, keep=("", "-wal", "-shm")):
    maker = _Maker(schema, "WAL")
    maker.commit(_others)
    maker.commit(_session, 4, "project-33b73976", messages=4)
    return maker.files(f"wal {schema}", keep)


def row_in_wal(schema, older=False):
    """Tables checkpointed; this directory's rows (or its newest one) in the log only."""
    maker = _Maker(schema, "WAL")
    maker.commit(_others)
    if older:
        maker.commit(_session, 4, "yesterday", messages=6)
    maker.run("PRAGMA wal_checkpoint(TRUNCATE)")
    maker.commit(_session, 5, "project-33b73976", messages=1)
    maker.commit(_session, 6, "mine", messages=9)
    return maker.files(f"part {schema} {older}", ("", "-wal"))


def restarted(schema):
    """Checkpointed and begun again from the front: frames of an older generation follow."""
    maker = _Maker(schema, "WAL")
    maker.commit(_others)
    maker.commit(_session, 4, "project-33b73976", messages=20)
    maker.run("PRAGMA wal_checkpoint(RESTART)")
    maker.commit(_session, 5, "mine", messages=2)
    return maker.files(f"again {schema}")


def torn(schema):
    """A transaction was being written when the power went: its frames have no commit."""
    maker = _Maker(schema, "WAL")
    maker.commit(_others)
    maker.commit(_session, 4, "project-33b73976", messages=3)
    maker.spill("UPDATE sessions SET working_dir = '/home/coder/nowhere'")
    return maker.files(f"torn {schema}")


def checkpointed(schema):
    maker = _Maker(schema, "WAL")
    maker.commit(_others)
    maker.commit(_session, 4, "project-33b73976", messages=30)
    maker.run("PRAGMA wal_checkpoint(TRUNCATE)")
    return maker.files(f"flat {schema}", ("",))


def hot_journal(delete):
    """DELETE mode, killed while the transaction was spilled: the rows must be rolled back first."""
    maker = _Maker(5, "DELETE")
    maker.commit(_others)
    maker.commit(_session, 4, "project-33b73976", messages=8)
    if delete:
        maker.spill("DELETE FROM messages WHERE session_id != '20261002_1'")
    else:
        maker.spill("UPDATE sessions SET working_dir = '/home/coder/nowhere'")
    return maker.files(f"hot {delete}")


def plain_delete():
    maker = _Maker(5, "DELETE")
    maker.commit(_others)
    maker.commit(_session, 4, "project-33b73976", messages=8)
    return maker.files("plain")


def nobodys_here():
    """A store without a conversation of this directory: cold, unless damage makes it doubtful."""
    maker = _Maker(17, "WAL")
    maker.commit(_others)
    return maker.files("other")


def bases():
    return {
        "wal-15": all_in_wal(15), "wal-17-no-shm": all_in_wal(17, ("", "-wal")),
        "part-15": row_in_wal(15), "part-17": row_in_wal(17, older=True),
        "restarted": restarted(17), "torn": torn(15), "checkpointed": checkpointed(17),
        "hot-delete": hot_journal(True), "hot-update": hot_journal(False),
        "plain-delete": plain_delete(), "nobodys-here": nobodys_here(),
    }


STRATA = strata(
    [STORE], (b"/home/coder/project", b"20261002_4", b"20261002_5", b"20261002_6"),
    [b"user", b"[{", b"text", b"assistant"],
)
