"""As process 1 of a container, which is also the parent of whatever in there has lost its own."""

import os
import re
import signal
import subprocess
import sys

import pytest

from terminal import run
from waiting import HANG, until

APART = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]


@pytest.fixture(autouse=True)
def container():
    if run([*APART, "true"]).returncode != 0:
        pytest.skip("unshare may not make a PID namespace here")


class Container:
    """agentlaunch as its process 1; `enter` is what `docker exec` does."""

    def __init__(self, process):
        self.process = process
        [self.first] = until(lambda: self.children(self.process.pid), "process 1")

    @staticmethod
    def children(pid):
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]

    def enter(self, *argv):
        return run(["nsenter", "--target", str(self.first), "--pid", "--mount", *argv])

    def orphan(self, number):
        """Somebody else's process there that has lost its parent."""
        self.enter("sh", "-c", f"setsid sleep {number} >/dev/null 2>&1 &")
        until(lambda: self.has_orphan(number), "the orphan")

    def has_orphan(self, number):
        return self.enter("pgrep", "-P", "1", "-f", f"^sleep {number}$").returncode == 0


@pytest.fixture
def containers(tmp_path):
    made = []

    def make(argv):
        with open(tmp_path / "errors", "wb") as errors:
            made.append(Container(subprocess.Popen([*APART, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                                   stderr=errors)))
        return made[-1]

    yield make
    for one in made:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        one.process.stdout.close()


def test_in_the_pause_between_two_runs_other_programs_processes_are_left_alone(containers, direct, tmp_path):
    # With a wrapper all that the last run has left is ended.
    options = ("--restart", "on-failure", "--wrapper", "env")
    script = (f"echo >>{tmp_path}/starts; [ $(wc -l <{tmp_path}/starts) = 1 ] || exec sleep 600; "
              f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; exit 3")
    container = containers(direct("sh", "-c", script, options=options))
    until((tmp_path / "starts").exists, "the first run")
    container.orphan(4711)
    (tmp_path / "go").touch()
    until(lambda: (tmp_path / "starts").read_text() == "\n\n", "the second run")
    assert container.has_orphan(4711)


def test_a_stop_does_not_wait_for_other_programs_processes(containers, direct, tmp_path):
    script = f"trap 'exit 7' TERM; echo >{tmp_path}/runs; while :; do sleep 0.05; done"
    container = containers(direct("sh", "-c", script, options=("--stop-timeout", "600")))
    until((tmp_path / "runs").exists, "the agent")
    container.enter("sh", "-c", "trap '' TERM HUP; setsid sleep 4712 >/dev/null 2>&1 &")
    until(lambda: container.has_orphan(4712), "the orphan")
    os.kill(container.first, signal.SIGTERM)
    assert container.process.wait(HANG) == 7


def test_the_end_of_agentapi_does_not_wait_for_other_programs_processes(agentapi, under_agentapi):
    container = Container(under_agentapi("--stop-timeout", "600", under=APART, AGENT_ON_INT="0"))
    agentapi.wait_for_agent()
    agentapi.wait_for_status("stable")
    container.enter("sh", "-c", "trap '' TERM HUP; setsid sleep 4713 >/dev/null 2>&1 &")
    until(lambda: container.has_orphan(4713), "the orphan")
    os.kill(container.first, signal.SIGTERM)
    assert container.process.wait(HANG) == 0
    assert [line["signal"] for line in agentapi.journal("signal")] == ["TERM"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2])
def test_each_signal_reaches_the_agent_once(containers, direct, number):
    name = number.name[3:]
    script = f"n=0; trap 'n=$((n+1))' {name}; echo ready; while [ $n = 0 ]; do sleep 0.05; done; sleep 0.3; exit 4$n"
    container = containers(direct("bash", "-c", script))
    assert container.process.stdout.readline() == b"ready\n"
    os.kill(container.first, number)
    assert container.process.wait(HANG) == 41


def test_orphaned_processes_are_reaped(containers, direct):
    container = containers(direct("sh", "-c", "echo ready; exec sleep 600"))
    assert container.process.stdout.readline() == b"ready\n"
    container.enter("sh", "-c", "for n in 1 2 3 4 5; do setsid sleep 0.01 >/dev/null 2>&1 & done")
    until(lambda: b"Z" not in container.enter("ps", "-A", "-o", "stat=").stdout, "no zombies")


@pytest.mark.parametrize("end, status", [("exit 42", 42), ("kill -KILL $$", 137), ("kill -TERM $$", 143)])
def test_the_exit_status_is_the_agents(direct, end, status):
    assert run([*APART, *direct("sh", "-c", end)]).returncode == status


IGNORING = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"


@pytest.mark.parametrize("word, status", [("SigIgn", 0), ("nothing", 1)])
def test_where_its_caller_ignores_sigchld_the_agents_status_is_not_lost_and_the_agent_ignores_it_too(direct, word, status):
    result = run([*APART, sys.executable, "-c", IGNORING, *direct("grep", word, "/proc/self/status")])
    assert result.returncode == status
    assert status or int(result.stdout.split()[1], 16) & 1 << signal.SIGCHLD - 1


def test_stop_and_status_from_inside_address_the_launcher(containers, binary, direct, tmp_path):
    container = containers(direct("sh", "-c", "echo ready; exec sleep 600", options=("--workdir", str(tmp_path))))
    assert container.process.stdout.readline() == b"ready\n"
    status = until(lambda: (made := container.enter(binary, "status", "custom")).returncode == 0 and made, "status")
    assert re.search(rb"default +running +[2-9]", status.stdout)
    # It ends with the container that it is in.
    container.enter(binary, "stop", "custom", "--workdir", str(tmp_path))
    assert container.process.wait(HANG) == 128 + signal.SIGTERM


def test_on_a_terminal_a_control_c_reaches_the_agent_once_and_the_terminal_is_put_back(direct, terminals):
    script = "trap 'echo INT' INT; echo READY; while :; do read line && echo got $line; [ \"$line\" = end ] && exit 5; done"
    outer = terminals()
    before = outer.settings()
    outer.start([*APART, *direct("bash", "-c", script)])
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    outer.type(b"one\r")
    outer.read_until(b"got one")
    outer.type(b"\x03")
    outer.read_until(b"INT\r\n")
    outer.type(b"end\r")
    assert outer.end() == 5
    assert outer.output.count(b"INT\r\n") == 1
    assert outer.settings() == before


def test_a_control_c_at_the_terminal_in_the_pause_ends_it(direct, terminals):
    outer = terminals()
    outer.start([*APART, *direct("sh", "-c", "exit 3", options=("--restart", "on-failure"), quiet=False)])
    outer.read_until(b"; restarting in")
    outer.type(b"\x03")
    assert outer.end() == 128 + signal.SIGINT


def test_a_terminal_that_hangs_up_ends_it(direct, terminals, tmp_path):
    outer = terminals()
    script = f"trap 'echo HUP >>{tmp_path}/seen; exit 0' HUP; echo READY; while :; do sleep 0.05; done"
    # Process 1 leads the terminal's session, as a container's does.
    process = outer.start([*APART, "setsid", "--ctty", *direct("bash", "-c", script)])
    outer.read_until(b"READY")
    for descriptor in (outer.master, outer.slave):
        os.close(descriptor)
    until(lambda: process.poll() is not None, "the end")
    assert (tmp_path / "seen").read_text() == "HUP\n"


def test_a_terminal_that_hangs_up_is_a_request_to_stop_agentapi_too(agentapi, under_agentapi, terminals):
    """It reads no terminal: only the signal tells it, and that goes to process 1."""
    outer = terminals()
    process = under_agentapi("--stop-timeout", "600", under=[*APART, "setsid", "--ctty"], terminal=outer, AGENT_ON_INT="0")
    agentapi.wait_for_agent()
    agentapi.wait_for_status("stable")
    for descriptor in (outer.master, outer.slave):
        os.close(descriptor)
    until(lambda: process.poll() is not None, "the end")
    assert [line["signal"] for line in agentapi.journal("signal")] == ["TERM"]
