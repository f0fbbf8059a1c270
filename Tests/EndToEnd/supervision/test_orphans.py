"""What an agent leaves behind when it ends, and what becomes of the agent when its launcher is killed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from processes import is_alive
from waiting import HANG, until

PYTHON = sys.executable

# Leaves one process behind: `kind` says in whose session and what it takes no notice of; its pid is in a file.
LEAVES = """
import os, signal, sys, time
kind, end = sys.argv[1:]
signals = [signal.SIGHUP] if 'nohup' in kind else []
if 'no-term' in kind: signals = [signal.SIGTERM]
if 'stubborn' in kind: signals = [signal.SIGHUP, signal.SIGTERM]
if os.fork() == 0:
    for number in signals: signal.signal(number, signal.SIG_IGN)
    if 'daemon' in kind: os.setsid()
    if 'group' in kind: os.setpgid(0, 0)
    if os.fork(): os._exit(0)
    open('left', 'w').write(str(os.getpid()))
    if 'stopped' in kind: os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(1000)
while not os.path.exists('left') or not open('left').read(): time.sleep(0.01)
if end == 'itself': sys.exit(7)
time.sleep(1000)
"""


def started(command, folder, **more):
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more
    )
    return process, number_in(folder / "left")


def number_in(file):
    return int(until(lambda: file.exists() and file.read_text(), f"a pid in {file.name}"))


@pytest.mark.parametrize("wrapper", [(), ("--wrapper", "sh", "--wrapper", "-c", "--wrapper", '"$@"; exit $?', "--wrapper", "wrapper")])
@pytest.mark.parametrize("kind", ["nohup", "group nohup", "stubborn", "stopped"])
def test_processes_left_in_the_session_of_an_agent_that_exits_end_with_it(direct, tmp_path, kind, wrapper):
    options = ("--stop-timeout", "1", *wrapper)
    process, left = started(direct(PYTHON, "-c", LEAVES, kind, "itself", options=options), tmp_path)
    assert process.wait(HANG) == 7
    assert not is_alive(left)


def test_remaining_processes_are_ended_by_a_hang_up_too(direct, tmp_path):
    """An interactive shell, say, takes no notice of TERM."""
    options = ("--stop-timeout", "600")
    process, left = started(direct(PYTHON, "-c", LEAVES, "group no-term", "itself", options=options), tmp_path)
    assert process.wait(HANG) == 7
    assert not is_alive(left)


def test_a_daemon_of_an_agent_that_ends_by_itself_is_left_alone(direct, tmp_path):
    """It may be shared: Codex's serves every Codex of one home."""
    process, left = started(direct(PYTHON, "-c", LEAVES, "daemon", "itself"), tmp_path)
    assert process.wait(HANG) == 7
    assert is_alive(left)
    os.kill(left, signal.SIGKILL)


@pytest.mark.parametrize("kind", ["daemon", "daemon stubborn"])
def test_a_requested_stop_ends_daemons_too(direct, tmp_path, kind):
    process, left = started(direct(PYTHON, "-c", LEAVES, kind, "waits", options=("--stop-timeout", "1")), tmp_path)
    process.terminate()
    assert process.wait(HANG) == -signal.SIGTERM
    assert not is_alive(left)


def test_the_launcher_says_what_it_waits_for_and_a_signal_ends_the_wait(direct, tmp_path):
    process, left = started(
        direct(PYTHON, "-c", LEAVES, "stubborn", "itself", options=("--stop-timeout", "600"), quiet=False), tmp_path
    )
    line = process.stderr.readline()
    while b"left behind" not in line:
        assert line, "it ended and said nothing"
        line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(HANG) == 7
    assert not is_alive(left)


# The launcher is killed

@pytest.mark.parametrize("under", [(), ("nohup",)])
def test_no_agent_outlives_a_launcher_that_is_killed(direct, tmp_path, under):
    """The terminal hangs up; where the caller had hang-ups ignored, the agent is told by TERM."""
    script = "echo $$ > left; exec sleep 1000"
    process, agent = started([*under, *direct("sh", "-c", script)], tmp_path)
    process.kill()
    process.wait()
    until(lambda: not is_alive(agent), "the agent's end")


def test_an_agent_gets_one_signal_when_its_launcher_is_killed(direct, tmp_path):
    script = "trap 'echo HUP >> log' HUP; trap 'echo TERM >> log' TERM; echo $$ > left; while :; do sleep 0.05; done"
    process, agent = started(direct("sh", "-c", script), tmp_path)
    process.kill()
    process.wait()
    # The shell makes the file before it writes to it.
    until(lambda: (tmp_path / "log").exists() and (tmp_path / "log").read_text(), "the hang-up")
    try:
        assert is_alive(agent) and (tmp_path / "log").read_text() == "HUP\n"
    finally:
        os.kill(agent, signal.SIGKILL)


@pytest.mark.parametrize("ignored", ["HUP", "HUP TERM"])
def test_an_agent_that_ignores_the_hang_up_is_ended_before_the_next_one_starts(direct, tmp_path, ignored):
    script = f"trap '' {ignored}; echo $$ > left; exec sleep 1000"
    options = ("--workdir", str(tmp_path), "--stop-timeout", "2")
    process, agent = started(direct("sh", "-c", script, options=options), tmp_path)
    runs = Path(os.environ["XDG_STATE_HOME"])
    until(lambda: any(json.loads(file.read_text())["child"] for file in runs.rglob("run.json")), "the agent in run.json")
    process.kill()
    process.wait()
    assert is_alive(agent)
    result = subprocess.run(
        direct("true", options=options, quiet=False), stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG
    )
    assert result.returncode == 0 and f"(pid {agent})".encode() in result.stderr
    assert not is_alive(agent)


def test_an_agent_that_ignores_the_hang_up_gets_term_before_kill(direct, tmp_path):
    script = "trap '' HUP; trap 'echo TERM > log; exit' TERM; echo $$ > left; while :; do sleep 0.05; done"
    options = ("--workdir", str(tmp_path), "--stop-timeout", "600")
    process, agent = started(direct("sh", "-c", script, options=options), tmp_path)
    runs = Path(os.environ["XDG_STATE_HOME"])
    until(lambda: any(json.loads(file.read_text())["child"] for file in runs.rglob("run.json")), "the agent in run.json")
    process.kill()
    process.wait()
    result = subprocess.run(direct("true", options=options), stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG)
    assert result.returncode == 0 and not is_alive(agent)
    assert (tmp_path / "log").read_text() == "TERM\n"


# Stopped, and no shell with job control above

def state(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def test_an_agent_that_stops_itself_without_a_terminal_goes_on(direct):
    result = subprocess.run(
        direct("sh", "-c", "kill -STOP $$; exit 5"), stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG
    )
    assert result.returncode == 5


def test_a_stopped_agent_behind_a_wrapper_takes_its_term(direct, tmp_path):
    """Nothing tells that it has stopped: its parent is the wrapper."""
    wrapper = ("--wrapper", "sh", "--wrapper", "-c", "--wrapper", '"$@"; exit $?', "--wrapper", "wrapper")
    script = "echo $$ > left; kill -STOP $$; sleep 1000"
    process, agent = started(direct("sh", "-c", script, options=("--stop-timeout", "600", *wrapper)), tmp_path)
    until(lambda: state(agent) == "T", "the stop")
    process.terminate()
    process.wait(HANG)
    assert not is_alive(agent)


def test_under_agentapi_a_daemon_that_ignores_signals_is_killed_after_its_agent_exits(under_agentapi, tmp_path):
    agent = (PYTHON, "-c", LEAVES, "daemon stubborn", "itself")
    process = under_agentapi("--stop-timeout", "1", agent=agent, popen={"cwd": tmp_path})
    left = number_in(tmp_path / "left")
    assert process.wait(HANG) == 1
    assert not is_alive(left)


@pytest.mark.parametrize("number", [signal.SIGCONT, signal.SIGTERM])
def test_under_agentapi_a_stopped_agent_goes_on_with_a_cont_to_the_launcher_or_its_stop(agentapi, under_agentapi, number):
    """Nothing tells that agentapi's child has stopped; what is asked of agentlaunch does."""
    process = under_agentapi("--stop-timeout", "30", AGENT_ON_INT="0")
    agent = agentapi.wait_for_agent()["pid"]
    agentapi.wait_for_status("stable")
    os.kill(agent, signal.SIGSTOP)
    until(lambda: state(agent) == "T", "the stop")
    process.send_signal(number)
    if number == signal.SIGCONT:
        until(lambda: state(agent) != "T", "the agent goes on")
        process.terminate()
    assert process.wait(HANG) == 0
    assert [line["signal"] for line in agentapi.agent_events("signal")][-1:] == ["INT"], "it was killed, not stopped"
