"""A double of OpenCode's TUI (`opencode`), with a store as release 1.18 keeps it.

Written from docs/agents/opencode.md; it knows nothing of agentlaunch.
"""

import json
import os
import random
import sqlite3
import sys
import time
from pathlib import Path

from doubles.agent_double import Refusal, converse, log, rows, say, turn, words, write_ahead

VERSION = "1.18.29"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# opencode.md: the tables in use, and the columns that 1.14 to 1.18 added to session.
SCHEMA = """
CREATE TABLE `__drizzle_migrations` (id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric);
CREATE TABLE `project` (`id` text PRIMARY KEY, `worktree` text NOT NULL, `vcs` text, `name` text,
  `icon_url` text, `icon_color` text, `time_created` integer NOT NULL, `time_updated` integer NOT NULL,
  `time_initialized` integer, `sandboxes` text NOT NULL, `commands` text);
CREATE TABLE `session` (`id` text PRIMARY KEY, `project_id` text NOT NULL, `parent_id` text,
  `slug` text NOT NULL, `directory` text NOT NULL, `title` text NOT NULL, `version` text NOT NULL,
  `share_url` text, `summary_additions` integer, `summary_deletions` integer, `summary_files` integer,
  `summary_diffs` text, `revert` text, `permission` text, `time_created` integer NOT NULL,
  `time_updated` integer NOT NULL, `time_compacting` integer, `time_archived` integer,
  `workspace_id` text, `path` text, `metadata` text, `cost` real NOT NULL DEFAULT 0,
  `tokens_input` integer NOT NULL DEFAULT 0, `tokens_output` integer NOT NULL DEFAULT 0,
  `agent` text, `model` text,
  CONSTRAINT `fk_session_project` FOREIGN KEY (`project_id`) REFERENCES `project`(`id`) ON DELETE CASCADE);
CREATE TABLE `message` (`id` text PRIMARY KEY, `session_id` text NOT NULL, `time_created` integer NOT NULL,
  `time_updated` integer NOT NULL, `data` text NOT NULL,
  CONSTRAINT `fk_message_session` FOREIGN KEY (`session_id`) REFERENCES `session`(`id`) ON DELETE CASCADE);
CREATE TABLE `part` (`id` text PRIMARY KEY, `message_id` text NOT NULL, `session_id` text NOT NULL,
  `time_created` integer NOT NULL, `time_updated` integer NOT NULL, `data` text NOT NULL,
  CONSTRAINT `fk_part_message` FOREIGN KEY (`message_id`) REFERENCES `message`(`id`) ON DELETE CASCADE);
CREATE INDEX `message_session_idx` ON `message` (`session_id`);
CREATE INDEX `part_message_idx` ON `part` (`message_id`);
CREATE INDEX `part_session_idx` ON `part` (`session_id`);
CREATE INDEX `session_project_idx` ON `session` (`project_id`);
CREATE INDEX `session_parent_idx` ON `session` (`parent_id`)
"""


def identifier(prefix, moment, descending=False):
    """opencode.md: `ses_` + 12 hex of the inverted time + 14 base62; `msg_`, `prt_` ascending."""
    value = (moment * 0x1000 + identifier.count % 0x1000) & 0xFFFFFFFFFFFF
    identifier.count += 1
    if descending:
        value ^= 0xFFFFFFFFFFFF
    return f"{prefix}_{value:012x}" + "".join(random.choices(_BASE62, k=14))


identifier.count = 0


def milliseconds():
    return int(time.time() * 1000)


def data_folder(environment):
    """opencode.md: $XDG_DATA_HOME/opencode, else ~/.local/share/opencode."""
    base = environment.get("XDG_DATA_HOME") or environment["HOME"] + "/.local/share"
    return Path(base) / "opencode"


def database_file(environment):
    """opencode.md: OPENCODE_DB, absolute or relative to the data folder; else the stable channel's file."""
    return data_folder(environment) / (environment.get("OPENCODE_DB") or "opencode.db")


class Database:
    """opencode.md: WAL, synchronous NORMAL, busy_timeout 5000, foreign_keys ON, a passive checkpoint at open."""

    def __init__(self, path, legacy=None):
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        self.run = sqlite3.connect(path, isolation_level=None).execute
        write_ahead(self.run)
        for pragma in ("synchronous = NORMAL", "busy_timeout = 5000", "foreign_keys = ON", "wal_checkpoint(PASSIVE)"):
            self.run(f"PRAGMA {pragma}")
        # Looked for with the lock held: two that begin at once would both make it.
        self.run("BEGIN IMMEDIATE")
        if not self.run("SELECT 1 FROM sqlite_master WHERE name = 'session'").fetchone():
            for statement in SCHEMA.split(";"):
                self.run(statement)
        self.run("COMMIT")
        if is_new and legacy and legacy.is_dir():
            self.take_over(legacy)

    def project(self, key="global", worktree="/"):
        """opencode.md: without git every folder is in the project "global"."""
        now = milliseconds()
        self.run("INSERT OR IGNORE INTO project(id, worktree, time_created, time_updated, sandboxes)"
                 " VALUES (?, ?, ?, ?, '[]')", (key, worktree, now, now))
        return key

    def session(self, directory, at=None, key=None, parent=None, archived=None, title="New session"):
        """opencode.md, "tables used": milliseconds, parent_id for a sub-agent's."""
        at = at or milliseconds()
        key = key or identifier("ses", at, descending=True)
        self.run(
            "INSERT INTO session(id, project_id, parent_id, slug, directory, title, version, time_created,"
            " time_updated, time_archived) VALUES (?, ?, ?, 'quiet-heron', ?, ?, ?, ?, ?, ?)",
            (key, self.project(), parent, str(directory), title, VERSION, at, at, archived),
        )
        return key

    def message(self, session, role, text, at=None, key=None, finish="stop"):
        """opencode.md, "tables used": a message and its parts."""
        at = at or milliseconds()
        key = key or identifier("msg", at)
        data = {"role": role, "time": {"created": at}, "agent": "build"}
        if role == "assistant" and finish:
            data |= {"finish": finish, "time": {"created": at, "completed": at}}
        self.run("INSERT INTO message VALUES (?, ?, ?, ?, ?)", (key, session, at, at, json.dumps(data)))
        if text is not None:
            self.run("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", (
                identifier("prt", at), key, session, at, at,
                json.dumps({"type": "text", "text": text})))
        self.run("UPDATE session SET time_updated = ? WHERE id = ?", (at, session))
        return key

    def take_over(self, legacy):
        """opencode.md: the JSON files of before are imported once, when there is no database; they stay."""
        say("Performing one time database migration\n")
        for file in sorted(legacy.glob("session/*/*.json")):
            old = json.loads(file.read_text())
            at = old["time"]["created"]
            self.session(old["directory"], at, old["id"], old.get("parentID"), old["time"].get("archived"))
            for message in sorted((legacy / "message" / old["id"]).glob("*.json")):
                value = json.loads(message.read_text())
                parts = sorted((legacy / "part" / value["id"]).glob("*.json"))
                text = json.loads(parts[0].read_text())["text"] if parts else None
                self.message(old["id"], value["role"], text, value["time"]["created"], value["id"])
        log("imported")


class Conversation:
    def __init__(self, database, directory, key=None):
        self.database, self.directory, self.id = database, directory, key

    def begin(self, text):
        """opencode.md: in the TUI the row is written when the first prompt is sent."""
        run = self.database.run
        run("BEGIN IMMEDIATE")
        if self.id is None:
            self.id = self.database.session(self.directory)
            log("session", session=self.id)
        self.database.message(self.id, "user", text)
        run("COMMIT")
        return run("SELECT COUNT(*) FROM message WHERE session_id = ? AND data LIKE '{\"role\": \"user\"%'",
                   (self.id,)).fetchone()[0]

    def finish(self, answer):
        self.database.run("BEGIN IMMEDIATE")
        self.database.message(self.id, "assistant", answer)
        self.database.run("COMMIT")


# Its lower edge is what agentapi knows it by (docs/agents/agentapi.md#screen).
BOX = "\n┃\n┃\n┃\n┃  Build\n╹" + "▀" * 40 + "\n"


def parse(arguments):
    """opencode.md: the TUI's flags."""
    options, rest = {}, []
    takes = {"-s": "session", "--session": "session", "--prompt": "prompt", "-m": "model",
             "--model": "model", "--agent": "agent"}
    switches = {"-c": "continue", "--continue": "continue", "--fork": "fork", "--print-logs": "logs"}
    while arguments:
        word = arguments.pop(0)
        name, equals, value = word.partition("=")
        if name in takes:
            if not equals and not arguments:
                raise Refusal(f"Not enough arguments following: {name.lstrip('-')}")
            options[takes[name]] = value if equals else arguments.pop(0)
        elif word in switches:
            options[switches[word]] = True
        elif word.startswith("-"):
            raise Refusal(f"Unknown argument: {word.lstrip('-')}")
        else:
            rest.append(word)
    return options, rest


# What it shows where its prompt is typed.
TYPED_BOX = "┃ Ask anything\r\n╹" + "▀" * 40 + "\r\n"


def main():
    arguments = words()
    if arguments in (["--version"], ["-v"]):
        return say(f"{VERSION}\n")
    options, rest = parse(arguments)
    if rest:
        os.chdir(rest[0])  # opencode.md: `opencode [dir]`
    if "fork" in options and not {"continue", "session"} & options.keys():
        raise Refusal("--fork requires --continue or --session")  # opencode.md: exit 1
    folder = data_folder(os.environ)
    database = Database(database_file(os.environ), folder / "storage")
    directory = os.path.realpath(os.getcwd())  # opencode.md: directory = cwd of the start, realpath'd
    key = options.get("session")
    if key is not None:
        # opencode.md: by id only, from any directory; archived and child ids work; since #23837 an error and the
        # end before the TUI.
        if not database.run("SELECT 1 FROM session WHERE id = ?", (key,)).fetchone():
            raise Refusal("Session not found")
    elif "continue" in options:
        # opencode.md: in folders without git any other folder's newest root session; none: it hangs.
        row = database.run("SELECT id FROM session WHERE parent_id IS NULL ORDER BY time_updated DESC").fetchone()
        if not row:
            time.sleep(3600)
        key = row[0]
    conversation = Conversation(database, directory, key)
    prompt = options.get("prompt")
    if not os.isatty(0):
        prompt = sys.stdin.read() or prompt  # opencode.md: piped stdin is read to the end and becomes the prompt
    if key:
        for (text,) in database.run(
            "SELECT part.data FROM part JOIN message ON message.id = message_id WHERE part.session_id = ?"
            " ORDER BY message.id", (key,)
        ):
            say(f"| {json.loads(text)['text']}\n")
    # opencode.md: --prompt is read by the home route only; with -s or -c it is dropped, silently.
    elif prompt:
        turn(conversation, prompt, "argument")
    converse(conversation, BOX, typed_box=TYPED_BOX)


def conversations(home):
    """Every root session with a user's message."""
    file = database_file({"HOME": str(home)})
    return [
        (key, directory, [
            json.loads(data)["text"] for (data,) in rows(
                file, "SELECT part.data FROM part JOIN message ON message.id = part.message_id"
                " WHERE message.session_id = ? AND json_extract(message.data, '$.role') = 'user'"
                " ORDER BY message.id", key)
        ])
        for key, directory in rows(
            file, "SELECT id, directory FROM session WHERE parent_id IS NULL ORDER BY time_created, id DESC")
    ]
