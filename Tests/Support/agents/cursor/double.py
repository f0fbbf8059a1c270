"""A double of Cursor's CLI (`cursor-agent`), with chats as release 2026.09 keeps them.

Written from docs/agents/cursor.md; it knows nothing of agentlaunch. Its own variables:
  CURSOR_DOUBLE_UNKNOWN   fresh (default) or latest: what it does with an id that is not there
"""

import hashlib
import json
import os
import sqlite3
import time
import uuid
from pathlib import Path

from doubles.agent_double import Refusal, converse, log, replace, rows, say, turn, words

VERSION = "2026.09.10-fd3934a"


def configuration(environment):
    """cursor.md, chats root: $CURSOR_CONFIG_DIR, else $XDG_CONFIG_HOME/cursor, else ~/.cursor."""
    if environment.get("CURSOR_CONFIG_DIR"):
        return Path(environment["CURSOR_CONFIG_DIR"])
    if environment.get("XDG_CONFIG_HOME"):
        return Path(environment["XDG_CONFIG_HOME"]) / "cursor"
    return Path(environment["HOME"]) / ".cursor"


def chats(environment, directory):
    """cursor.md: chats/<md5 hex of realpath(workspace)>."""
    name = hashlib.md5(os.fsencode(os.path.realpath(directory))).hexdigest()
    return configuration(environment) / "chats" / name


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


class Chat:
    """cursor.md: store.db (WAL, user_version 1) with blobs and meta '0', and meta.json."""

    def __init__(self, folder, directory, at=None, hexadecimal=True):
        self.folder, self.directory, self.id = Path(folder), str(directory), Path(folder).name
        self.hexadecimal, self.database = hexadecimal, None
        self.at = at or int(time.time() * 1000)
        self.root, self.children, self.created = "", [], self.at
        self.title, self.is_subagent = "New Agent", False
        if (self.folder / "store.db").exists():
            self.load()

    def open(self):
        """cursor.md, "store.db": WAL, user_version 1, two tables."""
        if self.database is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.database = sqlite3.connect(self.folder / "store.db", isolation_level=None)
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA user_version = 1",
                              "CREATE TABLE IF NOT EXISTS blobs (id TEXT PRIMARY KEY, data BLOB)",
                              "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT)"):
                self.database.execute(statement)
        return self.database.execute

    def load(self):
        [(value,)] = self.open()("SELECT value FROM meta WHERE key = '0'").fetchall()
        meta = json.loads(value if value.startswith("{") else bytes.fromhex(value))
        self.root, self.created = meta["latestRootBlobId"], meta["createdAt"]
        if self.root:
            [(data,)] = self.open()("SELECT data FROM blobs WHERE id = ?", (self.root,)).fetchall()
            while data[:2] == b"\x0a\x20":
                self.children.append(data[2:34])
                data = data[34:]

    def blob(self, data):
        """cursor.md: id = sha256 of data."""
        key = hashlib.sha256(data).hexdigest()
        self.open()("INSERT OR IGNORE INTO blobs VALUES (?, ?)", (key, data))
        return key

    def add(self, role, content, at=None):
        """A message, and a new root that names every one in order."""
        self.at = at or int(time.time() * 1000)
        message = json.dumps({"role": role, "content": content}).encode()
        self.children.append(bytes.fromhex(self.blob(message)))
        # cursor.md: 1 children, 9 the workspace's address, 22 the surface, 26 updatedAt, 27 the time zone.
        self.root = self.blob(b"".join(field(1, child) for child in self.children)
                              + field(9, b"file://" + os.fsencode(self.directory)) + field(22, b"cli")
                              + field(26, self.at) + field(27, b"UTC"))
        self.describe()

    def query(self, text, at=None):
        """cursor.md: JSON messages with a <user_query> wrapper."""
        self.add("user", [{"type": "text", "text": f"<user_query>\n{text}\n</user_query>"}], at)

    def describe(self):
        """cursor.md: meta's row '0', in hex or as it is."""
        value = json.dumps({
            "agentId": self.id, "latestRootBlobId": self.root, "name": self.title, "mode": "default",
            "isRunEverything": False, "createdAt": self.created, "lastUsedModel": "composer-2"})
        if self.hexadecimal:
            value = value.encode().hex()
        self.open()("INSERT OR REPLACE INTO meta VALUES ('0', ?)", (value,))

    def write_meta(self, **more):
        """cursor.md, "meta.json"."""
        meta = {"schemaVersion": 1, "createdAtMs": self.created, "hasConversation": bool(self.children),
                "updatedAtMs": self.at, "cwd": self.directory, **more}
        if self.is_subagent:
            meta["isSubagent"] = True
        replace(self.folder / "meta.json", json.dumps(meta, separators=(",", ":")))

    # What a turn needs.

    def begin(self, text):
        """cursor.md: written lazily on the first message, appended in place on resume, with the prompt at once."""
        execute = self.open()
        execute("BEGIN IMMEDIATE")
        if not self.children:
            # What the CLI tells the model goes before it, the workspace under the user's role.
            self.add("system", "You are a double.")
            self.add("user", [{"type": "text", "text": f"<user_info>\nWorkspace: {self.directory}\n</user_info>"}])
            log("session", session=self.id)
        self.query(text)
        execute("COMMIT")
        self.write_meta()
        return len(texts(self.folder))

    def finish(self, answer):
        self.open()("BEGIN IMMEDIATE")
        self.add("assistant", [{"type": "text", "text": answer}])
        self.open()("COMMIT")
        self.write_meta()


def is_trusted(directory, environment):
    """cursor.md: the marker in projects/<path with / as ->."""
    data = environment.get("CURSOR_DATA_DIR") or environment["HOME"] + "/.cursor"
    return (Path(data) / "projects" / directory.strip("/").replace("/", "-") / ".workspace-trusted").exists()


def parse(arguments):
    options, rest = {}, []
    while arguments:
        word = arguments.pop(0)
        name, equals, value = word.partition("=")
        if name in ("--model", "--workspace"):
            options[name] = value if equals else arguments.pop(0)
        elif name == "--resume":
            # cursor.md: bare it is a picker; the next word is its id unless it is a flag.
            options[name] = value if equals else arguments.pop(0) if arguments and arguments[0][:1] != "-" else ""
        elif word in ("--continue", "--trust", "-f", "--force", "-p", "--print", "--approve-mcps"):
            options[word] = True
        elif word.startswith("-"):
            raise Refusal(f"error: unknown option '{word}'")
        else:
            rest.append(word)
    return options, rest


# What it shows where its prompt is typed.
TYPED_BOX = "─" * 60 + "\r\n → Plan, search, build anything\r\n" + "─" * 60 + "\r\n"


def main():
    arguments = words()
    if arguments in (["--version"], ["-v"]):
        return say(f"{VERSION}\n")
    if os.environ.get("NODE_OPTIONS"):
        raise Refusal("node: bad option in NODE_OPTIONS")  # cursor.md: it breaks it
    options, rest = parse(arguments)
    if rest and rest[0] in ("resume", "ls", "create-chat"):
        raise Refusal(f"the double has no subcommand {rest[0]}")
    if not os.isatty(0) or not os.isatty(1):
        raise Refusal("print mode")  # cursor.md: inferred when stdout is no TTY or stdin is piped
    directory = os.path.realpath(options.get("--workspace") or os.getcwd())
    if not ("--trust" in options or is_trusted(directory, os.environ)):
        log("question", which="trust")  # cursor.md: the first run blocks on the trust dialog
        say("Do you trust this workspace? ")
        while os.read(0, 1) not in (b"y", b""):
            pass
        say("\n")
    here = chats(os.environ, directory)
    asked = options.get("--resume") or None
    if "--continue" in options:
        asked = latest(here)
    if asked and not (here / asked / "store.db").exists():
        # cursor.md: no error for an unknown id, but a fresh chat or the latest one; from another directory the same.
        log("unknown", session=asked)
        asked = latest(here) if os.environ.get("CURSOR_DOUBLE_UNKNOWN") == "latest" else None
        say("a new chat\n" if asked is None else "the latest chat\n")
    chat = Chat(here / (asked or str(uuid.uuid4())), directory)
    for text in texts(chat.folder):
        say(f"| {text[:100]}\n")
    if rest:
        turn(chat, " ".join(rest), "argument")  # cursor.md: `--resume=ID PROMPT` sends PROMPT too
    converse(chat, typed_box=TYPED_BOX)


def latest(here):
    found = sorted(here.glob("*/store.db"), key=lambda file: file.stat().st_mtime)
    return found[-1].parent.name if found else None


def texts(folder):
    """The user's messages, oldest first."""
    value = rows(folder / "store.db", "SELECT value FROM meta WHERE key = '0'")
    if not value:
        return []
    [(value,)] = value
    # After the root: blobs only come, those that it names are there.
    found = dict(rows(folder / "store.db", "SELECT id, data FROM blobs"))
    root = json.loads(value if value.startswith("{") else bytes.fromhex(value))["latestRootBlobId"]
    data, said = found.get(root, b""), []
    while data[:2] == b"\x0a\x20":
        message, data = json.loads(found[data[2:34].hex()]), data[34:]
        if message["role"] == "user":
            [text] = [part["text"] for part in message["content"]]
            if text.startswith("<user_query>\n"):
                said.append(text[len("<user_query>\n"):-len("\n</user_query>")])
    return said


def conversations(home):
    """Every chat of every workspace, oldest first."""
    found = []
    for meta in Path(home).glob(".cursor/chats/*/*/meta.json"):
        value = json.loads(meta.read_text())
        found.append((value["createdAtMs"], meta.parent.name, value["cwd"], texts(meta.parent)))
    return [tuple(chat[1:]) for chat in sorted(found)]


def conversations_after_a_kill(home):
    """By the databases: a kill may leave the description beside one empty."""
    return [(chat.parent.name, None, texts(chat.parent)) for chat in Path(home).glob(".cursor/chats/*/*/store.db")]
