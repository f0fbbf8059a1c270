"""Session, controlling terminal, size, settings, descriptors and signal state of the child
(checklist 12, 15, 17 to 21, 33 to 35, 54, 58)."""

import os
import signal
import subprocess
import sys
import termios

import pytest

from terminal import run, set_window_size, state, status_field
from waiting import HANG, until

PYTHON = sys.executable
# The open descriptors of the probe itself, without one for listing them.
OPEN_DESCRIPTORS = """
import fcntl, sys
def is_open(number):
    try: return fcntl.fcntl(number, fcntl.F_GETFD) >= 0
    except OSError: return False
print([number for number in range(1000) if is_open(number)], file=%s)
"""


@pytest.mark.parametrize("on_terminal", [True, False])
def test_child_leads_a_session_and_is_in_the_foreground_of_its_controlling_terminal(
    direct, terminals, on_terminal
):
    probe = (
        "import os; t = os.open('/dev/tty', os.O_RDWR); p = os.getpid();"
        "print([os.getsid(0) == p, os.getpgrp() == p, os.tcgetpgrp(t) == p])"
    )
    if on_terminal:
        outer = terminals()
        outer.start(direct(PYTHON, "-c", probe))
        assert outer.end() == 0
        output = outer.output
    else:
        output = run(direct(PYTHON, "-c", probe)).stdout
    assert output.strip() == b"[True, True, True]"


def test_size_is_there_before_the_childs_first_instruction(direct, terminals):
    for _ in range(20):
        outer = terminals(rows=37, columns=113)
        outer.start(direct("stty", "size"))
        assert outer.end() == 0
        assert outer.output == b"37 113\r\n"


def test_pixel_size_is_kept(direct, terminals):
    outer = terminals(rows=30, columns=90, width=900, height=600)
    probe = "import fcntl,struct,termios;print(struct.unpack('HHHH',fcntl.ioctl(0,termios.TIOCGWINSZ,bytes(8))))"
    outer.start(direct(PYTHON, "-c", probe))
    assert outer.end() == 0
    assert outer.output.strip() == b"(30, 90, 900, 600)"


def test_terminal_without_a_size_is_80_by_24(direct, terminals):
    outer = terminals(rows=0, columns=0)
    outer.start(direct("stty", "size"))
    assert outer.end() == 0
    assert outer.output == b"24 80\r\n"


def test_burst_of_resizes_ends_with_the_last_size(direct, terminals):
    outer = terminals()
    outer.start(direct("sh", "-c", "echo ready; read x; stty size"))
    outer.read_until(b"ready")
    for step in range(50):
        set_window_size(outer.master, 20 + step, 100 + step)
    # The size is applied before input that was typed after it is passed on.
    outer.type(b"\r")
    assert outer.end() == 0
    assert outer.output.endswith(b"69 149\r\n")


def test_a_size_that_changes_while_the_child_is_started_reaches_it(direct, terminals, debug):
    outer = terminals(rows=24, columns=80)
    process = outer.start(
        [debug, *direct("sh", "-c", "read x; stty size")[1:]],
        env={**os.environ, "FAULT_POINT": "fork.after", "FAULT_ACTION": "stop"},
    )
    until(lambda: state(process.pid) == "T", "the stop after the fork")
    set_window_size(outer.master, 31, 91)
    process.send_signal(signal.SIGCONT)
    outer.type(b"\r")
    assert outer.end() == 0
    assert outer.output.endswith(b"31 91\r\n")


def test_resize_tells_the_child_and_an_unchanged_size_does_not(direct, terminals):
    outer = terminals(rows=24, columns=80)
    child = "trap 'echo WINCH $(stty size)' WINCH; trap 'echo asked' USR1; echo ready; while :; do sleep 0.02; done"
    process = outer.start(direct("sh", "-c", child))
    outer.read_until(b"ready")
    for _ in range(3):
        process.send_signal(signal.SIGWINCH)
    process.send_signal(signal.SIGUSR1)
    outer.read_until(b"asked")
    assert b"WINCH" not in outer.output
    set_window_size(outer.master, 31, 91)
    outer.read_until(b"WINCH 31 91")
    process.kill()


def test_winch_without_a_terminal_is_not_passed_on_and_harms_nothing(direct, tmp_path):
    child = "trap 'echo WINCH' WINCH; trap 'exit 0' USR1; : > ready; while :; do sleep 0.02; done"
    process = subprocess.Popen(
        direct("sh", "-c", child), cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    until((tmp_path / "ready").exists)
    process.send_signal(signal.SIGWINCH)
    process.send_signal(signal.SIGUSR1)
    assert b"WINCH" not in process.communicate(timeout=HANG)[0]
    assert process.returncode == 0


def test_size_without_a_terminal_is_80_by_24(direct):
    assert run(direct("stty", "size")).stdout == b"24 80\n"


def test_lines_and_columns_of_the_caller_are_not_passed_on(direct):
    result = run(direct("env"), env={**os.environ, "LINES": "1", "COLUMNS": "2"})
    assert b"\nLINES=" not in result.stdout and b"\nCOLUMNS=" not in result.stdout


def test_child_has_the_callers_terminal_settings(direct, terminals):
    outer = terminals()
    settings = outer.settings()
    settings[0] |= termios.IUTF8 if hasattr(termios, "IUTF8") else 0o40000
    settings[1] &= ~termios.ONLCR
    settings[3] &= ~termios.ECHOE
    settings[4] = settings[5] = termios.B9600
    settings[6][termios.VERASE] = b"\x08"
    settings[6][termios.VINTR] = b"\x07"
    termios.tcsetattr(outer.slave, termios.TCSANOW, settings)
    probe = "import termios; print(termios.tcgetattr(0), end='')"
    outer.start(direct(PYTHON, "-c", probe))
    assert outer.end() == 0
    assert outer.settings()[4:6] == [termios.B9600] * 2 and not outer.settings()[1] & termios.ONLCR
    assert outer.output.decode() == repr(outer.settings())


def test_all_byte_values_pass_both_ways_unchanged(direct, terminals):
    outer = terminals()
    every = bytes(range(256)) * 4
    probe = (
        "import os,tty\ntty.setraw(0)\nos.write(1,b'READY')\ndata=b''\n"
        f"while len(data)<{len(every)}: data+=os.read(0,4096)\nos.write(1,data)"
    )
    outer.start(direct(PYTHON, "-c", probe))
    outer.read_until(b"READY")
    outer.type(every)
    assert outer.end() == 0
    assert outer.output == b"READY" + every


def child_status(direct, prepare, names):
    result = run(direct("cat", "/proc/self/status"), preexec_fn=prepare)
    lines = dict(line.split(":\t", 1) for line in result.stdout.decode().splitlines())
    return [int(lines[name], 16) for name in names]


def bit(number):
    return 1 << (number - 1)


# Python ignores these itself; put back so that what is seen is what `prepare` set.
def plain():
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def test_dispositions_and_mask_of_the_child_are_default_by_default(direct):
    blocked, ignored, caught = child_status(direct, plain, ["SigBlk", "SigIgn", "SigCgt"])
    assert (blocked, ignored, caught) == (0, 0, 0)


@pytest.mark.parametrize("name", ["HUP", "INT", "QUIT", "TERM", "PIPE", "CHLD", "TSTP", "ALRM", "SEGV", "WINCH"])
def test_signals_that_the_caller_ignores_stay_ignored(direct, name):
    number = getattr(signal, f"SIG{name}")

    def prepare():
        plain()
        signal.signal(number, signal.SIG_IGN)

    assert child_status(direct, prepare, ["SigIgn"]) == [bit(number)]


def test_ignored_hup_stays_ignored_in_the_launcher_too(direct, tmp_path):
    process = subprocess.Popen(
        direct("sh", "-c", "echo > ready; while ! [ -e go ]; do sleep 0.02; done; echo done"),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    until((tmp_path / "ready").exists)
    assert int(status_field(process.pid, "SigIgn"), 16) & bit(signal.SIGHUP)
    process.send_signal(signal.SIGHUP)
    (tmp_path / "go").touch()
    assert process.communicate(timeout=HANG)[0] == b"done\n"
    assert process.returncode == 0


def test_signal_mask_of_the_caller_is_the_childs(direct):
    blocked = {signal.SIGUSR1, signal.SIGALRM, signal.SIGTERM, 40}

    def prepare():
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    assert child_status(direct, prepare, ["SigBlk"]) == [sum(bit(number) for number in blocked)]


def test_ignored_chld_does_not_lose_the_exit_code(direct):
    result = run(
        direct("sh", "-c", "exit 42"),
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    )
    assert result.returncode == 42


@pytest.mark.parametrize("on_terminal", [True, False])
def test_child_sees_descriptors_0_to_2_only(direct, terminals, on_terminal):
    child = direct(PYTHON, "-c", OPEN_DESCRIPTORS % "sys.stdout")
    child = ["bash", "-c", 'exec "$@" 9</dev/null 200</dev/null', "bash", *child]
    if on_terminal:
        outer = terminals()
        outer.start(child)
        assert outer.end() == 0
        seen = outer.output
    else:
        seen = run(child).stdout
    assert seen.strip() == b"[0, 1, 2]"


def test_launchers_own_descriptors_are_close_on_exec(direct, terminals):
    outer = terminals()
    process = outer.start(direct("sh", "-c", "echo ready; read x"))
    outer.read_until(b"ready")
    for name in os.listdir(f"/proc/{process.pid}/fd"):
        if int(name) < 3 or int(name) == outer.slave:
            continue
        try:
            with open(f"/proc/{process.pid}/fdinfo/{name}") as file:
                flags = next(int(line.split()[1], 8) for line in file if line.startswith("flags:"))
        except FileNotFoundError:
            continue  # closed meanwhile: its files are written while the child begins
        assert flags & os.O_CLOEXEC, f"descriptor {name}"
    process.kill()


@pytest.mark.parametrize("closed", ["0", "1", "2", "0 1", "0 1 2"])
def test_closed_standard_descriptors_do_not_break_the_start(direct, tmp_path, closed):
    shell = 'exec "$@" ' + " ".join(f"{number}>&-" for number in closed.split())
    result = run(["sh", "-c", shell, "sh", *direct(PYTHON, "-c", "import os; os.fstat(2); exit(42)")])
    assert result.returncode == 42
    seen = tmp_path / "seen"
    child = f"x = {OPEN_DESCRIPTORS % 'sys.stderr'!r}; import io, sys; sys.stderr = io.StringIO(); exec(x)"
    child += f"; open({str(seen)!r}, 'w').write(sys.stderr.getvalue())"
    assert run(["sh", "-c", shell, "sh", *direct(PYTHON, "-c", child)]).returncode == 0
    assert seen.read_text().strip() == "[0, 1, 2]"


def test_input_from_dev_null_works(direct):
    assert run(direct("echo", "hi"), stdin=subprocess.DEVNULL).stdout == b"hi\n"
