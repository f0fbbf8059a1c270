"""How an agent that is a JavaScript program reads a file of one JSON object; what the oracles share.

Of each file:  resumes   demanded
               refuses   the program cannot read it, and it holds a conversation that may be this directory's
               doubtful  no fact says whether the program takes it
               anything  no fact says what it does, or the damage names another directory
               nothing   no conversation of this directory
"""

import json

from .line_oracle import refuse, too_deep


def parse(data):
    """(value, what is wrong with it: None, "no JSON" or "doubt")."""
    if data[:3] == b"\xef\xbb\xbf" or too_deep(data):
        return None, "doubt"
    try:
        return json.loads(data.decode("utf-8", "replace"), parse_constant=refuse), None
    except (ValueError, RecursionError):
        return None, "no JSON"


def combine(files):
    """One finding from every file's (kind, id)."""
    sure = sorted(i for kind, i in files if kind == "resumes")
    maybe = sorted(i for kind, i in files if kind in ("doubtful", "anything"))
    kinds = {kind for kind, _ in files}
    kind = next((k for k in ("resumes", "refuses", "doubtful", "anything") if k in kinds), "nothing")
    return {"kind": kind, "ids": sure + maybe, "doubts": set()}


def judge(found, verdict, identifier):
    """None, or why this verdict is wrong."""
    kind = found["kind"]
    if verdict == "warm":
        if kind == "nothing" or kind == "refuses" and not found["ids"]:
            return "warm-where-the-agent-finds-none"
        return None if identifier in found["ids"] else "warm-with-another-id"
    if verdict == "cold":
        return "false-cold" if kind in ("resumes", "refuses", "doubtful") else None
    return "unknown-where-the-agent-resumes" if kind == "resumes" else None


def look(home, folder, name, kind):
    """`kind(bytes, id)` of each file of this folder whose name matches; the id is the first group."""
    files = [
        (kind(data, match[1]), match[1])
        for path, data in home.items() if path.startswith(folder) and (match := name.fullmatch(path[len(folder):]))
    ]
    return combine(files)
