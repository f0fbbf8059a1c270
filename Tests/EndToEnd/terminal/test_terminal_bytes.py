"""Bytes on their way: nothing lost, nothing added, nobody waited for in vain
(checklist 44 to 48, 56, and direct starts without a terminal)."""

import os
import select
import signal
import subprocess
import sys
import time

import pytest

from terminal import read_exactly, run, settled, status_field
from waiting import HANG, until

PYTHON = sys.executable


def cpu_ticks(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def bytes_read(pid):
    with open(f"/proc/{pid}/io") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("rchar:"))


@pytest.mark.timeout(310)
def test_output_of_1000_children_that_exit_at_once_is_always_complete(direct):
    child = direct("printf", "Bingo")
    for _ in range(1000):
        result = run(child)
        assert (result.returncode, result.stdout) == (0, b"Bingo")


@pytest.mark.timeout(90)
def test_output_before_exit_is_complete_on_a_terminal_too(direct, terminals):
    for _ in range(100):
        outer = terminals()
        outer.start(direct("printf", "Bingo"))
        assert outer.end() == 0
        assert outer.output == b"Bingo"
        outer.close()


def test_5_megabytes_before_exit_reach_a_slow_reader_and_the_code_comes_after_them(direct):
    child = direct(PYTHON, "-c", "import os,sys\nfor n in range(50): sys.stdout.buffer.write(bytes([65 + n % 26]) * 100000)\nsys.stdout.flush(); os._exit(7)")
    process = subprocess.Popen(child, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    data, exited_early = b"", False
    while piece := os.read(process.stdout.fileno(), 50_000):
        data += piece
        # Only a pipe's capacity may be left unread when the launcher is gone.
        exited_early |= process.poll() is not None and len(data) < 5_000_000 - 65_536
        if len(data) < 1_000_000:
            time.sleep(0.005)
    assert process.wait(HANG) == 7 and not exited_early
    assert data == b"".join(bytes([65 + n % 26]) * 100000 for n in range(50))


def test_bytes_without_a_terminal_are_unchanged(direct, tmp_path):
    every = bytes(range(256)) * 100 + "ü€😀\n\r\n\n".encode() + b"\x1b[31m\x1b]0;t\x07\xff\xc3"
    (tmp_path / "data").write_bytes(every)
    assert run(direct("cat", str(tmp_path / "data"))).stdout == every
    with open(tmp_path / "copy", "wb") as copy:
        run(direct("cat", str(tmp_path / "data")), capture_output=False, stdout=copy)
    assert (tmp_path / "copy").read_bytes() == every


def test_output_appended_to_a_file_keeps_what_was_there(direct, tmp_path):
    file = tmp_path / "log"
    run(["sh", "-c", '(echo first; "$@"; echo last) > log', "sh", *direct("echo", "middle")], cwd=tmp_path)
    assert file.read_text() == "first\nmiddle\nlast\n"


def test_characters_and_sequences_split_across_writes_are_passed_as_they_are(direct, terminals):
    outer = terminals()
    data = "ü€😀\x1b[38;5;1m".encode()
    child = f"import os,time,tty\ntty.setraw(0)\nfor b in {data!r}:\n os.write(1, bytes([b])); time.sleep(0.005)"
    outer.start(direct(PYTHON, "-c", child))
    assert outer.end() == 0
    assert outer.output == data
    assert run(direct(PYTHON, "-c", child)).stdout == data


def test_input_is_not_read_without_a_terminal(direct):
    reading, writing = os.pipe()
    os.write(writing, b"for the next program\n")
    os.close(writing)
    result = run(direct("true"), stdin=reading)
    assert result.returncode == 0
    assert os.read(reading, 100) == b"for the next program\n"
    os.close(reading)


def test_end_of_input_does_not_reach_a_child_without_a_terminal(direct):
    child = "import select,sys\nprint('waiting', select.select([0],[],[],0.5)[0])"
    assert run(direct(PYTHON, "-c", child), stdin=subprocess.DEVNULL).stdout == b"waiting []\n"


@pytest.mark.parametrize(
    "query,answer",
    [("\x1b[6n", b"\x1b[1;1R"), ("\x1b[5n", b"\x1b[0n"), ("\x1b[c", b"\x1b[?1;2c"), ("\x1b[0c", b"\x1b[?1;2c")],
)
def test_terminal_queries_are_answered_without_a_terminal_and_passed_on(direct, query, answer):
    child = (
        "import os,select,sys,time,tty\ntty.setraw(0)\n"
        f"for c in {query!r}: os.write(1, c.encode()); time.sleep(0.01)\n"
        f"got = b''\nwhile len(got) < {len(answer)} and select.select([0],[],[],{HANG})[0]: got += os.read(0, 100)\n"
        "os.write(1, repr(got).encode())"
    )
    assert run(direct(PYTHON, "-c", child)).stdout == query.encode() + repr(answer).encode()


def test_terminal_queries_are_not_answered_by_us_on_a_terminal(direct, terminals):
    outer = terminals()
    child = "import os,select,tty\ntty.setraw(0)\nos.write(1,b'\\x1b[6n')\nprint(os.read(0, 100))"
    outer.start(direct(PYTHON, "-c", child))
    outer.read_until(b"\x1b[6n")
    until(lambda: outer.is_raw, "raw mode")
    outer.type(b"\x1b[7;9R")
    assert outer.end() == 0
    assert b"7;9R" in outer.output and b"1;1R" not in outer.output


def test_closed_output_is_noted_once_and_the_child_goes_on(direct, tmp_path):
    child = f"for i in 1 2 3 4 5 6; do echo line; sleep 0.02; done; seq 100000; : > {tmp_path}/done; exit 4"
    process = subprocess.Popen(
        direct("sh", "-c", child, quiet=False), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert read_exactly(process.stdout.fileno(), 5) == b"line\n"
    process.stdout.close()
    errors = process.stderr.read()
    assert process.wait(HANG) == 4 and (tmp_path / "done").exists()
    assert errors.count(b"standard output") == 1


def test_output_closed_from_the_start_and_a_full_device_are_noted_once(direct):
    child = direct("sh", "-c", "seq 10000; exit 4", quiet=False)
    for shell in ('exec "$@" >&-', 'exec "$@" >/dev/full'):
        result = run(["sh", "-c", shell, "sh", *child])
        assert result.returncode == 4
        assert result.stderr.count(b"standard output") == 1


def test_closed_terminal_of_the_child_is_no_error_and_no_busy_loop(direct, tmp_path):
    child = "exec 0<&- 1>&- 2>&-; : > ready; while ! [ -e go ]; do sleep 0.05; done; echo back > /dev/tty; exit 6"
    process = subprocess.Popen(
        direct("sh", "-c", child), cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until((tmp_path / "ready").exists)
    before = cpu_ticks(process.pid)
    time.sleep(0.5)
    assert cpu_ticks(process.pid) - before < 15
    (tmp_path / "go").touch()
    output, errors = process.communicate(timeout=HANG)
    assert (process.returncode, output, errors) == (6, b"back\n", b"")


@pytest.mark.parametrize("on_terminal", [True, False])
def test_grandchild_that_keeps_the_terminal_open_does_not_delay_the_exit(direct, terminals, on_terminal):
    child = direct("sh", "-c", f"trap '' HUP; sleep {10 * HANG} & echo $!; exit 7")
    if on_terminal:
        outer = terminals()
        outer.start(child)
        assert outer.end() == 7
        pid = int(outer.output)
    else:
        result = run(child)
        assert result.returncode == 7
        pid = int(result.stdout)
    # It takes no notice of the hang-up, and ends by the TERM that follows.
    assert not os.path.exists(f"/proc/{pid}")


def test_grandchild_that_never_stops_writing_does_not_delay_the_exit(direct):
    process = subprocess.Popen(
        direct("sh", "-c", "trap '' HUP; yes & sleep 0.1; exit 7"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    while os.read(process.stdout.fileno(), 65536):
        pass
    assert process.wait(HANG) == 7


def test_storm_of_signals_during_a_flow_loses_and_adds_nothing(direct):
    child = "import signal,sys\nfor n in (10, 12, 28): signal.signal(n, signal.SIG_IGN)\nprint('go', flush=True)\nfor n in range(100000): print(n)"
    process = subprocess.Popen(direct(PYTHON, "-c", child), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert read_exactly(process.stdout.fileno(), 3) == b"go\n"
    data, storm = b"", (signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGCONT)
    sent = 0
    while piece := os.read(process.stdout.fileno(), 2000):
        data += piece
        for number in storm:
            process.send_signal(number)
            sent += 1
    assert process.wait(HANG) == 0 and sent > 400
    assert data == b"".join(b"%d\n" % n for n in range(100000))


def test_child_that_does_not_read_costs_neither_time_nor_memory(direct, terminals):
    outer = terminals()
    process = outer.start(direct("sh", "-c", "stty raw -echo; echo READY; exec sleep 1000"))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    os.set_blocking(outer.master, False)
    resident = int(status_field(process.pid, "VmHWM").split()[0])
    sent = 0
    while select.select([], [outer.master], [], 0.3)[1]:
        try:
            sent += os.write(outer.master, b"x" * 4096)
        except BlockingIOError:
            break
        assert sent < 2_000_000
    before = cpu_ticks(process.pid)
    time.sleep(0.5)
    assert cpu_ticks(process.pid) - before < 15
    assert int(status_field(process.pid, "VmHWM").split()[0]) - resident < 512  # KiB
    process.terminate()
    assert outer.end() == -signal.SIGTERM


def test_reader_that_does_not_read_holds_back_the_child_and_term_still_acts(direct):
    process = subprocess.Popen(direct("yes"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    until(lambda: select.select([process.stdout], [], [], 0)[0], "the first output")
    settled(lambda: bytes_read(process.pid))
    with open(f"/proc/{process.pid}/statm") as file:
        pages = int(file.read().split()[1])
    before = cpu_ticks(process.pid)
    time.sleep(0.5)
    assert cpu_ticks(process.pid) - before < 15
    with open(f"/proc/{process.pid}/statm") as file:
        assert int(file.read().split()[1]) - pages < 64
    process.terminate()
    # The child is gone at once; the rest of its output waits for the reader, until a second TERM.
    until(lambda: not os.path.exists(f"/proc/{process.pid}/task/{process.pid}/children")
          or not open(f"/proc/{process.pid}/task/{process.pid}/children").read().strip(), "end of the child")
    process.terminate()
    assert process.wait(HANG) == -signal.SIGTERM


def test_output_that_may_not_be_opened_anew_is_complete_and_stays_blocking(direct, other_user):
    """Started as one user, the pipe another's: the case of `su` in a container's entrypoint."""
    assert run([*other_user.words, "sh", "-c", ": > /proc/self/fd/1"]).returncode != 0
    reading, writing = os.pipe()
    command = [*other_user.words, other_user.binary, *direct("seq", "100000")[1:]]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=writing, cwd="/")
    data = os.read(reading, 10)
    assert os.get_blocking(writing)
    os.close(writing)
    while piece := os.read(reading, 65536):
        data += piece
    os.close(reading)
    assert process.wait(HANG) == 0
    assert data == b"".join(b"%d\n" % n for n in range(1, 100001))
