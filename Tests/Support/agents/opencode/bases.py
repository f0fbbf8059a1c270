"""OpenCode stores in every state in which a stop can leave them; a home is {relative path: bytes}."""

import json
import random
import shutil
import tempfile
from pathlib import Path

from agents.opencode.double import Database
from damage import wal as log
from damage.bytes_edits import flip, overwrite
from damage.sqlite_mutations import strata

WORKDIR = "/home/coder/project"
FOLDER = ".local/share/opencode/"
STORE = FOLDER + "opencode.db"
AT = 1790928000000


def key(number):
    return f"ses_f045f6bffffe{number:014d}"


class _Maker:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp())
        random.seed(4)  # the double's ids
        self.database = Database(self.folder / "opencode.db")
        self.run = self.database.run
        self.run("PRAGMA wal_autocheckpoint = 0")

    def talk(self, number, directory=WORKDIR, turns=1, **more):
        self.run("BEGIN")
        at = AT + number * 60_000
        self.database.session(directory, at, key(number), **more)
        for turn in range(turns):
            for step, role in enumerate(("user", "assistant")):
                text = f"please do step {turn} " + "and mind the gap " * (turn * 7 % 23)
                self.database.message(key(number), role, text, at + 10 * turn + step,
                                      f"msg_{number:06d}{turn:06d}{step:014d}")
        self.run("COMMIT")
        return self

    def others(self):
        """What is not this directory's conversation: elsewhere, without messages, a sub-agent's, archived."""
        self.talk(1, "/home/coder/other", 8)
        self.talk(2, turns=0)
        self.talk(3, parent=key(1))
        return self.talk(4, archived=AT)

    def checkpoint(self, how="TRUNCATE"):
        self.run(f"PRAGMA wal_checkpoint({how})")
        return self

    def spill(self):
        """An open transaction that is larger than the cache: in the log, not committed."""
        self.run("PRAGMA cache_size = 1")
        self.run("PRAGMA cache_spill = 1")
        self.run("BEGIN")
        self.run("UPDATE session SET directory = '/home/coder/nowhere'")
        for number in range(40):
            self.run("INSERT INTO message VALUES (?, ?, 1, 1, ?)",
                     (f"msg_x{number}", key(1), json.dumps({"role": "user", "pad": "x" * 3000})))
        return self

    def files(self, seed, keep=("", "-wal", "-shm")):
        home = {}
        for suffix in keep:
            file = self.folder / f"opencode.db{suffix}"
            if file.exists():
                home[STORE + suffix] = file.read_bytes()
        # Not left to the collector: closing removes files, which must not be in the middle of what follows.
        self.run.__self__.close()
        shutil.rmtree(self.folder)
        if home.get(STORE + "-wal"):
            home[STORE + "-wal"] = log.sign(home[STORE + "-wal"], random.Random(seed).randbytes(8))
            if home.get(STORE + "-shm"):
                home[STORE + "-shm"] = log.sign_index(home[STORE + "-shm"], home[STORE + "-wal"])
        return home


def legacy(number, directory=WORKDIR, messages=2, **more):
    """The JSON files of a session before 1.2."""
    storage, at = FOLDER + "storage/", AT + number * 60_000

    def file(value):
        return json.dumps(value, indent=2).encode()

    home = {f"{storage}session/global/{key(number)}.json": file({
        "id": key(number), "slug": "calm-heron", "version": "1.1.65", "projectID": "global",
        "directory": directory, "title": "New session", "time": {"created": at, "updated": at + 9}, **more})}
    for turn in range(messages):
        message, role = f"msg_{number:012d}{turn:014d}", ("user", "assistant")[turn % 2]
        home[f"{storage}message/{key(number)}/{message}.json"] = file({
            "id": message, "sessionID": key(number), "role": role, "time": {"created": at + turn}})
        home[f"{storage}part/{message}/prt_{number:012d}{turn:014d}.json"] = file({
            "messageID": message, "sessionID": key(number), "type": "text", "text": f"step {turn}"})
    return home


def bases():
    return {
        "all-in-log": _Maker().others().talk(5, turns=2).files("a"),
        "all-in-log-no-index": _Maker().others().talk(5).files("b", ("", "-wal")),
        "rows-in-log": _Maker().others().checkpoint().talk(5).talk(6, turns=5).files("c", ("", "-wal")),
        "newest-in-log": _Maker().others().talk(5, turns=3).checkpoint().talk(6).files("d", ("", "-wal")),
        "restarted": _Maker().others().talk(5, turns=9).checkpoint("RESTART").talk(6).files("e"),
        "torn": _Maker().others().talk(5).spill().files("f"),
        "checkpointed": _Maker().others().talk(5, turns=15).checkpoint().files("g", ("",)),
        "nobodys-here": _Maker().others().files("h"),
        "legacy": {**legacy(1, "/home/coder/other"), **legacy(5), **legacy(3, parentID=key(5))},
        "legacy-two": {**legacy(5), **legacy(6, messages=4)},
        "legacy-nobodys": {**legacy(1, "/home/coder/other"), **legacy(2, messages=0)},
    }


def _files(home):
    return sorted(name for name in home if name.startswith(FOLDER + "storage/"))


def json_files(draw, home, _):
    """The files of before 1.2: a byte, a word, the end, the whole file, or a database that came beside them."""
    files = _files(home)
    name = draw.choice([name for name in files if "/session/" in name] or files) if draw.random() < 0.6 \
        else draw.choice(files)
    data, way = home[name], draw.randrange(8)
    if way == 0:
        data = flip(draw, data)
    elif way == 1:
        data = overwrite(draw, data, longest=30)
    elif way == 2:
        data = data[:draw.randrange(len(data) + 1)]
    elif way == 3:
        word = draw.choice([b"directory", b'"id"', b"/home/coder", b"role", b"user", b"ses_f0", b"parentID", b"{"])
        data = data.replace(word, word[:-1] + draw.choice([b"x", b"\xff", b"\0", b""]), 1)
    elif way == 4:
        return {other: value for other, value in home.items() if other != name}
    elif way == 5:
        data = draw.choice([b"", b"{}", b"[]", b"null", bytes(len(data)), draw.randbytes(60)])
    elif way == 6:
        data += draw.choice([b"\n", b"}", b"\0\0\0", b" {}"])
    else:
        return {**home, STORE: draw.choice([b"", b"", draw.randbytes(4096), b"SQLite format 3\0"])}
    return {**home, name: data}


STRATA = {
    **strata([STORE], (b"/home/coder/project", key(5).encode(), key(6).encode()),
             [b"user", b'{"', b"text", b"assistant", b"role"]),
    "json-files": (json_files, lambda home: bool(_files(home)) and STORE not in home),
}
del STRATA["rollback-journal"]  # its databases have a write-ahead log always
