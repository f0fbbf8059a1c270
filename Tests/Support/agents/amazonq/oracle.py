"""What Amazon Q itself would find in a copy of this store, by docs/agents/amazonq.md and SQLite."""

import re
import sqlite3

from damage import q_oracle
from damage.sqlite_oracle import is_whole, judge, opened, sidecar_doubts  # noqa: F401  (judge is ours too)

from .bases import STORE, WORKDIR

_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_ASKED = f"SELECT value FROM conversations %s WHERE key = '{WORKDIR}'"


def look(home, scratch):
    """A dictionary: `kind` nothing | resumes | refuses, `ids`, and what is doubtful."""
    doubts = sidecar_doubts(home, STORE)
    if STORE not in home and home.get(STORE + "-wal"):
        return {"kind": "refuses", "ids": [], "doubts": doubts, "why": "a log without its database"}
    if not home.get(STORE):
        return {"kind": "nothing", "ids": [], "doubts": doubts}
    with opened(home, STORE, scratch) as run:
        return _ask(run, doubts)


def _ask(run, doubts):
    try:
        tables = {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if b"conversations" not in tables:  # amazonq.md: before 1.10; a newer release makes it
            return {"kind": "nothing", "ids": [], "doubts": doubts, "tables": bool(tables)}
        seen = [row[0] for row in run(_ASKED % "")]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return {"kind": "refuses", "ids": [], "doubts": doubts, "why": str(error)}
    scanned, whole = [], is_whole(run)
    try:
        scanned = [row[0] for row in run(_ASKED % "NOT INDEXED")]
    except sqlite3.Error:
        whole = False
    if not whole:
        doubts = doubts | {"integrity"}
    found = {"doubts": doubts, "tables": True, "ids": []}
    texts = [_text(run, hint) for hint in ("", "NOT INDEXED")]
    known = [q_oracle.conversation(text) for text in texts if text is not None]
    found["ids"] = sorted({entry[0] for entry in known if entry and entry[1]})
    if not seen and not scanned:
        return found | {"kind": "nothing"}
    first = q_oracle.conversation(texts[0])
    if first is None or not _ID.fullmatch(first[0]):
        # amazonq.md, "bad JSON is treated as none and overwritten later": so a cold start would destroy it.
        return found | {"kind": "refuses", "why": "the row is there and cannot be read"}
    return found | {"kind": "resumes" if first[1] else "nothing"}


def _text(run, hint):
    """The value if it is stored as text: the agent asks for nothing else."""
    try:
        rows = run(f"SELECT typeof(value), value FROM conversations {hint} WHERE key = '{WORKDIR}'").fetchall()
    except sqlite3.Error:
        return None
    return rows[0][1] if rows and rows[0][0] == b"text" else None
