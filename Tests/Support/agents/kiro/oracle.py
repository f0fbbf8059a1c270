"""What Kiro's three engines would find in a copy of their stores, by docs/agents/kiro.md and SQLite.

The second engine's journal is replayed line by line; a line that its parser does not take is passed over, and one
byte that is no text ends the reading (2, "jsonl"; its source).
"""

import json
import re
import sqlite3

from damage import q_oracle
from damage.line_oracle import refuse, too_deep
from damage.sqlite_oracle import is_whole, opened, sidecar_doubts

from .bases import FLAT, STORE, WORKDIR, WORKSPACE

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _strict(data):
    """The value as a strict parser reads it; ValueError where it does not."""
    if too_deep(data, q_oracle.DEEPEST):
        raise ValueError("too deep")
    try:
        value = json.loads(data.decode(), parse_constant=refuse)
    except RecursionError:
        raise ValueError("too deep")
    json.dumps(value, ensure_ascii=False).encode()  # half a pair has no UTF-8
    return value


def _replay(data):
    """How many messages are left; None where the reading fails."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    entries = []
    for line in data.split(b"\n"):
        if not line.strip(b"\r"):
            continue
        try:
            entry = _entry(_strict(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if entry:
            entries.append(entry)
    return _left(entries, len(entries))


def _entry(value):
    if value["version"] != "v1":
        return None
    kind, data = value["kind"], value.get("data")
    if kind in ("Prompt", "AssistantMessage", "ToolResults"):
        right = isinstance(data["message_id"], str) and isinstance(data["content"], list)
        return ("add", kind) if right else None
    if kind == "ResetTo" and type(data["target_index"]) is int and data["target_index"] >= 0:
        return ("reset", data["target_index"])
    return (kind, None) if kind in ("Clear", "CancelledPrompt") else None


def _left(entries, end):
    messages = []
    for index, (what, value) in enumerate(entries[:end]):
        if what == "add":
            messages.append(value)
        elif what == "reset":
            if value > index:
                return None
            messages = _left(entries, value)
        elif what == "Clear":
            messages = []
        elif messages and messages[-1] != "AssistantMessage":
            messages.pop()
    return messages


def _garbled(data):
    """A line stands there that is no message: what it was is not known."""
    lines = [line for line in data.split(b"\n")[:-1] if line.strip(b" \t\r")]
    return bool(lines)


def _flat(home, found):
    for name, data in home.items():
        stem = name[len(FLAT):-5]
        if not (name.startswith(FLAT) and name.endswith(".json") and _ID.fullmatch(stem)):
            continue
        journal = home.get(f"{FLAT}{stem}.jsonl", b"")
        left = _replay(journal)
        silent = left is not None and not [kind for kind in left if kind != "ToolResults"]
        try:
            value = _strict(data)
            right = (value["session_id"] == stem and isinstance(value["cwd"], str) and "session_state" in value
                     and _TIME.fullmatch(value["created_at"]) and _TIME.fullmatch(value["updated_at"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            right = False
        if not right:
            # Refused; whose it is nobody knows: a cold start may forget it.
            if not silent:
                found["hidden"].add(stem)
            continue
        if value["cwd"] != WORKDIR:
            continue
        parent, reason = value.get("parent_session_id"), value.get("session_created_reason")
        if isinstance(parent, str) and reason == "subagent":
            continue  # 2: a child has a parent and this reason
        if parent is not None and not isinstance(parent, str) or not isinstance(reason, (str, type(None))):
            found["maybe"].add(stem)  # no fact says
        elif isinstance(parent, str) and reason is None:
            found["maybe"].add(stem)
        elif left is None:
            found["hidden"].add(stem)
        elif not silent:
            found["resumes"].add(stem)


def _workspace(home, found):
    for name, data in home.items():
        match = re.fullmatch(re.escape(WORKSPACE) + r"(sess_[^/]+)/session\.json", name)
        if not match or not _ID.fullmatch(match[1][5:]):
            continue
        messages = sure = 0
        for line in home.get(f"{WORKSPACE}{match[1]}/messages.jsonl", b"").split(b"\n"):
            for strict in (True, False):  # its parser is JavaScript's: a bad byte is read as U+FFFD
                try:
                    value = _strict(line) if strict else json.loads(
                        line.decode("utf-8", "replace").strip("\0\ufeff"), parse_constant=refuse)
                    talk = value["payload"]["type"] in ("user", "assistant", "session_start")
                except (ValueError, KeyError, TypeError, RecursionError):
                    continue
                sure += strict and talk
                messages += talk
        whole, strict = None, False
        try:
            whole, strict = _strict(data), True
        except ValueError:
            try:
                whole = json.loads(data.decode("utf-8", "replace").strip("\0\ufeff"), parse_constant=refuse)
            except (ValueError, RecursionError):
                pass
        paths = whole.get("workspacePaths") if isinstance(whole, dict) else None
        if not isinstance(paths, list) or whole.get("id") != match[1]:
            if messages:
                found["hidden"].add(match[1])
            continue
        if paths[:1] != [WORKDIR]:
            continue
        parent = whole.get("parentSessionId")
        if isinstance(parent, str):
            continue
        if sure and strict and parent is None:
            found["resumes"].add(match[1])
        elif messages:
            found["maybe"].add(match[1])


def _classic(home, scratch, found):
    if STORE not in home and home.get(STORE + "-wal"):
        found["refuses"] = "a log without its database"
        return
    if not home.get(STORE):
        return
    with opened(home, STORE, scratch) as run:
        try:
            tables = {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found["tables"] = bool(tables)
            table = next((name for name in ("conversations_v2", "conversations") if name.encode() in tables), None)
            if table is None:
                return
            own = "conversation_id" if table == "conversations_v2" else "NULL"
            rows = run(f"SELECT typeof(value), value, {own} FROM {table} WHERE key = '{WORKDIR}'").fetchall()
            if table == "conversations_v2":
                run(f"SELECT created_at, updated_at FROM {table}").fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            found["refuses"] = str(error)
            return
        whole = is_whole(run)
        for hint in ("NOT INDEXED",):
            try:
                rows += run(f"SELECT typeof(value), value, {own} FROM {table} {hint} WHERE key = '{WORKDIR}'").fetchall()
            except sqlite3.Error:
                whole = False
        if not whole:
            found["doubts"].add("integrity")
    for kind, text, column in rows:
        value = q_oracle.conversation(text if kind == b"text" else None)
        if value is None or not _ID.fullmatch(value[0]) or column is not None and column != value[0].encode():
            found["hidden"].add("a row")
            if value:
                found["maybe"].add(value[0])
        elif value[1]:
            found["resumes"].add(value[0])


def look(home, scratch):
    found = {"resumes": set(), "maybe": set(), "hidden": set(), "refuses": None, "doubts": sidecar_doubts(home, STORE)}
    _classic(home, scratch, found)
    _flat(home, found)
    _workspace(home, found)
    kind = ("resumes" if found["resumes"] else "maybe" if found["maybe"] else
            "hidden" if found["hidden"] else "refuses" if found["refuses"] else "nothing")
    return found | {"kind": kind, "ids": sorted(found["resumes"] | found["maybe"]), "why": found["refuses"],
                    "resumes": sorted(found["resumes"]), "maybe": sorted(found["maybe"]),
                    "hidden": sorted(found["hidden"])}


def judge(found, verdict, identifier):
    """None, or why this verdict is wrong."""
    kind, doubts = found["kind"], found["doubts"]
    if verdict == "warm":
        if identifier in found["ids"]:
            return None
        return "warm-with-another-id" if found["ids"] else "warm-where-the-agent-finds-none"
    if verdict == "cold":
        if found["resumes"] or found["hidden"] or found["refuses"]:
            return "false-cold"
        if kind == "maybe":
            return None  # no fact says whether it is a child's
        if doubts & {"wal-gone", "wal-broken", "wal-foreign"}:
            return "cold-beside-a-doubtful-log"
        if "says-wal" in doubts and not found.get("tables", True):
            return "cold-although-the-log-is-gone"
        return None
    if kind == "resumes" and not doubts & {"integrity", "wal-gone"}:
        return "unknown-where-the-agent-resumes"
    return None
