"""Small genuine files for the fuzzer to begin with, made from the tests' fixtures and by SQLite itself.

    seeds.py wal|json|protobuf|text|http FOLDER
"""

import hashlib
import itertools
import os
import pathlib
import sqlite3
import sys
import tempfile

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"


def fixtures(*patterns):
    for pattern in patterns:
        yield from sorted(path for path in FIXTURES.rglob(pattern) if path.is_file() and not path.is_symlink())


def json_texts():
    for path in fixtures("*.json", "*.jsonl"):
        content = path.read_bytes()
        if len(content) <= 500:
            yield content
        for line in content.split(b"\n")[:4]:
            if 2 <= len(line) <= 300:
                yield line
    yield b'{"a":"\\ud83d\\ude00 \\ud800","b":[1.5e-3,-0,true,false,null]}\0\0\n\xef\xbb\xbf{}\r\n{"torn":"'
    yield b'{"messages":[{"type":"a","a":{"b":1}}],"a":[[[[{}]]]],"type":null}'


def store(head, index, log):
    return bytes([(1 if head else 0) | (2 if index else 0)]) + head + index + log


def logs():
    for page, inserts, restarts in itertools.product((512, 1024), (1, 3), (False, True)):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "store.db")
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute(f"PRAGMA page_size={page}")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE t (a)")
            for number in range(inserts):
                connection.execute("INSERT INTO t VALUES (?)", ("x" * 90 * number,))
            if restarts:
                connection.execute("PRAGMA wal_checkpoint(RESTART)")
                connection.execute("INSERT INTO t VALUES ('y')")
            head, index, log = (
                pathlib.Path(path + suffix).read_bytes()[:size]
                for suffix, size in (("", 100), ("-shm", 136), ("-wal", None))
            )
            connection.close()
        yield store(head, index, log)
        yield store(head, b"", log[: len(log) - 100])
        yield store(b"", b"", log)
    for path in fixtures("*-wal"):
        head, index = (
            other.read_bytes()[:size] if other.is_file() else b""
            for other, size in ((pathlib.Path(str(path)[:-4]), 100), (pathlib.Path(str(path)[:-4] + "-shm"), 136))
        )
        log = path.read_bytes()
        yield store(head, index, log[: 32 + 24 + int.from_bytes(log[8:12], "big")] if len(log) > 4200 else log)


def messages():
    """Cursor's state blobs, as its stores hold them."""
    for path in fixtures("store.db"):
        with tempfile.TemporaryDirectory() as folder:
            for suffix in ("", "-wal"):
                if os.path.exists(f"{path}{suffix}"):
                    pathlib.Path(folder, "store.db" + suffix).write_bytes(pathlib.Path(f"{path}{suffix}").read_bytes())
            connection = sqlite3.connect(os.path.join(folder, "store.db"))
            try:
                for (blob,) in connection.execute("SELECT data FROM blobs WHERE length(data) < 1000"):
                    yield bytes(blob)
            except sqlite3.DatabaseError:
                pass
            connection.close()


def texts():
    """Aider's histories."""
    for path in fixtures("*.md"):
        if path.stat().st_size <= 1000:
            yield path.read_bytes()
    yield b"one\r\n\r\na line that is longer than what is kept\nno end\r"


def answers():
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    yield b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0;x\r\nA: b\r\n\r\n"
    yield b"HTTP/1.0 204 No Content\r\n\r\n"
    yield b"HTTP/1.0 404 Not Found\r\nX: y\r\n\r\nuntil the end"


def main():
    kinds = {"wal": logs, "json": json_texts, "protobuf": messages, "text": texts, "http": answers}
    kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True)
    for content in kinds[kind]():
        (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


main()
