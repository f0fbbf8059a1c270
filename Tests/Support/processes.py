"""Processes of a scratch home: who still runs there, and the end of all of them at once."""

import os
import signal
from pathlib import Path

from waiting import until


def is_alive(pid):
    """Neither gone nor dead and waiting for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def variables(pid):
    """The environment that a process began with; nothing of one that is gone.

    In the middle of its exec a process has none yet, though it lives: then it is looked at again.
    """
    folder = Path(f"/proc/{pid}")
    try:
        while True:
            is_laid_out = (folder / "stat").read_text().rsplit(")", 1)[1].split()[48] != "0"  # env_end
            found = (folder / "environ").read_bytes()
            if found or is_laid_out:
                return found.split(b"\0")
            (folder / "exe").readlink()  # the dead and the kernel's own have none
    except OSError:
        return []


def marked(mark):
    """Every process with this variable (`NAME=value`, bytes), whatever it calls itself."""
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and mark in variables(pid)]


def kill_marked(mark):
    """KILL for all of them at once, without an order that anybody could rely on."""
    while pids := marked(mark):
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        # Its environment is gone before its locks are.
        until(lambda: not any(is_alive(pid) for pid in pids), "the end of everything")


def waits_for_another(pid):
    """It is there, dead or not, and it is not this process that has to reap it."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) != os.getpid()
    except OSError:
        return False


def arguments(pid, program):
    """The words after `program` of a process that is it, by itself or as a script; None if it is another.

    Between fork and exec a process still has its parent's words, in which the name may stand alone.
    """
    try:
        words = [os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:-1]]
    except OSError:
        return None
    for number, word in enumerate(words[:3]):
        if os.path.basename(word) == program and (number == 0 or "/" in word):
            return words[number + 1:]
    return None
