"""Signals that reach the launcher, and the way from TERM to KILL (checklist 36 to 38)."""

import os
import signal
import subprocess
import sys
import time

import pytest

from processes import is_alive
from terminal import FORWARDED
from waiting import HANG, until

pytestmark = pytest.mark.smoke
COUNTER = """
import os, signal, sys, time
seen = []
def note(number, frame):
    seen.append(number)
    os.write(1, b'%d\\n' % number)
    if len(seen) == int(sys.argv[1]): os._exit(9)
for number in map(int, sys.argv[2:]): signal.signal(number, note)
os.write(1, b'READY\\n')
while True: time.sleep(1000)
"""


def counter(direct, count, signals, options=()):
    numbers = [str(int(number)) for number in signals]
    return direct(sys.executable, "-c", COUNTER, str(count), *numbers, options=options)


@pytest.mark.parametrize("on_terminal", [True, False])
def test_every_signal_reaches_the_child_unchanged(direct, terminals, on_terminal):
    child = counter(direct, len(FORWARDED), FORWARDED)
    if on_terminal:
        outer = terminals()
        process = outer.start(child)
        read_until = outer.read_until
    else:
        process = subprocess.Popen(child, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        output = b""

        def read_until(text):
            nonlocal output
            while text not in output:
                output += os.read(process.stdout.fileno(), 4096)

    read_until(b"READY")
    for number in FORWARDED:
        process.send_signal(number)
        read_until(b"\n%d" % number if not on_terminal else b"\n%d\r\n" % number)
    assert (outer.end() if on_terminal else process.wait(HANG)) == 9


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_second_and_third_signals_are_forwarded_too(direct, terminals, number):
    outer = terminals()
    process = outer.start(counter(direct, 3, [number]))
    outer.read_until(b"READY")
    for count in range(1, 4):
        process.send_signal(number)
        until(lambda: (outer.read() and False) or outer.output.count(b"%d\r\n" % number) >= count, "signal")
    assert outer.end() == 9


def test_signals_reach_the_whole_group_of_the_child(direct, tmp_path):
    child = "trap 'wait; exit 8' TERM; (trap 'echo member; exit' TERM; : > ready; while :; do sleep 0.02; done) & wait"
    process = subprocess.Popen(
        direct("sh", "-c", child), cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    until((tmp_path / "ready").exists)
    process.terminate()
    assert b"member" in process.communicate(timeout=HANG)[0]
    assert process.returncode == 8


def test_signal_at_any_moment_of_500_launches_is_not_lost(direct):
    """From the first moment that the launcher handles signals to long after exec: the child, which
    would run for ever, always ends, and always by this signal."""
    child = direct("sleep", "1000")
    for step in range(500):
        process = subprocess.Popen(child, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep((step % 50) * 0.0002)
        process.terminate()
        assert process.wait(HANG) == -signal.SIGTERM


def test_typed_interrupt_reaches_a_cooked_child_once(direct, terminals):
    outer = terminals()
    child = "trap 'n=$((n+1)); echo INT $n' INT; echo READY; read x; read x; echo total $n"
    outer.start(direct("bash", "-c", child))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    outer.type(b"\x03")
    outer.read_until(b"INT 1")
    outer.type(b"\r\r\r")
    outer.end()
    assert b"INT 2" not in outer.output and b"total 1" in outer.output


def test_hang_up_of_the_terminal_reaches_the_child_and_ends_the_launcher(direct, terminals, tmp_path):
    outer = terminals()
    process = outer.start(
        direct("sh", "-c", f"trap 'echo HUP >> {tmp_path}/log; exit 6' HUP; echo READY; while :; do sleep 0.02; done")
    )
    outer.read_until(b"READY")
    os.close(outer.slave)
    os.close(outer.master)
    assert process.wait(HANG) == 6
    assert (tmp_path / "log").read_text() == "HUP\n"


def test_under_nohup_an_agent_outlives_its_terminal_though_it_would_take_a_hang_up(direct, terminals, tmp_path):
    outer = terminals()
    program = ("import os, signal, sys, time; signal.signal(signal.SIGHUP, lambda *_: os._exit(6)); print('READY', flush=True)\n"
               "while not os.path.exists('go'): time.sleep(0.02)\n"
               "sys.exit(5)")
    process = outer.start(
        direct(sys.executable, "-c", program), cwd=tmp_path,
        prepare=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    outer.read_until(b"READY")
    os.close(outer.slave)
    os.close(outer.master)
    # Five times what agentlaunch waits for a SIGHUP that comes with the end of input.
    time.sleep(1)
    (tmp_path / "go").touch()
    assert process.wait(HANG) == 5


STUBBORN = """
import os, signal, sys, time
for number in (1, 2, 3, 15): signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open('orphan', 'w').write(str(os.getpid()))
        time.sleep(1000)
    os._exit(0)
os.wait()
if os.fork() == 0:
    open('member', 'w').write(str(os.getpid()))
    time.sleep(1000)
open('child', 'w').write(str(os.getpid()))
time.sleep(1000)
"""


@pytest.mark.parametrize("name", ["TERM", "HUP"])
def test_after_the_stop_timeout_all_that_is_left_is_killed_even_orphans_in_other_sessions(direct, tmp_path, name):
    process = subprocess.Popen(
        direct(sys.executable, "-c", STUBBORN, options=("--stop-timeout", "1")),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    pids = [
        int(until(lambda: (tmp_path / file).exists() and (tmp_path / file).read_text(), file))
        for file in ("child", "orphan", "member")
    ]
    process.send_signal(getattr(signal, f"SIG{name}"))
    assert process.wait(HANG) == -signal.SIGKILL
    assert [is_alive(pid) for pid in pids] == [False] * 3


def test_no_kill_before_the_stop_timeout_and_none_after_int(direct, tmp_path):
    child = "trap '' INT; trap : TERM; : > ready; while ! [ -e go ]; do sleep 0.02; done; exit 4"
    process = subprocess.Popen(
        direct("sh", "-c", child, options=("--stop-timeout", "0.001")),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    until((tmp_path / "ready").exists)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    (tmp_path / "go").touch()
    assert process.wait(HANG) == 4

    (tmp_path / "ready").unlink()
    (tmp_path / "go").unlink()
    process = subprocess.Popen(
        direct("sh", "-c", child, options=("--stop-timeout", "600")),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    until((tmp_path / "ready").exists)
    process.terminate()
    time.sleep(0.3)
    (tmp_path / "go").touch()
    assert process.wait(HANG) == 4


def test_only_the_child_decides_the_exit_and_orphans_are_reaped(direct):
    script = "for i in 1 2 3 4 5 6 7 8; do (setsid sh -c '(exit 3) & exit 2' &) ; done; sleep 0.2;"
    # Reaped soon, which is not at once.
    script += " for i in $(seq 200); do left=$(ps -o stat= --ppid $PPID | grep -c Z);"
    script += " [ $left = 0 ] && break; sleep 0.05; done; echo $left; exit 5"
    process = subprocess.run(
        direct("sh", "-c", script), stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG
    )
    assert (process.returncode, process.stdout) == (5, b"0\n")


@pytest.mark.parametrize("on_terminal", [True, False])
def test_a_launcher_that_is_killed_leaves_no_agent(direct, terminals, on_terminal):
    """The pseudoterminal is closed with it, and the agent gets a HUP."""
    child = direct("sh", "-c", "echo PID=$$.; exec sleep 1000")
    if on_terminal:
        outer = terminals()
        process = outer.start(child)
        outer.read_until(b".")
        said = outer.output
    else:
        process = subprocess.Popen(child, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        said = process.stdout.readline()
    agent = int(said.split(b"PID=")[1].split(b".")[0])
    process.kill()
    process.wait(HANG)
    until(lambda: not is_alive(agent), "the end of the agent")


def test_a_thousand_orphans_leave_no_zombie_and_do_not_decide_the_exit(direct):
    script = "import os\nfor n in range(1000):\n"
    script += " if os.fork() == 0:\n  if os.fork() == 0: os._exit(3)\n  os._exit(2)\n os.wait()\n"
    script += "import time\nfor _ in range(200):\n"
    script += " left = open(f'/proc/{os.getppid()}/task/{os.getppid()}/children').read().split()\n"
    script += " if left == [str(os.getpid())]: print('none left'); os._exit(5)\n time.sleep(0.05)\nprint(left)"
    result = subprocess.run(
        direct(sys.executable, "-c", script), stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG
    )
    assert (result.returncode, result.stdout) == (5, b"none left\n"), result
