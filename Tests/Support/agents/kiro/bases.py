"""Kiro's stores in every state in which a stop can leave them; a home is {relative path: bytes}."""

import datetime
import json
import random
import uuid

from agents.kiro import engines
from damage import line_mutations as lines
from damage.bytes_edits import flip, overwrite
from damage.q_bases import AT, WORKDIR, Maker, key, q_store, values
from damage.sqlite_mutations import strata

STORE = ".local/share/kiro-cli/data.sqlite3"
# What is decided by in the files of lines.
KEYS = [
    b'"kind": "Prompt"', b'"kind": "AssistantMessage"', b'"version": "v1"', b'"message_id":', b'"content":',
    b'"payload":', b'"type":',
]
FLAT, WORKSPACE = ".kiro/sessions/cli/", ".kiro/sessions/00aa11bb22cc33dd/"


def sess(number):
    return "sess_" + key(number)


def _moment(number):
    return AT + datetime.timedelta(hours=number)


def _entries(number, turns):
    draw = random.Random(number)
    for turn in range(turns):
        text = f"please do step {turn} " + "and mind the gap " * (turn * 7 % 23)
        yield [str(uuid.UUID(int=draw.getrandbits(128))) for _ in range(2)], text


def _lines(values):
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def flat(number, directory=WORKDIR, turns=2, more=(), **other):
    """The second engine's files."""
    at, said = engines.nanoseconds(_moment(number)), []
    for ids, text in _entries(number, turns):
        for identifier, kind, words in zip(ids, ("Prompt", "AssistantMessage"), (text, "Done.")):
            said.append({"version": "v1", "kind": kind, "data": {
                "message_id": identifier, "content": [{"kind": "text", "data": words}]}})
    description = {
        "session_id": key(number), "cwd": directory, "created_at": at, "updated_at": at, "title": None,
        "parent_session_id": None, "session_created_reason": "subagent", "session_state": {"version": "v1"}, **other}
    return {f"{FLAT}{key(number)}.json": json.dumps(description, indent=2).encode(),
            f"{FLAT}{key(number)}.jsonl": _lines([*said, *more])}


def workspace(number, directory=WORKDIR, turns=2, **other):
    """The third engine's files."""
    at, said = _moment(number).isoformat(), []
    for ids, text in _entries(number, turns):
        kinds = ("user" if said else "session_start", "assistant")
        for identifier, kind, words in zip(ids, kinds, (text, "Done.")):
            said.append({"id": identifier, "timestamp": 1, "payload": {"type": kind, "content": words}})
    description = {
        "schemaVersion": "1.0.0", "id": sess(number), "title": "x", "workspacePaths": [directory], "createdAt": at,
        "lastModifiedAt": at, "status": "idle", **other}
    folder = f"{WORKSPACE}{sess(number)}/"
    return {folder + "session.json": json.dumps(description, indent=2).encode(), folder + "messages.jsonl": _lines(said)}


def _database(mode="DELETE"):
    return Maker(STORE, q_store.KIRO, mode).others()


def _signed_in():
    return Maker(STORE, q_store.KIRO).files()


def bases():
    nowhere = "UPDATE conversations_v2 SET key = key || '/nowhere'"
    clear, back = {"version": "v1", "kind": "Clear"}, {"version": "v1", "kind": "ResetTo", "data": {"target_index": 2}}
    return {
        "classic": _database().put(5).put(6, turns=30, tool=True).files(),
        "classic-one": _database().put(5, turns=3).files(),
        "classic-legacy": Maker(STORE, q_store.KIRO_LEGACY).put(5).put(1, "/srv").files(),
        "classic-hot": _database().put(5).spill(nowhere).files(),
        "classic-all-in-log": _database("WAL").put(5).files("a"),
        "classic-row-in-log": _database("WAL").checkpoint().put(5, turns=9).files("b", ("", "-wal")),
        "classic-torn": _database("WAL").put(5).spill(nowhere).files("c"),
        "classic-nobodys": _database().files(),
        "flat": {**_signed_in(), **flat(5)},
        "flat-two": {**_signed_in(), **flat(5, turns=9), **flat(6), **flat(7, parent_session_id=key(6))},
        "flat-replayed": {**_signed_in(), **flat(5, turns=3, more=[clear, *[
            {"version": "v1", "kind": "Prompt", "data": {"message_id": "m", "content": []}}], back])},
        "flat-nobodys": {**_signed_in(), **flat(5, "/home/coder/other", 4), **flat(6, turns=0)},
        "workspace": {**_signed_in(), **workspace(5), **workspace(6, "/home/coder/other")},
        "workspace-nobodys": {**_signed_in(), **workspace(5, turns=0), **workspace(6, parentSessionId=sess(5))},
        "mixed": {**_database().put(5).files(), **flat(6), **workspace(7, turns=5)},
    }


_DESCRIBED = [b"session_id", b"cwd", b"created_at", b"updated_at", b"session_state", b"parent_session_id", b'"id"',
              b"workspacePaths", b"createdAt", b"/home/coder/project", b"null", b"subagent", b"sess_", b"v1"]


def _descriptions(home):
    return sorted(name for name in home if name.endswith(".json"))


def description(draw, home, _):
    name = draw.choice(_descriptions(home))
    data, way = home[name], draw.randrange(8)
    if way == 0:
        data = flip(draw, data)
    elif way == 1:
        data = overwrite(draw, data, longest=40)
    elif way == 2:
        data = data[:draw.randrange(len(data) + 1)]
    elif way == 3:
        return {other: value for other, value in home.items() if other != name}
    elif way == 4:
        data = draw.choice([b"", b"{}", b"null", b"[]", data + b"\n", b" " + data, data + b"{}", b"\xef\xbb\xbf" + data])
    elif way == 5:
        at = draw.randrange(len(data) + 1)
        data = data[:at] + draw.choice([b"\xff", b"\\ud800", b"\0", b"\n"]) + data[at:]
    else:
        word = draw.choice([word for word in _DESCRIBED if word in data] or [b"{"])
        data = data.replace(word, draw.choice([word[:-1] + b"x", word[::-1], b"7", b'"x"', b""]), 1)
    return {**home, name: data}


def _of_lines(*functions):
    """One of these strata of JSON lines."""
    def change(draw, home, _):
        return draw.choice(functions)(draw, home, KEYS)

    return change, lambda home: any(name.endswith(".jsonl") for name in home)


def _together(*names):
    known = strata([STORE], (WORKDIR.encode(), key(5).encode(), key(6).encode()),
                   [b"history", b'{"', b"prompt", b"assistant", b"content"])

    def fits(name, home):
        # Frames are found by the page size that the header names; damage before may have made it anything.
        size = int.from_bytes(home.get(STORE + "-wal", b"")[8:12], "big")
        return known[name][1](home) and (not name.startswith("frames") or 512 <= size <= 65536)

    def change(draw, home, context):
        return draw.choice([known[name][0] for name in names if fits(name, home)])(draw, home, context)

    return change, lambda home: any(fits(name, home) for name in names)


def _mine(home):
    """A database with a conversation, and nothing else that could hide the damage."""
    return b"conversation_id" in home.get(STORE, b"") + home.get(STORE + "-wal", b"")


def _only_there(stratum):
    change, fits = stratum
    return change, lambda home: fits(home) and _mine(home)


def _has_one(home):
    store = home.get(STORE, b"")
    return (WORKDIR.encode() + key(5).encode() + b"{" in store and key(6).encode() not in store
            and all(name == STORE for name in home))


STRATA = {
    "database-pages": _only_there(_together("database-header", "session-pages")),
    "database-log": _only_there(_together("wal-header", "frames-before-commit", "frames-after-commit")),
    "database-sidecars": _only_there(_together("sidecar-swap", "rollback-journal")),
    "values": (values(STORE, q_store.KIRO), _has_one),
    "description": (description, lambda home: bool(_descriptions(home))),
    "first-line": _of_lines(lines.first_line),
    "deciding-line": _of_lines(lines.deciding_line),
    "tail": _of_lines(lines.tail),
    "odd-bytes": _of_lines(lines.lone_surrogates, lines.nul_bytes, lines.deep_nesting, lines.invalid_utf8),
}
