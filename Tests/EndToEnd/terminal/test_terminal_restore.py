"""The caller's terminal is as it was, on every way out (checklist 22 to 28)."""

import os
import signal
import subprocess
import termios

import pexpect
import pytest

from terminal import read_exactly
from waiting import HANG, until

READY = "stty raw; printf READY; "


@pytest.fixture
def outer(terminals):
    terminal = terminals()
    settings = terminal.settings()
    # Something of its own, so that no default passes for it.
    settings[3] &= ~termios.ECHOK
    settings[6][termios.VERASE] = b"\x08"
    termios.tcsetattr(terminal.slave, termios.TCSANOW, settings)
    terminal.before = terminal.settings()
    return terminal


@pytest.mark.parametrize("code", [0, 3])
def test_settings_are_back_after_the_childs_exit(direct, outer, code):
    outer.start(direct("sh", "-c", f"{READY}read x; exit {code}"))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    outer.type(b"\n")
    assert outer.end() == code
    assert outer.settings() == outer.before


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2"])
def test_settings_are_back_after_a_signal_to_the_launcher(direct, outer, name):
    process = outer.start(direct("sh", "-c", f"{READY}exec sleep 1000"))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    process.send_signal(getattr(signal, f"SIG{name}"))
    assert outer.end() == -getattr(signal, f"SIG{name}")
    assert outer.settings() == outer.before


@pytest.mark.parametrize("name", ["SEGV", "KILL", "ABRT"])
def test_settings_are_back_after_the_child_crashed(direct, outer, name):
    outer.start(direct("sh", "-c", f"{READY}kill -{name} $$"))
    assert outer.end() == -getattr(signal, f"SIG{name}")
    assert outer.settings() == outer.before


@pytest.mark.parametrize("name", ["SEGV", "ABRT", "ILL", "TRAP", "BUS", "FPE", "ALRM", "RTMIN"])
def test_settings_are_back_after_the_launcher_itself_crashed(direct, outer, name):
    process = outer.start(direct("sh", "-c", f"{READY}printf '\\033[?1049h\\033[?2004h'; exec sleep 1000"))
    outer.read_until(b"\x1b[?2004h")
    until(lambda: outer.is_raw, "raw mode")
    number = getattr(signal, f"SIG{name}")
    process.send_signal(number)
    assert outer.end() == -number
    assert outer.settings() == outer.before
    left = outer.output.split(b"\x1b[?2004h", 1)[1]
    assert b"\x1b[?2004l" in left and b"\x1b[?1049l" in left
    assert left.count(b"agentlaunch: ended by signal %d" % number) == 1


def test_settings_are_never_touched_when_the_child_cannot_be_started(direct, outer):
    # Not even for a moment: raw mode comes after exec.
    for program in ("/no/such", "/etc/passwd", "/"):
        outer.start(direct(program))
        assert outer.end() in (126, 127)
        assert outer.settings() == outer.before


def test_settings_are_not_put_back_while_another_job_has_the_terminal(direct):
    shell = pexpect.spawn("bash", ["--norc", "--noediting", "-i"], timeout=HANG, encoding="utf-8")
    shell.sendline("PS1='$ '; bind 'set enable-bracketed-paste off' 2>/dev/null; unset HISTFILE")
    shell.sendline(" ".join(direct("sh", "-c", "'sleep 0.3; exit 5'")) + " & sleep 0.1; stty -echoe -echok; wait $!; echo code=$?; stty -a")
    shell.expect("code=5")
    shell.expect("-echoe -echok")
    shell.sendcontrol("d")
    shell.close()


def test_launcher_that_lost_the_foreground_does_not_touch_the_terminal(direct, outer, tmp_path):
    """Raw, then another group is made the foreground one, then the child ends."""
    helper = """
import os, signal, subprocess, sys, termios, time
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen(sys.argv[2:], preexec_fn=lambda: (
    os.setpgid(0, 0), os.tcsetpgrp(0, os.getpid()), signal.signal(signal.SIGTTOU, signal.SIG_DFL)))
while not os.path.exists(sys.argv[1] + '/ready') or termios.tcgetattr(0)[3] & termios.ICANON:
    time.sleep(0.01)
os.tcsetpgrp(0, os.getpgrp())
mine = termios.tcgetattr(0)
mine[3] &= ~termios.ISIG
termios.tcsetattr(0, termios.TCSANOW, mine)
mine = termios.tcgetattr(0)
open(sys.argv[1] + '/go', 'w').close()
_, status = os.waitpid(job.pid, os.WUNTRACED)
print('STATUS', status, termios.tcgetattr(0) == mine)
"""
    child = direct(
        "sh", "-c", f"cd {tmp_path}; : > ready; while ! [ -e go ]; do sleep 0.02; done; exit 7"
    )
    outer.start(["python3", "-c", helper, str(tmp_path), *child])
    outer.read_until(b"STATUS")
    assert outer.end() == 0
    assert b"STATUS %d True" % (7 << 8) in outer.output


MODES = r"\033[?1049h\033[?25l\033[?1002h\033[?1006h\033[?2004h\033[>1u\033[?1004h"


@pytest.mark.parametrize("end", ["kill -SEGV $$", "kill -KILL $$", "exit 134"])
def test_modes_that_a_crashed_child_left_on_are_switched_off(direct, outer, end):
    outer.start(direct("sh", "-c", f"stty -opost; printf '{MODES}END'; {end}"))
    outer.end()
    reset = outer.output.split(b"END", 1)[1]
    for off in (b"?1049l", b"?25h", b"?1002l", b"?1006l", b"?2004l", b"<1u", b"?1004l"):
        assert reset.count(b"\x1b[" + off) == 1
    # The keyboard level belongs to the alternate screen: popped before that is left.
    assert reset.index(b"\x1b[<1u") < reset.index(b"\x1b[?1049l")
    assert b"?1000l" not in reset


def test_modes_that_the_child_switched_off_itself_are_left_alone(direct, outer):
    off = r"\033[<u\033[?2004;1004l\033[?1006l\033[?1002l\033[?25h\033[?1049l"
    outer.start(direct("sh", "-c", f"stty -opost; printf '{MODES}{off}END'; kill -SEGV $$"))
    outer.end()
    assert outer.output.endswith(b"END")


def test_modes_in_pieces_are_seen_and_a_full_reset_clears_them(direct, outer):
    pieces = "; sleep 0.02; ".join(f"printf '{piece}'" for piece in (r"\033", "[", "?20", "04", "hEND"))
    outer.start(direct("sh", "-c", f"stty -opost; printf '{MODES}\\033c'; {pieces}; kill -SEGV $$"))
    outer.end()
    assert outer.output.split(b"END", 1)[1] == b"\x1b[?2004l"


def test_nothing_is_emitted_after_a_clean_exit(direct, outer):
    outer.start(direct("sh", "-c", f"stty -opost; printf '{MODES}END'; exit 0"))
    assert outer.end() == 0
    assert outer.output.endswith(b"END")


def test_standard_descriptors_are_never_made_non_blocking_not_even_by_a_killed_launcher(direct, outer):
    import fcntl

    process = outer.start(direct("sh", "-c", f"{READY}exec sleep 1000"))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    assert not fcntl.fcntl(outer.slave, fcntl.F_GETFL) & os.O_NONBLOCK
    process.kill()
    process.wait()
    assert not fcntl.fcntl(outer.slave, fcntl.F_GETFL) & os.O_NONBLOCK


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_pipes_and_sockets_are_never_made_non_blocking(direct, kind):
    import fcntl
    import socket

    if kind == "pipe":
        reading, writing = os.pipe()
    else:
        reading, writing = (end.detach() for end in socket.socketpair())
    process = subprocess.Popen(direct("sh", "-c", "yes"), stdin=subprocess.DEVNULL, stdout=writing)
    assert read_exactly(reading, 2) == b"y\n"
    assert not fcntl.fcntl(writing, fcntl.F_GETFL) & os.O_NONBLOCK
    process.kill()
    process.wait()
    assert not fcntl.fcntl(writing, fcntl.F_GETFL) & os.O_NONBLOCK
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize("point", ["terminal.raw", "output.moved"])
def test_settings_are_back_after_an_error_of_our_own_in_swift(direct, outer, debug, point):
    """A trap in a debug build, where FAULT_POINT names the moment; a release build has none (test_chaos.py)."""
    process = outer.start(
        # In one write: what has been passed on at `output.moved` is all of it.
        [debug, *direct("sh", "-c", "printf '\\033[?1049h\\033[?2004hON'; exec sleep 1000")[1:]],
        env={**os.environ, "FAULT_POINT": point, "FAULT_ACTION": "trap", "SWIFT_BACKTRACE": "enable=no"},
    )
    assert outer.end() in (-signal.SIGILL, -signal.SIGTRAP)
    assert outer.settings() == outer.before
    assert b"agentlaunch: ended by signal" in outer.output
    # Before the trap at `terminal.raw` nothing of the agent's was passed on, and nothing is to be switched off.
    assert (b"?1049l" in outer.output and b"?2004l" in outer.output) == (point == "output.moved")


def test_output_processing_stays_on_where_output_goes_to_another_terminal(direct, terminals):
    """Raw input, but the terminal of the input keeps its own line ends: others still print there."""
    outer, other = terminals(), terminals()
    before = other.settings()
    outer.start(direct("sh", "-c", f"{READY}read x; printf '[%s]' $x"), stdout=other.slave)
    until(lambda: (other.read() and False) or b"READY" in other.output, "the output")
    until(lambda: outer.is_raw, "raw mode")
    assert outer.settings()[1] & termios.OPOST
    assert other.settings() == before
    outer.type(b"typed\n")
    assert outer.end() == 0
    other.read_until(b"[typed]")
