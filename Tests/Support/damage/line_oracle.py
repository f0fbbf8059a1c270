"""How an agent reads a file of JSON lines: what the oracles for Claude and Codex share."""

import json

# Deeper than this the agents' own parsers differ; nothing on record says how: doubt.
DEEP = 100


def too_deep(line, limit=DEEP):
    """Whether more brackets than this are open at once."""
    if line.count(b"[") + line.count(b"{") <= limit:
        return False
    depth = deepest = 0
    text = escaped = False
    for byte in line:
        if text:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                text = False
        elif byte == 0x22:
            text = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest > limit


def refuse(word):
    raise ValueError(word)  # NaN and Infinity are Python's, not JSON


def read(line):
    """(value, doubt): value None where it is no JSON; doubt where agents may differ on it."""
    line = line.strip(b" \t\r\n")
    if not line:
        return None, False
    if too_deep(line):
        return None, True
    doubt = b"\0" in line  # trailing NULs are known to be tolerated, others are not
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text, doubt = line.decode("utf-8", "replace"), True
    text = text.strip("\0").lstrip("\ufeff") if doubt or text[0] == "\ufeff" else text
    doubt = doubt or line[:3] == b"\xef\xbb\xbf"
    try:
        value = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None, False
    return value, doubt or _lone(text)


def _lone(text):
    """An escape of half a pair: JavaScript takes it, other parsers do not."""
    if "\\ud" not in text and "\\uD" not in text:
        return False
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def combine(files):
    """One finding from every file's (kind, id): resumes, doubtful and nothing."""
    sure = sorted(i for kind, i in files if kind == "resumes")
    maybe = sorted(i for kind, i in files if kind in ("doubtful", "anything"))
    kinds = {kind for kind, _ in files}
    kind = next((k for k in ("resumes", "doubtful", "anything") if k in kinds), "nothing")
    return {"kind": kind, "ids": sure + maybe, "doubts": set()}


def judge(found, verdict, identifier):
    """None, or why this verdict is wrong."""
    kind = found["kind"]
    if verdict == "warm":
        if kind == "nothing":
            return "warm-where-the-agent-finds-none"
        return None if identifier in found["ids"] else "warm-with-another-id"
    if verdict == "cold":
        return "false-cold" if kind in ("resumes", "doubtful") else None
    return "unknown-where-the-agent-resumes" if kind == "resumes" else None
