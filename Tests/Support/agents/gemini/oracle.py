"""What Gemini CLI would find in a copy, by docs/agents/gemini.md to 2.3: the log replayed line by line.

A line that JavaScript's parser does not take is passed over. A file that describes no session, and one without
anything that was said, is deleted by the next start: what may have been a conversation there is doubt.
"""

import json
import re

from damage.line_bases import WORKDIR
from damage.line_oracle import read

_FILE = re.compile(r"\.gemini/tmp/([^/]+)/chats/session-[^/]*\.jsonl?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return value["text"] if isinstance(value.get("text"), str) else ""
    if isinstance(value, list):
        return "".join(part if isinstance(part, str) else _text(part) for part in value)
    return ""


def _talk(message):
    if not isinstance(message, dict):
        return False
    text = _text(message.get("content")).strip()
    if message.get("type") == "user":
        return bool(text) and not text.startswith(("/", "?", "<session_context>", "<hook_context>"))
    return message.get("type") == "gemini" and bool(
        text or message.get("toolCalls") or message.get("thoughts"))


def _file(data):
    """(kind, id): resumes; doubtful: lines passed over; broken: no session, and something is there; nothing."""
    metadata, messages, passed, odd, blank = {}, {}, False, False, True
    for line in data.split(b"\n"):
        if not line.strip(b" \t\r"):
            continue
        blank = False
        value, _ = read(line)  # bad bytes and half pairs are replaced
        if b"\0" in line or line.strip().startswith(b"\xef\xbb\xbf"):
            value = None  # JSON.parse takes neither
        if value is None:
            passed = True
            continue
        if not isinstance(value, dict):
            continue
        if isinstance(value.get("$rewindTo"), str):
            keys = list(messages)
            if value["$rewindTo"] not in keys:
                odd = odd or any(map(_talk, messages.values()))
                messages = {}
            else:
                messages = {key: messages[key] for key in keys[:keys.index(value["$rewindTo"])]}
        elif isinstance(value.get("id"), str):
            messages[value["id"]] = value
            parts = value.get("content")
            odd = odd or (value.get("type") == "user" and isinstance(parts, list)  # an image, say
                          and any(isinstance(part, dict) and "text" not in part for part in parts))
        elif isinstance(value.get("$set"), dict):
            new = value["$set"].get("messages")
            if isinstance(new, list):
                odd = odd or (not new and any(map(_talk, messages.values())))
                messages = {str(n): message for n, message in enumerate(new)}
                messages = {message.get("id", str(n)) if isinstance(message, dict) else str(n): message
                            for n, message in enumerate(new)}
            metadata |= value["$set"]
        elif isinstance(value.get("sessionId"), str) and isinstance(value.get("projectHash"), str):
            metadata |= value
    key = metadata.get("sessionId")
    if not (isinstance(key, str) and key and metadata.get("projectHash")):
        try:
            whole = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return ("nothing" if blank else "broken"), None
        if not isinstance(whole, dict) or not whole.get("sessionId"):
            return "broken", None
        key, metadata, passed = whole["sessionId"], whole, False
        messages = dict(enumerate(whole.get("messages") or []))
    if metadata.get("kind") == "subagent":
        return "nothing", key
    if any(map(_talk, messages.values())):
        return "resumes", key
    return ("doubtful" if passed or odd else "nothing"), key


def look(home, _scratch=None):
    places = {}
    for name, data in home.items():
        match = re.fullmatch(r"\.gemini/tmp/([^/]+)/\.project_root", name)
        if match:
            places[match[1]] = data.decode().strip()
    sure, broken = set(), []
    for name, data in sorted(home.items()):
        match = _FILE.fullmatch(name)
        if not match or places.get(match[1]) != WORKDIR:
            continue
        kind, key = _file(data)
        if kind == "resumes" and _UUID.fullmatch(key):
            sure.add(key)
        elif kind != "nothing":
            broken.append(key)
    doubts = [key for key in broken if key not in sure]
    kind = "resumes" if sure else "doubtful" if doubts else "nothing"
    return {"kind": kind, "ids": sorted(sure), "doubts": set()}


def judge(found, verdict, identifier):
    """None, or why this verdict is wrong."""
    kind = found["kind"]
    if verdict == "warm":
        return None if identifier in found["ids"] else "warm-where-the-agent-finds-none"
    if verdict == "cold":
        return None if kind == "nothing" else "false-cold"
    return "unknown-where-the-agent-resumes" if kind == "resumes" else None
