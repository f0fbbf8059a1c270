"""Makes the project's own homes in `Tests/Fixtures/goose`: stores that a goose, a crash or a bad copy left.

    python3 -m agents.goose.fixtures             writes those that are missing
    python3 -m agents.goose.fixtures --again    writes all anew (SQLite's salts differ each time)

The real files are kept, not made by the tests: a fixture is a byte for byte claim.
"""

import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path

from agents.goose.database import schema_statements

FIXTURES = Path(__file__).resolve().parents[3] / "Fixtures" / "goose"
WORKDIR = "/home/coder/project"
# The basename and eight digits of the directory's SHA-256.
NAME = "project-33b73976"
FRAME = 4096 + 24

cases = {}


def case(state, ids=(), args=()):
    def register(make):
        cases[make.__name__.replace("_", "-")] = (make, state, list(ids), list(args))
        return make

    return register


class Store:
    def __init__(self, folder, mode="WAL"):
        folder.mkdir(parents=True)
        self.path = folder / "sessions.db"
        self.run = sqlite3.connect(self.path, isolation_level=None).execute
        self.run(f"PRAGMA journal_mode = {mode}")
        for statement in schema_statements(15):
            self.run(statement)

    def session(self, identifier, name=NAME, directory=WORKDIR, kind="user", messages=2, at="2026-10-02 08:00:00",
                archived=None, roles=("user", "assistant")):
        self.run(
            "INSERT INTO sessions (id, name, session_type, working_dir, created_at, updated_at, archived_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)", (identifier, name, kind, directory, at, at, archived),
        )
        for number in range(messages):
            self.message(identifier, roles[number % 2], f"message {number}", 1790928000 + number)

    def message(self, identifier, role, text, at=1790928000):
        content = json.dumps([{"type": "text", "text": text}])
        self.run(
            "INSERT INTO messages (session_id, role, content_json, created_timestamp) VALUES (?, ?, ?, ?)",
            (identifier, role, content, at),
        )

    def checkpoint(self):
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")


def left(folder, work, mode="WAL", keep=("", "-wal")):
    """The store as a killed process leaves it, with the files of these endings."""
    child = os.fork()
    if child == 0:
        try:
            work(Store(folder, mode))
        except BaseException as error:  # the parent must see it
            print(error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    for ending in ("-wal", "-shm"):
        if ending not in keep:
            Path(f"{folder}/sessions.db{ending}").unlink(missing_ok=True)


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x55
    path.write_bytes(data)


def closed(folder, work):
    def and_checkpoint(store):
        work(store)
        store.checkpoint()

    left(folder, and_checkpoint, keep=("",))


def legacy(folder, stem, lines):
    folder.mkdir(parents=True)
    (folder / f"{stem}.jsonl").write_text("".join(line + "\n" for line in lines))


def legacy_lines(directory=WORKDIR, messages=("user", "assistant")):
    head = {"working_dir": directory, "description": "An old one", "message_count": len(messages)}
    body = [
        {"id": None, "role": role, "created": 1757577600 + n, "content": [{"type": "text", "text": f"text {n}"}]}
        for n, role in enumerate(messages)
    ]
    return [json.dumps(line) for line in [head, *body]]


@case("cold")
def own_name_in_another_directory(folder):
    """another directory's session of our very name"""
    closed(folder, lambda s: s.session("20261002_1", directory="/home/coder/other"))


@case("cold")
def directory_with_our_prefix(folder):
    """the directory begins like ours"""
    closed(folder, lambda s: s.session("20261002_1", name="x", directory=WORKDIR + "-2"))


@case("cold")
def directory_above(folder):
    """the session of the directory above is not ours"""
    closed(folder, lambda s: s.session("20261002_1", name="x", directory="/home/coder"))


@case("cold")
def sub_agent_only(folder):
    """a sub-agent's conversation is nobody's"""
    closed(folder, lambda s: s.session("20261002_1", kind="sub_agent"))


@case("cold")
def hidden_only(folder):
    """a hidden session is looked up by nobody"""
    closed(folder, lambda s: s.session("20261002_1", kind="hidden"))


@case("cold")
def acp_only(folder):
    """an editor's session"""
    closed(folder, lambda s: s.session("20261002_1", name="ACP Session", kind="acp"))


@case("cold")
def scheduled_under_another_name(folder):
    """a scheduled session is found by name only, never adopted"""
    closed(folder, lambda s: s.session("20261002_1", name="nightly", kind="scheduled"))


@case("cold")
def archived_under_another_name(folder):
    """an archived session is found by name only, never adopted"""
    closed(folder, lambda s: s.session("20261002_1", name="old", archived="2026-10-03 08:00:00"))


@case("cold", ids=["20261002_1"])
def own_name_without_messages(folder):
    """the row was written and goose ended before the prompt came: reused"""
    closed(folder, lambda s: s.session("20261002_1", messages=0))


@case("cold", ids=["20261002_2"])
def empty_second_try(folder):
    """the first try is another directory's, the second is empty"""
    def work(store):
        store.session("20261002_1", directory="/home/coder/other")
        store.session("20261002_2", name=NAME + "-2", messages=0)

    closed(folder, work)


@case("cold")
def messages_without_a_session(folder):
    """the session was deleted, its messages were not"""
    closed(folder, lambda s: s.message("20261002_1", "user", "do the task"))


@case("unknown")
def message_with_a_strange_role(folder):
    """goose cannot load a message that is neither a user's nor an assistant's"""
    closed(folder, lambda s: s.session("20261002_1", roles=("uset", "uset")))


@case("unknown")
def id_like_a_flag(folder):
    """an id that must not reach a command line"""
    closed(folder, lambda s: s.session("--fork"))


@case("unknown")
def table_of_messages_missing(folder):
    """no store of any goose"""
    closed(folder, lambda s: s.run("DROP TABLE messages"))


@case("unknown")
def column_of_types_missing(folder):
    """schema 15 without `session_type`, which goose asks for and adds only to stores before schema 5"""
    def work(store):
        store.session("20261002_1")
        store.run("ALTER TABLE sessions RENAME COLUMN session_type TO session_tope")
    closed(folder, work)


@case("unknown")
def cell_beyond_its_page(folder):
    """the index of the messages runs over its page's end: unchecked, SQLite finds no message through it"""
    closed(folder, lambda s: s.session("20261002_1"))
    path = folder / "sessions.db"
    page = sqlite3.connect(path).execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'idx_messages_session'").fetchone()[0]
    data = bytearray(path.read_bytes())
    at = (page - 1) * 4096
    assert data[at] == 0x0A, "the index is one leaf"
    data[at + 8:at + 10] = (4096 - 27).to_bytes(2, "big")
    path.write_bytes(data)


def emptied(path, name):
    """A leaf page without its cells, as an older copy of it would be."""
    page = sqlite3.connect(path).execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    data = bytearray(path.read_bytes())
    at = (page - 1) * 4096
    assert data[at] in (0x0A, 0x0D), "it is one leaf"
    data[at + 1:at + 8] = bytes(2) + bytes(2) + (4096).to_bytes(2, "big") + bytes(1)
    path.write_bytes(data)


@case("unknown")
def row_lost_and_left_in_its_index(folder):
    """the table of sessions is empty, and its index is not: goose finds no row, or fails at it"""
    closed(folder, lambda s: s.session("20261002_1"))
    emptied(folder / "sessions.db", "sessions")


@case("unknown")
def messages_lost_from_their_index(folder):
    """the messages are there, and their index says that the session has none: it is not empty"""
    closed(folder, lambda s: s.session("20261002_1"))
    emptied(folder / "sessions.db", "idx_messages_session")


@case("unknown")
def broken_database_header(folder):
    """the first bytes are not a database's"""
    closed(folder, lambda s: s.session("20261002_1"))
    flip(folder / "sessions.db", 3)


@case("unknown")
def broken_log_header(folder):
    """the session is in a log whose header is damaged"""
    def work(store):
        store.checkpoint()
        store.session("20261002_1")

    left(folder, work)
    flip(folder / "sessions.db-wal", 17)


@case("unknown")
def log_with_foreign_salts(folder):
    """the log's frames belong to another log"""
    def work(store):
        store.checkpoint()
        store.session("20261002_1")

    left(folder, work)
    path = folder / "sessions.db-wal"
    data = bytearray(path.read_bytes())
    for start in range(32, len(data), FRAME):
        data[start + 8 : start + 16] = b"\1\2\3\4\5\6\7\x08"
    path.write_bytes(data)


@case("unknown")
def log_damaged_before_the_commit(folder):
    """a damaged frame hides transactions that were complete"""
    def work(store):
        store.checkpoint()
        store.session("20261001_1", name="x", directory="/home/coder/other")
        store.session("20261002_1")

    left(folder, work)
    flip(folder / "sessions.db-wal", 32 + FRAME + 24 + 100)


@case("unknown")
def log_older_than_the_database(folder):
    """a log of last week was put back beside the database of today"""
    def first(store):
        store.checkpoint()
        store.session("20261002_1", directory="/home/coder/other")
        store.run("CREATE TABLE extra (a)")

    left(folder, first)
    log = (folder / "sessions.db-wal").read_bytes()
    database = sqlite3.connect(folder / "sessions.db", isolation_level=None)
    for number in range(4):
        database.execute(f"CREATE TABLE later{number} (a)")
    database.close()
    (folder / "sessions.db-wal").write_bytes(log)


@case("unknown")
def log_without_its_database(folder):
    """only the log was restored"""
    left(folder, lambda s: s.session("20261002_1"))
    (folder / "sessions.db").unlink()


@case("unknown")
def log_emptied(folder):
    """everything was in the log, which is empty now"""
    left(folder, lambda s: s.session("20261002_1"))
    os.truncate(folder / "sessions.db-wal", 0)


@case("unknown")
def dangling_link(folder):
    """the volume that holds the store is not mounted"""
    folder.mkdir(parents=True)
    (folder / "sessions.db").symlink_to("/home/coder/volume-that-is-not-there/sessions.db")


@case("cold")
def legacy_of_another_directory(folder):
    """an old file that names another directory"""
    legacy(folder, "old", legacy_lines("/home/coder/other"))


@case("cold", ids=[NAME])
def legacy_without_messages(folder):
    """metadata only, under our own name: goose imports a row without messages"""
    legacy(folder, NAME, legacy_lines(messages=()))


@case("unknown")
def legacy_with_a_torn_first_line(folder):
    """it may be this directory's"""
    lines = legacy_lines()
    legacy(folder, "old", [lines[0][:30], *lines[1:]])


@case("warm", ids=["20261002_1"])
def own_name(folder):
    """the ordinary case, everything still in the log"""
    left(folder, lambda s: s.session("20261002_1"))


@case("warm", ids=["20261002_2"])
def second_try_counts(folder):
    """of the tries that can be resumed the highest, though the first is newer"""
    def work(store):
        store.session("20261002_1", at="2026-10-05 08:00:00")
        store.session("20261002_2", name=NAME + "-2", at="2026-10-02 08:00:00")

    left(folder, work)


@case("warm", ids=["20261002_1"])
def own_name_archived(folder):
    """by name goose takes an archived session too"""
    closed(folder, lambda s: s.session("20261002_1", archived="2026-10-03 08:00:00"))


@case("warm", ids=["20261002_1"])
def torn_tail_after_our_session(folder):
    """the crash cut a later transaction: evidence, no doubt"""
    def work(store):
        store.session("20261002_1")
        store.session("20261002_2", name="x")

    left(folder, work)
    path = folder / "sessions.db-wal"
    os.truncate(path, path.stat().st_size - 500)


def main():
    for name, (make, state, ids, args) in sorted(cases.items()):
        root = FIXTURES / name
        if root.exists():
            if "--again" not in sys.argv:
                continue
            shutil.rmtree(root)
        make(root / "home/.local/share/goose/sessions")
        expectation = {
            "agent": "goose", "workdir": WORKDIR, "args": args, "states": [state], "ids": ids, "own": True,
            "note": make.__doc__,
        }
        (root / "expect.json").write_text(json.dumps(expectation, indent=1) + "\n")
        print(name)


main()
