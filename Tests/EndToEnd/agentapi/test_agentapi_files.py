"""What lies on disk and in /proc around agentapi: the saved chat, the pid file, the port, a predecessor."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from ports import free_port
from processes import is_alive
from waiting import HANG, until


# The saved chat

def test_a_chat_survives_a_restart_and_leaves_no_copy(world):
    world.talk("one")
    assert world.loads() == ["false"]
    world.talk("two")
    assert world.loads() == ["false", "true"]
    assert world.agentapi.wait_for("state-loaded")["messages"] > 0
    assert world.chat() == ["one", "two"]
    assert world.state_files() == ["agentapi-state.json"]


def test_an_agent_that_exits_at_once_does_not_cost_the_chat(world):
    world.talk("one")
    before = (world.folder() / "agentapi-state.json").read_bytes()
    process = world.start(AGENT_DIE="3")
    assert process.wait(HANG) == 1
    assert (world.folder() / "agentapi-state.json").read_bytes() == before
    world.talk("two")
    assert world.chat() == ["one", "two"]


def test_a_stop_before_the_agent_is_ready_does_not_cost_the_chat(world):
    world.talk("one")
    process = world.start(AGENT_NO_BOX="1", AGENT_LOGIN="please log in\n")
    world.agentapi.wait_for("listening", 2)
    until(lambda: "please log in" in str(world.agentapi.messages()), "the agent's screen")
    process.terminate()
    assert process.wait(HANG) == 0
    assert world.agentapi.journal("state-saved")[-1]["messages"] == 1, "the chat was not written over"
    assert world.chat() == ["one"] and world.state_files() == ["agentapi-state.json"]


def test_a_chat_that_was_lost_when_everything_was_killed_is_put_back_by_the_next_start(world):
    world.talk("one")
    process = world.start(AGENT_DIE="3", DOUBLE_PAUSE_BEFORE_HANDLERS="0")
    process.wait(HANG)
    # As if the launcher had been killed before it could put the chat back.
    state, folder = world.folder() / "agentapi-state.json", world.folder()
    token = json.loads((folder / "record.json").read_text())["session"]
    os.replace(state, folder / f"agentapi-state.{token}.json")
    state.write_text('{"version":1,"messages":[{"id":0,"role":"agent","message":"x"}],'
                     '"initial_prompt":"","initial_prompt_sent":false}')
    assert world.dry_run()["environment"]["set"]["AGENTAPI_LOAD_STATE"] == "true"
    world.talk("two")
    assert world.chat() == ["one", "two"]
    assert world.state_files() == ["agentapi-state.json"]


def test_two_conversations_that_share_a_state_file_in_turn_see_each_their_own_chat(world, tmp_path):
    shared = tmp_path / "shared" / "chat.json"
    share = {"AGENTAPI_STATE_FILE": shared}
    world.talk("I am a", "--session", "a", **share)
    world.talk("I am b", "--session", "b", **share)
    assert world.loads() == ["false", "false"] and world.chat(shared) == ["I am b"]
    world.talk("a again", "--session", "a", **share)
    assert world.chat(shared) == ["I am a", "a again"]
    world.talk("b again", "--session", "b", **share)
    assert world.chat(shared) == ["I am b", "b again"]
    assert world.loads() == ["false", "false", "true", "true"]


def test_two_that_run_at_once_do_not_share_a_state_file(world, tmp_path):
    share = {"AGENTAPI_STATE_FILE": tmp_path / "chat.json"}
    first = world.start("--session", "a", **share)
    world.agentapi.wait_for_status("stable")
    status, errors = world.refused("--session", "b", "--port", free_port(), **share)
    assert status == 75 and str(tmp_path / "chat.json") in errors and f"pid {first.pid}" in errors
    assert len(world.servers()) == 1
    assert not (world.folder("b") / "record.json").exists()


def test_a_fresh_conversation_leaves_the_old_chat_for_its_resume(world):
    world.talk("old")
    old = json.loads((world.folder() / "record.json").read_text())["session"]
    world.talk("new", "--fresh")
    assert world.chat() == ["new"]
    world.talk("old again", "--resume", old)
    assert world.chat() == ["old", "old again"]


def test_a_file_that_nobody_claims_is_neither_loaded_nor_lost(world, tmp_path):
    chat = tmp_path / "chat.json"
    chat.write_text('{"version":1,"messages":[{"id":0,"role":"user","message":"whose?"}],'
                    '"initial_prompt":"","initial_prompt_sent":false}')
    world.talk("mine", AGENTAPI_STATE_FILE=chat)
    assert world.loads() == ["false"] and world.chat(chat) == ["mine"]
    assert "[state-unclaimed]" in world.errors()
    assert world.chat(world.folder() / "agentapi-state.unclaimed.json") == ["whose?"]


def test_a_prompt_that_was_saved_unsent_is_not_sent(world):
    world.talk("one")
    state = world.folder() / "agentapi-state.json"
    saved = json.loads(state.read_text())
    assert saved["initial_prompt"] == "" and not saved["initial_prompt_sent"]
    saved["initial_prompt"] = "delete everything"
    state.write_text(json.dumps(saved))
    plan = world.dry_run()
    assert "state-not-loaded" in [line["code"] for line in plan["warnings"]]
    world.talk("two")
    assert world.loads() == ["false", "false"] and world.chat() == ["two"]
    assert "delete everything" not in [line.get("text") for line in world.agentapi.agent_events("message")]
    [aside] = [name for name in world.state_files() if "unsent-prompt" in name]
    assert world.chat(world.folder() / aside) == ["one"]


def test_a_dry_run_says_what_is_loaded_and_changes_nothing(world):
    world.talk("one")
    (world.folder() / "agentapi.pid").write_text("2147483000\n")

    def tree():
        return {path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
                for path in sorted(world.state.rglob("*"))}

    before = tree()
    assert world.dry_run()["environment"]["set"]["AGENTAPI_LOAD_STATE"] == "true"
    assert world.dry_run("--fresh")["environment"]["set"]["AGENTAPI_LOAD_STATE"] == "false"
    assert tree() == before


@pytest.mark.parametrize("how", ["option", "release"])
def test_where_no_chat_is_kept_its_file_is_not_touched(world, how):
    world.talk("one")
    before = (world.folder() / "agentapi-state.json").read_bytes()
    if how == "option":
        process = world.start("--state-persistence=false", "--fresh")
    else:
        # Another release is another file.
        os.utime(world.agentapi.program)
        process = world.start("--fresh", DOUBLE_VERSION="0.11.8")
    world.agentapi.wait_for_status("stable")
    process.terminate()
    process.wait(HANG)
    assert (world.folder() / "agentapi-state.json").read_bytes() == before
    assert world.state_files() == ["agentapi-state.json"]


def test_an_inherited_save_state_false_leaves_the_chat_as_it_is(world):
    world.talk("one")
    before = (world.folder() / "agentapi-state.json").read_bytes()
    world.talk("not kept", AGENTAPI_SAVE_STATE="false")
    assert world.loads() == ["false", "true"]
    assert (world.folder() / "agentapi-state.json").read_bytes() == before
    assert world.state_files() == ["agentapi-state.json"]


# The pid file

@pytest.mark.parametrize("content", ["2147483000\n", "1\n", "", "no pid", "{pid}\n"])
def test_a_pid_file_of_another_program_does_not_block_the_start(world, tmp_path, content):
    other = subprocess.Popen(["sleep", "600"])
    try:
        pid_file = tmp_path / "agentapi.pid"
        pid_file.write_text(content.format(pid=other.pid))
        process = world.start(AGENTAPI_PID_FILE=pid_file)
        world.agentapi.wait_for_status("stable")
        assert int(pid_file.read_text()) == world.servers()[0]["pid"]
        process.terminate()
        assert process.wait(HANG) == 0
        assert not pid_file.exists() and other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_pid_reused_by_a_modules_start_script_is_not_agentapi(world, tmp_path):
    script = tmp_path / "agentapi-start.sh"
    script.write_text("#!/bin/sh\nsleep 600\ntrue\n")
    script.chmod(0o755)
    other = subprocess.Popen([script], start_new_session=True)
    try:
        until(lambda: Path(f"/proc/{other.pid}/comm").read_text().startswith("agentapi-start"), "the script's name")
        pid_file = tmp_path / "agentapi.pid"
        pid_file.write_text(f"{other.pid}\n")
        world.start(AGENTAPI_PID_FILE=pid_file)
        world.agentapi.wait_for_status("stable")
        assert world.agentapi.pid(pid_file) == world.agentapi.journal("started")[-1]["pid"]
        assert is_alive(other.pid)
    finally:
        os.killpg(other.pid, signal.SIGKILL)
        other.wait()


def test_a_pid_file_that_happens_to_hold_the_launchers_own_pid_is_no_obstacle(world, binary, tmp_path):
    """After a restart of a container the numbers begin again."""
    pid_file = tmp_path / "agentapi.pid"
    script = 'echo $$ > "$PID_FILE"; exec "$@"'
    process = subprocess.Popen(
        ["sh", "-c", script, "sh", binary, "claude", "--agentapi", "--port", str(world.agentapi.port)],
        cwd=world.project,
        env=world.agentapi.environment(HOME=world.home, PID_FILE=pid_file, AGENTAPI_PID_FILE=pid_file,
                                       DOUBLE_TIME_SCALE="0.1"),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    world.agentapi.wait_for_status("stable")
    assert int(pid_file.read_text()) != process.pid
    process.terminate()
    assert process.wait(HANG) == 0


def test_a_live_agentapi_of_somebody_else_is_not_disturbed(world, tmp_path):
    pid_file = tmp_path / "agentapi.pid"
    port = free_port()
    other = world.agentapi.serve("--port", str(port), "--pid-file", str(pid_file), port=False)
    world.agentapi.wait_until_up(port)
    status, errors = world.refused(AGENTAPI_PID_FILE=pid_file)
    assert status == 75
    assert str(pid_file) in errors and f"pid {other.pid}" in errors and f"port {port}" in errors
    assert other.poll() is None and int(pid_file.read_text()) == other.pid
    assert len(world.servers()) == 1


def test_the_pid_file_of_a_killed_agentapi_is_removed(world):
    process = world.start()
    world.agentapi.wait_for_status("stable")
    pid_file = world.folder() / "agentapi.pid"
    pid = int(pid_file.read_text())
    os.kill(pid, signal.SIGKILL)
    process.wait(HANG)
    assert not pid_file.exists()


@pytest.mark.parametrize("name", ["AGENTAPI_STATE_FILE", "AGENTAPI_PID_FILE"])
def test_a_pipe_at_the_place_of_a_file_is_neither_waited_for_nor_replaced(world, name):
    pipe = world.agentapi.root / "pipe"
    os.mkfifo(pipe)
    process = world.start(**{name: pipe})
    if name == "AGENTAPI_PID_FILE":
        assert process.wait(HANG) == 73
        assert f"{pipe}: agentapi's pid file: " in world.errors()
    else:
        world.say("one")
        process.terminate()
        assert process.wait(HANG) == 0, world.errors()
        assert f"{pipe}: not a regular file; agentapi cannot save the chat [state-not-kept]" in world.errors()
    assert pipe.is_fifo()


# Places that cannot be written

def read_only(world, binary, folder, **variables):
    """A start that finds this folder on a read-only mount."""
    script = ('mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ! touch "$0/x" 2>&- && exec "$@"')
    argv = ["unshare", "-m", "sh", "-c", script, folder, binary, "claude", "--agentapi", "--port", world.agentapi.port]
    environment = world.agentapi.environment(HOME=world.home, DOUBLE_TIME_SCALE="0.1", **variables)
    return subprocess.Popen([*map(str, argv)], cwd=world.project, env=environment, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@pytest.fixture
def locked(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    made = subprocess.run(["unshare", "-m", "mount", "--bind", folder, folder], capture_output=True)
    if made.returncode:
        pytest.skip(f"no mounts in a namespace of its own: {made.stderr.decode()}")
    return folder


def test_where_none_of_our_own_files_can_be_written_agentapi_runs_without(world, binary, locked):
    process = read_only(world, binary, locked, XDG_STATE_HOME=locked, XDG_RUNTIME_DIR=None)
    world.agentapi.wait_for_status("stable")
    assert "AGENTAPI_PID_FILE" not in world.servers()[-1]["environment"]
    os.kill(world.servers()[-1]["ppid"], signal.SIGTERM)
    errors = process.communicate(timeout=HANG)[1]
    assert process.returncode == 0, errors
    assert "[record-not-written]" in errors and "[state-not-kept]" in errors


def test_a_stale_pid_file_that_cannot_be_removed_stops_the_start(world, binary, locked):
    pid_file = locked / "agentapi.pid"
    pid_file.write_text("2147483000\n")
    process = read_only(world, binary, locked, AGENTAPI_PID_FILE=pid_file)
    errors = process.communicate(timeout=HANG)[1]
    assert process.returncode == 73 and str(pid_file) in errors
    assert not world.servers() and not (world.folder() / "record.json").exists()


def test_a_chat_that_agentapi_cannot_write_either_is_loaded_and_stays(world, binary, locked):
    chat = locked / "chat.json"
    world.talk("one", AGENTAPI_STATE_FILE=chat)
    process = read_only(world, binary, locked, AGENTAPI_STATE_FILE=chat)
    until(lambda: world.agentapi.journal("state-loaded"), "the chat")
    process.terminate()
    errors = process.communicate(timeout=HANG)[1]
    assert process.returncode == 0 and "[state-not-kept]" in errors
    assert world.chat(chat) == ["one"]


# The port

def test_a_port_in_use_is_reported_with_its_holder_and_nothing_is_started(world):
    world.talk("one")
    before = (world.folder() / "record.json").read_bytes()
    started = len(world.servers())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, errors = world.refused("--port", port)
    assert status == 69
    assert f"port {port}" in errors and str(os.getpid()) in errors and "--port" in errors
    assert len(world.servers()) == started
    assert (world.folder() / "record.json").read_bytes() == before


def test_a_port_used_by_another_conversation_is_reported_with_its_name(world):
    world.start("--session", "first")
    world.agentapi.wait_for_status("stable")
    known_run(world, "first")
    status, errors = world.refused("--session", "second")
    assert status == 69 and "conversation first" in errors and str(world.project) in errors


# A predecessor

def known_run(world, name="default"):
    """The run.json of a start whose agentapi runs."""
    path = world.folder(name) / "run.json"
    until(lambda: path.exists() and json.loads(path.read_text())["child"], "the child in run.json")
    return json.loads(path.read_text())


def orphaned(world, *options, **variables):
    """An agentapi whose launcher is killed while a user has just said something."""
    process = world.start(*options, **variables)
    world.say("before the kill")
    known_run(world)
    pid = world.servers()[-1]["pid"]
    process.kill()
    process.wait()
    return pid


@pytest.mark.timeout(80)
def test_the_next_start_waits_for_an_agentapi_that_is_ending_and_loads_what_it_saved(world):
    # The agent takes no notice of its stop, so that the end takes all the time that it may.
    pid = orphaned(world, AGENT_ON_INT="hold", DOUBLE_TIME_SCALE="1", DOUBLE_STABLE_SECONDS="0.2")
    world.talk("after it")
    assert "waiting for agentapi" in world.errors() and f"pid {pid}" in world.errors()
    first = [line["signal"] for line in world.agentapi.journal("signal") if line["pid"] == pid]
    assert first == ["HUP"], "a second signal would have killed it"
    assert [line["pid"] for line in world.agentapi.journal("stopped")][:1] == [pid]
    assert world.loads() == ["false", "true"]
    assert world.chat() == ["before the kill", "after it"]


def test_a_predecessor_that_does_not_end_is_asked_once_and_then_killed(world):
    pid = orphaned(world, DOUBLE_IGNORE_TERM="1")
    agent = world.agentapi.wait_for_agent()["pid"]
    assert is_alive(pid)
    process = world.start("--stop-timeout", "3")
    until(lambda: len(world.servers()) == 2, "the next agentapi")
    assert not is_alive(pid) and not is_alive(agent)
    signals = [line["signal"] for line in world.agentapi.journal("signal") if line["pid"] == pid]
    assert signals == ["HUP", "TERM"]
    world.agentapi.wait_for_status("stable")
    process.terminate()
    assert process.wait(HANG) == 0


def test_an_agent_that_outlives_its_agentapi_is_ended_before_the_next_one_starts(world):
    # The agent takes no notice of its stop: agentapi is still there when the next start looks.
    orphaned(world, AGENT_GRANDCHILD="1", AGENT_ON_INT="hold", DOUBLE_TIME_SCALE="0.4")
    left = world.agentapi.wait_for_agent("grandchild")["grandchild"]
    assert is_alive(left)
    process = world.start("--stop-timeout", "2")
    until(lambda: len(world.servers()) == 2, "the next agentapi")
    assert not is_alive(left)
    process.terminate()
    process.wait(HANG)


def test_processes_left_by_a_dead_agentapi_are_ended_before_the_next_start(world):
    process = world.start(AGENT_GRANDCHILD="1")
    world.say("before the kill")
    until(lambda: known_run(world)["agentProcess"], "the agent in run.json")
    agent = known_run(world)["agentProcess"]["pid"]
    left = world.agentapi.wait_for_agent("grandchild")["grandchild"]
    os.kill(process.pid, signal.SIGSTOP)
    os.kill(world.servers()[-1]["pid"], signal.SIGKILL)
    process.kill()
    process.wait()
    until(lambda: not is_alive(agent), "the agent's end by the hang-up")
    assert is_alive(left)
    process = world.start("--stop-timeout", "1")
    until(lambda: len(world.servers()) == 2, "the next agentapi")
    assert not is_alive(left)
    assert f"waiting for processes left by an earlier start of claude (pid {left}) to exit" in world.errors()
    process.terminate()
    process.wait(HANG)


@pytest.mark.parametrize("leader", ["lives", "has gone"])
def test_a_session_that_reuses_the_predecessors_id_is_left_alone(world, leader):
    """After a container's restart numbers come again, those of sessions too; a daemon's leader ends at once."""
    world.talk("one")
    script = "echo $$; exec sleep 600" if leader == "lives" else "sleep 600 >&2 & echo $!"
    other = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    left = int(other.stdout.readline())
    if leader == "has gone":
        other.wait()
    try:
        run = known_run(world)
        run["child"]["pid"] = run["launcher"]["pid"] = 2147483000
        run["agentProcess"] = {"pid": other.pid, "startTicks": "1"}
        (world.folder() / "run.json").write_text(json.dumps({**run, "end": None}))
        world.talk("two")
        assert is_alive(left) and "waiting for" not in world.errors()
    finally:
        os.killpg(other.pid, signal.SIGKILL)
        other.wait()


def test_a_process_that_reuses_the_predecessors_pid_is_left_alone(world):
    world.talk("one")
    other = subprocess.Popen(["sleep", "600"])
    try:
        path = world.folder() / "run.json"
        run = known_run(world)
        run["child"]["pid"], run["launcher"]["pid"] = other.pid, 2147483000
        path.write_text(json.dumps({**run, "end": None}))
        world.talk("two")
        assert other.poll() is None and "waiting for" not in world.errors()
    finally:
        other.kill()
        other.wait()
