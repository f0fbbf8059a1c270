"""`--restart on-failure` of a program on a terminal of its own: what is a failure, the pause, and the way out of it."""

import json
import os
import signal
import subprocess
import termios
from pathlib import Path

import pytest

from processes import is_alive
from terminal import run
from waiting import HANG, until

ON = ("--restart", "on-failure")
ASKING = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]
IN = "; restarting in"


class Script:
    """A program that notes each of its starts; `lines` follow, with the number of the start in $n."""

    def __init__(self, root, *lines):
        self.starts_file = root / "starts"
        self.path = root / "program"
        self.path.write_text("\n".join([
            "#!/bin/bash",
            f"echo $$ $(date +%s%N) >>{self.starts_file}",
            f"n=$(wc -l <{self.starts_file})",
            *lines, "",
        ]))
        self.path.chmod(0o755)

    @property
    def starts(self):
        """[(pid, seconds)]"""
        lines = self.starts_file.read_text().splitlines() if self.starts_file.exists() else []
        return [(int(line.split()[0]), int(line.split()[1]) / 1e9) for line in lines if len(line.split()) == 2]

    def wait_for(self, count):
        until(lambda: len(self.starts) >= count, f"start {count}")
        return self.starts[count - 1][0]


@pytest.fixture
def script(tmp_path):
    return lambda *lines: Script(tmp_path, *lines)


@pytest.fixture
def launch(direct, tmp_path):
    """A start in the background of the test; what it says goes to `.errors`."""
    made = []

    def start(script, *options):
        errors = tmp_path / "errors"
        with open(errors, "wb") as stderr:
            made.append(subprocess.Popen(direct(str(script.path), options=(*ON, *options), quiet=False), stderr=stderr,
                                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True))
        made[-1].errors = lambda: errors.read_text()
        return made[-1]

    yield start
    for process in made:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def paused(process):
    until(lambda: IN in process.errors(), "the pause")


# What is a failure

def test_nothing_is_restarted_without_the_option(direct, script):
    once = script("exit 3")
    assert run(direct(str(once.path))).returncode == 3
    assert len(once.starts) == 1


@pytest.mark.parametrize("end", ["exit 3", "kill -KILL $$", "kill -SEGV $$"])
def test_a_failure_is_restarted_after_a_second_and_the_last_status_counts(direct, script, end):
    again = script(f"echo start $n; [ $n = 1 ] && {end}", "exit 0")
    result = run(direct(str(again.path), options=ON, quiet=False))
    assert result.returncode == 0 and result.stdout == b"start 1\nstart 2\n"
    (_, first), (_, second) = again.starts
    assert second - first >= 1
    assert result.stderr.decode().count(f"{IN} 1 s") == 1


@pytest.mark.parametrize("end, status", [
    ("exit 0", 0), ("exit 143", 143), ("exit 130", 130), ("kill -TERM $$", -signal.SIGTERM),
    ("kill -INT $$", -signal.SIGINT), ("kill -HUP $$", -signal.SIGHUP),
])
def test_an_end_the_user_asked_the_agent_for_is_not_a_failure(direct, script, end, status):
    once = script(end)
    assert run(direct(str(once.path), options=ON)).returncode == status
    assert len(once.starts) == 1


@pytest.mark.parametrize("number", ASKING)
def test_a_signal_to_agentlaunch_prevents_a_restart_however_the_agent_reacts(launch, script, number):
    stubborn = script("trap 'exit 7' TERM INT HUP QUIT", "echo ready", "while :; do sleep 0.05; done")
    process = launch(stubborn)
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    assert process.wait(HANG) == 7
    assert len(stubborn.starts) == 1 and IN not in process.errors()


def test_an_agent_killed_after_a_term_is_not_restarted(launch, script):
    deaf = script("trap '' TERM", "echo ready", "while :; do sleep 0.05; done")
    process = launch(deaf, "--stop-timeout", "1")
    assert process.stdout.readline() == b"ready\n"
    process.terminate()
    assert process.wait(HANG) == -signal.SIGKILL
    assert len(deaf.starts) == 1


# The pause

@pytest.mark.parametrize("number", ASKING)
def test_a_signal_in_the_pause_ends_the_launcher_by_that_signal(launch, script, number):
    failing = script("exit 3")
    process = launch(failing)
    paused(process)
    process.send_signal(number)
    assert process.wait(HANG) == -number
    assert len(failing.starts) == 1


def test_during_the_pause_the_terminal_is_the_users_and_control_c_ends_it(direct, script, terminals):
    failing = script("stty raw", "printf '\\033[?1049hREADY'", "exit 3")
    outer = terminals()
    before = outer.settings()
    outer.start(direct(str(failing.path), options=ON, quiet=False))
    outer.read_until(IN.encode())
    assert outer.settings() == before and before[3] & termios.ISIG
    # The agent's screen is left before anything is said.
    assert outer.output.index(b"\x1b[?1049l") < outer.output.index(IN.encode())
    outer.type(b"\x03")
    assert outer.end() == -signal.SIGINT
    assert outer.settings() == before
    assert len(failing.starts) == 1


def test_the_next_agent_has_the_terminal_as_the_first_had_it(direct, script, terminals):
    again = script("stty -a >$0.stty.$n; stty size >>$0.stty.$n", "[ $n = 1 ] && exit 3",
                   "printf READY", "read line", "echo got $line", "exit 0")
    outer = terminals(rows=31, columns=97)
    before = outer.settings()
    outer.start(direct(str(again.path), options=ON))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    outer.type(b"hello\r")
    assert outer.end() == 0 and b"got hello" in outer.output
    first, second = (Path(f"{again.path}.stty.{n}").read_text() for n in (1, 2))
    assert first == second and first.endswith("31 97\n")
    assert outer.settings() == before


def test_a_typed_control_c_that_ends_the_agent_prevents_a_restart(direct, script, terminals):
    cooked = script("printf READY", "exec sleep 600")
    outer = terminals()
    outer.start(direct(str(cooked.path), options=ON))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    outer.type(b"\x03")
    assert outer.end() == -signal.SIGINT
    assert len(cooked.starts) == 1


def test_control_z_in_the_pause_stops_the_job(direct, script, terminals):
    failing = script("[ $n = 1 ] && exit 3", "exit 0")
    outer = terminals()
    words = " ".join(direct(str(failing.path), options=ON, quiet=False))
    outer.start(["bash", "-c", f"set -m; {words}; echo STOPPED $?; fg >&2; exit $?"])
    outer.read_until(IN.encode())
    outer.type(b"\x1a")
    outer.read_until(f"STOPPED {128 + signal.SIGTSTP}".encode())
    assert outer.end() == 0
    assert len(failing.starts) == 2


# Leaves a process behind that takes no notice of a hang-up or TERM; `{0}` runs it.
LEAVING = (
    "if [ $n = 1 ]; then {0} bash -c 'trap \"\" TERM HUP; echo $$ >'$0'.left; while :; do sleep 0.1; done' &",
    "  while [ ! -s $0.left ]; do sleep 0.01; done; kill -KILL $$; fi",
    "kill -0 $(cat $0.left) 2>/dev/null && echo alive || echo gone",
)
# What a wrapper starts may be the agent, whatever its session.
WRAPPER = ("--wrapper", "sh", "--wrapper", "-c", "--wrapper", '"$@"; exit $?', "--wrapper", "wrapper")


@pytest.mark.parametrize("by, options, left", [
    ("", (), b"gone"), ("setsid", (), b"alive"), ("", WRAPPER, b"gone"), ("setsid", WRAPPER, b"gone"),
])
def test_only_daemons_of_the_last_agent_survive_into_the_next_run(direct, script, by, options, left):
    leaving = script(*(line.format(by) for line in LEAVING))
    result = run(direct(str(leaving.path), options=(*ON, "--stop-timeout", "1", *options)))
    # A wrapper's shell says that what it ran was killed.
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, left)
    if left == b"alive":
        os.kill(int(Path(f"{leaving.path}.left").read_text()), signal.SIGKILL)


def test_a_stop_in_the_pause_ends_daemons_too(launch, script):
    leaving = script(LEAVING[0].format("setsid"), LEAVING[1])
    process = launch(leaving, "--stop-timeout", "1")
    paused(process)
    process.terminate()
    assert process.wait(HANG) == -signal.SIGTERM
    assert not is_alive(int(Path(f"{leaving.path}.left").read_text())) and len(leaving.starts) == 1


def test_a_signal_while_waiting_for_remaining_processes_ends_everything(launch, script):
    leaving = script(LEAVING[0].format(""), LEAVING[1])
    process = launch(leaving, "--stop-timeout", "600")
    until(lambda: "left behind" in process.errors(), "the wait")
    process.terminate()
    assert process.wait(HANG) == -signal.SIGKILL
    assert len(leaving.starts) == 1 and IN not in process.errors()


def test_every_agent_gets_the_same_signals_and_descriptors(direct, script):
    # Read by the shell itself: while it makes a process for a program its own signals are blocked for a moment.
    own = "while read -r line; do case $line in Sig[BIC]*) echo $line;; esac; done </proc/self/status"
    looking = script(own, "ls /proc/self/fd",
                     "[ $n = 3 ] || exit 3", "ls /proc/$PPID/fd | wc -l >$0.fds")
    result = run(direct(str(looking.path), options=ON), preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    assert result.returncode == 0
    lines = result.stdout.decode().splitlines()
    size = len(lines) // 3
    assert lines[:size] == lines[size:2 * size] == lines[2 * size:]
    # Its own, and those of this start: descriptors of earlier runs are closed.
    assert int(Path(f"{looking.path}.fds").read_text()) < 12


@pytest.mark.timeout(320)
def test_after_five_restarts_it_gives_up_with_the_agents_status_and_output(direct, script):
    """31 seconds, most of them asleep: the only test of the whole way to the limit."""
    failing = script("echo 'cannot find my model'", "exit 9")
    result = run(direct(str(failing.path), options=ON, quiet=True))
    assert result.returncode == 9
    starts = [seconds for _, seconds in failing.starts]
    assert len(starts) == 6
    for pause, (earlier, later) in zip((1, 2, 4, 8, 16), zip(starts, starts[1:])):
        assert later - earlier >= pause
    [line] = result.stderr.decode().splitlines()
    assert line.startswith("agentlaunch: custom: it exited with status 9: ")
    assert "5 times in 10 minutes" in line and line.endswith("last output: cannot find my model")


def test_a_program_that_cannot_be_executed_any_more_ends_it_with_its_own_status(direct, script):
    vanishing = script("rm $0", "exit 3")
    result = run(direct(str(vanishing.path), options=ON, quiet=True))
    assert result.returncode == 127
    assert len(result.stderr.splitlines()) == 1


# In the background

def test_status_shows_the_pause_and_the_restarts(background, script):
    failing = script("[ $n -lt 3 ] && exit 3", "exec sleep 600")
    assert background.start(str(failing.path), options=ON).returncode == 0

    def status():
        [found] = json.loads(background.command("status", "-o", "json").stdout)["conversations"]
        return found

    pausing = until(lambda: (found := status())["phase"] == "restarting" and found["restarts"] == 1 and found, "the pause")
    assert (pausing["state"], pausing["childPid"]) == ("running", None)
    assert "running, restarting" in background.command("status").stdout
    pid = failing.wait_for(3)
    running = until(lambda: (found := status())["restarts"] == 2 and found, "the third start")
    assert (running["state"], running["phase"], running["childPid"]) == ("running", None, pid)
    assert running["pid"] == pausing["pid"]
    assert background.command("stop", "custom").returncode == 0
    assert background.run_file()["end"]["status"] == 128 + signal.SIGTERM
    assert not is_alive(pid) and len(failing.starts) == 3
    assert background.log().count(IN.encode()) == 2


def test_stop_in_the_pause_ends_it(background, script):
    failing = script("exit 3")
    background.start(str(failing.path), options=ON)
    until(lambda: background.run_file()["restartDue"], "the pause")
    assert background.command("stop", "custom").returncode == 0
    assert background.wait_for_end()["status"] == 128 + signal.SIGTERM
    assert background.command("wait", "custom").returncode == 128 + signal.SIGTERM
    assert len(failing.starts) < 3


def test_killed_during_the_pause_it_leaves_nothing_in_the_way(background, script):
    failing = script("[ $n = 2 ] && exec sleep 600", "exit 3")
    background.start(str(failing.path), options=ON)
    run_file = until(lambda: (found := background.run_file())["restartDue"] and found, "the pause")
    os.kill(run_file["launcher"]["pid"], signal.SIGKILL)
    until(lambda: not is_alive(run_file["launcher"]["pid"]), "the end of agentlaunch")
    assert background.command("status").returncode == 3
    assert background.start(str(failing.path), options=ON).returncode == 0
    failing.wait_for(2)
    assert background.run_file()["restarts"] == 0


# The plan

def test_a_dry_run_shows_the_restart_policy(binary, tmp_path):
    words = [binary, "claude", "--dry-run", "--direct", "--workdir", tmp_path]
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    with_it = subprocess.run([*words, *ON], env=environment, capture_output=True, text=True, timeout=HANG)
    without = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=HANG)
    more = set(with_it.stdout.splitlines()) - set(without.stdout.splitlines())
    assert with_it.returncode == 0 and any(line.startswith("on failure") for line in more)
