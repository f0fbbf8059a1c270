"""Job control as a shell sees it (checklist 39 to 43)."""

import os
import signal
import sys
import termios

import pexpect
import pytest

from processes import is_alive
from terminal import run, state, status_field
from waiting import HANG, until


@pytest.fixture
def shell():
    spawned = pexpect.spawn(
        "bash", ["--norc", "--noprofile", "-i"], timeout=HANG, encoding="utf-8", dimensions=(24, 500)
    )
    spawned.sendline("bind 'set enable-bracketed-paste off'; unset HISTFILE; PS1='PROM''PT '; stty -echo")
    spawned.expect("PROMPT ")
    yield spawned
    spawned.close(force=True)


def line(command):
    return " ".join(f"'{word}'" for word in command)


def is_cooked(shell):
    shell.sendline("stty -a; echo D''ONE")
    shell.expect("DONE")
    words = shell.before.split()
    return "icanon" in words and "isig" in words and "opost" in words


def is_canonical(shell):
    return bool(termios.tcgetattr(shell.child_fd)[3] & termios.ICANON)


# Agents do it in three ways: STOP to themselves, TSTP to their group (Codex, Gemini) or to themselves (readline).
@pytest.mark.parametrize("how", ["-STOP $$", "-TSTP 0", "-TSTP $$"])
def test_child_that_stops_itself_stops_the_job_with_the_terminal_restored_and_fg_resumes(shell, direct, how):
    shell.sendline(line(direct("sh", "-c", f"echo BEFORE; kill {how}; echo AFTER $(stty size); exit 3")))
    shell.expect("BEFORE")
    shell.expect("Stopped")
    shell.expect("PROMPT ")
    assert is_cooked(shell)
    shell.setwinsize(40, 300)
    shell.sendline("fg; echo code=$?")
    shell.expect("AFTER 40 300")
    shell.expect("code=3")
    assert is_cooked(shell)


def test_control_z_typed_to_a_cooked_child_stops_the_job_as_often_as_it_is_typed(shell, direct):
    shell.sendline(line(direct("sh", "-c", "echo READY; read x; echo got $x; exit 3")))
    shell.expect("READY")
    for _ in range(3):
        # Typed before raw mode it would be the shell's own affair, with the same outcome and no proof.
        until(lambda: not is_canonical(shell), "raw mode")
        shell.sendcontrol("z")
        shell.expect("Stopped")
        shell.expect("PROMPT ")
        assert is_cooked(shell)
        shell.sendline("fg; echo code=$?")
        shell.expect("agentlaunch' 'custom'")
    until(lambda: not is_canonical(shell), "raw mode")
    shell.sendline("on")
    shell.expect("got on")
    shell.expect("code=3")


def test_a_child_that_handles_tstp_puts_its_screen_in_order_before_it_stops(shell, direct):
    child = 'trap "echo IN ORDER; kill -STOP $$; echo BACK" TSTP; echo READY; while ! read -t 9 x; do :; done; echo got $x'
    shell.sendline(line(direct("bash", "-c", child)))
    shell.expect("READY")
    until(lambda: not is_canonical(shell), "raw mode")
    shell.sendcontrol("z")
    shell.expect("IN ORDER")
    shell.expect("Stopped")
    shell.sendline("fg; echo code=$?")
    shell.expect("BACK")
    shell.sendline("on")
    shell.expect("got on")
    shell.expect("code=0")


def in_session(leader):
    """The living processes of that session but the leader."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] not in "ZX" and int(pid) != leader:
            found.append(int(pid))
    return found


WAITS_FOR_ANYTHING = """
import os
try: os.waitpid(-1, os.WNOHANG); print('a child that it never made')
except ChildProcessError: print('NO CHILD', os.getpid(), '.', flush=True)
os.read(0, 1)
"""


@pytest.mark.parametrize("end", ["exit", "TERM", "KILL", "group", "helper"])
def test_the_control_z_processes_are_no_children_of_the_agent_hold_nothing_and_end_with_it(direct, terminals, end):
    outer = terminals()
    process = outer.start(direct(sys.executable, "-c", WAITS_FOR_ANYTHING))
    outer.read_until(b".\r\n")
    child = int(outer.output.split()[-2])
    until(lambda: outer.is_raw, "raw mode")
    helpers = in_session(child)
    assert len(helpers) == 2 and b"NO CHILD" in outer.output
    for pid in helpers:
        assert os.listdir(f"/proc/{pid}/fd") == []
        assert int(status_field(pid, "SigBlk"), 16) & 1 << (signal.SIGTERM - 1)
    # TERM and HUP to its group do not end them before the agent has ended.
    assert sorted(os.getpgid(pid) == child for pid in helpers) == [False, True]
    if end == "helper":
        outside = next(pid for pid in helpers if os.getpgid(pid) != child)
        os.kill(outside, signal.SIGKILL)
        until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in helpers), "their end")
    if end in ("exit", "helper"):
        outer.type(b"\r")
        assert outer.end() == 0
    elif end == "group":
        os.killpg(child, signal.SIGKILL)
        assert outer.end() == -signal.SIGKILL
    else:
        process.send_signal(getattr(signal, f"SIG{end}"))
        outer.end()
    if end == "KILL":
        # Nobody is left to wait for them: the kernel ends them with the launcher.
        until(lambda: not any(is_alive(pid) for pid in [child, *helpers]), "their end")
    assert not [pid for pid in helpers if is_alive(pid)]


def test_without_a_terminal_there_are_no_control_z_processes_and_tstp_stops_nothing(direct, tmp_path):
    result = run(direct("sh", "-c", "kill -TSTP 0; ps -s $$ -o pid= > pids; wc -l < pids; exit 3"), cwd=tmp_path)
    # The shell and ps.
    assert (result.returncode, result.stdout.strip()) == (3, b"2")


def test_raw_mode_is_back_after_fg(shell, direct):
    child = "import os,signal,tty\ntty.setraw(0)\nos.kill(os.getpid(), signal.SIGSTOP)\nos.write(1, b'UP')\nprint(os.read(0, 9) + b'!')"
    shell.sendline(f'{direct(sys.executable)[0]} custom --direct -- {sys.executable} -c "$(printf %b "{child}")"'.replace("\n", "\\n"))
    shell.expect("Stopped")
    shell.sendline("fg; echo code=$?")
    shell.expect("UP")
    shell.send("\x03")
    shell.expect(r"\\x03'!|\\x03!")
    shell.expect("code=0")


def test_tstp_to_the_launcher_stops_child_and_launcher_and_cont_resumes_both(shell, direct, tmp_path):
    shell.sendline(line(direct("sh", "-c", f"echo $$ > {tmp_path}/pid; echo GO; read x; echo got $x")))
    shell.expect("GO")
    child = int(until(lambda: (tmp_path / "pid").read_text()))
    launcher = int(status_field(child, "PPid"))
    os.kill(launcher, signal.SIGTSTP)
    shell.expect("Stopped")
    assert (state(launcher), state(child)) == ("T", "T")
    assert is_cooked(shell)
    shell.sendline("fg; echo code=$?")
    until(lambda: state(child) != "T")
    shell.sendline("hello")
    shell.expect("got hello")
    shell.expect("code=0")


@pytest.mark.parametrize("on_terminal", [True, False])
def test_stopped_child_without_a_shell_above_is_resumed_at_once(direct, terminals, on_terminal):
    child = direct("sh", "-c", "kill -STOP $$; echo resumed; exit 3")
    if on_terminal:
        outer = terminals()
        before = outer.settings()
        outer.start(child)
        assert outer.end() == 3
        assert b"resumed" in outer.output and outer.settings() == before
    else:
        result = run(child)
        assert (result.returncode, result.stdout) == (3, b"resumed\n")


def test_started_in_the_background_it_runs_without_touching_the_terminal_and_fg_works(shell, direct):
    shell.sendline(line(direct("sh", "-c", "echo RUN''NING; read x; echo got $x; exit 3")).replace("''''", "''") + " &")
    shell.expect("RUNNING")
    assert is_cooked(shell)
    # What is typed now is the shell's.
    shell.sendline("echo mi''ne; jobs")
    shell.expect("mine")
    shell.expect("Running")
    shell.sendline("fg; echo code=$?")
    shell.expect("agentlaunch' 'custom'")
    # Until the launcher has seen that it is in front, the line waits in the terminal.
    shell.sendline("theirs")
    shell.expect("got theirs")
    shell.expect("code=3")
    assert is_cooked(shell)


def test_background_start_ends_by_itself_and_leaves_the_terminal_alone(shell, direct):
    shell.sendline(line(direct("sh", "-c", "sleep 0.1; exit 3")) + " & wait $!; echo code=$?")
    shell.expect("code=3")
    assert is_cooked(shell)


def test_bg_after_a_stop_keeps_it_running(shell, direct):
    shell.sendline(line(direct("sh", "-c", "kill -STOP $$; sleep 0.2; echo STILL HERE; sleep 0.2; exit 3")))
    shell.expect("Stopped")
    shell.expect("PROMPT ")
    shell.sendline("bg; wait %1; echo code=$?")
    shell.expect("STILL HERE")
    shell.expect("code=3")
    assert is_cooked(shell)
