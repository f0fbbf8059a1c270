"""What agentapi and the agent behind it find when agentlaunch starts them, and what agentlaunch ends with."""

import os
import signal

import pytest

from processes import is_alive
from waiting import HANG, until

pytestmark = pytest.mark.smoke


def output(agentapi, name="launch.out"):
    return (agentapi.root / name).read_bytes().decode()


def stop(process):
    process.terminate()
    return process.wait(HANG)


def test_agentapi_gets_a_terminal_of_which_it_reads_nothing_and_the_agent_its_size(agentapi, under_agentapi):
    process = under_agentapi()
    agentapi.wait_until_up()
    started = agentapi.wait_for("started")
    assert started["isatty"] is True
    agent = agentapi.wait_for_agent()
    assert (agent["size"], agent["term"]) == ([1190, 67], "vt100")
    assert stop(process) == 0


def test_sizes_type_and_port_are_those_of_the_options(agentapi, under_agentapi):
    process = under_agentapi("--term-width", "100", "--term-height", "50")
    agentapi.wait_until_up()
    assert agentapi.wait_for_agent()["size"] == [50, 100]
    argv = agentapi.wait_for("started")["argv"]
    assert argv[1:4] == ["server", "--type", "custom"] and argv[argv.index("--port") + 1] == str(agentapi.port)
    assert stop(process) == 0


def test_signals_that_the_caller_ignores_are_at_their_default_in_the_agent(agentapi, under_agentapi):
    def ignore():
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    process = under_agentapi(popen={"preexec_fn": ignore})
    agentapi.wait_until_up()
    ignored = agentapi.wait_for_agent()["ignored"]
    assert not {signal.SIGINT, signal.SIGQUIT, signal.SIGHUP} & set(ignored)
    assert stop(process) == 0


def test_no_descriptor_of_the_caller_reaches_the_agent(agentapi, under_agentapi):
    reading, writing = os.pipe()
    process = under_agentapi(popen={"pass_fds": (writing,)})
    os.close(writing)
    agentapi.wait_until_up()
    pids = [agentapi.wait_for("started")["pid"], agentapi.wait_for_agent()["pid"]]
    held = os.fstat(reading)
    for pid in pids:
        for number in os.listdir(f"/proc/{pid}/fd"):
            try:
                status = os.stat(f"/proc/{pid}/fd/{number}")
            except FileNotFoundError:
                continue  # that of a request, closed since
            assert not os.path.samestat(status, held)
    os.close(reading)
    assert stop(process) == 0


@pytest.mark.parametrize(("code", "status"), [("0", 0), ("3", 1), ("255", 1)])
def test_the_exit_status_is_agentapis(agentapi, under_agentapi, code, status):
    process = under_agentapi(AGENT_DIE=code)
    assert process.wait(HANG) == status
    assert "cannot go on: no such session" in output(agentapi) or status == 0


def test_what_agentapi_prints_arrives_byte_for_byte_on_stdout(agentapi, under_agentapi):
    process = under_agentapi(AGENT_DIE="7")
    assert process.wait(HANG) == 1
    text = (agentapi.root / "launch.out").read_bytes()
    assert b"Running: " in text and b"\r\n" not in text and b"non-zero exit code" in text


def test_a_killed_agentapi_ends_the_launcher_by_that_signal_and_leaves_no_agent(agentapi, under_agentapi):
    process = under_agentapi("--stop-timeout", "1", AGENT_GRANDCHILD="1")
    agentapi.wait_until_up()
    agent = agentapi.wait_for_agent()["pid"]
    grandchild = agentapi.wait_for_agent("grandchild")["grandchild"]
    os.kill(agentapi.wait_for("started")["pid"], signal.SIGKILL)
    assert process.wait(HANG) == -signal.SIGKILL
    assert not is_alive(agent) and not is_alive(grandchild)


def test_a_stopped_agentapi_is_continued_by_its_launcher(agentapi, under_agentapi):
    process = under_agentapi()
    agentapi.wait_until_up()
    os.kill(agentapi.wait_for("started")["pid"], signal.SIGSTOP)
    assert agentapi.get("/status")[0] == 200
    assert stop(process) == 0


def test_without_agentapi_the_status_is_127_and_the_line_says_how_to_get_it(agentapi, under_agentapi):
    agentapi.program.unlink()
    folders = [f for f in os.environ["PATH"].split(":") if not os.path.exists(f"{f}/agentapi")]
    process = under_agentapi(PATH=":".join(folders))
    assert process.wait(HANG) == 127
    assert output(agentapi, "launch.err").startswith("agentlaunch: agentapi: ")


def test_an_agentapi_that_may_not_be_executed_is_126(agentapi, under_agentapi):
    agentapi.program.chmod(0o600)
    folders = [f for f in os.environ["PATH"].split(":") if not os.path.exists(f"{f}/agentapi")]
    process = under_agentapi(PATH=":".join([str(agentapi.bin), *folders]))
    assert process.wait(HANG) == 126
    assert "not executable" in output(agentapi, "launch.err")


def test_a_missing_agent_is_127_before_agentapi_is_started(agentapi, under_agentapi):
    process = under_agentapi(agent=("no-such-agent",))
    assert process.wait(HANG) == 127
    assert "no-such-agent" in output(agentapi, "launch.err")
    assert not agentapi.journal("started")


def test_a_missing_wrapper_is_127_before_agentapi_is_started(agentapi, under_agentapi):
    process = under_agentapi("--wrapper", "no-such-wrapper")
    assert process.wait(HANG) == 127
    assert "no-such-wrapper" in output(agentapi, "launch.err")
    assert not agentapi.journal("started")


def test_the_module_wrapper_precedes_the_agent(agentapi, under_agentapi, tmp_path):
    wrapper = tmp_path / "boundary-wrapper.sh"
    wrapper.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/wrapped\nexec "$@"\n')
    wrapper.chmod(0o755)
    process = under_agentapi(AGENTAPI_BOUNDARY_PREFIX=str(wrapper))
    agentapi.wait_until_up()
    until((tmp_path / "wrapped").exists, "the wrapper")
    agentapi.wait_for_agent()
    assert (tmp_path / "wrapped").read_text().split() == [agentapi.agent]
    assert stop(process) == 0


def test_a_killed_launcher_leaves_agentapi_to_save_its_chat_and_end(agentapi, under_agentapi):
    process = under_agentapi(AGENTAPI_STATE_FILE=agentapi.state_file)
    agentapi.wait_for_box()
    assert agentapi.post("remember this")[0] == 200
    pids = [agentapi.wait_for("started")["pid"], agentapi.wait_for_agent()["pid"]]
    process.kill()
    process.wait(HANG)
    until(lambda: not any(is_alive(pid) for pid in pids), "the end of agentapi and the agent")
    assert "remember this" in [message["message"] for message in agentapi.state()["messages"]]
