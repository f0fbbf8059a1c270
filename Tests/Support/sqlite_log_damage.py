"""Damages write-ahead logs by a seed and asks SQLite itself what it would still use of them.

    sqlite_log_damage.py FOLDER COUNT SEED

Prints, for each damaged store (a database and its log, no index), the number of frames that SQLite recovers from a
copy. Half of the logs have checksums over big-endian words, which SQLite writes on other machines.
"""

import json
import os
import random
import shutil
import sqlite3
import struct
import sys

PAGE = 1024
FRAME = PAGE + 24


def make(path):
    child = os.fork()
    if child == 0:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(f"PRAGMA page_size={PAGE}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
        for number in range(30):
            connection.execute("INSERT INTO t (b) VALUES (?)", ("x" * (100 + 97 * number % 3000),))
        # The log is begun anew and keeps old frames behind the new ones.
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
        for number in range(25):
            connection.execute("INSERT INTO t (b) VALUES (?)", ("y" * (100 + 31 * number),))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    os.unlink(path + "-shm")


def as_big_endian(log):
    """The same log with its checksums over big-endian words."""

    def add(sums, data):
        words = struct.unpack(f">{len(data) // 4}I", data)
        a, b = sums
        for left, right in zip(words[::2], words[1::2]):
            a = (a + left + b) & 0xFFFFFFFF
            b = (b + right + a) & 0xFFFFFFFF
        return a, b

    head = struct.pack(">I", 0x377F0683) + log[4:24]
    sums = add((0, 0), head)
    result = head + struct.pack(">2I", *sums)
    salts = log[16:24]
    for start in range(32, len(log) - FRAME + 1, FRAME):
        frame = log[start : start + FRAME]
        if frame[8:16] != salts:
            return result + log[start:]
        sums = add(add(sums, frame[:8]), frame[24:])
        result += frame[:16] + struct.pack(">2I", *sums) + frame[24:]
    return result


def damage(random, log):
    log = bytearray(log)
    frames = (len(log) - 32) // FRAME
    kind = random.choice(["none", "header", "frame header", "page", "cut", "zeros", "two frames swapped", "appended"])
    frame = 32 + random.randrange(frames) * FRAME
    if kind == "header":
        log[random.randrange(32)] ^= random.randrange(1, 256)
    elif kind == "frame header":
        log[frame + random.randrange(24)] ^= random.randrange(1, 256)
    elif kind == "page":
        log[frame + 24 + random.randrange(PAGE)] ^= random.randrange(1, 256)
    elif kind == "cut":
        del log[random.randrange(len(log)) :]
    elif kind == "zeros":
        log[frame : frame + FRAME] = bytes(FRAME)
    elif kind == "two frames swapped":
        other = 32 + random.randrange(frames) * FRAME
        log[frame : frame + FRAME], log[other : other + FRAME] = log[other : other + FRAME], log[frame : frame + FRAME]
    elif kind == "appended":
        log += random.randbytes(random.randrange(1, 3 * FRAME))
    return kind, bytes(log)


def recovered_frames(path, scratch):
    for suffix in ("", "-wal"):
        shutil.copy(path + suffix, scratch + suffix)
    connection = sqlite3.connect(scratch)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return max(0, connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1])
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(scratch + suffix):
                os.unlink(scratch + suffix)


def main():
    root, count, seed = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(root)
    draw = random.Random(seed)
    base = os.path.join(root, "base.db")
    make(base)
    with open(base + "-wal", "rb") as file:
        little = file.read()
    logs = [little, as_big_endian(little)]
    listed = []
    for number in range(count):
        kind, log = damage(draw, logs[number % 2])
        path = os.path.join(root, f"{number}.db")
        shutil.copy(base, path)
        with open(path + "-wal", "wb") as file:
            file.write(log)
        listed.append({"log": path + "-wal", "kind": kind, "frames": recovered_frames(path, os.path.join(root, "scratch.db"))})
    json.dump(listed, sys.stdout)


main()
