"""The terminal of an agent that takes its prompt typed: slow to be ready, and nothing typed before is kept.

For the doubles of every agent whose prompt is typed. Variables that tests may set:
  AGENT_DOUBLE_READY   seconds until it is ready; with it set, a double's terminal is this one
  AGENT_DOUBLE_ECHO    what is typed and pasted is shown, as a person expects it
  AGENT_DOUBLE_STALL   it shows its box and reads nothing, ever
"""

import os
import termios
import time
import tty

from doubles.agent_double import log, say, turn


def converse(store, box, text=lambda line: line.decode("utf-8", "replace")):
    """Lines and bracketed pastes until /exit, ^D or the end."""
    say("\x1b[?25lloading ...\n")
    time.sleep(float(os.environ["AGENT_DOUBLE_READY"]))
    tty.setraw(0, termios.TCSAFLUSH)  # what was typed before is gone
    log("raw")
    say("\x1b[?2004h" + box)
    while "AGENT_DOUBLE_STALL" in os.environ:
        time.sleep(3600)
    for entered in entries():
        log("entered", chunks=entered.chunks, bytes=len(entered.line))
        said = text(entered.line).replace("\r", "\n").strip()
        if said == "/exit":
            return
        say("\r\n")
        if said:
            turn(store, said, "typed")
        say("\r\n" + box)


class Entry:
    def __init__(self, line, chunks):
        self.line, self.chunks = line, chunks


def entries():
    """Each line that Enter ends. An Enter that comes in one piece with a paste belongs to the paste, as it does for
    programs that take quick keys for one."""
    line, chunks, pasting, pending = b"", 0, False, b""
    while True:
        try:
            data = os.read(0, 4096)
        except OSError:
            return
        if not data or data == b"\x04":
            return
        chunks += 1
        pending += data
        ended = b"\x1b[201~" in data
        while pending:
            if pending[:1] == b"\x1b" and len(pending) < 6 and b"\x1b[200~"[:5].startswith(pending[:5]):
                break  # the rest of a mark is still to come
            mark, key = pending[:6], pending[:1]
            if mark in (b"\x1b[200~", b"\x1b[201~"):
                pasting, pending = mark == b"\x1b[200~", pending[6:]
                continue
            if pasting:
                length = pending.find(b"\x1b")
                length = len(pending) if length == -1 else max(length, 1)
                echo(pending[:length].replace(b"\r", b"\r\n"))
                line, pending = line + pending[:length], pending[length:]
                continue
            pending = pending[1:]
            if key == b"\r" and not ended:
                yield Entry(line, chunks)
                line, chunks = b"", 0
            elif key in (b"\x03", b"\x15"):
                line = b""
            elif key in (b"\b", b"\x7f"):
                line = line[:-1]
            else:
                echo(key)
                line += key


def echo(data):
    if "AGENT_DOUBLE_ECHO" in os.environ:
        while data:
            data = data[os.write(1, data):]
