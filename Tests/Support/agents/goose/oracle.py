"""What goose itself would find in a copy of this store, by docs/agents/goose.md and SQLite.

The copy is opened read-write with its sidecars, as goose does (goose.md#store), and asked what goose
asks (1.3, 1.6). `judge` says which verdicts are right for it.
"""

import json
import sqlite3

from damage.sqlite_oracle import (
    Trouble, is_whole, judge, opened, resumable, seen_and_resumable, sidecar_doubts,  # noqa: F401  (judge is this oracle's too)
)

from .bases import STORE, WORKDIR

NAME = b"project-33b73976"
_COLUMNS = "s.id, s.name, s.description, s.session_type, s.working_dir"


_HAS = "EXISTS(SELECT 1 FROM messages m WHERE m.session_id = s.id)"
# A damaged store answers by the way it is asked: by table, by index, by name, newest first.
_WAYS = [
    (_HAS, "NOT INDEXED", ""),
    ("s.id IN (SELECT session_id FROM messages NOT INDEXED)", "NOT INDEXED", ""),
    (_HAS, "", " AND s.session_type IN ('user', 'scheduled')"),
    (_HAS, "", " AND s.session_type = 'user'"),
    (_HAS, "", " ORDER BY s.updated_at DESC"),
]


def _rows(run, has=_HAS, hint="", rest=""):
    found = run(
        f"SELECT {_COLUMNS}, {has} FROM sessions s {hint} WHERE s.working_dir = '{WORKDIR}'{rest}"
    ).fetchall()
    return {
        row[0] for row in found
        if row[5] and (row[3] == b"user" or row[3] == b"scheduled" and (row[1] or row[2]) == NAME)
    }


def _rows_are_lost(run):
    """The table of sessions and its index name others: rows are lost from one of them, without an error."""
    try:
        return set(run("SELECT id FROM sessions NOT INDEXED").fetchall()) != set(
            run("SELECT id FROM sessions ORDER BY id").fetchall())
    except sqlite3.Error:
        return False


def _resume(run, identifier):
    """Loads one conversation and writes to it, as a resume does."""
    row = run(f"SELECT {_COLUMNS} FROM sessions s WHERE s.id = CAST(? AS TEXT)", (identifier,)).fetchone()
    if row is None:
        raise Trouble("the id is not found by its index")
    for value in row:
        bytes(value).decode()
    messages = run(
        "SELECT role, content_json, created_timestamp FROM messages"
        " WHERE session_id = CAST(? AS TEXT) ORDER BY created_timestamp, id", (identifier,),
    ).fetchall()
    for role, content, stamp in messages:
        if role not in (b"user", b"assistant") or not isinstance(stamp, int):
            raise Trouble("a message has no role")
        json.loads(bytes(content).decode())
    run("BEGIN IMMEDIATE")
    run("UPDATE sessions SET updated_at = datetime('now') WHERE id = CAST(? AS TEXT)", (identifier,))
    run("ROLLBACK")
    return bool(messages)


def look(home, scratch):
    """A dictionary: `kind` nothing | resumes | refuses | visible, `ids`, and what is doubtful."""
    doubts = sidecar_doubts(home, STORE)
    if not home.get(STORE):
        return {"kind": "nothing", "ids": [], "doubts": doubts}
    with opened(home, STORE, scratch) as run:
        return _ask(run, doubts)


def _ask(run, doubts):
    try:
        tables = {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {b"sessions", b"messages", b"schema_version"} & tables:
            return {"kind": "nothing", "ids": [], "doubts": doubts, "tables": bool(tables)}
        seen = _rows(run)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return {"kind": "refuses", "ids": [], "doubts": doubts, "why": str(error)}
    scanned, whole = set(), is_whole(run)
    for way in _WAYS:
        try:
            scanned |= _rows(run, *way)
        except sqlite3.Error:
            whole = False
    if not whole:
        doubts = doubts | {"integrity"} | ({"index-differs"} if scanned - seen or _rows_are_lost(run) else set())
    try:
        run("SELECT MAX(version) FROM schema_version").fetchone()
    except sqlite3.Error as error:  # goose stops here, though the rows can be seen
        ids = [i.decode("utf-8", "replace") for i in seen | scanned if isinstance(i, bytes)]
        return {"kind": "visible" if ids else "refuses", "ids": ids, "why": str(error),
                "doubts": doubts}
    found, trouble = resumable(run, (identifier for identifier in seen if isinstance(identifier, bytes)), _resume)
    return seen_and_resumable(seen | scanned, found, trouble, doubts)
