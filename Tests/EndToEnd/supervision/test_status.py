"""`status`, `wait` and `stop`: by lock, pid and start time, and nobody else is signalled."""

import ctypes
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest


from agentapi import is_up
from background import Background, has_ended, start_ticks
from ports import free_port
from waiting import HANG, until

KEYS = [
    "agent", "session", "workdir", "state", "phase", "transport", "pid", "childPid", "port", "url", "startedAt",
    "restarts", "log", "end",
]


@pytest.fixture
def innocent():
    """A process that nothing here has a right to signal, and whose name is no agentapi's."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def status(background, *words, expected=0, **options):
    result = background.command("status", *words, "-o", "json", **options)
    assert result.returncode == expected, result
    found = json.loads(result.stdout)
    assert list(found) == ["schema", "conversations"]
    assert found["schema"] == "agentlaunch.status/1"
    for conversation in found["conversations"]:
        assert list(conversation) == KEYS
    return found["conversations"]


def forge(background, process, **changes):
    """The run.json of a conversation that does not run, naming a live process as its launcher and as its child."""
    background.start("true")
    background.wait_for_end()
    path = background.conversation() / "run.json"
    run = json.loads(path.read_text())
    named = {"pid": process.pid, "startTicks": str(start_ticks(process.pid))}
    run.update({"launcher": named, "child": named, "end": None, "transport": "agentapi", "port": 3284}, **changes)
    path.write_text(json.dumps(run))
    (background.conversation() / "lock").write_text(f"{process.pid}\n")
    return path


# status


@pytest.mark.parametrize("key, value, shown", [
    ("port", 99_999_999, None), ("port", -1, None), ("port", 0, None), ("port", 65_535, 65_535),
    ("stopTimeoutMilliseconds", 2**63 - 1, None), ("stopTimeoutMilliseconds", -(2**63), None),
])
def test_a_damaged_run_file_does_not_hide_a_run_from_status_and_stop(background, key, value, shown):
    background.start("sleep", "600")
    run = background.run_file()
    (background.conversation() / "run.json").write_text(json.dumps({**run, key: value}))
    [running] = status(background)
    assert (running["pid"], running["port"]) == (run["launcher"]["pid"], shown)
    assert background.command("stop", "custom").returncode == 0
    assert has_ended(run["launcher"]["pid"])


@pytest.mark.parametrize("value", [-1, 256, -(2**31)])
def test_an_end_without_an_exit_status_is_null(background, value):
    background.start("false")
    end = background.wait_for_end()
    run = {**background.run_file(), "end": {**end, "status": value}}
    (background.conversation() / "run.json").write_text(json.dumps(run))
    assert background.command("wait", "custom").returncode == 69


def test_without_any_run_status_prints_an_empty_list_and_exits_3(background):
    assert status(background, expected=3) == []
    text = background.command("status")
    assert text.returncode == 3
    assert text.stdout.split() == ["AGENT", "SESSION", "STATE", "PID", "ADDRESS", "SINCE", "DIRECTORY"]


def test_status_shows_a_run_and_then_its_exit_status(background):
    background.start("sh", "-c", "read line; exit 0", options=["--stop-timeout", "1"])
    [running] = status(background)
    run = background.run_file()
    assert running == {
        "agent": "custom", "session": "default", "workdir": str(background.workdir), "state": "running", "phase": None,
        "transport": "direct", "pid": run["launcher"]["pid"], "childPid": run["child"]["pid"], "port": None,
        "url": None, "startedAt": run["startedAt"], "restarts": 0, "log": run["log"], "end": None,
    }
    line = background.command("status", "custom").stdout.splitlines()[1].split()
    assert line == ["custom", "default", "running", str(running["pid"]), "-", run["startedAt"], str(background.workdir)]
    assert background.command("stop", "custom").returncode == 0
    [ended] = status(background, expected=3)
    assert (ended["state"], ended["pid"], ended["childPid"]) == ("ended", None, None)
    assert ended["end"] == background.run_file()["end"]
    assert ended["end"]["status"] == 128 + signal.SIGTERM


def test_selectors_by_word_option_and_variable(background, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    background.start("sleep", "600")
    background.start("sleep", "600", options=["--session", "b"])
    elsewhere = Background(background.binary, other, background.state)
    elsewhere.start("sleep", "600")

    def sessions(*words, **more):
        environment = os.environ | more
        return [(c["workdir"], c["session"]) for c in status(background, *words, env=environment)]

    here, there = str(background.workdir), str(other)
    assert sorted(sessions()) == sorted([(here, "b"), (here, "default"), (there, "default")])
    assert sessions("custom", "--session", "b") == [(here, "b")]
    assert sessions("--workdir", there) == [(there, "default")]
    assert sessions(AGENTLAUNCH_WORKDIR=there) == [(there, "default")]
    assert sessions(AGENTLAUNCH_SESSION="b") == [(here, "b")]
    assert status(background, "goose", expected=3) == []
    (tmp_path / "link").symlink_to(other)
    assert sessions("--workdir", str(tmp_path / "link")) == [(there, "default")]
    # Of one that ended and one that runs, the one that runs counts.
    assert background.command("stop", "custom", "--session", "b").returncode == 0
    assert background.command("status").returncode == 0
    assert background.command("status", "--session", "b").returncode == 3


def test_a_missing_or_outdated_run_json_does_not_hide_a_run(background):
    background.start("sleep", "600")
    path = background.conversation() / "run.json"
    run = json.loads(path.read_text())
    path.unlink()
    [found] = status(background)
    assert (found["state"], found["pid"], found["session"]) == ("running", run["launcher"]["pid"], "default")
    run["launcher"]["startTicks"] = "1"
    path.write_text(json.dumps(run))
    [found] = status(background)
    assert (found["state"], found["pid"]) == ("running", run["launcher"]["pid"])
    # What an older start wrote of itself is not said of this one.
    assert (found["childPid"], found["log"]) == (None, None)
    path.write_text("{")
    assert background.command("status", "custom", "--workdir", str(background.workdir)).returncode == 0
    assert background.command("stop", "custom").returncode == 0
    assert has_ended(run["launcher"]["pid"])


def test_agentapi_has_an_address_and_without_its_launcher_it_is_ending(background, agentapi):
    background.start(
        agentapi.agent, options=["--port", str(agentapi.port), "--stop-timeout", "1"], transport="--agentapi",
        env=agentapi.environment(DOUBLE_IGNORE_TERM="1"),
    )
    agentapi.wait_until_up()
    [running] = status(background)
    assert running["url"] == f"http://localhost:{agentapi.port}"
    os.kill(running["pid"], signal.SIGKILL)
    until(lambda: has_ended(running["pid"]), "the launcher's end")
    [ending] = status(background, expected=3)
    assert (ending["state"], ending["pid"]) == ("ending", running["childPid"])
    stopped = background.command("stop", "custom")
    assert stopped.returncode == 0, stopped
    assert has_ended(running["childPid"])
    [ended] = status(background, expected=3)
    assert (ended["state"], ended["end"]) == ("ended", None)


# stop


def test_stop_ends_the_agent_and_leaves_the_other_conversation(background):
    background.start("sleep", "600")
    background.start("sleep", "600", options=["--session", "b"])
    first, second = background.run_file(), background.run_file("b")
    stopped = background.command("stop", "custom")
    assert stopped.returncode == 0
    assert stopped.stderr == f"agentlaunch: custom in {background.workdir}: conversation default stopped\n"
    assert has_ended(first["launcher"]["pid"]) and has_ended(first["child"]["pid"])
    assert not has_ended(second["launcher"]["pid"]) and not has_ended(second["child"]["pid"])
    again = background.command("stop", "custom")
    assert (again.returncode, len(again.stderr.splitlines())) == (0, 1)
    assert "--session b" in again.stderr


def test_of_two_chats_on_two_ports_only_the_selected_one_ends(background, agentapi):
    ports = {"default": agentapi.port, "b": free_port()}
    for name, port in ports.items():
        result = background.start(
            agentapi.agent, options=["--wait-ready", "50", "--session", name, "--port", str(port)], transport=None,
            env=agentapi.environment(),
        )
        assert result.returncode == 0, result
    found = {c["session"]: (c["port"], c["phase"]) for c in status(background)}
    assert found == {name: (port, "ready") for name, port in ports.items()}
    assert background.command("stop", "custom", "--session", "b").returncode == 0
    assert not is_up(ports["b"])
    assert is_up(ports["default"])
    assert {c["session"]: c["state"] for c in status(background)} == {"default": "running", "b": "ended"}


def test_stop_names_the_directory_where_the_agent_runs(background, tmp_path):
    background.start("sleep", "600")
    result = background.command("stop", "custom", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stderr.strip().endswith(f"one of this agent's runs with --workdir {background.workdir}")
    assert not has_ended(background.run_file()["launcher"]["pid"])


def test_stop_all_signals_all_launchers_at_once(background):
    # Each waits for the other's end: stopped one after the other, the first would never end by itself.
    both = [background.workdir / name for name in ("a", "b")]
    for own, other in (both, both[::-1]):
        background.start(
            "sh", "-c",
            f"trap 'touch {own}; until [ -e {other} ]; do sleep 0.05; done; exit 9' TERM; while :; do sleep 0.05; done",
            options=["--session", own.name, "--stop-timeout", "50"],
        )
        until(lambda: background.run_file(own.name)["child"], "the child")
    result = background.command("stop", "--all")
    assert result.returncode == 0, result
    assert {background.run_file(path.name)["end"]["status"] for path in both} <= {9, 128 + signal.SIGTERM}
    assert status(background, expected=3) != []
    assert background.command("stop", "--all").stderr == "agentlaunch: nothing is running\n"


def test_stop_continues_a_launcher_that_is_stopped(background):
    background.start("sleep", "600")
    run = background.run_file()
    os.kill(run["launcher"]["pid"], signal.SIGSTOP)
    assert background.command("stop", "custom").returncode == 0
    assert has_ended(run["launcher"]["pid"]) and has_ended(run["child"]["pid"])


def test_an_agent_that_ignores_a_stop_is_killed_by_its_launcher(background):
    background.start("sh", "-c", "trap '' TERM; echo deaf; sleep 600", options=["--stop-timeout", "1"])
    until(lambda: b"deaf" in background.log(), "the agent's trap")
    assert background.command("stop", "custom").returncode == 0
    assert background.run_file()["end"]["status"] == 128 + signal.SIGKILL


def hold(pid):
    """As its tracer: from now on it acts on no signal but KILL."""
    seize, interrupt = 0x4206, 0x4207
    libc = ctypes.CDLL(None, use_errno=True)
    for request in (seize, interrupt):
        if libc.ptrace(request, pid, None, None) != 0:
            pytest.skip(f"a process may not be traced here: {os.strerror(ctypes.get_errno())}")
    os.waitpid(pid, 0x40000000)


@pytest.mark.timeout(80)
def test_a_launcher_that_does_not_end_is_killed_and_its_agent_with_it(background):
    background.start("sh", "-c", "trap '' TERM HUP; echo deaf; sleep 600", options=["--stop-timeout", "1"])
    until(lambda: b"deaf" in background.log(), "the agent's trap")
    run = background.run_file()
    hold(run["launcher"]["pid"])
    stopped = background.command("stop", "custom")
    assert stopped.returncode == 0, stopped
    assert stopped.stderr.splitlines()[-1].endswith("conversation default stopped, killed")
    assert has_ended(run["launcher"]["pid"]) and has_ended(run["child"]["pid"])
    os.waitpid(run["launcher"]["pid"], 0)
    assert background.run_file()["end"] is None


def test_a_process_named_only_in_run_json_is_never_signalled(background, innocent):
    forge(background, innocent)
    [found] = status(background, expected=3)
    assert (found["state"], found["pid"]) == ("ended", None)
    for words in (["stop", "custom"], ["stop", "--all"]):
        assert background.command(*words).returncode == 0
    assert background.command("wait", "custom").returncode == 69
    assert innocent.poll() is None


def test_a_recycled_agentapi_pid_is_never_signalled(background, agentapi, innocent):
    # A live agentapi, but not the one that was started then: its start time differs.
    other = agentapi.serve()
    agentapi.wait_until_up()
    path = forge(background, other)
    run = json.loads(path.read_text())
    run["child"]["startTicks"] = str(int(run["child"]["startTicks"]) - 1)
    path.write_text(json.dumps(run))
    assert status(background, expected=3)[0]["state"] == "ended"
    assert background.command("stop", "custom").returncode == 0
    assert other.poll() is None
    assert agentapi.signals() == []


def test_another_users_launcher_is_one_line_and_69(background, tmp_path, other_user):
    background.start("sleep", "600")
    for folder in (background.state, *background.state.rglob("*"), background.workdir):
        folder.chmod(0o777 if folder.is_dir() else 0o666)
    for folder in [tmp_path, *tmp_path.parents][:-1]:
        folder.chmod(folder.stat().st_mode | 0o055)
    for folder in [background.state, *background.state.parents][:-1]:
        folder.chmod(folder.stat().st_mode | 0o055)
    run = background.run_file()
    assert subprocess.run([*other_user.words, "kill", str(run["launcher"]["pid"])], capture_output=True).returncode != 0
    result = subprocess.run(
        [*other_user.words, other_user.binary, "stop", "custom", "--workdir", background.workdir], capture_output=True, text=True,
        timeout=HANG, cwd="/", env=os.environ | {"HOME": "/"},
    )
    assert result.returncode == 69, result
    assert len(result.stderr.splitlines()) == 1
    assert f"cannot signal process {run['launcher']['pid']}: " in result.stderr
    assert not has_ended(run["launcher"]["pid"])


# wait


def test_wait_ends_with_the_launchers_status_and_after_that_with_the_last_one(background, binary, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    background.start("sh", "-c", f"cat {gate}; exit 7")
    waiting = subprocess.Popen([binary, "wait", "custom"], cwd=background.workdir, stderr=subprocess.PIPE)
    until(lambda: os.path.exists(f"/proc/{waiting.pid}/fd") and "pidfd" in descriptors(waiting.pid), "the wait")
    gate.write_text("")
    _, said = waiting.communicate(timeout=HANG)
    assert (waiting.returncode, said) == (7, b"")
    again = background.command("wait", "custom")
    assert again.returncode == 7
    assert len(again.stderr.splitlines()) == 1 and "status 7" in again.stderr


def descriptors(pid):
    names = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            names.append(os.readlink(entry))
        except OSError:
            pass
    return " ".join(names)


def test_wait_for_what_never_ran_is_3_and_for_a_killed_launcher_69(background, binary):
    never = background.command("wait", "custom")
    assert (never.returncode, len(never.stderr.splitlines())) == (3, 1)
    background.start("sleep", "600")
    pid = background.run_file()["launcher"]["pid"]
    waiting = subprocess.Popen([binary, "wait", "custom"], cwd=background.workdir, stderr=subprocess.PIPE)
    until(lambda: "pidfd" in descriptors(waiting.pid), "the wait")
    os.kill(pid, signal.SIGKILL)
    _, said = waiting.communicate(timeout=HANG)
    assert waiting.returncode == 69
    assert b"it was killed" in said


def test_every_start_records_its_end_even_in_the_foreground(background):
    background.foreground("sh", "-c", "exit 5")
    assert background.command("wait", "custom").returncode == 5
    background.foreground("/no/such/program")
    assert background.command("wait", "custom").returncode == 127
