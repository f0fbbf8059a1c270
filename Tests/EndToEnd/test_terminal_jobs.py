"""Job control as a shell sees it (checklist 39 to 43)."""

import os
import signal
import sys

import pexpect
import pytest
from terminal import HANG, run, state, status_field, until


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


def test_child_that_stops_itself_stops_the_job_with_the_terminal_restored_and_fg_resumes(shell, direct):
    shell.sendline(line(direct("sh", "-c", "echo BEFORE; kill -STOP $$; echo AFTER $(stty size); exit 3")))
    shell.expect("BEFORE")
    shell.expect("Stopped")
    shell.expect("PROMPT ")
    assert is_cooked(shell)
    shell.setwinsize(40, 300)
    shell.sendline("fg; echo code=$?")
    shell.expect("AFTER 40 300")
    shell.expect("code=3")
    assert is_cooked(shell)


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
