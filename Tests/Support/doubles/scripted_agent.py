#!/usr/bin/python3
"""A program that behaves like a terminal agent, as far as agentapi can tell: prints `> `, shows what is pasted, and on
Enter keeps the text and answers. No terminal interface, no network.

Set by variables, all optional:
  AGENT_FILE            gets one JSON line for each thing that happens: started (argv, sid, size, term, ignored, ...),
                        message (text), signal (signal), grandchild (grandchild)
  AGENT_DELAY           seconds before the box is shown
  AGENT_NO_BOX          the box is never shown
  AGENT_IGNORE_ENTER    Enter does nothing
  AGENT_DEAF_ENTERS     so many Enters do nothing
  AGENT_NO_ECHO         what is typed is not shown
  AGENT_QUIET           of what is typed only the first 200 characters are shown
  AGENT_DIE             code: prints an error and exits at once
  AGENT_EXIT_ON         code: exits with it when the message is `exit`
  AGENT_ON_INT          hold = SIGINT is ignored; otherwise the code to exit with at SIGINT (default: dies of it)
  AGENT_GRANDCHILD      starts a sleeping grandchild, in its group, that ignores HUP
  AGENT_LOGIN           text shown before the box, in place of the default
  AGENT_FALL_SILENT     does not answer: the screen stays as it is after Enter
"""

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import tty

variable = os.environ.get


def note(event, **fields):
    path = variable("AGENT_FILE")
    if path:
        # One write for each line, however long: several agents may write to one file.
        with open(path, "ab", buffering=0) as file:
            file.write((json.dumps({"event": event, "pid": os.getpid(), **fields}) + "\n").encode())


def echo(data):
    if variable("AGENT_QUIET"):
        data = data[:200]
    if data and not variable("AGENT_NO_ECHO"):
        show(data.decode(errors="replace"))


def show(text):
    data = text.replace("\n", "\r\n").encode()
    while data:
        data = data[os.write(1, data) :]


def ignored():
    with open("/proc/self/status") as file:
        mask = next(int(line.split()[1], 16) for line in file if line.startswith("SigIgn:"))
    return [number for number in range(1, 65) if mask >> (number - 1) & 1]


def has_terminal():
    """stdin, stdout and stderr are one terminal, and it is the controlling one."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return os.isatty(0) and len({os.fstat(number).st_rdev for number in range(3)}) == 1


def handle_interrupt():
    wanted = variable("AGENT_ON_INT")
    if wanted is None:
        return

    def interrupted(number, frame):
        note("signal", signal="INT")
        if wanted != "hold":
            os._exit(int(wanted))

    signal.signal(signal.SIGINT, interrupted)


def message(text):
    note("message", text=text)
    if text == "exit" and variable("AGENT_EXIT_ON"):
        show("\nbye\n")
        sys.exit(int(variable("AGENT_EXIT_ON")))
    if not variable("AGENT_FALL_SILENT"):
        show(f"\nYou said {len(text.encode())} bytes: {text[:200]}\n\n> ")


def read_messages():
    """Bytes from the terminal: bracketed pastes keep their line ends, Enter ends a message, backspace takes one back."""
    text = b""
    deaf = int(variable("AGENT_DEAF_ENTERS") or 0)
    pasting = False
    pending = b""
    while True:
        select.select([0], [], [])
        try:
            data = os.read(0, 65536)
        except OSError:
            return
        if not data:
            return
        pending += data
        typed = b""
        while pending:
            if pending.startswith(b"\x1b"):
                mark = pending[:6]
                if len(mark) < 6 and b"\x1b[200~".startswith(mark) or b"\x1b[201~".startswith(mark) and len(mark) < 6:
                    break
                if mark in (b"\x1b[200~", b"\x1b[201~"):
                    pasting = mark == b"\x1b[200~"
                    pending = pending[6:]
                    continue
                pending = pending[1:]
                continue
            byte, pending = pending[:1], pending[1:]
            if byte == b"\r" and not pasting:
                echo(typed)
                typed = b""
                deaf -= 1
                if deaf < 0 and not variable("AGENT_IGNORE_ENTER"):
                    message(text.decode(errors="replace"))
                    text = b""
            elif byte in (b"\x08", b"\x7f"):
                text = text[:-1]
                typed += b"\x08 \x08"
            else:
                if pasting:
                    end = pending.find(b"\x1b")
                    rest = pending if end == -1 else pending[:end]
                    byte, pending = byte + rest, pending[len(rest) :]
                text += byte
                typed += byte
        echo(typed)


def main():
    ignored_before = ignored()
    handle_interrupt()  # before anybody sees that it has started
    size = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))[:2] if os.isatty(0) else None
    note(
        "started",
        argv=sys.argv,
        sid=os.getsid(0),
        ppid=os.getppid(),
        size=size,
        term=variable("TERM"),
        cwd=os.getcwd(),
        ignored=ignored_before,
        has_terminal=has_terminal(),
        environment={name: value for name, value in os.environ.items() if name.startswith(("AGENTAPI_", "CODER_"))},
    )
    if variable("AGENT_DIE") is not None:
        show("cannot go on: no such session\n")
        sys.exit(int(variable("AGENT_DIE")))
    if variable("AGENT_GRANDCHILD"):
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        note("grandchild", grandchild=subprocess.Popen(["sleep", "600"]).pid)
        signal.signal(signal.SIGHUP, before)
    tty.setraw(0)
    time.sleep(float(variable("AGENT_DELAY") or 0))
    show((variable("AGENT_LOGIN") or "scripted agent\n\n") + ("" if variable("AGENT_NO_BOX") else "> "))
    read_messages()


if __name__ == "__main__":
    if variable("AGENT_ON_INT") is None:
        # Python would print a traceback; a program without a handler dies of it. One that is ignored stays so.
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    main()
