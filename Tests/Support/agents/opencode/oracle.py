"""What OpenCode itself would find in a copy of this store, by docs/agents/opencode.md and SQLite."""

import json
import re
import sqlite3

from damage.line_oracle import refuse
from damage.sqlite_oracle import (
    Trouble, is_whole, judge, opened, resumable, seen_and_resumable, sidecar_doubts,  # noqa: F401  (judge is ours too)
)

from .bases import FOLDER, STORE, WORKDIR

_ID = re.compile(rb"ses_[0-9a-f]{12}[0-9A-Za-z]{14}")  # 3.1
_ROOTS = f"FROM session s %s WHERE s.directory = '{WORKDIR}' AND s.parent_id IS NULL AND s.time_archived IS NULL"
_HAS = " AND EXISTS(SELECT 1 FROM message m WHERE m.session_id = s.id)"
# A damaged store answers by the way it is asked: by table, by index, newest first.
_WAYS = [
    ("", _HAS), ("NOT INDEXED", _HAS), ("", _HAS + " ORDER BY s.time_updated DESC"),
    ("NOT INDEXED", " AND s.id IN (SELECT session_id FROM message NOT INDEXED)"),
]


def _resume(run, identifier):
    """Loads one conversation and writes to it, as `-s ID` does."""
    if not isinstance(identifier, bytes):
        raise Trouble("an id that is no text")
    row = run("SELECT * FROM session WHERE id = CAST(? AS TEXT)", (identifier,)).fetchone()
    if row is None:
        raise Trouble("the id is not found by its index")
    for value in row:
        if isinstance(value, bytes):
            value.decode()
    if not _ID.fullmatch(identifier):
        raise Trouble("an id that it does not make")
    messages = run(
        "SELECT id, data, time_created FROM message WHERE session_id = CAST(? AS TEXT) ORDER BY time_created, id",
        (identifier,)).fetchall()
    for key, data, time in messages:
        if json.loads(bytes(data).decode(), parse_constant=refuse)["role"] not in ("user", "assistant"):
            raise Trouble("a message has no role")
        if not isinstance(time, int):
            raise Trouble("a message has no time")
        for (part,) in run("SELECT data FROM part WHERE message_id = CAST(? AS TEXT) ORDER BY id", (key,)):
            json.loads(bytes(part).decode(), parse_constant=refuse)["type"]
    run("BEGIN IMMEDIATE")
    run("UPDATE session SET time_updated = 1 WHERE id = CAST(? AS TEXT)", (identifier,))
    run("ROLLBACK")
    return bool(messages)


def look(home, scratch):
    """A dictionary: `kind` nothing | resumes | refuses | visible, `ids`, and what is doubtful."""
    doubts = sidecar_doubts(home, STORE)
    if STORE not in home:
        if home.get(STORE + "-wal"):
            return {"kind": "refuses", "ids": [], "doubts": doubts, "why": "a log without its database"}
        return _legacy(home, doubts)
    if not home[STORE]:
        return {"kind": "nothing", "ids": [], "doubts": doubts}  # 3.1: no import where a database exists
    with opened(home, STORE, scratch) as run:
        return _ask(run, doubts)


def _ask(run, doubts):
    try:
        tables = {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {b"session", b"message", b"part"} & tables:
            return {"kind": "nothing", "ids": [], "doubts": doubts, "tables": bool(tables)}
        seen = {row[0] for row in run("SELECT s.id " + _ROOTS % "" + _HAS)}
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return {"kind": "refuses", "ids": [], "doubts": doubts, "why": str(error)}
    scanned, whole = set(), is_whole(run)
    for hint, rest in _WAYS:
        try:
            scanned |= {row[0] for row in run("SELECT s.id " + _ROOTS % hint + rest)}
        except sqlite3.Error:
            whole = False
    if not whole:
        doubts = doubts | {"integrity"}
    found, trouble = resumable(run, seen, _resume)
    return seen_and_resumable(seen | scanned, found, trouble, doubts)


def _value(data, padded=False):
    """None where it is no JSON. A bad byte is read as U+FFFD, as JavaScript does; NULs around it are a doubt."""
    text = data.decode("utf-8", "replace")
    try:
        return json.loads(text.strip("\0") if padded else text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None


def _legacy(home, doubts):
    """3.1: storage/session/<project>/<id>.json, with a message folder, imported where no database exists."""
    resumes, visible = [], []
    for name, data in home.items():
        found = re.fullmatch(re.escape(FOLDER) + r"storage/session/[^/]+/([^/]+)\.json", name)
        if not found:
            continue
        session, key = _value(data), found.group(1)
        readable = session is not None
        session = session if readable else _value(data, padded=True)  # what it would say is seen nevertheless
        if not isinstance(session, dict) or session.get("id") != key or not isinstance(session.get("directory"), str):
            visible.append(key)  # nobody can tell whose it is
            continue
        times = session.get("time") if isinstance(session.get("time"), dict) else {}
        if session["directory"] != WORKDIR or session.get("parentID") or times.get("archived"):
            continue
        texts = [_value(value) for file, value in home.items() if file.startswith(f"{FOLDER}storage/message/{key}/")]
        roles = [text.get("role") if isinstance(text, dict) else None for text in texts]
        if any(role in ("user", "assistant") for role in roles):
            sure = readable and all(role in ("user", "assistant") for role in roles) and _ID.fullmatch(key.encode())
            (resumes if sure and isinstance(session.get("time"), dict) else visible).append(key)
        elif roles:
            visible.append(key)
    kind = "resumes" if resumes else "visible" if visible else "nothing"
    return {"kind": kind, "ids": sorted(resumes + visible), "doubts": doubts, "tables": True}
