"""How agentlaunch ends an agentapi: one TERM whatever arrives, none into an end that has begun, KILL for what is left."""

import os
import signal
import threading

import pytest

from processes import is_alive
from waiting import HANG, until

STOPS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]


def running(agentapi, under_agentapi, *options, **variables):
    """A start whose agent is at its prompt: (agentlaunch, agentapi's pid, the agent's pid)."""
    process = under_agentapi(*options, **variables)
    agentapi.wait_for_box()
    return process, agentapi.wait_for("started")["pid"], agentapi.wait_for_agent()["pid"]


def ended(process, *pids):
    status = process.wait(HANG)
    assert not [pid for pid in pids if is_alive(pid)]
    return status


@pytest.mark.parametrize("number", STOPS)
def test_a_stop_request_sends_agentapi_one_term(agentapi, under_agentapi, number):
    process, *pids = running(agentapi, under_agentapi)
    process.send_signal(number)
    assert ended(process, *pids) == 0
    assert agentapi.signals() == ["TERM"]


def test_repeated_stop_requests_still_send_one_term(agentapi, under_agentapi):
    process, *pids = running(agentapi, under_agentapi, AGENT_ON_INT="hold")
    for number in STOPS * 3:
        process.send_signal(number)
    until(agentapi.signals, "the TERM")
    for number in STOPS * 3:
        process.send_signal(number)
    assert ended(process, *pids) == 0
    assert agentapi.signals() == ["TERM"]


def test_a_request_before_agentapi_listens_ends_it_too(agentapi, under_agentapi):
    process = under_agentapi(DOUBLE_PAUSE_BEFORE_HANDLERS="600")
    pids = [agentapi.wait_for("started")["pid"], agentapi.wait_for_agent()["pid"]]
    process.terminate()
    # agentapi has no handler yet and dies of it; that is what is passed on.
    assert ended(process, *pids) == -signal.SIGTERM


def test_the_modules_shutdown_with_a_term_to_agentlaunch_in_between_sends_one_term(agentapi, under_agentapi):
    """USR1, a second, the messages, TERM to agentapi's pid, and waiting for that pid to vanish."""
    process, pid, agent = running(agentapi, under_agentapi, AGENT_ON_INT="hold")
    assert agentapi.post("before the end")[0] == 200
    os.kill(pid, signal.SIGUSR1)
    agentapi.wait_for("state-saved")
    assert ("user", "before the end") in agentapi.messages()
    os.kill(pid, signal.SIGTERM)
    process.terminate()
    until(lambda: not is_alive(pid), "the end of agentapi")
    assert ended(process, agent) == 0
    assert agentapi.signals() == ["USR1", "TERM"]


def test_agentapi_log_lines_inside_a_prompt_do_not_end_the_run(agentapi, under_agentapi):
    """agentapi prints the agent's command line."""
    words = 'why does it log level=INFO msg="Received shutdown signal"?'
    process, *pids = running(agentapi, under_agentapi, agent=(agentapi.agent, words))
    until(lambda: "Received shutdown signal" in (agentapi.root / "launch.out").read_text(), "the command line")
    process.terminate()
    assert ended(process, *pids) == 0
    assert agentapi.signals() == ["TERM"]


@pytest.mark.parametrize("first", ["agentapi", "agentlaunch"])
def test_a_service_manager_signalling_every_process_sends_one_term(agentapi, under_agentapi, first):
    process, pid, agent = running(agentapi, under_agentapi)
    order = [pid, process.pid] if first == "agentapi" else [process.pid, pid]
    for target in order:
        os.kill(target, signal.SIGTERM)
    assert ended(process, pid, agent) == 0
    assert agentapi.signals() == ["TERM"]


def test_usr1_is_forwarded_and_other_signals_are_not(agentapi, under_agentapi):
    process, *pids = running(agentapi, under_agentapi)
    assert agentapi.post("save me")[0] == 200
    for number in (signal.SIGUSR2, signal.SIGWINCH, signal.SIGCONT):
        process.send_signal(number)
    process.send_signal(signal.SIGUSR1)
    until(lambda: "USR1" in agentapi.signals(), "USR1")
    assert agentapi.signals() == ["USR1"]
    process.terminate()
    assert ended(process, *pids) == 0


def test_the_terminal_stays_open_until_agentapi_is_reaped(agentapi, under_agentapi):
    """A hang-up would be a second signal, and the agent's end before it has saved."""
    process, *pids = running(agentapi, under_agentapi, AGENT_ON_INT="hold", DOUBLE_TIME_SCALE="0.3")
    process.terminate()
    assert ended(process, *pids) == 0
    assert agentapi.signals() == ["TERM"]
    assert agentapi.wait_for("stopped")


def test_processes_that_do_not_end_are_killed_with_their_descendants(agentapi, under_agentapi):
    process, *pids = running(
        agentapi, under_agentapi, "--stop-timeout", "1", DOUBLE_IGNORE_TERM="1", AGENT_ON_INT="hold", AGENT_GRANDCHILD="1"
    )
    pids.append(agentapi.wait_for_agent("grandchild")["grandchild"])
    process.terminate()
    assert ended(process, *pids) == 1
    assert agentapi.signals() == ["TERM"]


def test_a_grandchild_that_survives_hang_ups_does_not_survive_the_stop(agentapi, under_agentapi):
    process, *pids = running(agentapi, under_agentapi, "--stop-timeout", "30", AGENT_GRANDCHILD="1")
    pids.append(agentapi.wait_for_agent("grandchild")["grandchild"])
    process.terminate()
    assert ended(process, *pids) == 0


@pytest.mark.parametrize("reader", ["stalled", "closed"])
def test_agentapi_ends_although_nobody_reads_our_output(agentapi, under_agentapi, reader):
    reading, writing = os.pipe()
    process = under_agentapi(popen={"stdout": writing}, DOUBLE_CHATTER=str(5 << 20))
    os.close(writing)
    if reader == "closed":
        os.close(reading)
    agentapi.wait_for_status("stable")
    pids = [agentapi.wait_for("started")["pid"], agentapi.wait_for_agent()["pid"]]
    process.terminate()
    assert ended(process, *pids) == 0
    assert agentapi.wait_for("stopped")
    said = (agentapi.root / "launch.err").read_text()
    assert ("were not read" in said or "not read in time" in said) if reader == "stalled" else "discarded" in said


def test_a_launcher_whose_own_lines_nobody_reads_either_ends_too(agentapi, under_agentapi):
    reading, writing = os.pipe()
    process = under_agentapi(popen={"stdout": writing, "stderr": writing}, DOUBLE_CHATTER=str(5 << 20))
    os.close(writing)
    agentapi.wait_for_status("stable")
    pids = [agentapi.wait_for("started")["pid"], agentapi.wait_for_agent()["pid"]]
    process.terminate()
    assert ended(process, *pids) == 0
    os.close(reading)


def test_a_slow_reader_loses_nothing_that_fits(agentapi, under_agentapi):
    reading, writing = os.pipe()
    process = under_agentapi(popen={"stdout": writing}, DOUBLE_CHATTER=str(700_000))
    os.close(writing)
    agentapi.wait_for_status("stable")
    process.terminate()
    text = b""
    with open(reading, "rb", buffering=0) as stream:
        while piece := stream.read(512):
            text += piece
    assert process.wait(HANG) == 0
    assert text.count(b"." * 199 + b"\n") == 700_000 // 200 + 1
    assert "not read" not in (agentapi.root / "launch.err").read_text()


def test_control_c_is_a_request_to_stop_and_the_terminal_is_neither_read_nor_changed(agentapi, under_agentapi, terminals):
    import termios

    outer = terminals()
    before = termios.tcgetattr(outer.slave)
    process = under_agentapi(terminal=outer)
    agentapi.wait_for_status("stable")
    assert termios.tcgetattr(outer.slave) == before
    outer.type(b"for the shell\n")
    outer.type(b"\x03")
    assert outer.end() == 0
    assert agentapi.signals() == ["TERM"]
    assert termios.tcgetattr(outer.slave) == before


def test_typed_input_is_left_for_the_shell(agentapi, under_agentapi, terminals):
    outer = terminals()
    process = under_agentapi(terminal=outer)
    agentapi.wait_for_status("stable")
    outer.type(b"for the shell\n")
    process.terminate()
    assert outer.end() == 0
    assert os.read(outer.slave, 100) == b"for the shell\n"


def test_a_terminal_that_goes_away_is_a_request_to_stop(agentapi, under_agentapi, terminals):
    outer = terminals()
    process = under_agentapi(terminal=outer, AGENTAPI_STATE_FILE=agentapi.state_file)
    agentapi.wait_for_status("stable")
    pids = [agentapi.wait_for("started")["pid"], agentapi.wait_for_agent()["pid"]]
    os.close(outer.master)
    os.close(outer.slave)
    outer.master = outer.slave = os.open("/dev/null", os.O_RDWR)
    process.wait(HANG)
    until(lambda: not any(is_alive(pid) for pid in pids), "the end of agentapi and the agent")
    assert agentapi.signals() == ["TERM"]


def test_an_agent_that_ends_by_itself_gets_no_signal(agentapi, under_agentapi):
    process, *pids = running(agentapi, under_agentapi, AGENT_EXIT_ON="0")
    threading.Thread(target=lambda: agentapi.post("exit"), daemon=True).start()
    assert ended(process, *pids) == 0
    assert agentapi.signals() == []


def test_processes_the_start_script_began_earlier_are_left_alone(agentapi, under_agentapi, tmp_path):
    """`service & exec agentlaunch …`: the service is a child of agentlaunch, and none of its own."""
    script = f"sleep 600 & echo $! >{tmp_path}/service; exec \"$@\""
    process = under_agentapi("--stop-timeout", "1", under=("sh", "-c", script, "sh"), DOUBLE_IGNORE_TERM="1")
    agentapi.wait_for_status("stable")
    service = int((tmp_path / "service").read_text())
    try:
        process.terminate()
        assert ended(process, agentapi.wait_for("started")["pid"]) == 1
        assert is_alive(service)
    finally:
        os.kill(service, signal.SIGKILL)
