"""What Kiro's three engines keep, as its double writes it."""

import datetime
import json
import os
import time
import uuid
from pathlib import Path

from doubles import q_store
from doubles.agent_double import Refusal

SUMMARY = "Please sum up what we said."  # the double's own words


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def nanoseconds(moment):
    """kiro.md, "v2 json": RFC 3339, nanoseconds, Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


def kiro_home(environment):
    """kiro.md, "Env": KIRO_HOME, default ~/.kiro."""
    return Path(environment.get("KIRO_HOME") or environment["HOME"] + "/.kiro")


def database_file(environment):
    """kiro.md, "Env": XDG_DATA_HOME for the database."""
    base = environment.get("XDG_DATA_HOME") or environment["HOME"] + "/.local/share"
    return Path(base) / "kiro-cli/data.sqlite3"


def is_running(pid):
    """kiro.md, ".lock": busy only if the pid lives."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Flat:
    """The second engine: kiro.md, row "v2" of the table of engines."""

    def __init__(self, environment, directory, key=None):
        self.folder = kiro_home(environment) / "sessions/cli"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.id = key or str(uuid.uuid4())
        self.json, self.jsonl, self.lock = (self.folder / f"{self.id}.{end}" for end in ("json", "jsonl", "lock"))
        if key and not self.json.exists():
            raise Refusal(f"Session not found: {key}")  # kiro.md, "unknown id does not create"
        if self.lock.exists():
            pid = json.loads(self.lock.read_text())["pid"]
            if is_running(pid):
                raise Refusal(f"Session is in use by process {pid}")
        self.lock.write_text(json.dumps({"pid": os.getpid()}))  # kiro.md, ".lock = {"pid":N}"
        if not key:  # kiro.md, "When written": the files appear with the session, before any turn
            describe(self.json, self.id, directory)
            self.jsonl.touch()

    @property
    def texts(self):
        return prompts(self.jsonl)

    def begin(self, text):
        """kiro.md: the prompt is recorded before the answer."""
        self.append("Prompt", text, {"timestamp": int(time.time())})
        return len(self.texts)

    def finish(self, answer):
        self.append("AssistantMessage", answer)
        value = json.loads(self.json.read_text())
        value |= {"updated_at": nanoseconds(now()), "title": value["title"] or self.texts[0][:30]}
        replace(self.json, value)

    def append(self, kind, text, meta=None):
        """kiro.md, "jsonl": at its end."""
        with open(self.jsonl, "a", encoding="utf-8") as file:
            file.write(json.dumps(line(kind, text, meta)) + "\n")

    def close(self):
        self.lock.unlink()


def line(kind, text, meta=None):
    """kiro.md, "jsonl": one message."""
    data = {"message_id": str(uuid.uuid4()), "content": [{"kind": "text", "data": text}]}
    return {"version": "v1", "kind": kind, "data": {**data, "meta": meta} if meta else data}


def describe(file, key, directory, at=None, **more):
    """kiro.md, "v2 json"; the reason of a person's own session is "subagent" too."""
    at = nanoseconds(at or now())
    replace(file, {
        "session_id": key, "cwd": str(directory), "created_at": at, "updated_at": at, "title": None,
        "parent_session_id": None, "session_created_reason": "subagent",
        "session_state": {"version": "v1", "agent_name": "kiro_default"}, **more})


def replace(file, value):
    temporary = file.with_name(file.name + ".tmp")
    temporary.write_text(json.dumps(value, indent=2))
    temporary.rename(file)


def prompts(jsonl):
    found = []
    for text in jsonl.read_text().splitlines() if jsonl.exists() else []:
        try:
            value = json.loads(text)
        except ValueError:
            continue  # kiro.md: the reader passes over a torn line
        if value["kind"] == "Prompt":
            found.append(value["data"]["content"][0]["data"])
    return found


class Classic:
    """The first engine: kiro.md, row "v1", and kiro.md for the value."""

    def __init__(self, environment, directory, key=None):
        self.run = q_store.connect(database_file(environment), q_store.KIRO).execute
        self.directory, self.value = str(directory), q_store.conversation([])
        if key:
            row = self.run("SELECT key, value FROM conversations_v2 WHERE conversation_id = ?", (key,)).fetchone()
            if not row or not q_store.is_conversation(row[1]):
                raise Refusal(f"Session not found: {key}")
            self.directory, self.value = row[0], json.loads(row[1])
        self.id, self.asked = self.value["conversation_id"], None

    @property
    def texts(self):
        texts = [item["user"]["content"].get("Prompt", {}).get("prompt") for item in self.value["history"]]
        return [text for text in texts if text not in (None, SUMMARY)]

    def begin(self, text):
        self.asked = text  # kiro.md, "When written": v1 as Q, after an answer
        return len(self.texts) + (text != SUMMARY)

    def finish(self, answer):
        turns = self.value["history"] + [q_store.turn(self.directory, self.asked, answer)]
        self.value = q_store.conversation(turns, self.id)
        stamp = int(time.time() * 1000)  # kiro.md: milliseconds
        self.run(
            "INSERT INTO conversations_v2 VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (key, conversation_id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            (self.directory, self.id, json.dumps(self.value), stamp, stamp))

    def close(self):
        pass


class Workspace:
    """The third engine: kiro.md, row "v3" and "v3 session.json"; the name of a workspace is the double's own hash."""

    def __init__(self, environment, directory, key=None):
        root = kiro_home(environment) / "sessions"
        self.id = key or f"sess_{uuid.uuid4()}"
        known = list(root.glob(f"*/{self.id}"))
        if key and not known:
            raise Refusal(f"Session not found: {key}")
        self.folder = known[0] if key else root / uuid.uuid5(uuid.NAMESPACE_URL, str(directory)).hex[:16] / self.id
        self.jsonl = self.folder / "messages.jsonl"
        if not key:
            self.folder.mkdir(parents=True)
            # Whoever finds the description looks into the messages.
            self.jsonl.touch()
            explain(self.folder, directory)

    @property
    def texts(self):
        payloads = [json.loads(text)["payload"] for text in self.jsonl.read_text().splitlines()]
        return [payload["content"] for payload in payloads if payload["type"] in ("user", "session_start")]

    def begin(self, text):
        self.append("user" if self.texts else "session_start", text)
        return len(self.texts)

    def finish(self, answer):
        self.append("assistant", answer)
        value = json.loads((self.folder / "session.json").read_text())
        replace(self.folder / "session.json", value | {"lastModifiedAt": now().isoformat(), "status": "idle"})

    def append(self, kind, text):
        with open(self.jsonl, "a", encoding="utf-8") as file:
            file.write(json.dumps(message(kind, text)) + "\n")

    def close(self):
        pass


def message(kind, text):
    return {"id": str(uuid.uuid4()), "timestamp": int(time.time() * 1000), "payload": {"type": kind, "content": text}}


def explain(folder, directory, at=None, **more):
    at = (at or now()).isoformat()
    replace(folder / "session.json", {
        "schemaVersion": "1.0.0", "id": folder.name, "title": "", "agentMode": "vibe", "workspacePaths": [str(directory)],
        "createdAt": at, "lastModifiedAt": at, "modelId": "auto", "autopilot": True, "status": "in_progress", **more})


ENGINES = {"v1": Classic, "v2": Flat, "v3": Workspace}
