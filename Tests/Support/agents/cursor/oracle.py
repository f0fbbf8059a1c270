"""What can be known of Cursor's chats in a copy, by docs/agents/cursor.md and SQLite."""

import json
import re
import sqlite3

from damage.sqlite_oracle import is_whole, judge, opened, sidecar_doubts  # noqa: F401  (judge is this oracle's too)

from .bases import FOLDER

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Odd(Exception):
    """Something was said here, perhaps, and it cannot be read."""


def _fields(data):
    """(number, value) of a protobuf message."""
    at, found = 0, []

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    try:
        while at < len(data):
            tag = number()
            if tag & 7 == 0:
                found.append((tag >> 3, number()))
            elif tag & 7 == 2:
                length = number()
                if at + length > len(data):
                    raise _Odd("a node that is cut")
                found.append((tag >> 3, data[at:at + length]))
                at += length
            elif tag & 7 in (1, 5):
                at += 8 if tag & 7 == 1 else 4
            else:
                raise _Odd("no node")
    except IndexError:
        raise _Odd("a node that is cut") from None
    return found


def _roles(run, blob, depth=0):
    """The roles of the messages below a node, None for what is no message."""
    for number, child in _fields(blob):
        if number != 1 or not isinstance(child, bytes):
            continue
        try:
            row = run("SELECT data FROM blobs WHERE id = CAST(? AS TEXT)", (child.hex(),)).fetchone()
        except sqlite3.Error:
            row = None  # it stumbles over a message of a chat that it sees
        if row is None or not isinstance(row[0], bytes):
            yield None
            continue
        try:
            message = json.loads(row[0].decode("utf-8", "replace"))
            yield message.get("role") if isinstance(message, dict) else None
        except ValueError:
            if depth < 4:
                try:
                    yield from _roles(run, row[0], depth + 1)
                    continue
                except _Odd:
                    pass
            yield None


def _talk(run):
    """(somebody said something, all of it can be read)"""
    tables = {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None, True
    if tables == {b"blobs"} and not run("SELECT COUNT(*) FROM blobs").fetchone()[0]:
        return None, True  # it ended between two statements of a new database, and makes the rest when it comes back
    if not {b"blobs", b"meta"} <= tables:
        raise _Odd("a table is missing")
    row = run("SELECT value FROM meta WHERE key = '0'").fetchone()
    blobs = bool(run("SELECT COUNT(*) FROM blobs").fetchone()[0])
    if row is None:
        if blobs:
            raise _Odd("messages without a description")
        return False, True
    text = bytes(row[0]) if isinstance(row[0], bytes) else b""
    try:
        meta = json.loads(text if text[:1] == b"{" else bytes.fromhex(text.decode()))
        root = meta["latestRootBlobId"]
    except (ValueError, TypeError, KeyError) as error:
        raise _Odd(f"its description: {error}") from None
    if not root:
        if blobs:
            raise _Odd("messages that no state names")
        return False, True
    data = run("SELECT data FROM blobs WHERE id = CAST(? AS TEXT)", (str(root).encode("utf-8", "replace"),)).fetchone()
    if data is None or not isinstance(data[0], bytes):
        raise _Odd("its newest state is missing")
    roles = list(_roles(run, data[0]))
    said = any(role in ("user", "assistant") for role in roles)
    return said, None not in roles


def _meta(home, folder):
    """(value, doubt)"""
    data = home.get(folder + "meta.json")
    if data is None:
        return {}, False
    try:
        value = json.loads(data.decode("utf-8", "replace"))
    except ValueError:
        try:
            value = json.loads(data.decode("utf-8", "replace").strip("\0"))  # what it would say is seen anyway
        except ValueError:
            return {}, True
        return (value, True) if isinstance(value, dict) else ({}, True)
    if not isinstance(value, dict):
        return {}, True
    return value, not isinstance(value.get("isSubagent"), (bool, type(None)))


def _chat(home, folder, scratch):
    """(kind, doubts, whether there are tables)"""
    meta, odd = _meta(home, folder)
    if meta.get("isSubagent") is True:
        return "nothing", set(), True
    store = folder + "store.db"
    if store not in home:
        return ("refuses" if home.get(store + "-wal") else "nothing"), set(), True
    doubts = sidecar_doubts(home, store)
    promised = meta.get("hasConversation") is True
    if not home[store]:
        if home.get(store + "-wal"):
            return "refuses", doubts, True
        return ("visible" if promised else "nothing"), doubts, True
    with opened(home, store, scratch) as run:
        try:
            said, whole = _talk(run)
        except _Odd:
            return "visible", doubts, True
        except (sqlite3.Error, UnicodeDecodeError):
            return "refuses", doubts, True
        if not is_whole(run):
            doubts = doubts | {"integrity"}
    if said and whole and not odd:
        return "resumes", doubts, True
    if said or not whole or promised:
        return "visible", doubts, said is not None
    return "nothing", doubts, said is not None


def look(home, scratch):
    """A dictionary: `kind` nothing | resumes | refuses | visible, `ids`, and what is doubtful."""
    found = []
    for folder in sorted({name.rsplit("/", 1)[0] + "/" for name in home if name.startswith(FOLDER)}):
        name = folder[len(FOLDER):-1]
        if _ID.fullmatch(name):  # the decision table: names on disk are checked
            found.append((name, *_chat(home, folder, scratch)))
    kind, those = "nothing", []
    for kind in ("resumes", "visible", "refuses", "nothing"):
        those = [chat for chat in found if chat[1] == kind]
        if those:
            break
    ids = [name for name, what, *_ in found if what in ("resumes", "visible")]
    ids += [name for name, what, doubts, _ in found if what == "nothing" and "integrity" in doubts]
    return {"kind": kind, "ids": ids, "doubts": set().union(*(chat[2] for chat in those)),
            "tables": all(chat[3] for chat in those)}
