"""Kiro's conversations as it writes them, or a killed one leaves them."""

import datetime
import json
import sqlite3

from agents.kiro import engines
from doubles import q_store
from doubles.fixture_maker import WORKDIR

ID, OTHER, THIRD = (f"0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1d{number:02}" for number in range(3))
SESS = "sess_" + ID
AT = datetime.datetime(2026, 9, 21, 14, tzinfo=datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)


def entry(kind, text="", **data):
    """A line of the second engine's journal; `data` instead of a message."""
    value = engines.line(kind, text)
    return value if not data else {**value, "data": data}


def talk(text="fix it"):
    return [entry("Prompt", text), entry("AssistantMessage", "Done.")]


def flat(home, lines=(), key=ID, directory=WORKDIR, at=AT, **more):
    folder = home / ".kiro/sessions/cli"
    folder.mkdir(parents=True, exist_ok=True)
    engines.describe(folder / f"{key}.json", key, directory, at, **more)
    (folder / f"{key}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def workspace(home, lines=(), key=SESS, directory=WORKDIR, at=AT, bucket="00aa11bb22cc33dd", **more):
    folder = home / ".kiro/sessions" / bucket / key
    folder.mkdir(parents=True)
    engines.explain(folder, directory, at, **more)
    (folder / "messages.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def said(text="fix it"):
    return [engines.message("session_start", text), engines.message("assistant", "Done.")]


def database(home, kind=q_store.KIRO):
    path = home / ".local/share/kiro-cli/data.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    run = sqlite3.connect(path, isolation_level=None).execute
    if not run("SELECT 1 FROM sqlite_master").fetchone():
        q_store.make_tables(run, kind)
    return run


def row(home, value=None, key=ID, directory=WORKDIR, at=AT):
    value = value or q_store.conversation([q_store.turn(directory, "fix it", at=at)], key)
    stamp = int(at.timestamp() * 1000)
    database(home)("INSERT INTO conversations_v2 VALUES (?, ?, ?, ?, ?)", (
        directory, key, value if isinstance(value, str) else json.dumps(value), stamp, stamp))
