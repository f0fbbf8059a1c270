"""Many, much and at once. The short form is part of scripts/test; `scripts/campaign stress` is the long one."""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from processes import is_alive
from terminal import set_window_size, settled, status_field
from waiting import HANG, until

FULL = "CAMPAIGN" in os.environ
INSTANT = 1000 if FULL else 100
FLOOD_SECONDS = 60 if FULL else 3
# What a queue may hold is 64 KiB (1 MiB of agentapi's output); a flood is a thousand times that.
MOST_GROWTH = 2048


def resident(pid):
    """KiB, at its highest."""
    return int(status_field(pid, "VmHWM").split()[0])


def processor_ticks(pid):
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.timeout(80)
def test_a_slow_reader_gets_the_output_of_every_child_that_exits_at_once(direct):
    loop = f'n={INSTANT}; while [ $n -gt 0 ]; do "$@" "$n" || exit 9; n=$((n-1)); done'
    process = subprocess.Popen(
        ["sh", "-c", loop, "sh", *direct("printf", "Bingo %s\n")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    # A page at a time and a pause between: the pipe is full most of the time.
    fcntl.fcntl(process.stdout, 1031, 4096)  # F_SETPIPE_SZ
    data = b""
    while piece := os.read(process.stdout.fileno(), 300):
        data += piece
        time.sleep(0.005)
    assert process.wait(HANG) == 0
    assert data.decode().split("\n") == [f"Bingo {n}" for n in range(INSTANT, 0, -1)] + [""]


RESIZED = """
import fcntl, os, signal, struct, termios
seen = []
def size(): return struct.unpack('HHHH', fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))
signal.signal(signal.SIGWINCH, lambda *_: seen.append(size()))
os.write(1, b'READY')
while (byte := os.read(0, 1)) != b'q':
    os.write(1, ('%r after %d.' % (size(), len(seen))).encode())
"""


def test_10000_resizes_end_with_the_last_size_and_leave_no_backlog(direct, terminals):
    outer = terminals(rows=24, columns=80)
    process = outer.start(direct("sh", "-c", 'stty raw -echo; exec "$@"', "sh", sys.executable, "-c", RESIZED))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    before = resident(process.pid)
    for step in range(10_000):
        set_window_size(outer.master, 24 + step % 100, 80 + step % 150, step % 1000, step % 700)
    # What is typed now comes after all of them.
    outer.type(b"?")
    outer.read_until(b".")
    last = b"(%d, %d, %d, %d)" % (24 + 9_999 % 100, 80 + 9_999 % 150, 9_999 % 1000, 9_999 % 700)
    answer = outer.output.split(b"READY")[1]
    assert answer.startswith(last + b" after "), answer
    # And nothing comes later: an unchanged size is not told again.
    time.sleep(0.3)
    outer.output = b""
    outer.type(b"?")
    outer.read_until(b".")
    assert outer.output == answer and int(answer.split()[-1].rstrip(b".")) <= 10_000
    assert resident(process.pid) - before < 1024
    outer.type(b"q")
    assert outer.end() == 0


def flooding(pid, meter):
    """Lets it flood for the time; returns how many bytes the agent has written and the growth of the launcher."""
    before = resident(pid)
    ticks = processor_ticks(pid)
    time.sleep(FLOOD_SECONDS)
    return meter(), resident(pid) - before, processor_ticks(pid) - ticks


@pytest.mark.parametrize("on_terminal", [True, False])
def test_a_flood_at_a_stalled_reader_is_held_back_in_flat_memory_and_one_term_ends_it(direct, terminals, on_terminal):
    child = direct("sh", "-c", "echo PID=$$.; exec yes 'a line that is repeated for ever'")
    reading, writing = os.pipe()
    if on_terminal:
        outer = terminals()
        process = outer.start(child)
        outer.read_until(b".")
        first = outer.output
    else:
        process = subprocess.Popen(child, stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE)
        first = os.read(reading, 4096)
    os.close(writing)
    agent = int(first.split(b"PID=")[1].split(b".")[0])

    def written():
        return int(next(line for line in open(f"/proc/{agent}/io") if line.startswith("wchar")).split()[1])

    at = settled(written)
    total, growth, ticks = flooding(process.pid, written)
    # Held back: it stands still, and so does the launcher.
    assert total == at and growth < MOST_GROWTH and ticks < 10 + FLOOD_SECONDS
    process.terminate()
    until(lambda: not is_alive(agent), "the end of the agent")
    # Nobody reads on, and it ends all the same.
    assert process.wait(HANG) == -signal.SIGTERM
    os.close(reading)


@pytest.mark.parametrize("on_terminal", [True, False])
def test_a_flood_that_is_read_goes_through_in_flat_memory(direct, terminals, on_terminal):
    child = direct("yes", "a line that is repeated for ever")
    if on_terminal:
        outer = terminals()
        process = outer.start(child)
        source = outer.master
    else:
        process = subprocess.Popen(child, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        source = process.stdout.fileno()
    read = 0

    def drain():
        nonlocal read
        while read >= 0:
            try:
                piece = os.read(source, 65536)
            except OSError:
                return
            if not piece:
                return
            read += len(piece)

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    until(lambda: read > 1 << 20, "a megabyte")
    total, growth, _ = flooding(process.pid, lambda: read)
    assert total > 20 * MOST_GROWTH * 1024 * FLOOD_SECONDS / 60 and growth < MOST_GROWTH, (total, growth)
    process.terminate()
    assert process.wait(HANG) == -signal.SIGTERM


def test_agentapi_flooding_a_stalled_reader_keeps_memory_flat_and_one_term_ends_it(agentapi, under_agentapi):
    """agentapi must never wait for a reader: what nobody takes is dropped, the oldest first, and counted."""
    agentapi.program.unlink()
    agentapi.program.write_text(
        "#!/bin/sh\ncase $1 in --version) echo agentapi version 0.12.1; exit;; esac\n"
        f"echo $$ >{agentapi.root}/flood\nexec yes 'a line that is repeated for ever'\n"
    )
    agentapi.program.chmod(0o755)
    reading, writing = os.pipe()
    process = under_agentapi(popen={"stdout": writing})
    os.close(writing)
    flood = int(until(lambda: (agentapi.root / "flood").exists() and (agentapi.root / "flood").read_text(), "agentapi"))
    # The queue fills up first.
    time.sleep(1)

    def written():
        return int(next(line for line in open(f"/proc/{flood}/io") if line.startswith("wchar")).split()[1])

    at = written()
    _, growth, _ = flooding(process.pid, written)
    until(lambda: written() - at > 10 << 20, "ten megabytes that nobody reads")
    assert growth < MOST_GROWTH, growth
    process.terminate()
    assert process.wait(HANG) == -signal.SIGTERM
    assert not is_alive(flood)
    os.close(reading)
    assert "bytes of agentapi's output are lost" in (agentapi.root / "launch.err").read_text()


GEMINI = """#!/bin/sh
echo "$*"
while ! [ -e "$RELEASE" ]; do sleep 0.2; done
echo "end of $*"
"""


def test_100_launches_at_once_of_100_conversations_do_not_interfere(binary, tmp_path):
    """Each has its own lock, record, id and output; each is refused a second time while it runs.

    Ten have a prompt. Each of those watches the store for it, and the kernel gives a user 128 inotify instances.
    """
    home, bin = tmp_path / "home", tmp_path / "bin"
    (home / "project").mkdir(parents=True)
    bin.mkdir()
    (bin / "gemini").write_text(GEMINI)
    (bin / "gemini").chmod(0o755)
    environment = {"HOME": str(home), "PATH": f"{bin}:/usr/bin:/bin", "RELEASE": str(tmp_path / "release")}

    def start(number):
        return subprocess.Popen(
            [binary, "gemini", "--direct", "--quiet", "--workdir", home / "project", "--session", f"s{number}",
             "--agent-version", "0.56.0", *(["--prompt", f"task {number}"] if number % 10 == 0 else [])],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    running = [start(number) for number in range(100)]
    try:
        said = [process.stdout.readline().decode() for process in running]
        for number, words in enumerate(said):
            assert "--session-id" in words and ("task" in words) == (number % 10 == 0)
            assert number % 10 or f"=task {number}\n" in words
        # All of them are running now.
        assert [process.poll() for process in running] == [None] * 100
        for number in range(0, 100, 20):
            again = start(number)
            out, err = again.communicate(timeout=HANG)
            assert (again.returncode, out) == (75, b"") and f"pid {running[number].pid}".encode() in err
        (tmp_path / "release").touch()
        for number, process in enumerate(running):
            out, err = process.communicate(timeout=HANG)
            assert (process.returncode, out.decode(), err) == (0, f"end of {said[number]}", b"")
    finally:
        for process in running:
            process.kill()
    folders = home / ".local/state/agentlaunch/gemini"
    records = {path.parent.name.rpartition("-")[0]: json.loads(path.read_text()) for path in folders.glob("*/record.json")}
    assert sorted(records) == sorted(f"s{number}" for number in range(100))
    assert len({record["session"] for record in records.values()}) == 100
    for name, record in records.items():
        assert record["session"] in said[int(name[1:])]
        wanted = [] if int(name[1:]) % 10 else [hashlib.sha256(f"task {name[1:]}".encode()).hexdigest()]
        assert [prompt["sha256"] for prompt in record["prompts"]] == wanted
    assert not [path for path in folders.rglob("*.tmp")]
