"""Starts in the background: nothing of the caller's is held, and what they say and end with reaches it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest


from background import has_ended
from ports import free_port
from waiting import HANG, until


def shell(*lines):
    return ["sh", "-c", "\n".join(lines)]


def test_a_caller_with_pipes_gets_end_of_file_and_one_line_with_pid_and_log(background):
    # An end of file on both pipes is what run() waits for: it comes while the agent still runs.
    result = background.start(*shell("echo from the child; sleep 600"))
    assert result.returncode == 0, result
    assert result.stdout == ""
    run = background.run_file()
    lines = result.stderr.splitlines()
    assert lines[0] == "agentlaunch: custom: cold, no prompt, direct"
    assert lines[1:] == [f"agentlaunch: custom: running in the background, pid {run['launcher']['pid']}, log {run['log']}"]
    until(lambda: b"from the child" in background.log(), "the child's line in the log")


def test_the_line_as_json_has_the_pid_and_the_log(background):
    result = background.start("sleep", "600", options=["--log-format", "json"])
    line = json.loads(result.stderr.splitlines()[-1])
    run = background.run_file()
    assert (line["agent"], line["pid"], line["url"], line["log"]) == ("custom", run["launcher"]["pid"], None, run["log"])


def test_only_its_own_descriptors_are_open_in_the_background(background, tmp_path):
    held = [os.open(tmp_path, os.O_RDONLY) for _ in range(3)]
    reader, writer = os.pipe()
    high = os.dup2(writer, 900)
    try:
        background.start("sleep", "600", pass_fds=[*held, writer, high])
    finally:
        for number in (*held, writer, high):
            os.close(number)
    # Nobody has the writing end any more.
    assert os.read(reader, 1) == b""
    os.close(reader)
    run = background.run_file()
    conversation = str(background.conversation())
    for pid in (run["launcher"]["pid"], run["child"]["pid"]):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(entry)
            except FileNotFoundError:
                continue  # closed since
            assert target.startswith(("/dev/null", "/dev/ptmx", "/dev/pts/", "anon_inode:", conversation)), target


def test_it_has_a_session_of_its_own_and_default_signals(background):
    def ignore():
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])

    background.start("sleep", "600", preexec_fn=ignore)
    run = background.run_file()
    for pid in (run["launcher"]["pid"], run["child"]["pid"]):
        assert os.getsid(pid) == pid
        fields = dict(re.findall(r"^(Sig\w+):\t(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.M))
        stop = sum(1 << (number - 1) for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM))
        assert int(fields["SigIgn"], 16) & stop == 0
    assert int(fields["SigBlk"], 16) == 0
    assert background.command("stop", "custom").returncode == 0
    assert has_ended(run["launcher"]["pid"])


def test_the_lock_names_the_background_process_and_a_second_start_is_75_through_the_caller(background):
    background.start("sleep", "600")
    pid = background.run_file()["launcher"]["pid"]
    assert (background.conversation() / "lock").read_text() == f"{pid}\n"
    second = background.start("sleep", "600")
    assert second.returncode == 75
    assert len(second.stderr.splitlines()) == 1
    assert f"pid {pid}" in second.stderr
    assert background.run_file()["launcher"]["pid"] == pid


@pytest.mark.parametrize(
    "words, options, status",
    [
        (["/no/such/program"], [], 127),
        (["/etc/passwd"], [], 126),
        (["true"], ["--log-file", "/proc/nothing/log"], 73),
        (["true"], ["--workdir", "/etc/passwd"], 66),
        (["true"], ["--stop-timeout", "x"], 64),
    ],
)
def test_an_error_is_one_line_of_the_caller_and_its_status(background, words, options, status):
    result = background.start(*words, options=options)
    assert result.returncode == status
    assert [line for line in result.stderr.splitlines() if "cold" not in line][1:] == []
    assert result.stderr.splitlines()[-1].startswith("agentlaunch: ")


def test_a_port_that_is_taken_is_69_through_the_caller(background, agentapi):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", agentapi.port))
        taken.listen()
        result = background.start(
            agentapi.agent, options=["--port", str(agentapi.port)], transport=None, env=agentapi.environment()
        )
    assert result.returncode == 69, result
    assert str(agentapi.port) in result.stderr.splitlines()[-1]
    assert not agentapi.journal("agent-started")


def test_a_caller_without_any_descriptor_can_start_it(background):
    script = 'exec "$@" <&- >&- 2>&-'
    argv = [background.binary, "custom", "--direct", "--detach", "--workdir", str(background.workdir), "--", "sleep", "600"]
    assert subprocess.run(["sh", "-c", script, "sh", *argv], timeout=HANG).returncode == 0
    assert not has_ended(background.run_file()["child"]["pid"])


def test_with_a_state_folder_that_is_not_writable_it_still_starts_is_found_and_stopped(background, tmp_path):
    folder = background.state
    if subprocess.run(["mount", "--bind", folder, folder], capture_output=True).returncode:
        pytest.skip("no bind mount can be made here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        with pytest.raises(OSError):
            (folder / "x").write_text("")
        (tmp_path / "runtime").mkdir()
        environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path / "runtime")}
        nowhere = background.start("sleep", "600", env=environment)
        assert nowhere.returncode == 73 and "--log-file" in nowhere.stderr
        log = tmp_path / "log"
        result = background.start("sleep", "600", options=["--log-file", log], env=environment)
        assert result.returncode == 0, result
        assert "[run-not-written]" in result.stderr
        found = json.loads(background.command("status", "custom", "-o", "json", env=environment).stdout)
        [conversation] = found["conversations"]
        assert (conversation["state"], conversation["workdir"]) == ("running", str(background.workdir))
        assert background.command("stop", "custom", env=environment).returncode == 0
        assert has_ended(conversation["pid"])
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_caller_that_ignores_its_children_gets_the_status_too(background):
    result = background.start(
        "/no/such/program", preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN), restore_signals=False
    )
    assert result.returncode == 127


def test_the_agents_own_failure_is_no_failure_of_the_start(background):
    assert background.start(*shell("exit 7")).returncode == 0
    assert background.wait_for_end()["status"] == 7


def test_a_caller_that_is_killed_changes_nothing(background, agentapi, tmp_path):
    # Asked for its release, the agent takes its time: the background process is there, and has started nothing yet.
    agent = tmp_path / "bin" / "codex"
    agent.parent.mkdir()
    os.mkfifo(tmp_path / "gate")
    agent.write_text(
        f"#!/bin/sh\nif [ $1 = --version ]; then echo $PPID >{tmp_path}/asked; cat {tmp_path}/gate; "
        f"echo codex-cli 0.163.0; exit; fi\nexec {agentapi.agent}\n"
    )
    agent.chmod(0o755)
    environment = agentapi.environment(HOME=tmp_path) | {"PATH": f"{agent.parent}:{agentapi.bin}:{os.environ['PATH']}"}
    caller = subprocess.Popen(
        [background.binary, "codex", "--detach", "--port", str(agentapi.port), "--workdir", background.workdir],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    asked = tmp_path / "asked"
    until(lambda: asked.exists() and asked.read_text().endswith("\n"), "the question for the release")
    pid = int(asked.read_text())
    assert pid != caller.pid
    caller.kill()
    caller.communicate(timeout=HANG)
    gate = os.open(tmp_path / "gate", os.O_RDWR)
    os.write(gate, b"\n")
    os.close(gate)
    agentapi.wait_until_up()
    # agentapi may be up before its launcher has written down that it started it.
    run = until(lambda: (run := background.run_file(agent="codex"))["child"] and run, "the child in run.json")
    assert run["launcher"]["pid"] == pid
    assert not has_ended(pid) and not has_ended(run["child"]["pid"])


def test_prompts_on_standard_input_and_in_the_callers_descriptors_are_read_before(background, agentapi):
    first = background.start(
        agentapi.agent, options=["--port", str(agentapi.port), "--prompt-file", "-"], transport="--agentapi",
        stdin=b"what is on standard input", env=agentapi.environment(),
    )
    assert first.returncode == 0, first
    assert ", prompt given, " in first.stderr
    reader, writer = os.pipe()
    os.write(writer, b"what is in a pipe")
    os.close(writer)
    second = background.start(
        agentapi.agent,
        options=["--session", "b", "--port", str(free_port()), "--prompt-file", f"/dev/fd/{reader}"],
        transport="--agentapi", pass_fds=[reader], env=agentapi.environment(),
    )
    os.close(reader)
    assert second.returncode == 0, second
    assert ", prompt given, " in second.stderr


def test_under_agentapi_the_line_has_its_address_and_the_log_all_of_its_output(background, agentapi):
    result = background.start(
        agentapi.agent, options=["--port", str(agentapi.port)], transport="--agentapi", env=agentapi.environment()
    )
    assert result.returncode == 0, result
    assert f"http://localhost:{agentapi.port}, log " in result.stderr
    agentapi.wait_until_up()
    run = background.run_file()
    assert (run["transport"], run["port"]) == ("agentapi", agentapi.port)
    assert Path(f"/proc/{run['child']['pid']}/comm").read_text() == "agentapi\n"
    assert int(Path(run["pidFile"]).read_text()) == run["child"]["pid"]
    until(lambda: b"Starting server on port" in background.log(), "agentapi's line in the log")
    assert background.command("stop", "custom").returncode == 0
    assert agentapi.signals() == ["TERM"]
    assert background.run_file()["end"]["status"] == 0
    assert b"Received shutdown signal" in background.log()


def test_without_a_terminal_agentapi_is_what_the_background_means(background, agentapi):
    background.start(agentapi.agent, options=["--port", str(agentapi.port)], transport=None, env=agentapi.environment())
    assert background.run_file()["transport"] == "agentapi"


# The log


def test_the_log_is_its_owners_only_and_earlier_starts_stay(background):
    background.start(*shell("echo first; exit 3"), preexec_fn=lambda: os.umask(0))
    background.wait_for_end()
    background.start(*shell("echo second; exit 4"))
    end = background.wait_for_end(4)
    assert end["status"] == 4
    text = background.log().decode()
    assert (Path(background.run_file()["log"]).stat().st_mode & 0o7777) == 0o600
    separators = re.findall(r"^agentlaunch: \S+Z start of custom in .*, conversation default, pid \d+$", text, re.M)
    assert len(separators) == 2
    assert re.search(r"start of .*\nfirst\r?\n.*end of .*status 3\n.*start of .*\nsecond\r?\n.*status 4\n", text)


def test_no_prompt_and_no_variable_is_in_our_lines_of_the_log(background):
    background.start(*shell(":"), options=["--env", "TOKEN=s3cret-value"])
    background.wait_for_end()
    assert b"s3cret" not in background.log()


def test_a_log_file_without_detach_is_a_copy_of_standard_output(background, tmp_path):
    log = tmp_path / "made" / "here" / "log"
    result = background.foreground(*shell("printf 'a\\0b\\377c\\n'; exit 5"), options=["--log-file", log])
    assert result.returncode == 5
    assert result.stdout == b"a\0b\xffc\n"
    assert b"\n" + result.stdout in log.read_bytes()
    assert (log.stat().st_mode & 0o7777, log.parent.stat().st_mode & 0o7777) == (0o600, 0o700)


def test_a_link_in_place_of_the_log_is_73_and_its_target_is_left_alone(background, tmp_path):
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / "log").symlink_to(target)
    result = background.start("true", options=["--log-file", tmp_path / "log"])
    assert result.returncode == 73
    assert "symbolic link" in result.stderr
    assert target.read_text() == "mine"


def test_a_log_over_its_limit_is_rotated_without_loss(background, tmp_path):
    megabytes = 23
    log = tmp_path / "log"
    background.start(
        *shell(f"yes 0123456789abcdef | head -c {megabytes << 20}"), options=["--log-file", log]
    )
    background.wait_for_end()
    parts = [tmp_path / "log.2", tmp_path / "log.1", log]
    assert not (tmp_path / "log.3").exists()
    for part in parts:
        assert part.stat().st_mode & 0o7777 == 0o600
        assert part.stat().st_size <= 10 << 20
    content = b"".join(part.read_bytes() for part in parts)
    body = b"".join(line for line in content.splitlines(keepends=True) if not line.startswith(b"agentlaunch: "))
    assert body == (b"0123456789abcdef\n" * ((megabytes << 20) // 17 + 1))[: megabytes << 20].rstrip(b"\n") + (
        b"" if (megabytes << 20) % 17 == 0 else b"\n"
    )


def test_a_full_disk_does_not_stop_the_agent(background, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode:
        pytest.skip("a file system of 64 KiB cannot be mounted here")
    try:
        (disk / "work").mkdir()
        background.start(
            *shell(f"head -c 1000000 /dev/zero; touch {disk}/../done; exit 6"),
            options=["--log-file", disk / "log"],
        )
        assert background.wait_for_end()["status"] == 6
        assert (tmp_path / "done").exists()
        assert (disk / "log").stat().st_size <= 64 << 10
    finally:
        subprocess.run(["umount", disk], check=True)


# logs


def test_logs_prints_all_parts_in_order_and_the_last_lines(background, tmp_path):
    background.start(*shell("seq 5"))
    background.wait_for_end()
    log = Path(background.run_file()["log"])
    Path(f"{log}.2").write_bytes(b"older\0\n")
    Path(f"{log}.1").write_bytes(b"old, with")
    whole = b"older\0\nold, with" + log.read_bytes()
    assert background.command("logs", "custom", text=False).stdout == whole
    tail = background.command("logs", "custom", "--tail", "2", text=False).stdout
    assert whole.endswith(tail) and tail.count(b"\n") == 2
    assert background.command("logs", "custom", "--tail=0").stdout == ""


def test_logs_without_a_log_is_66_and_says_how_to_keep_one(background):
    never = background.command("logs", "custom")
    assert (never.returncode, len(never.stderr.splitlines())) == (66, 1)
    background.foreground("true")
    kept = background.command("logs", "custom")
    assert kept.returncode == 66
    assert "--log-file" in kept.stderr


def test_logs_follows_over_rotations_and_ends_with_the_launcher(background, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    lines = (24 << 20) // 17
    background.start(*shell(f"echo begin; cat {gate}; yes 0123456789abcdef | head -n {lines}; echo over"))
    following = background.popen_command("logs", "custom", "-f")
    chunks = []
    reader = threading.Thread(target=lambda: chunks.extend(iter(lambda: following.stdout.read(1 << 20), b"")))
    reader.start()
    gate.write_text("")
    following.wait(HANG)
    reader.join(HANG)
    following.stdout.close()
    content = b"".join(chunks).replace(b"\r\n", b"\n")
    assert following.returncode == 0
    assert content.count(b"\n0123456789abcdef") == lines
    assert content.index(b"begin") < content.index(b"0123456789abcdef") < content.index(b"over\n")
    assert content.splitlines()[-1].endswith(b"status 0")


def test_logs_goes_on_after_a_truncation(background, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    background.start(*shell(f"echo before; cat {gate}; echo after"))
    log = Path(background.run_file()["log"])
    following = background.popen_command("logs", "custom", "-f")
    until(lambda: b"before" in log.read_bytes(), "the first line")
    seen = b""
    while b"before" not in seen:
        seen += os.read(following.stdout.fileno(), 4096)
    os.truncate(log, 0)
    gate.write_text("x")
    rest, _ = following.communicate(timeout=HANG)
    assert b"after" in rest
    assert following.returncode == 0


def test_logs_ends_quietly_when_nobody_reads_or_at_an_interrupt(background):
    background.start(*shell("echo line; sleep 600"))
    for end in (lambda process: process.stdout.close(), lambda process: process.send_signal(signal.SIGINT)):
        following = background.popen_command("logs", "custom", "-f")
        until(lambda: b"line" in background.log(), "the line")
        following.stdout.read(1)
        end(following)
        assert following.wait(HANG) in (0, -signal.SIGINT)
        assert following.stderr.read() == b""
        following.stdout.close()
        following.stderr.close()


def test_a_launcher_killed_before_it_started_anything_is_not_reported_as_a_bug(background, tmp_path):
    """It waits for the answer of an agentapi that is asked for its version."""
    (tmp_path / "bin").mkdir()
    agentapi = tmp_path / "bin/agentapi"
    agentapi.write_text('#!/bin/sh\necho "$PPID $$" >"$0.asked.new"\nmv "$0.asked.new" "$0.asked"\nexec sleep 600\n')
    agentapi.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    for number in (signal.SIGTERM, signal.SIGKILL):
        options = ["--port", str(free_port())]
        process = background.popen("sleep", "600", transport="--agentapi", options=options, env=environment)
        asked = tmp_path / "bin/agentapi.asked"
        launcher, question = map(int, until(lambda: asked.exists() and asked.read_text(), "the question").split())
        os.kill(launcher, number)
        asked.unlink()
        errors = process.communicate(timeout=HANG)[1].decode()
        # The real one would have answered and ended.
        os.kill(question, signal.SIGKILL)
        assert process.returncode == 69, errors
        assert errors.splitlines()[-1] == (
            f"agentlaunch: background process: it was killed by signal {int(number)} before starting anything; start it again"
        )


def test_a_launcher_is_stopped_though_its_lock_has_yet_to_get_its_pid(background):
    background.start("true")
    background.wait_for_end()
    holder = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, sys, time\nlock = open(sys.argv[1], 'w')\nfcntl.flock(lock, fcntl.LOCK_EX)\n"
         "print('held', flush=True)\ntime.sleep(600)", background.conversation() / "lock"], stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        stop = background.popen_command("stop", "custom")
        # It looks meanwhile; a stop that comes later finds the pid.
        time.sleep(0.3)
        (background.conversation() / "lock").write_text(f"{holder.pid}\n")
        errors = stop.communicate(timeout=HANG)[1].decode()
        assert stop.returncode == 0, errors
        assert holder.wait(HANG) == -signal.SIGTERM
    finally:
        holder.kill()
        holder.wait()
