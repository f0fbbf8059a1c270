"""What Copilot CLI would find in a copy, by docs/agents/copilot.md and by runs of release 1.0.64.

Measured with that release: a session is refused for any line that is no JSON or no object, for one that is nested
5,000 deep, for NULs before the end, for a first line that does not begin a session, and for an event of a known kind
that lacks its id (a UUID), its time, its parent or what its kind needs. An object of an unknown kind is passed over.
"""

import re

from damage.line_bases import WORKDIR
from damage.line_oracle import read

FOLDER = ".copilot/session-state/"
_FILE = re.compile(re.escape(FOLDER) + r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/events\.jsonl")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z")
_NEEDED = {"session.start": ["sessionId"], "user.message": ["content"], "assistant.message": ["content", "messageId"]}
# The members of these kinds' data, with their types; anything else is known to be passed over or is not known.
_DATA = {
    "session.start": {"sessionId": str, "version": int, "producer": str, "copilotVersion": str, "startTime": str},
    "session.resume": {"resumeTime": str, "eventCount": int},
    "session.model_change": {"newModel": str}, "system.message": {"role": str, "content": str},
    "user.message": {"content": str}, "assistant.turn_start": {"turnId": str},
    "assistant.message": {"messageId": str, "content": str, "toolRequests": list},
    "assistant.turn_end": {"turnId": str}, "abort": {"reason": str},
}


def _right(event):
    """True: as Copilot writes it. None: not known. False: measured as refused."""
    kind, data = event.get("type"), event.get("data")
    if not isinstance(kind, str):
        return None
    known = kind in _DATA or kind == "session.shutdown"
    parent = event.get("parentId", "")
    time = event.get("timestamp")
    envelope = (isinstance(event.get("id"), str) and _UUID.fullmatch(event["id"]) and isinstance(data, dict)
                and (parent is None or isinstance(parent, str) and _UUID.fullmatch(parent)))
    if not envelope or not isinstance(time, str) or not _TIME.fullmatch(time):
        return False if known and not (isinstance(time, str) and time) else None
    if kind == "session.shutdown":
        return True
    return True if known and all(type(data.get(key)) is value for key, value in _DATA[kind].items()) else None


def _file(data):
    """(kind, the directory of the first event)"""
    data = data.rstrip(b"\0")
    said = doubt = False
    first = directory = None
    for line in data.split(b"\n"):
        if not line.strip(b" \t\r\0"):
            continue
        value, odd = read(line)
        if value is None:
            return ("doubtful" if odd else "refused"), directory
        if not isinstance(value, dict) or b"\0" in line:
            return "refused", directory
        right = _right(value)
        doubt = doubt or odd or not right
        if first is None:
            first = value.get("type")
            if first != "session.start":
                return "refused", directory
        context = value["data"].get("context") if isinstance(value.get("data"), dict) else None
        if directory is None and isinstance(context, dict) and isinstance(context.get("cwd"), str):
            directory = context["cwd"]
        said = said or value.get("type") == "user.message"
    if doubt:
        return "doubtful" if said else "anything", directory
    return "resumes" if said else "nothing", directory


def _described(home, key):
    text = home.get(f"{FOLDER}{key}/workspace.yaml", b"").decode()
    found = re.search(r"^cwd: (.*)$", text, re.M)
    return found and found[1]


def look(home, _scratch=None):
    files = []
    for name, data in home.items():
        match = _FILE.fullmatch(name)
        if not match:
            continue
        kind, directory = _file(data)
        described = _described(home, match[1])
        if described and described != WORKDIR:
            continue
        if not described and kind in ("resumes", "doubtful") and directory != WORKDIR:
            kind = "anything"  # the damage named another directory, or none
        files.append((kind, match[1]))
    kinds = {kind for kind, _ in files}
    kind = next((k for k in ("resumes", "doubtful", "refused", "anything") if k in kinds), "nothing")
    return {"kind": kind, "ids": sorted(i for k, i in files if k in ("resumes", "doubtful", "anything")),
            "doubts": set()}


def judge(found, verdict, identifier):
    """None, or why this verdict is wrong."""
    kind = found["kind"]
    if verdict == "warm":
        return None if identifier in found["ids"] else "warm-where-the-agent-finds-none"
    if verdict == "cold":
        return "false-cold" if kind in ("resumes", "doubtful", "refused") else None
    return "unknown-where-the-agent-resumes" if kind == "resumes" else None
