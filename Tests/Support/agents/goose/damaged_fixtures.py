"""Goose homes of ours whose database or log is damaged."""

import contextlib
import os
import sqlite3

from agents.goose.states import FRAME, case, closed, flip, left


def root_page(path, name):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]


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
    page = root_page(path, "idx_messages_session")
    data = bytearray(path.read_bytes())
    at = (page - 1) * 4096
    assert data[at] == 0x0A, "the index is one leaf"
    data[at + 8:at + 10] = (4096 - 27).to_bytes(2, "big")
    path.write_bytes(data)


def emptied(path, name):
    """A leaf page without its cells, as an older copy of it would be."""
    page = root_page(path, name)
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
