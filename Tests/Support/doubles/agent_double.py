"""What the doubles of agents have in common: a log, a terminal to talk on, a model that answers.

A double's module has
  main()                        the program: argv in, a real store in the real format kept
  conversations(home)           [(id, directory, [user texts])] as the store holds them, oldest first
and calls `run(main)` from its installed program. Variables that tests may set:
  AGENT_DOUBLE_LOG            JSON lines of what it did
  AGENT_DOUBLE_ANSWER_DELAY   seconds before an answer; a prompt with HANG in it gets none
"""

import importlib
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from digests import sha256


class Refusal(Exception):
    """The program ends with this line on stderr."""

    def __init__(self, text, status=1):
        super().__init__(text)
        self.status = status


def log(event, **fields):
    path = os.environ.get("AGENT_DOUBLE_LOG")
    if path:
        with open(path, "ab", buffering=0) as file:
            file.write((json.dumps({"event": event, "pid": os.getpid(), **fields}) + "\n").encode())


def say(text, stream=1):
    data = text.encode("utf-8", "surrogateescape")
    while data:
        data = data[os.write(stream, data):]


def turn(store, text, how):
    """One prompt and its answer. `store` has begin(text) and finish(answer)."""
    data = text.encode("utf-8", "surrogateescape")
    number = store.begin(text)
    log("prompt", session=store.id, how=how, bytes=len(data), sha256=sha256(data))
    time.sleep(float(os.environ.get("AGENT_DOUBLE_ANSWER_DELAY", "0")))
    while "HANG" in text:
        time.sleep(3600)
    store.finish(f"reply {number} to: {text}")
    log("answer", session=store.id, number=number)
    say(f"reply {number} to: {text}\n")


def typed(line):
    """What a line editor makes of the keys: a backspace takes one back, a paste stands between marks."""
    left = b""
    for part in line.replace(b"\x1b[200~", b"").replace(b"\x1b[201~", b"").split(b"\b"):
        left = left[:-1] + part
    return left


def converse(store, box="> ", typed_box="> "):
    """Lines from the terminal until /exit or its end; `box` is what agentapi takes for the agent's input, `typed_box`
    what it shows where its prompt is typed."""
    if "AGENT_DOUBLE_READY" in os.environ:
        from doubles import typing_double

        return typing_double.converse(store, typed_box)
    say(f"the double is ready\n{box}")
    line = b""
    while True:
        try:
            key = os.read(0, 1)
        except OSError:
            key = b""
        if key in (b"\n", b"\r") and line.rfind(b"\x1b[200~") <= line.rfind(b"\x1b[201~"):
            text, line = typed(line).decode("utf-8", "replace").strip(), b""
            if text == "/exit":
                return
            if text:
                turn(store, text, "typed")
            say(box)
        elif key:
            line += key
        else:
            return


def words():
    return [os.fsencode(word).decode("utf-8", "surrogateescape") for word in sys.argv[1:]]


def run(main):
    """`main` with its refusals and its log; nothing is closed, as if it were killed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    log("start", argv=[word.encode("utf-8", "backslashreplace").decode() for word in words()],
        cwd=os.getcwd(), terminal=[os.isatty(n) for n in (0, 1, 2)], environment=sorted(os.environ))
    status = 0
    try:
        main()
    except Refusal as refusal:
        log("refused", why=str(refusal))
        say(f"{refusal}\n", 2)
        status = refusal.status
    os._exit(status)


def start(module):
    """The program in a module: a double, or a stand-in."""
    code = importlib.import_module(module)
    if hasattr(code, "run"):
        code.run()  # with a log and refusals of its own
    else:
        run(code.main)


def install(folder, program, module):
    """Makes `folder/program`, the double in `module`; returns its path."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / program
    support = str(Path(__file__).resolve().parents[1])
    file.write_text(
        f"#!/usr/bin/python3 -E\nimport sys\nsys.path.insert(0, {support!r})\n"
        f"sys.dont_write_bytecode = True\nfrom doubles import agent_double\nagent_double.start({module!r})\n"
    )
    file.chmod(0o755)
    return file


def replace(file, text, errors="strict"):
    """A double that is killed in between leaves the old file whole: its answer may be on the way when a test has seen
    the prompt and kills."""
    new = file.with_name(file.name + ".new")
    new.write_text(text, "utf-8", errors)
    new.rename(file)


def write_ahead(run):
    """The change to WAL waits for nobody, unlike statements: of two that open a new store at once one was refused."""
    end = time.monotonic() + 10
    while True:
        try:
            return run("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)


def snapshot(database):
    """The bytes of a database and of its logs at one moment, as a crash would leave them: read until nobody has written
    in between. A half-written database goes with the journal that undoes it."""
    def read():
        found = {}
        for suffix in ("", "-wal", "-journal"):
            try:
                found[suffix] = Path(f"{database}{suffix}").read_bytes()
            except FileNotFoundError:
                continue
        return found

    before, now = None, read()
    while now != before:
        before, now = now, read()
    return now


def rows(database, query, *values):
    """What a private copy of a database holds: the tests leave no trace in the store either."""
    with tempfile.TemporaryDirectory() as scratch:
        found = snapshot(database)
        if "" not in found:
            return []
        for suffix, data in found.items():
            Path(f"{scratch}/copy{suffix}").write_bytes(data)
        copy = sqlite3.connect(f"{scratch}/copy")
        try:
            return copy.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []  # the double is about to make it
            raise
        finally:
            copy.close()
