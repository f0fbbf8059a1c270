"""A terminal as a program's caller has it, and what can be seen of it from outside."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from waiting import HANG, until


def window_size(descriptor):
    """rows, columns, pixel width, pixel height"""
    return struct.unpack("HHHH", fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8)))


def set_window_size(descriptor, rows, columns, width=0, height=0):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, width, height))


def settled(meter, seconds=0.5):
    """What it says, once it has said the same for so long."""
    last, since = meter(), time.monotonic()

    def stands_still():
        nonlocal last, since
        if (now := meter()) != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since >= seconds

    until(stands_still, "a standstill")
    return last


def read_exactly(descriptor, count):
    """A line and its end may come one after the other: so they are written to a terminal."""
    data = b""
    while len(data) < count and (piece := os.read(descriptor, count - len(data))):
        data += piece
    return data


def state(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def status_field(pid, name):
    with open(f"/proc/{pid}/status") as file:
        return next(line.split(None, 1)[1].strip() for line in file if line.startswith(name + ":"))


class OuterTerminal:
    """A pseudoterminal whose slave stays open here, so that its settings can be read at any time."""

    def __init__(self, rows=24, columns=80, width=0, height=0):
        self.master, self.slave = pty.openpty()
        set_window_size(self.master, rows, columns, width, height)
        self.output = b""
        self.process = None

    def start(self, argv, prepare=None, **options):
        def child():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            if prepare:
                prepare()

        options = {"stdin": self.slave, "stdout": self.slave, "stderr": self.slave, **options}
        self.process = subprocess.Popen(argv, preexec_fn=child, pass_fds=(self.slave,), **options)
        return self.process

    def type(self, data):
        while data:
            data = data[os.write(self.master, data) :]

    def read(self, timeout=0.05):
        if not select.select([self.master], [], [], timeout)[0]:
            return False
        self.output += os.read(self.master, 65536)
        return True

    def read_until(self, text):
        until(lambda: text in self.output or (self.read() and False) or text in self.output, repr(text))
        return self.output

    def end(self):
        """Reads until the process has ended; returns its return code as subprocess gives it."""
        until(lambda: (self.read() and False) or self.process.poll() is not None, "the end")
        while self.read(0):
            pass
        return self.process.returncode

    def settings(self):
        return termios.tcgetattr(self.slave)

    @property
    def is_raw(self):
        return not self.settings()[3] & termios.ICANON

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for descriptor in (self.master, self.slave):
            try:
                os.close(descriptor)
            except OSError:
                pass


def run(argv, **options):
    """Without a terminal; the child gets /dev/null as its input unless told otherwise."""
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": HANG, **options}
    return subprocess.run(argv, **options)


FORWARDED = [
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
]
