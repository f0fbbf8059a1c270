"""Cursor chats in every state in which a stop can leave them; a home is {relative path: bytes}."""

import json
import random
import shutil
import tempfile
from pathlib import Path

from agents.cursor.double import Chat
from damage import wal as log
from damage.bytes_edits import flip, overwrite
from damage.sqlite_mutations import strata

WORKDIR = "/home/coder/project"
ROOT = ".cursor/chats/"
FOLDER = ROOT + "55dee274f7c48672e64c390c89fc9555/"  # cursor.md: md5 of the path
AT = 1790000000000


def key(number):
    return f"0f2e9c1a-5b7d-4e3f-8a6b-{number:012d}"


def store(number):
    return f"{FOLDER}{key(number)}/store.db"


def chat(number, turns=1, keep=("", "-wal", "-shm"), *, checkpoint=None, more=0, meta=True, subagent=False,
         spill=False, hexadecimal=True):
    """The files of one chat: `turns` before a checkpoint (if one is made), `more` after it."""
    folder = Path(tempfile.mkdtemp()) / key(number)
    made = Chat(folder, WORKDIR, AT + number * 60_000, hexadecimal)
    made.is_subagent = subagent
    run = made.open()
    run("PRAGMA wal_autocheckpoint = 0")

    def talk(first, last):
        for turn in range(first, last):
            run("BEGIN")
            made.query(f"please do step {turn} " + "and mind the gap " * (turn * 7 % 23), made.created + turn * 100)
            made.add("assistant", [{"type": "text", "text": f"Step {turn} is done."}], made.created + turn * 100 + 9)
            run("COMMIT")

    made.describe()
    talk(0, turns)
    if checkpoint:
        run(f"PRAGMA wal_checkpoint({checkpoint})")
        talk(turns, turns + more)
    if meta:
        made.write_meta()
    if spill:
        # A transaction that is larger than the cache: in the log, not committed.
        run("PRAGMA cache_size = 1")
        run("PRAGMA cache_spill = 1")
        run("BEGIN")
        run("UPDATE meta SET value = 'zz'")
        for blob in range(40):
            run("INSERT INTO blobs VALUES (?, ?)", (f"{blob:064x}", b"x" * 3000))
    home = {}
    for suffix in keep:
        if (folder / f"store.db{suffix}").exists():
            home[store(number) + suffix] = (folder / f"store.db{suffix}").read_bytes()
    if meta:
        home[f"{FOLDER}{key(number)}/meta.json"] = (folder / "meta.json").read_bytes()
    # Not left to the collector: closing removes files, which must not be in the middle of what follows.
    made.database.close()
    shutil.rmtree(folder.parent)
    if home.get(store(number) + "-wal"):
        wal = store(number) + "-wal"
        home[wal] = log.sign(home[wal], random.Random(number * 100 + turns).randbytes(8))
        if home.get(store(number) + "-shm"):
            home[store(number) + "-shm"] = log.sign_index(home[store(number) + "-shm"], home[wal])
    return home


def bases():
    empty, child = chat(3, 0, ("", "-wal")), chat(4, 2, ("",), checkpoint="TRUNCATE", subagent=True)
    return {
        "all-in-log": {**chat(5, 2), **empty},
        "all-in-log-no-index": {**chat(5, 1, ("", "-wal")), **child},
        "no-meta": {**chat(5, 2, ("", "-wal"), meta=False, hexadecimal=False), **empty},
        "no-meta-flat": chat(5, 12, ("",), checkpoint="TRUNCATE", meta=False),
        "rest-in-log": chat(5, 2, ("", "-wal"), checkpoint="TRUNCATE", more=3),
        "restarted": {**chat(5, 9, checkpoint="RESTART", more=1), **empty},
        "torn": chat(5, 2, spill=True),
        "checkpointed": {**chat(5, 20, ("",), checkpoint="TRUNCATE"), **child},
        "two": {**chat(5, 2, ("", "-wal")), **chat(6, 1, ("", "-wal"))},
        "nobodys": {**empty, **child},
        "nobodys-no-meta": chat(3, 0, ("", "-wal"), meta=False),
    }


def chat_files(draw, home, _):
    """meta.json, a chat's name, files that are gone."""
    home = dict(home)
    metas = sorted(name for name in home if name.endswith("/meta.json"))
    way = draw.randrange(10)
    if way >= 7 or not metas:
        number = draw.choice([n for n in (3, 4, 5, 6) if any(key(n) in name for name in home)])
        files = sorted(name for name in home if key(number) in name)
        if way % 2:
            name = draw.choice([key(number)[:-1] + "x", key(number).upper(), key(number)[:-1], "-" + key(number)[1:]])
            for file in files:
                home[file.replace(key(number), name)] = home.pop(file)
        else:
            home.pop(draw.choice(files))
        return home
    name = draw.choice(metas)
    data = home[name]
    if way == 0:
        data = flip(draw, data)
    elif way == 1:
        data = overwrite(draw, data, longest=20)
    elif way == 2:
        data = data[:draw.randrange(len(data) + 1)]
    elif way == 3:
        value = json.loads(data)
        value = value if isinstance(value, dict) else {}
        value[draw.choice(["hasConversation", "isSubagent", "updatedAtMs", "cwd"])] = draw.choice(
            [True, False, None, 7, "true", [], "/home/coder/other"])
        data = json.dumps(value).encode()
    elif way == 4:
        home.pop(name)
        return home
    elif way == 5:
        data = draw.choice([b"", b"{}", b"[]", b"null", bytes(len(data)), draw.randbytes(60)])
    else:
        data += draw.choice([b"\n", b"}", b"\0\0\0", b" {}"])
    return {**home, name: data}


_STORES = [store(number) for number in (3, 4, 5, 6)]
STRATA = {
    **strata(_STORES, (b"user_query", b'{"role"', b"latestRoot".hex().encode(), b"/home/coder/project"),
             [b"user", b"text", b"assistant", b'"role"', b"file:", b"7b22", b"\x0a\x20"]),
    "chat-files": (chat_files, bool),
}
del STRATA["rollback-journal"]  # its databases have a write-ahead log always
