"""Databases of Amazon Q, and of Kiro's first engine, in every state in which a stop can leave them."""

import datetime
import json
import random
import shutil
import sqlite3
import tempfile
import uuid
from pathlib import Path

from doubles import q_store

from . import wal as log
from .bytes_edits import flip, overwrite

WORKDIR = "/home/coder/project"
AT = datetime.datetime(2026, 4, 23, 10, tzinfo=datetime.timezone.utc)


def key(number):
    return str(uuid.UUID(int=0x0C1A1B4E5D324E0E9D5C6B7A3F200000 + number))


def value(number, directory=WORKDIR, turns=2, tool=False):
    """A conversation; the same number gives the same bytes."""
    draw, before = random.Random(number), q_store.identifier
    q_store.identifier = lambda: str(uuid.UUID(int=draw.getrandbits(128)))
    at = AT + datetime.timedelta(hours=number)
    try:
        items = [q_store.turn(directory, f"please do step {turn} " + "and mind the gap " * (turn * 7 % 23), at=at)
                 for turn in range(turns)]
        if tool:
            items.append(q_store.turn(directory, "run it", at=at, tool="execute_bash"))
            items.append(q_store.results(directory))
        return q_store.conversation(items, key(number))
    finally:
        q_store.identifier = before


class Maker:
    def __init__(self, store, kind, mode="DELETE"):
        self.store, self.kind, self.folder = store, kind, Path(tempfile.mkdtemp())
        self.database = sqlite3.connect(self.folder / "copy.db", isolation_level=None)
        self.run = self.database.execute
        self.run(f"PRAGMA journal_mode = {mode}")
        self.run("PRAGMA wal_autocheckpoint = 0")
        self.run("BEGIN")
        q_store.make_tables(self.run, kind)
        self.run("COMMIT")

    def put(self, number, directory=WORKDIR, text=None, **more):
        text = text if text is not None else json.dumps(value(number, directory, **more))
        stamp = int((AT + datetime.timedelta(hours=number)).timestamp() * 1000)
        if self.kind == q_store.KIRO:
            self.run("INSERT INTO conversations_v2 VALUES (?, ?, ?, ?, ?)", (directory, key(number), text, stamp, stamp))
        else:
            self.run("INSERT INTO conversations VALUES (?, ?)", (directory, text))
        return self

    def others(self):
        """What is not this directory's: another's, the one above, one whose name begins alike."""
        self.run("BEGIN")
        for number, directory in enumerate(["/home/coder/other", "/home/coder", WORKDIR + "-2"], 1):
            self.put(number, directory, turns=3 * number)
        self.run("COMMIT")
        return self

    def checkpoint(self, how="TRUNCATE"):
        self.run(f"PRAGMA wal_checkpoint({how})")
        return self

    def spill(self, statement):
        """An open transaction that is larger than the cache: on disk, not committed."""
        self.run("PRAGMA cache_size = 1")
        self.run("PRAGMA cache_spill = 1")
        self.run("BEGIN")
        self.run(statement)
        for number in range(40):
            self.run("INSERT INTO state VALUES (?, ?)", (f"pad {number}", "x" * 3000))
        return self

    def files(self, seed="x", keep=("", "-wal", "-shm", "-journal")):
        home = {}
        for suffix in keep:
            file = self.folder / f"copy.db{suffix}"
            if file.exists():
                home[self.store + suffix] = file.read_bytes()
        self.database.close()
        shutil.rmtree(self.folder)
        wal, shm, journal = (self.store + suffix for suffix in ("-wal", "-shm", "-journal"))
        if home.get(wal):
            home[wal] = log.sign(home[wal], random.Random(seed).randbytes(8))
            if home.get(shm):
                home[shm] = log.sign_index(home[shm], home[wal])
        if home.get(journal):
            home[journal] = log.renonce(home[journal], log.page_size(home[self.store]), 0x01234567)
        return home


_TABLES = {q_store.AMAZONQ: "conversations", q_store.KIRO: "conversations_v2"}
_MEMBERS = ["conversation_id", "history", "valid_history_range", "transcript", "tools", "user", "assistant", "content",
            "additional_context", "env_context", "Prompt", "prompt", "Response", "timestamp", "message_id"]


def _reshape(draw, text):
    """Valid JSON of another shape."""
    tree = json.loads(text)
    places = []

    def walk(node):
        if isinstance(node, dict):
            places.extend((node, name) for name in node if name in _MEMBERS)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(tree)
    node, name = draw.choice(places)
    way = draw.randrange(5)
    if way == 0:
        del node[name]
    elif way == 1:
        node[name] = draw.choice([None, 7, -1, "", "x", [], {}, [1], [[]], {"a": 1}, True, 0.5])
    elif way == 2:
        node["Later" + name] = node.pop(name)
    elif way == 3:
        node[draw.choice(_MEMBERS)] = node[name]
    else:
        node["added_later"] = [{}]
    return json.dumps(tree)


def values(store, kind):
    """A stratum: what a row's value holds, SQLite's own bytes in order."""
    def change(draw, home, _):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "copy.db"
            path.write_bytes(home[store])
            database = sqlite3.connect(path, isolation_level=None)
            database.text_factory = bytes
            table = _TABLES[kind]
            rows = database.execute(f"SELECT rowid, value FROM {table} WHERE key = ? ORDER BY rowid", (WORKDIR,)).fetchall()
            if not rows:
                raise IndexError("no row is left")
            number, text = draw.choice(rows)
            text = text if isinstance(text, bytes) else str(text).encode()
            new = _hurt(draw, text)
            cast = "?" if draw.random() < 0.07 else "CAST(? AS TEXT)"
            database.execute(f"UPDATE {table} SET value = {cast} WHERE rowid = ?", (new, number))
            database.close()
            return {**home, store: path.read_bytes()}

    return change


def _hurt(draw, text):
    way = draw.randrange(9)
    if way == 0:
        return flip(draw, text)
    if way == 1:
        return overwrite(draw, text, longest=40)
    if way == 2:
        return text[:draw.randrange(len(text) + 1)]
    if way == 3:
        at = draw.randrange(len(text) + 1)
        return text[:at] + draw.choice([b"\xff", b"\xc3", b"\\ud800", b"\\udc00", b"\\ud83d\\ude00", b"\0", b"\n"]) + text[at:]
    if way == 4:
        depth = draw.choice([100, 125, 126, 127, 128, 500, 20_000])
        deep = draw.choice([b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth])
        return text[:-1] + b', "deep": ' + deep + b"}"
    if way == 5:
        return draw.choice([b"", b"{}", b"null", b"[]", b" " + text, text + b"\n", b"\xef\xbb\xbf" + text, text + b"{}"])
    try:
        return _reshape(draw, text).encode()
    except (ValueError, IndexError, TypeError, AttributeError, RecursionError):
        return text
