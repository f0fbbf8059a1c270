"""Gemini's chats and their retention, as its double keeps them."""

import fcntl
import hashlib
import json
import os
import re
import time
import uuid
from pathlib import Path

from doubles.agent_double import log


def release():
    return tuple(map(int, os.environ.get("GEMINI_DOUBLE_RELEASE", "0.56.0").split(".")))


def home_folder(environment):
    """gemini.md: $GEMINI_CLI_HOME/.gemini, else ~/.gemini."""
    return Path(environment.get("GEMINI_CLI_HOME") or environment["HOME"]) / ".gemini"


def digest(directory):
    return hashlib.sha256(os.fsencode(str(directory))).hexdigest()


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(at)) + f"{int(at * 1000) % 1000:03}Z"


def project(gemini, directory):
    """gemini.md: the owner file wins over projects.json; a lost registry is healed from the markers."""
    directory = str(directory)
    tmp, registry = gemini / "tmp", gemini / "projects.json"
    tmp.mkdir(parents=True, exist_ok=True)
    # One at a time, as the real one locks its registry.
    lock = os.open(tmp, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        projects = json.loads(registry.read_text())["projects"]
    except (OSError, ValueError, KeyError):
        projects = {}

    def owner(name):
        marker = tmp / name / ".project_root"
        # Gemini's packages/core/src/config/projectRegistry.ts resolves it: an empty one names the current directory.
        return os.path.abspath(marker.read_text().strip()) if marker.exists() else None

    name = projects.get(directory)
    if not name or owner(name) not in (None, directory):
        name = next((f.name for f in sorted(tmp.iterdir()) if owner(f.name) == directory), None)
    if not name:
        slug = re.sub("[^a-z0-9]+", "-", os.path.basename(directory).lower()).strip("-") or "project"
        number = 0
        while True:
            name = f"{slug}-{number}" if number else slug
            if name not in projects.values() and owner(name) in (None, directory):
                break
            number += 1
        old = tmp / digest(directory)
        if old.exists() and not (tmp / name).exists():
            old.rename(tmp / name)  # gemini.md: the old hash folder is migrated at start
    (tmp / name).mkdir(exist_ok=True)
    # The same file: a marker that is there stays, the registry is renamed into place.
    if owner(name) is None:
        (tmp / name / ".project_root").write_text(directory)
    projects[directory] = name
    new = registry.with_name(registry.name + ".tmp")
    new.write_text(json.dumps({"projects": projects}, indent=2))
    new.rename(registry)
    os.close(lock)
    return tmp / name


def load(file):
    """gemini.md: replayed line by line; bad lines are skipped; without metadata the whole file is tried."""
    metadata, messages = {}, {}
    for line in file.read_text(errors="replace").split("\n"):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if not isinstance(value, dict):
            continue
        if isinstance(value.get("$rewindTo"), str):
            keys = list(messages)
            start = keys.index(value["$rewindTo"]) if value["$rewindTo"] in keys else 0
            messages = {key: messages[key] for key in keys[:start]}
        elif isinstance(value.get("id"), str):
            messages[value["id"]] = value
        elif isinstance(value.get("$set"), dict):
            metadata |= value["$set"]
            if "messages" in value["$set"]:
                messages = {message["id"]: message for message in value["$set"]["messages"]}
        elif isinstance(value.get("sessionId"), str) and isinstance(value.get("projectHash"), str):
            metadata |= value
    if not metadata.get("sessionId"):
        try:
            whole = json.loads(file.read_text())
            return whole if whole.get("sessionId") else None
        except (ValueError, AttributeError):
            return None
    return {**metadata, "messages": list(messages.values())}


def text_of(message):
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def is_talk(message):
    """gemini.md: resumable content, >= 0.47."""
    text = text_of(message).strip()
    if message.get("type") == "user":
        return bool(text) and not text.startswith(("/", "?", "<session_context>", "<hook_context>"))
    return message.get("type") == "gemini" and bool(text or message.get("toolCalls") or message.get("thoughts"))


def files(folder):
    return sorted(f for f in (folder / "chats").glob("session-*") if f.suffix in (".json", ".jsonl"))


def is_listed(chat):
    return bool(chat and chat.get("kind") != "subagent" and any(is_talk(m) for m in chat["messages"]))


def sweep(folder, running):
    """gemini.md: each file that it takes for broken goes with all of the same short id, except the running session's."""
    for file in files(folder):
        if not file.exists() or is_listed(load(file)):
            continue
        short = file.stem[-8:]
        for other in files(folder):
            chat = load(other)
            if other.stem.endswith(f"-{short}") and (chat or {}).get("sessionId") != running:
                log("deleted", file=other.name)
                other.unlink()


def retention(gemini):
    """gemini.md: on since 0.33; the system's settings win."""
    for file in (os.environ.get("GEMINI_CLI_SYSTEM_SETTINGS_PATH", "/etc/gemini-cli/settings.json"),
                 gemini / "settings.json"):
        try:
            return json.loads(Path(file).read_text())["general"]["sessionRetention"]["enabled"]
        except (OSError, ValueError, KeyError):
            continue
    return release() >= (0, 33, 0)


class Chat:
    """gemini.md: an append log; the metadata line is written at the start, before the first message."""

    def __init__(self, folder, key, directory, at=None):
        self.id, self.at = key, at
        now = stamp(self.now())
        (folder / "chats").mkdir(parents=True, exist_ok=True)
        self.file = folder / "chats" / f"session-{now[:16].replace(':', '-')}-{key[:8]}.jsonl"
        self.count = 0
        self.hash = digest(directory)
        self.line({"sessionId": key, "projectHash": self.hash, "startTime": now, "lastUpdated": now, "kind": "main"})

    def now(self):
        if self.at is None:
            return time.time()
        self.at += 1
        return self.at

    def line(self, value):
        with open(self.file, "ab", buffering=0) as file:
            file.write((json.dumps(value) + "\n").encode())

    def message(self, kind, content, **more):
        self.line({"id": str(uuid.uuid4()), "timestamp": stamp(self.now()), "type": kind, "content": content, **more})
        self.line({"$set": {"lastUpdated": stamp(self.now())}})

    # What a turn needs.

    def begin(self, text):
        self.message("user", [{"text": text}])
        self.count += 1
        return self.count

    def finish(self, answer):
        self.message("gemini", answer, thoughts=[], tokens=None, model="gemini-2.5-pro")


class Resumed(Chat):
    def __init__(self, folder, file, chat, directory):
        # gemini.md: a resume opens a second, metadata-only file with the same short id.
        super().__init__(folder, chat["sessionId"], directory)
        if file.suffix == ".json":  # gemini.md: copied to .jsonl, and both stay
            file = file.with_suffix(".jsonl")
            head = {key: value for key, value in chat.items() if key != "messages"}
            file.write_text("".join(json.dumps(value) + "\n" for value in [head, *chat["messages"]]))
        self.file = file
        self.count = sum(1 for message in chat["messages"] if message.get("type") == "user")
