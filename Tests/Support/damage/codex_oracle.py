"""What Codex would find in a copy, by the fact sheet's sections 4.2, 4.6 and 5."""

import re

from . import line_oracle
from .line_bases import WORKDIR
from .line_oracle import judge, read  # noqa: F401  (judge is this oracle's too)

_ROLLOUT = re.compile(
    r"\.codex/sessions/.*/rollout-.*-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl"
)
# Without one of these a typed parser may refuse the first line; no fact says which it needs.
_META = ("id", "timestamp", "cwd", "originator", "cli_version", "source")


def _message(payload):
    if payload.get("type") != "message" or payload.get("role") not in ("user", "assistant"):
        return False
    content = payload.get("content")
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    text = next((text for text in texts if isinstance(text, str)), None)
    if text is None:
        return False
    return payload["role"] == "assistant" or not text.lstrip().startswith("<")


def _file(data, identifier):
    """resumes: demanded. doubtful: warm or unknown. anything: no fact says. nothing: refused."""
    lines = [line for line in data.split(b"\n") if line.strip(b" \t\r\n")]
    if not lines:
        return "nothing"
    meta, doubtful = read(lines[0])
    if meta is None:
        return "doubtful" if doubtful else "nothing"  # 4.6: first line cut or garbage
    payload = meta.get("payload") if isinstance(meta, dict) else None
    if not isinstance(payload, dict) or meta.get("type") != "session_meta":
        return "nothing"
    if str(payload.get("id")).lower() != identifier:
        return "nothing"  # 4.2: identity is payload.id, and the file's name
    if isinstance(payload.get("source"), dict) or payload.get("thread_source") == "subagent":
        return "nothing"
    loose = any(not isinstance(payload.get(key), str) for key in _META) or "timestamp" not in meta
    directory, said, weakly, blurred = payload.get("cwd"), False, False, False
    for line in lines[1:]:
        value, doubt = read(line)
        # Rust's strings take neither half pairs nor bad bytes: a line, or the whole file.
        doubtful |= doubt
        body = value.get("payload") if isinstance(value, dict) else None
        if not isinstance(body, dict):
            # A turn that cannot be read may have been in another directory.
            blurred |= b"turn_context" in line
            continue
        if value.get("type") == "turn_context":
            if isinstance(body.get("cwd"), str):
                directory = body["cwd"]
            else:
                blurred = True
        elif value.get("type") == "response_item":
            said |= _message(body)
            weakly |= body.get("role") in ("user", "assistant")
        elif value.get("type") == "event_msg":
            weakly |= body.get("type") in ("user_message", "agent_message", "item_completed")
    if directory != WORKDIR:
        # Its last turn was elsewhere, or nobody can tell any more.
        known = isinstance(directory, str) and not (blurred or doubtful)
        return "elsewhere" if known else "anything"
    if not said:
        return "anything" if weakly or doubtful else "nothing"  # opened, never spoken to
    if loose:
        return "anything"
    return "doubtful" if doubtful else "resumes"


def look(home, _scratch=None):
    files = []
    for name, data in home.items():
        found = _ROLLOUT.fullmatch(name)
        if found:
            files.append((_file(data, found.group(1)), found.group(1)))
    return line_oracle.combine(files)
