"""^Z in the real agents, under a real shell: the shell is back with its terminal in order, and `fg` goes on.

Codex sends TSTP to its group, which the kernel discards in an orphaned one; so, by what is seen, does Claude Code 2.1.
"""

import os
import signal
import termios

import pytest

from real_agents import started_in
from terminal import state
from waiting import until

TASK = "Say hello to the harbour"


@pytest.fixture(params=["claude", "codex"])
def agent(request, tmp_path, binary):
    started = started_in(tmp_path, request.param, binary)
    started.answer_first_run()
    yield started
    started.close()


def is_canonical(terminal):
    return bool(termios.tcgetattr(terminal.master)[3] & termios.ICANON)


@pytest.mark.timeout(90)
def test_control_z_returns_to_the_shell_and_fg_resumes(agent):
    terminal = agent.run("bash", "--norc", "--noprofile", "-i")
    os.write(terminal.master, b"PS1=SHE''LL; bind 'set enable-bracketed-paste off'; unset HISTFILE\r")
    terminal.wait_for("SHELL")
    (agent.folder / "prompt").write_text(TASK)
    command = f"{agent.binary} {agent.name} --direct --workdir {agent.workdir} --prompt-file {agent.folder}/prompt"
    os.write(terminal.master, f"{command}; echo THE''END=$?\r".encode())
    agent.answered(TASK)
    terminal.wait_quiet()
    launcher = next(pid for pid in terminal.descendants() if os.readlink(f"/proc/{pid}/exe") == agent.binary)
    assert not is_canonical(terminal)
    for round in range(2):
        since = len(terminal.output)
        os.write(terminal.master, b"\x1a")
        terminal.wait_for("Stopped", since)
        until(lambda: state(launcher) == "T", "the launcher's stop")
        # readline has its own settings while it waits for a command: the others are seen by a program.
        since = len(terminal.output)
        os.write(terminal.master, b"stty -a; echo DO''NE\r")
        terminal.wait_for("DONE", since)
        assert {"icanon", "opost", "isig"} <= set(terminal.output[since:].decode().split())
        since = len(terminal.output)
        os.write(terminal.master, b"fg; echo THE''END=$?\r")
        until(lambda: state(launcher) != "T" and not is_canonical(terminal), "raw mode")
        terminal.wait_quiet()
        terminal.say(f"And now to the lighthouse number {round}")
        agent.asked(f"And now to the lighthouse number {round}")
        agent.answered(f"And now to the lighthouse number {round}")
        terminal.wait_quiet()
    since = len(terminal.output)
    os.kill(launcher, signal.SIGTERM)
    terminal.wait_for("THEEND=", since)
