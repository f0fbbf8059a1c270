"""What Goose's double has of its terminal: one key at a time, questions, a line editor; and its log."""

import contextlib
import json
import os
import termios
import tty

from agents.goose.arguments import Refusal
from doubles.agent_double import say


def log(event, **fields):
    path = os.environ.get("GOOSE_DOUBLE_LOG")
    if path:
        line = json.dumps({"event": event, "pid": os.getpid(), **fields}) + "\n"
        with open(path, "ab", buffering=0) as file:
            file.write(line.encode())


def leave(status):
    """goose.md#store: nobody closes the pool; `-wal` and `-shm` stay."""
    log("exit", status=status)
    os._exit(status)


def read_byte():
    while True:
        try:
            return os.read(0, 1)
        except KeyboardInterrupt:
            return b"\x03"
        except OSError:
            return b""


def ask(which, question):
    """goose.md#command-line: a cliclack question waits for the terminal; without one it panics."""
    log("question", which=which)
    if not (os.isatty(0) and os.isatty(1)):
        if os.environ.get("GOOSE_DOUBLE_NOT_CONNECTED", "panic") == "exit":
            raise Refusal("Error: Failed to get user input: not connected")  # since 1.30
        say("thread 'main' panicked at crates/goose-cli/src/session/builder.rs:\n"
            "Failed to get user input: Kind(NotConnected)\n", 2)  # block/goose#6236
        leave(101)
    saved = termios.tcgetattr(0)
    tty.setcbreak(0)  # one key answers
    try:
        say(f"{question} [y/n] ")
        while True:
            key = read_byte().lower()
            if key in (b"y", b"n"):
                say("\n")
                return key == b"y"
            if key in (b"", b"\x03"):
                raise Refusal("Error: cancelled")
    finally:
        termios.tcsetattr(0, termios.TCSANOW, saved)


PASTE = {b"\x1b[200~": True, b"\x1b[201~": False}


def line_editor():
    """Lines of the terminal or of a pipe, as goose's line editor takes them: backspace takes a character back, a
    bracketed paste is text to its end, line breaks included. While a line is read the terminal echoes nothing by
    itself; what is typed is shown once it is taken."""
    line, pending, pasting = b"", b"", False
    while True:
        key = read_byte()
        if not key or key == b"\x04" and not line:
            return
        if pending or key == b"\x1b":
            pending += key
            if pending in PASTE:
                pasting, pending = PASTE[pending], b""
            elif not any(mark.startswith(pending) for mark in PASTE):
                pending = b""  # another key: nothing here
        elif pasting:
            line += key
            show(key)
        elif key == b"\x03":  # at the prompt: the line is dropped
            line = b""
        elif key in (b"\x08", b"\x7f"):
            line = line[:-1]
            show(b"\x08 \x08")
        elif key in (b"\r", b"\n"):
            show(b"\n")
            yield line.decode("utf-8", "replace").strip()
            line = b""
        else:
            line += key
            show(key)


def show(data):
    if ECHO:
        os.write(1, data)


ECHO = False


@contextlib.contextmanager
def edited():
    """One line at a time is read with the terminal in the editor's hands; a turn runs without."""
    global ECHO
    if not os.isatty(0):
        yield
        return
    saved = termios.tcgetattr(0)
    ECHO = bool(saved[3] & termios.ECHO)
    tty.setcbreak(0)
    try:
        yield
    finally:
        ECHO = False
        termios.tcsetattr(0, termios.TCSANOW, saved)
