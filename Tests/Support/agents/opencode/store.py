"""OpenCode's conversations as it writes them, or a killed one leaves them."""

import json

from agents.opencode.double import Database
from doubles.fixture_maker import WORKDIR, killed, without

AT = 1790928000000
OURS, OTHER, THIRD = (f"ses_f045f6bffffe{letter * 14}" for letter in "ABC")


def folder(home):
    return home / ".local/share/opencode"


def left(home, work, keep=("", "-wal"), name="opencode.db", tables_in_log=False):
    """The database as a killed process leaves it, with the files of these endings."""
    path = folder(home) / name

    def use():
        database = Database(path)
        if not tables_in_log:
            database.run("PRAGMA wal_checkpoint(TRUNCATE)")
        database.run("BEGIN")
        work(database)
        database.run("COMMIT")

    killed(use)
    without(path, *({"", "-wal", "-shm"} - set(keep)))
    return path


def talk(database, key=OURS, directory=WORKDIR, at=AT, texts=("fix it",), **more):
    database.session(directory, at, key, **more)
    for number, text in enumerate(texts):
        at += 1000
        database.message(key, "user", text, at, f"msg_{number:012x}u{key[-13:]}")
        database.message(key, "assistant", "Done.", at + 1, f"msg_{number:012x}v{key[-13:]}")


def legacy(home, key=OURS, directory=WORKDIR, at=AT, messages=1, **more):
    storage = folder(home) / "storage"

    def write(path, value):
        (storage / path).parent.mkdir(parents=True, exist_ok=True)
        (storage / path).write_text(json.dumps(value, indent=2))

    write("project/global.json", {"id": "global", "worktree": "/", "time": {"created": at}})
    time = {"created": at, "updated": at + 1000 * messages, **more.pop("time", {})}
    write(f"session/global/{key}.json", {
        "id": key, "slug": "calm-heron", "version": "1.1.65", "projectID": "global", "directory": directory,
        "title": "New session", "time": time, **more})
    for number in range(messages):
        message = f"msg_{number:012x}{key[-14:]}"
        write(f"message/{key}/{message}.json", {
            "id": message, "sessionID": key, "role": "user", "time": {"created": at + number}})
        part = f"prt_{number:012x}{key[-14:]}"
        write(f"part/{message}/{part}.json", {
            "id": part, "messageID": message, "sessionID": key, "type": "text", "text": "fix it"})
