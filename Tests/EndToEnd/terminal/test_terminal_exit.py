"""Exit status and failures to execute (checklist 1 to 11)."""

import os
import signal
import subprocess
import sys

import pytest

from processes import is_alive
from terminal import run
from waiting import HANG, until

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("code", [0, 1, 42, 127, 255])
def test_the_childs_exit_code_is_ours(direct, code):
    assert run(direct("sh", "-c", f"exit {code}")).returncode == code


@pytest.mark.parametrize("name", ["KILL", "TERM", "SEGV", "INT", "HUP", "ABRT", "PIPE"])
def test_a_signal_that_kills_the_child_kills_us(direct, name, terminals):
    child = direct("sh", "-c", f"kill -{name} $$")
    assert run(child).returncode == -getattr(signal, f"SIG{name}")
    outer = terminals()
    outer.start(child)
    assert outer.end() == -getattr(signal, f"SIG{name}")


def test_no_core_file_of_the_launcher_when_it_dies_of_the_childs_signal(direct, tmp_path):
    import resource

    if not open("/proc/sys/kernel/core_pattern").read().startswith(("core", "|")):
        pytest.skip("core files go to a place of their own here")

    def unlimited():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    # The child itself dumps none, so that each file found would be the launcher's.
    end = subprocess.Popen(
        direct("sh", "-c", "ulimit -c 0; kill -SEGV $$"), cwd=tmp_path, preexec_fn=unlimited
    )
    _, status = os.waitpid(end.pid, 0)
    end.returncode = status
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2"])
def test_childs_own_code_wins_over_a_forwarded_signal(direct, name, tmp_path):
    child = direct("sh", "-c", f"trap 'exit 75' {name}; echo > ready; while :; do sleep 0.05; done")
    process = subprocess.Popen(child, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    until((tmp_path / "ready").exists)
    process.send_signal(getattr(signal, f"SIG{name}"))
    assert process.wait(60) == 75


def test_a_missing_program_is_127_with_its_name(direct, tmp_path):
    for name in ("no-such-program", str(tmp_path / "missing"), str(tmp_path / "missing/below")):
        result = run(direct(name))
        assert result.returncode == 127
        assert name.encode() in result.stderr and result.stdout == b""


def test_program_that_may_not_be_executed_is_126(direct, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("#!/bin/sh\n")
    for name in (plain, tmp_path):
        result = run(direct(str(name)))
        assert result.returncode == 126
        assert str(name).encode() in result.stderr and result.stdout == b""


def test_file_on_path_that_is_not_executable_is_126(direct, tmp_path):
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    result = run(direct("tool"), env={**os.environ, "PATH": str(tmp_path)})
    assert result.returncode == 126 and b"tool" in result.stderr


@pytest.mark.parametrize(
    "content,named",
    [("echo hi\n", b"#!"), ("#!/no/such/interpreter -x\n", b"/no/such/interpreter"), ("", b"#!")],
    ids=["no #! line", "bad interpreter", "empty"],
)
def test_script_without_a_usable_interpreter_is_126_and_says_so(direct, tmp_path, content, named):
    script = tmp_path / "script"
    script.write_text(content)
    script.chmod(0o755)
    result = run(direct(str(script)))
    assert result.returncode == 126
    assert named in result.stderr and str(script).encode() in result.stderr and result.stdout == b""


def test_failed_start_prints_one_line_and_nothing_through_the_terminal(direct, terminals, tmp_path):
    for child in (direct("/no/such"), direct("true", options=("--workdir", str(tmp_path / "gone")))):
        outer, (reading, writing) = terminals(), os.pipe()
        before = outer.settings()
        outer.start(child, stderr=writing)
        os.close(writing)
        assert outer.end() in (127, 66)
        assert outer.output == b""
        assert outer.settings() == before
        with os.fdopen(reading, "rb") as errors:
            text = errors.read()
        assert text.startswith(b"agentlaunch: ") and text.count(b"\n") == 1


def test_failed_start_leaves_no_process(direct):
    # As reaper of what a dead launcher leaves, this process would see it as a child of its own.
    script = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
code = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode
try:
    os.waitpid(-1, os.WNOHANG)
    print(code, "left something")
except ChildProcessError:
    print(code, "nothing")
"""
    for child, code in (("/no/such", 127), ("/", 126)):
        result = run(["python3", "-c", script, *direct(child)])
        assert result.stdout.decode().strip() == f"{code} nothing"


def test_working_directory_that_cannot_be_entered_is_named(direct, tmp_path):
    gone = tmp_path / "gone"
    result = run(direct("true", options=("--attended", "--workdir", str(gone))))
    assert result.returncode == 66 and str(gone).encode() in result.stderr
    file = tmp_path / "file"
    file.touch()
    result = run(direct("true", options=("--workdir", str(file))))
    assert result.returncode == 66 and b"not a directory" in result.stderr


def test_child_runs_in_the_working_directory_and_pwd_agrees(direct, tmp_path):
    result = run(direct("sh", "-c", 'echo "$PWD"; env pwd -P', options=("--workdir", str(tmp_path))))
    assert result.stdout.decode().splitlines() == [str(tmp_path)] * 2


def test_argument_at_the_kernels_limit_arrives_whole(direct):
    # A longer one cannot be given to the launcher either; its own refusal is a unit test.
    result = run(direct("sh", "-c", 'printf %s "$1" | wc -c', "sh", "x" * 131_071))
    assert (result.returncode, result.stdout.strip()) == (0, b"131071")


def test_arguments_arrive_byte_for_byte(direct):
    words = [b"", b"-x", b"--", b"a b", b"\xff\xfe", b"'\"$(id)`", b"line\nbreak", "ü".encode()]
    result = run([w.encode() for w in direct("sh", "-c", 'for w; do printf "%s\\001" "$w"; done', "sh")] + words)
    assert result.stdout == b"".join(w + b"\1" for w in words)


def test_ended_launcher_leaves_no_living_child(direct):
    result = run(direct("sh", "-c", "echo $$"))
    assert not is_alive(int(result.stdout))


def test_as_first_process_the_status_after_a_signal_is_128_plus_its_number(direct):
    apart = ["unshare", "--pid", "--fork", "--mount-proc"]
    if run([*apart, "true"]).returncode != 0:
        pytest.skip("unshare may not make a PID namespace here")
    assert run([*apart, *direct("sh", "-c", "kill -KILL $$")]).returncode == 128 + signal.SIGKILL


def test_a_working_directory_that_is_gone_or_may_not_be_entered_is_66_with_its_name(direct, tmp_path, other_user):
    gone = tmp_path / "gone"
    gone.mkdir()
    result = run(["sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *direct("true")], cwd=gone)
    assert (result.returncode, result.stdout) == (66, b"") and result.stderr.count(b"\n") == 1, result
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert run([*other_user.words, "sh", "-c", f"cd {closed}"]).returncode != 0
    result = run([*other_user.words, other_user.binary, *direct("true", options=("--workdir", str(closed)))[1:]])
    assert result.returncode in (66, 126) and str(closed).encode() in result.stderr and result.stdout == b""


def test_output_still_in_the_kernel_when_an_agent_exits_is_not_lost(direct, tmp_path):
    """The reader's pipe and our queue are full, so the agent's last bytes wait in its terminal."""
    count = 2 * 65_536 + 3_000
    script = f"head -c {count} /dev/zero; echo $$ >{tmp_path}/agent"
    process = subprocess.Popen(direct("sh", "-c", script), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    agent = until(lambda: (tmp_path / "agent").exists() and (tmp_path / "agent").read_text(), "the last write")
    until(lambda: not is_alive(int(agent)), "the agent's end")
    assert len(process.communicate(timeout=HANG)[0]) == count


def test_without_proc_it_starts_nothing_and_says_so(direct):
    """Arguments that cannot be seen are not "no arguments", which is a request for help and status 0."""
    bare = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    if run([*bare, "true"]).returncode != 0:
        pytest.skip("no mount namespace of its own may be made here")
    result = run([*bare, *direct("true")])
    assert result.stdout == b"" and result.stderr.count(b"\n") == 1
    # In a static executable Swift's runtime ends it before its first line.
    if result.returncode != -signal.SIGABRT or result.stderr != b"Unable to obtain Swift runtime path\n":
        assert result.returncode == 69 and result.stderr.startswith(b"agentlaunch: /proc: ")


REUSED = """
import os, signal, subprocess, sys, time
reading, writing = os.pipe()
job = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=writing)
os.close(writing)
children = f'/proc/{job.pid}/task/{job.pid}/children'
while not (agent := open(children).read().split()): time.sleep(0.01)
agent = int(agent[0])
while not os.path.exists('flooded'): time.sleep(0.01)
os.kill(agent, signal.SIGKILL)
while os.path.exists(f'/proc/{agent}'): time.sleep(0.01)
# The agent has been reaped, its output waits for a reader, and its number is given to somebody else.
for _ in range(50):
    open('/proc/sys/kernel/ns_last_pid', 'w').write(str(agent - 1))
    victim = subprocess.Popen(['sleep', '1000'], start_new_session=True)
    if victim.pid == agent: break
    victim.kill(); victim.wait()
else: sys.exit('the number was not to be had')
for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGTERM): job.send_signal(number); time.sleep(0.05)
job.wait()
print('VICTIM', victim.poll())
victim.kill()
"""


def test_no_signal_goes_to_a_process_that_reuses_the_agents_pid(direct, tmp_path):
    apart = ["unshare", "--pid", "--fork", "--mount-proc"]
    if run([*apart, "sh", "-c", "echo 100 >/proc/sys/kernel/ns_last_pid"]).returncode != 0:
        pytest.skip("no PID namespace of its own may be made here")
    flood = "(sleep 0.5; : > flooded) & exec yes"
    result = run([*apart, sys.executable, "-c", REUSED, *direct("sh", "-c", flood)], cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, b"VICTIM None\n"), result
