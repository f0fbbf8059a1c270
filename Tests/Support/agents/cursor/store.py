"""Cursor's conversations as it writes them, or a killed one leaves them."""

from agents.cursor.double import Chat, chats
from doubles.fixture_maker import WORKDIR, killed, without

AT = 1790000000000
OURS, OTHER = "0f2e9c1a-5b7d-4e3f-8a6b-c9d8e7f60001", "0f2e9c1a-5b7d-4e3f-8a6b-c9d8e7f60002"


def folder(home, key=OURS, directory=WORKDIR, **environment):
    return chats({"HOME": str(home), **environment}, directory) / key


def left(home, work, key=OURS, directory=WORKDIR, keep=("", "-wal"), tables_in_log=False, place=None, **options):
    """A chat's folder as a killed process leaves it, with the database's files of these endings."""
    place = place or folder(home, key, directory)

    def use():
        chat = Chat(place, directory, AT, **options)
        run = chat.open()
        if not tables_in_log:
            run("PRAGMA wal_checkpoint(TRUNCATE)")
        run("BEGIN")
        work(chat)
        run("COMMIT")

    killed(use)
    without(place / "store.db", *({"", "-wal", "-shm"} - set(keep)))
    return place


def talk(chat, at=AT, meta=True, **more):
    chat.query("Explain the parser.", at)
    chat.add("assistant", [{"type": "text", "text": "It reads one line."}], at + 1000)
    if meta:
        chat.write_meta(**more)
