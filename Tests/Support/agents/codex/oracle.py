"""What Codex would find in a copy, by docs/agents/codex.md."""

import json
import re

from damage import line_oracle
from damage.line_bases import WORKDIR
from damage.line_oracle import judge, read, refuse, too_deep  # noqa: F401  (judge is this oracle's too)

_ROLLOUT = re.compile(
    r"\.codex/sessions/.*/rollout-.*-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl"
)
_BLANK = b" \t\n\v\f\r"
# Measured with 0.163: without one of these, as a string, the id is refused as missing.
_DEMANDED = ("id", "timestamp", "cwd", "originator", "cli_version")
# Measured with 0.163: with 127 open brackets, the line's own included, it resumes, with 128 not.
_DEEPEST = 127


def _head(data):
    """(the first line's value or None, the lines after it).

    Measured with 0.163: of this line Codex is strict. One that is not UTF-8, holds half a surrogate
    pair, a NUL or a byte order mark is refused as missing; a line of NULs or a bad one in front of
    it is an error. Blank lines in front are passed over, CRLF is fine.
    """
    lines = data.split(b"\n")
    while lines and not lines[0].strip(_BLANK):
        lines.pop(0)
    if not lines:
        return None, []
    try:
        value = json.loads(lines[0].decode(), parse_constant=refuse)
        json.dumps(value, ensure_ascii=False).encode()  # half a pair has no UTF-8
    except (ValueError, RecursionError):
        return None, lines[1:]
    return None if too_deep(lines[0], _DEEPEST) else value, lines[1:]


def _message(payload):
    if payload.get("type") != "message" or payload.get("role") not in ("user", "assistant"):
        return False
    content = payload.get("content")
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    text = next((text for text in texts if isinstance(text, str)), None)
    if text is None:
        return False
    passed_on = payload.get("internal_chat_message_metadata_passthrough")
    kinds = passed_on.get("content_item_kinds") if isinstance(passed_on, dict) else None
    if payload["role"] == "user" and kinds and all(isinstance(kind, str) for kind in kinds):
        return any(kind.startswith("user.") for kind in kinds)  # the fixtures of 0.163
    return payload["role"] == "assistant" or not text.lstrip().startswith("<")


def _file(data, identifier):
    """resumes: demanded. doubtful: warm or unknown. anything: no fact says. nothing: refused."""
    meta, lines = _head(data)
    payload = meta.get("payload") if isinstance(meta, dict) else None
    if not isinstance(payload, dict) or meta.get("type") != "session_meta":
        return "nothing"  # 4.6: empty, first line cut or garbage
    if not isinstance(meta.get("timestamp"), str):
        return "nothing"
    if any(not isinstance(payload.get(key), str) for key in _DEMANDED):
        return "nothing"
    if payload["id"].lower() != identifier:
        return "nothing"  # 4.2: identity is payload.id, and the file's name
    if isinstance(payload.get("source"), dict) or payload.get("thread_source") == "subagent":
        return "nothing"
    # Measured with 0.163: it may be missing, or an unknown word; null and numbers are refused.
    if not isinstance(payload.get("source", "cli"), str):
        return "nothing"
    directory = payload["cwd"]
    said = skipped = weakly = blurred = False
    for line in lines:
        # Measured with 0.163: a line with a bad byte, half a pair or a NUL is passed over, what
        # stands around it is the conversation. So it says nothing for certain.
        value, doubt = read(line)
        body = value.get("payload") if isinstance(value, dict) else None
        if not isinstance(body, dict):
            # A turn that cannot be read may have been in another directory.
            blurred |= doubt or b"turn_context" in line
            continue
        if value.get("type") == "turn_context":
            if isinstance(body.get("cwd"), str) and not doubt:
                directory = body["cwd"]
            else:
                blurred = True
        elif value.get("type") == "response_item":
            said |= _message(body) and not doubt
            skipped |= _message(body) and doubt
            weakly |= body.get("role") in ("user", "assistant")
        elif value.get("type") == "event_msg":
            weakly |= body.get("type") in ("user_message", "agent_message", "item_completed")
        blurred |= doubt
    if directory != WORKDIR:
        return "anything" if blurred else "elsewhere"  # its last turn, or nobody can tell any more
    if said:
        return "resumes"
    if skipped:
        return "doubtful"  # the task was given, though Codex would not show it
    return "anything" if weakly or blurred else "nothing"  # opened, never spoken to


def look(home, _scratch=None):
    files = []
    for name, data in home.items():
        found = _ROLLOUT.fullmatch(name)
        if found:
            files.append((_file(data, found.group(1)), found.group(1)))
    return line_oracle.combine(files)
