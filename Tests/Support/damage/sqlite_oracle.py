"""What the oracles for agents with SQLite stores share.

The copy is opened read-write with its sidecars, as the agents do, and asked what the agent asks. `judge` says which
verdicts are right for what was found.
"""

import contextlib
import os
import sqlite3

from . import wal as log


class Trouble(Exception):
    """The agent stumbles over a conversation that it sees."""


@contextlib.contextmanager
def opened(home, store, scratch):
    """`execute` of a copy of the store: bytes for text, and an end for a damaged tree that is a circle."""
    for name in os.listdir(scratch):
        os.remove(f"{scratch}/{name}")
    for suffix in ("", "-wal", "-shm", "-journal"):
        if store + suffix in home:
            with open(f"{scratch}/copy.db{suffix}", "wb") as file:
                file.write(home[store + suffix])
    database = sqlite3.connect(f"{scratch}/copy.db", timeout=0, isolation_level=None)
    database.text_factory = bytes
    steps = [0]

    def budget():
        steps[0] += 1
        return steps[0] > 2000

    database.set_progress_handler(budget, 10_000)
    try:
        yield database.execute
    finally:
        database.close()


def is_whole(run):
    """SQLite's own check of the store."""
    try:
        return [row[0] for row in run("PRAGMA integrity_check(1)")] == [b"ok"]
    except sqlite3.Error:
        return False


def resumable(run, identifiers, resume):
    """Those that can be loaded, and the last trouble with another."""
    found, trouble = set(), None
    for identifier in identifiers:
        try:
            if resume(run, identifier):
                found.add(identifier)
        except (sqlite3.Error, Trouble, ValueError, TypeError, KeyError, RecursionError) as error:
            trouble = str(error)
            with contextlib.suppress(sqlite3.Error):
                run("ROLLBACK")
    return found, trouble


def seen_and_resumable(seen, resumable, trouble, doubts):
    """What `look` says of the identifiers that were seen."""
    kind = "resumes" if resumable else "visible" if trouble else "nothing"
    ids = sorted(identifier.decode("utf-8", "replace") for identifier in seen if isinstance(identifier, bytes))
    return {"kind": kind, "ids": ids, "why": trouble, "doubts": doubts, "tables": True}


def sidecar_doubts(home, store):
    """The sidecar check of docs/specification.md#sqlite, with a parser of its own."""
    doubts, header = set(), home.get(store, b"")
    wal, shm = home.get(store + "-wal"), home.get(store + "-shm")
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
        return "warm-where-the-agent-finds-none"
    if verdict == "cold":
        if kind != "nothing":
            return "false-cold"
        # docs/specification.md#sqlite names states in which "nothing" is not to be believed.
        if doubts & {"wal-gone", "wal-broken", "wal-foreign"}:
            return "cold-beside-a-doubtful-log"
        if "says-wal" in doubts and not found.get("tables", True):
            return "cold-although-the-log-is-gone"
        if "index-differs" in doubts:
            return "cold-although-rows-are-lost"
        return None
    # Unknown is a miss where the agent resumes, but for two documented classes: the store fails its
    # own integrity check, or the log is gone and its shared memory is still there.
    if kind == "resumes" and not doubts & {"integrity", "wal-gone"}:
        return "unknown-where-the-agent-resumes"
    return None
