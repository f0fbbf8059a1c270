"""The double of agentapi against what was observed of the real one: signals, exit codes, what is left behind."""

import os
import signal
import socket
import subprocess
import threading

import pytest

from processes import is_alive
from waiting import until

STOPS = [(signal.SIGTERM, "terminated"), (signal.SIGINT, "interrupt"), (signal.SIGHUP, "hangup")]


@pytest.fixture(autouse=True)
def fast(agentapi):
    agentapi.defaults.update(
        DOUBLE_TIME_SCALE="0.1", AGENTAPI_STATE_FILE=agentapi.state_file, AGENTAPI_PID_FILE=agentapi.pid_file
    )


def ready(agentapi, **options):
    process = agentapi.serve(**options)
    agentapi.wait_until_up()
    agentapi.wait_for("ready")
    return process


def uploads(agentapi):
    return [name for name in os.listdir(agentapi.temporary) if name.startswith("agentapi-uploads-")]


def ignore_hangup():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@pytest.mark.parametrize("number, words", STOPS)
def test_a_stop_saves_then_interrupts_the_agent_and_is_0(agentapi, number, words):
    process = ready(agentapi, AGENT_ON_INT="3")
    process.send_signal(number)
    assert agentapi.end(process) == 0
    assert f'msg="Received shutdown signal" signal={words}' in agentapi.stdout.read_text()
    events = [event for event in agentapi.events() if event in ("signal", "state-saved", "sigint-sent", "agent-ended")]
    assert events == ["signal", "state-saved", "sigint-sent", "agent-ended"]
    assert agentapi.signals() == [number.name[3:]] and agentapi.journal("signal")[0]["from"] == os.getpid()
    assert agentapi.pid() is None and uploads(agentapi) == []


def test_an_agent_that_stays_is_killed_and_it_is_still_0(agentapi):
    process = ready(agentapi, AGENT_ON_INT="hold", AGENT_GRANDCHILD="1")
    process.terminate()
    assert agentapi.end(process) == 0
    assert agentapi.journal("sigkill-sent") and agentapi.agent_events("signal")
    until(lambda: not is_alive(agentapi.agent_events("started")[0]["pid"]), "the agent's end")
    # The signals went to that one process only.
    assert is_alive(agentapi.agent_events("grandchild")[0]["grandchild"])


@pytest.mark.parametrize("number", [number for number, _ in STOPS])
def test_a_second_stop_signal_kills_it_and_the_pid_file_stays(agentapi, number):
    process = ready(agentapi, AGENT_ON_INT="hold", DOUBLE_TIME_SCALE="1", DOUBLE_STABLE_SECONDS="0.1")
    process.terminate()
    agentapi.wait_for("sigint-sent")
    process.send_signal(number)
    assert agentapi.end(process) == -number
    assert agentapi.pid() == process.pid and not agentapi.journal("stopped")


def test_usr1_saves_what_changed_and_it_goes_on(agentapi):
    process = ready(agentapi)
    process.send_signal(signal.SIGUSR1)
    agentapi.wait_for("state-saved")
    assert "scripted agent" in agentapi.state()["messages"][0]["message"]
    process.send_signal(signal.SIGUSR1)
    agentapi.wait_for("signal", count=2)
    until(lambda: "Skipping state save" in agentapi.stdout.read_text())
    assert len(agentapi.journal("state-saved")) == 1 and agentapi.get("/status")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGUSR2, signal.SIGPIPE])
def test_a_signal_that_changes_nothing(agentapi, number):
    process = ready(agentapi)
    process.send_signal(number)
    process.terminate()
    assert agentapi.end(process) == 0 and agentapi.signals() == ["TERM"]


def test_usr1_changes_nothing_during_a_stop(agentapi):
    process = ready(agentapi, AGENT_ON_INT="hold")
    process.terminate()
    agentapi.wait_for("sigint-sent")
    process.send_signal(signal.SIGUSR1)
    assert agentapi.end(process) == 0 and len(agentapi.journal("state-saved")) == 1


def test_quit_is_2_and_nothing_is_saved(agentapi):
    process = ready(agentapi)
    process.send_signal(signal.SIGQUIT)
    assert agentapi.end(process) == 2
    assert agentapi.state() is None and agentapi.pid() == process.pid
    assert "SIGQUIT" in agentapi.stderr.read_text()


@pytest.mark.parametrize("ignores", [False, True])
def test_killed_it_saves_nothing_and_the_agent_gets_only_a_hangup(agentapi, ignores):
    process = ready(agentapi, prepare=ignore_hangup if ignores else None)
    process.kill()
    agentapi.end(process)
    assert agentapi.state() is None and agentapi.pid() == process.pid
    agent = agentapi.agent_events("started")[0]["pid"]
    if ignores:
        # The terminal is gone and its agent reads the end of it, so look at one that does not read.
        assert signal.SIGHUP in agentapi.agent_events("started")[0]["ignored"]
    else:
        until(lambda: not is_alive(agent), "the agent's end")


def test_an_agent_that_ignores_hup_outlives_it(agentapi):
    process = agentapi.serve(agent=["sh", "-c", "echo pid $$; exec sleep 600"], prepare=ignore_hangup)
    agent = agentapi.wait_for("agent-started")["agent"]
    until(lambda: open(f"/proc/{agent}/comm").read() == "sleep\n")
    process.kill()
    agentapi.end(process)
    assert is_alive(agent)


def test_started_under_nohup_it_stops_at_a_hup_all_the_same(agentapi):
    process = ready(agentapi, prepare=ignore_hangup)
    process.send_signal(signal.SIGHUP)
    assert agentapi.end(process) == 0


def test_an_agent_that_inherited_an_ignored_int_has_to_be_killed(agentapi):
    process = agentapi.serve(agent=["sleep", "600"], prepare=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    agentapi.wait_until_up()
    process.terminate()
    assert agentapi.end(process) == 0 and agentapi.journal("sigkill-sent")


@pytest.mark.parametrize("code, result", [("0", 0), ("3", 1)])
def test_the_agents_end_is_the_end_with_0_or_1(agentapi, code, result):
    process = ready(agentapi, AGENT_EXIT_ON=code)
    agentapi.post("exit\r", "raw")
    assert agentapi.end(process) == result
    text = agentapi.stderr.read_text()
    shown = "========\nscripted agent" in text and "\n========\n" in text and "non-zero exit code" in text
    assert shown == (result == 1) and "Received shutdown signal" not in agentapi.stdout.read_text()
    assert agentapi.journal("state-saved") and agentapi.pid() is None


@pytest.mark.parametrize("code, result", [("0", 0), ("3", 1)])
def test_an_agent_that_ends_at_once_is_the_same(agentapi, code, result):
    process = agentapi.serve(AGENT_DIE=code)
    assert agentapi.end(process) == result and agentapi.pid() is None
    assert ("cannot go on: no such session\n========\n" in agentapi.stderr.read_text()) == (result == 1)


def test_a_killed_agent_is_1(agentapi):
    process = ready(agentapi)
    os.kill(agentapi.agent_events("started")[0]["pid"], signal.SIGKILL)
    assert agentapi.end(process) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1"])
def test_a_taken_port_is_1_and_the_agent_was_started_and_is_only_hung_up(agentapi, address):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as holder:
        holder.bind((address, agentapi.port))
        holder.listen()
        process = agentapi.serve(agent=["sleep", "600"], prepare=ignore_hangup)
        assert agentapi.end(process) == 1
    assert "address already in use" in agentapi.stderr.read_text()
    assert agentapi.pid() is None and agentapi.state() is None and len(uploads(agentapi)) == 1
    agent = agentapi.journal("agent-started")[0]["agent"]
    assert is_alive(agent) and not agentapi.journal("sigint-sent")


def test_an_open_request_holds_a_stop_up_and_then_it_goes_on(agentapi):
    process = agentapi.serve(DOUBLE_NEVER_READY="1")
    agentapi.wait_until_up()
    # Before it, the screen is stable as well, and what comes then is refused.
    until(lambda: "scripted agent" in agentapi.messages()[0][1], "the screen")
    agentapi.wait_for_status("stable")
    client = socket.create_connection(("127.0.0.1", agentapi.port))
    body = b'{"content":"x","type":"user"}'
    client.sendall(b"POST /message HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    agentapi.wait_for("message-queued")
    process.terminate()
    assert agentapi.end(process) == 0
    assert 'msg="Failed to stop HTTP server" error="context deadline exceeded"' in agentapi.stdout.read_text()
    client.close()


def test_a_request_that_has_begun_is_answered_during_a_stop(agentapi):
    process = ready(agentapi, DOUBLE_TIME_SCALE="4", DOUBLE_STABLE_SECONDS="0.1")
    client = socket.create_connection(("127.0.0.1", agentapi.port))
    client.sendall(b"GET /status HTTP/1.1\r\n")
    # One that is accepted later is answered: the first one is known by then.
    agentapi.get("/status")
    process.terminate()
    agentapi.wait_for("state-saved")
    client.sendall(b"Host: localhost\r\n\r\n")
    assert client.recv(12) == b"HTTP/1.1 200"
    client.close()
    assert agentapi.end(process) == 0
    assert "Failed to stop HTTP server" not in agentapi.stdout.read_text()


def test_listeners_to_events_are_dropped_at_once(agentapi):
    process = ready(agentapi, DOUBLE_TIME_SCALE="1")
    client = socket.create_connection(("127.0.0.1", agentapi.port))
    client.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"text/event-stream" in client.recv(65536)
    process.terminate()
    assert agentapi.end(process) == 0
    assert "Failed to stop HTTP server" not in agentapi.stdout.read_text()
    client.close()


# Before 0.12.0


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 1), (signal.SIGINT, 1), (signal.SIGHUP, -signal.SIGHUP)])
def test_older_releases_end_with_1_or_die_of_a_hup(agentapi, number, code):
    process = agentapi.serve(DOUBLE_VERSION="0.11.8")
    agentapi.wait_until_up()
    process.send_signal(signal.SIGUSR1)
    process.send_signal(number)
    assert agentapi.end(process) == code and agentapi.state() is None


# What a test may ask for


def test_it_can_be_told_to_hang_and_count_signals(agentapi):
    process = ready(agentapi, DOUBLE_IGNORE_TERM="1")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        count = len(agentapi.signals())
        process.send_signal(number)
        agentapi.wait_for("signal", count=count + 1)
    assert agentapi.signals() == ["TERM", "INT", "TERM"] and agentapi.get("/status")[0] == 200


def test_it_can_be_told_to_flood_its_reader_at_a_stop(agentapi):
    reading, writing = os.pipe()
    process = ready(agentapi, DOUBLE_CHATTER="1000000", stdout=writing)
    os.close(writing)
    process.terminate()
    agentapi.wait_for("signal")
    until(lambda: open(f"/proc/{process.pid}/syscall").read().startswith("1 0x1 "), "the write that nobody reads")
    assert not agentapi.journal("chatter-written")
    received = []
    reader = threading.Thread(target=lambda: received.extend(iter(lambda: os.read(reading, 65536), b"")))
    reader.start()
    assert agentapi.end(process) == 0
    reader.join()
    assert sum(map(len, received)) > 1000000
    os.close(reading)


@pytest.mark.parametrize("listen, table, address", [("", "tcp", "0100007F"), ("all", "tcp6", "0" * 32)])
def test_it_listens_on_loopback_only_unless_asked(agentapi, listen, table, address):
    # In a network of its own, as it is to listen on everything there.
    if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode:
        pytest.skip("no network namespace of its own may be made here")
    process = agentapi.serve(under=["unshare", "--net"], DOUBLE_LISTEN=listen)
    agentapi.wait_for("listening")
    lines = open(f"/proc/{process.pid}/net/{table}").read().splitlines()[1:]
    assert f"{address}:{agentapi.port:04X}" in [line.split()[1] for line in lines]
