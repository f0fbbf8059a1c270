"""What goose itself would find in a copy of this store, by the fact sheet's section 1 and SQLite.

The copy is opened read-write with its sidecars, as goose does (facts 1.2), and asked what goose
asks (1.3, 1.6). `judge` says which verdicts are right for it.
"""

import json
import os
import sqlite3

from . import wal as log
from .goose_bases import STORE, WORKDIR

NAME = b"project-33b73976"
_COLUMNS = "s.id, s.name, s.description, s.session_type, s.working_dir"


class _Trouble(Exception):
    pass


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


def _resume(run, identifier):
    """Loads one conversation and writes to it, as a resume does."""
    row = run(f"SELECT {_COLUMNS} FROM sessions s WHERE s.id = CAST(? AS TEXT)", (identifier,)).fetchone()
    if row is None:
        raise _Trouble("the id is not found by its index")
    for value in row:
        bytes(value).decode()
    messages = run(
        "SELECT role, content_json, created_timestamp FROM messages"
        " WHERE session_id = CAST(? AS TEXT) ORDER BY created_timestamp, id", (identifier,),
    ).fetchall()
    for role, content, stamp in messages:
        if role not in (b"user", b"assistant") or not isinstance(stamp, int):
            raise _Trouble("a message has no role")
        json.loads(bytes(content).decode())
    run("BEGIN IMMEDIATE")
    run("UPDATE sessions SET updated_at = datetime('now') WHERE id = CAST(? AS TEXT)", (identifier,))
    run("ROLLBACK")
    return bool(messages)


def look(home, scratch):
    """A dictionary: `kind` nothing | resumes | refuses | visible, `ids`, and what is doubtful."""
    doubts = sidecar_doubts(home)
    if not home.get(STORE):
        return {"kind": "nothing", "ids": [], "doubts": doubts}
    for name in os.listdir(scratch):
        os.remove(f"{scratch}/{name}")
    for suffix in ("", "-wal", "-shm", "-journal"):
        if STORE + suffix in home:
            with open(f"{scratch}/sessions.db{suffix}", "wb") as file:
                file.write(home[STORE + suffix])
    database = sqlite3.connect(f"{scratch}/sessions.db", timeout=0, isolation_level=None)
    database.text_factory = bytes
    steps = [0]

    def budget():
        steps[0] += 1
        return steps[0] > 2000  # a damaged tree may be a circle

    database.set_progress_handler(budget, 10_000)
    try:
        return _ask(database.execute, doubts)
    finally:
        database.close()


def _ask(run, doubts):
    try:
        tables = {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {b"sessions", b"messages", b"schema_version"} & tables:
            return {"kind": "nothing", "ids": [], "doubts": doubts, "tables": bool(tables)}
        seen = _rows(run)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return {"kind": "refuses", "ids": [], "doubts": doubts, "why": str(error)}
    scanned, whole = set(), True
    try:
        whole = [row[0] for row in run("PRAGMA integrity_check(1)")] == [b"ok"]
    except sqlite3.Error:
        whole = False
    for way in _WAYS:
        try:
            scanned |= _rows(run, *way)
        except sqlite3.Error:
            whole = False
    if not whole:
        doubts = doubts | {"integrity"}
    resumable, trouble = set(), None
    try:
        run("SELECT MAX(version) FROM schema_version").fetchone()
    except sqlite3.Error as error:  # goose stops here, though the rows can be seen
        ids = [i.decode("utf-8", "replace") for i in seen | scanned if isinstance(i, bytes)]
        return {"kind": "visible" if ids else "refuses", "ids": ids, "why": str(error),
                "doubts": doubts}
    for identifier in seen:
        try:
            if isinstance(identifier, bytes) and _resume(run, identifier):
                resumable.add(identifier)
        except (sqlite3.Error, _Trouble, ValueError, TypeError, RecursionError) as error:
            trouble = str(error)
            try:
                run("ROLLBACK")
            except sqlite3.Error:
                pass
    kind = "resumes" if resumable else "visible" if trouble else "nothing"
    ids = {i for i in resumable | seen | scanned if isinstance(i, bytes)}
    return {"kind": kind, "ids": sorted(i.decode("utf-8", "replace") for i in ids), "why": trouble,
            "doubts": doubts, "tables": True}


def sidecar_doubts(home):
    """The sidecar check of the contract, section 5, with a parser of its own."""
    doubts, header = set(), home.get(STORE, b"")
    wal, shm = home.get(STORE + "-wal"), home.get(STORE + "-shm")
    if wal is None and shm is not None:
        doubts.add("wal-gone")  # always unknown
    if header[18:20] == b"\2\2" and wal:
        starts = log.frames(wal) if len(wal) >= 12 else []
        if not log.header_fits(wal):
            doubts.add("wal-broken")  # unknown while the answer would be cold
        elif starts and wal[starts[0] + 8:starts[0] + 16] != wal[16:24]:
            doubts.add("wal-foreign")
    if header[18:20] == b"\2\2" and not wal:
        doubts.add("says-wal")  # unknown if there is a page but no table
    return doubts


def judge(found, verdict, identifier):
    """None, or why this verdict is wrong."""
    kind, doubts = found["kind"], found["doubts"]
    if verdict == "warm":
        if kind in ("resumes", "visible"):
            return None if identifier in found["ids"] else "warm-with-another-id"
        if "integrity" in doubts and identifier in found["ids"]:
            return None
        return "warm-where-goose-finds-none"
    if verdict == "cold":
        if kind != "nothing":
            return "false-cold"
        # The contract's section 5 names states in which "nothing" is not to be believed.
        if doubts & {"wal-gone", "wal-broken", "wal-foreign"}:
            return "cold-beside-a-doubtful-log"
        if "says-wal" in doubts and not found.get("tables", True):
            return "cold-although-the-log-is-gone"
        return None
    # Unknown is a miss where goose resumes, but for two documented classes: the store fails its
    # own integrity check, or the log is gone and its shared memory is still there.
    if kind == "resumes" and not doubts & {"integrity", "wal-gone"}:
        return "unknown-where-goose-resumes"
    return None
