"""Makes stores in every state that a reader must get through, with real SQLite, each in a folder of its own.

    sqlite_states.py FOLDER

Every store holds, or held, 20 rows in table `t`: `rows` in the list that is printed tells how many of them SQLite
itself finds (null: no certain answer), which is asked of a copy before anything else looks at the store.
"""

import json
import os
import shutil
import sqlite3
import sys
import tempfile


def in_child(work):
    """Runs `work` in a process that ends without closing anything, as a killed agent does."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def write(path, mode, rows=20, checkpoint=False, **pragmas):
    def work():
        connection = sqlite3.connect(path, isolation_level=None)
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")
        connection.execute(f"PRAGMA journal_mode={mode}")
        connection.execute("CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b TEXT)")
        for number in range(rows):
            connection.execute("INSERT INTO t (b) VALUES (?)", (f"row {number} " + "x" * 500,))
        if checkpoint:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    in_child(work)


def hot_journal(path):
    write(path, "delete")

    def work():
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA cache_size=2")
        connection.execute("PRAGMA cache_spill=2")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE t SET b = 'uncommitted' || b")
        for _ in range(200):
            connection.execute("INSERT INTO t (b) VALUES (?)", ("uncommitted" * 100,))
        assert os.path.getsize(path + "-journal") > 0

    in_child(work)


def edit(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


def flip(path, offset):
    with open(path, "rb") as file:
        file.seek(offset)
        byte = file.read(1)[0]
    edit(path, offset, bytes([byte ^ 0x55]))


def recovered(path):
    """What SQLite finds in a copy; a `-shm` is left out, as after a restart."""
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("", "-wal", "-journal"):
            if os.path.exists(path + suffix):
                shutil.copy(path + suffix, os.path.join(folder, "c.db" + suffix))
        try:
            connection = sqlite3.connect(os.path.join(folder, "c.db"))
            rows = connection.execute("SELECT count(*) FROM t").fetchone()[0]
            connection.close()
            return rows
        except sqlite3.DatabaseError as error:
            return "no table" if "no such table" in str(error) else "error"


FRAME = 4096 + 24


def states(root):
    def at(name):
        os.makedirs(os.path.join(root, name))
        return os.path.join(root, name, "s.db")

    def wal(name, **more):
        path = at(name)
        write(path, "wal", **more)
        return path

    yield wal("log_and_index"), "read"
    path = wal("log_without_index")
    os.unlink(path + "-shm")
    yield path, "read"
    path = wal("database_alone", checkpoint=True)
    os.unlink(path + "-shm")
    os.unlink(path + "-wal")
    yield path, "read"
    path = wal("checkpointed_with_index", checkpoint=True)
    # SQLite would give an empty log the database's mode and owner.
    os.chmod(path + "-wal", 0o600)
    if os.getuid() == 0:
        os.chown(path + "-wal", 12345, 12345)
    yield path, "read"
    path = wal("empty_log_without_index", checkpoint=True)
    os.unlink(path + "-shm")
    yield path, "read"
    path = at("rollback_journal")
    write(path, "delete")
    yield path, "read"
    path = at("rollback_journal_persist")
    write(path, "persist")
    yield path, "read"
    path = at("hot_journal")
    hot_journal(path)
    yield path, "read"
    path = wal("log_lost_index_left", checkpoint=True)
    os.unlink(path + "-wal")
    yield path, "trouble"
    path = wal("everything_was_in_the_log")
    for suffix in ("-wal", "-shm"):
        os.unlink(path + suffix)
    yield path, "trouble"
    path = wal("log_emptied")
    os.unlink(path + "-shm")
    os.truncate(path + "-wal", 0)
    yield path, "trouble"
    path = wal("broken_log_header", checkpoint=True)
    write(path, "wal", rows=5)
    os.unlink(path + "-shm")
    flip(path + "-wal", 17)
    yield path, "doubt"
    path = wal("torn_tail")
    os.unlink(path + "-shm")
    os.truncate(path + "-wal", os.path.getsize(path + "-wal") - 100)
    yield path, "read"
    path = wal("broken_frame_before_the_last_commit", checkpoint=True)
    write(path, "wal", rows=5)
    os.unlink(path + "-shm")
    flip(path + "-wal", 32 + FRAME + 24 + 4000)
    yield path, "doubt"
    path = wal("log_of_another_database", checkpoint=True)
    other = wal("log_of_another_database/other", rows=3, page_size=8192)
    os.unlink(path + "-shm")
    shutil.copy(other + "-wal", path + "-wal")
    yield path, "doubt or trouble"
    path = wal("log_older_than_the_database")
    shutil.copy(path + "-wal", path + "-old")
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE u (a)")
        connection.execute("CREATE TABLE v (a)")
    connection.close()
    os.rename(path + "-old", path + "-wal")
    yield path, "doubt"
    path = at("zero_bytes")
    open(path, "w").close()
    yield path, "empty"
    path = wal("zero_bytes_beside_a_log")
    os.unlink(path + "-shm")
    os.truncate(path, 0)
    yield path, "trouble"
    path = wal("database_gone_log_left")
    os.unlink(path + "-shm")
    os.unlink(path)
    yield path, "trouble"
    path = at("not_a_database")
    with open(path, "w") as file:
        file.write("not a database\n" * 1000)
    yield path, "trouble"
    path = at("a_pipe")
    os.mkfifo(path)
    yield path, "trouble"
    path = at("a_directory")
    os.mkdir(path)
    yield path, "trouble"
    path = at("dangling_link")
    os.symlink("nowhere.db", path)
    yield path, "trouble"
    path = wal("linked/store")
    link = os.path.join(root, "linked", "s.db")
    os.symlink("store/s.db", link)
    os.unlink(path + "-shm")
    yield link, "read"
    path = at("odd_name?#%41 \n")
    write(path, "wal")
    os.unlink(path + "-shm")
    yield path, "read"
    yield at("nothing"), "absent"
    path = wal("small_pages", page_size=512)
    os.unlink(path + "-shm")
    yield path, "read"
    path = wal("large_pages", page_size=65536)
    os.unlink(path + "-shm")
    yield path, "read"


def main():
    root = os.path.abspath(sys.argv[1])
    os.makedirs(root, exist_ok=True)
    listed = []
    for path, expected in states(root):
        target = os.path.realpath(path)
        rows = recovered(target) if os.path.isfile(target) else None
        listed.append({"path": path, "expected": expected, "rows": rows})
    json.dump(listed, sys.stdout)


main()
