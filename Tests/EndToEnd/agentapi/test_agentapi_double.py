"""The double of agentapi against what was observed of the real one: command line, variables, what the agent gets, the
order of a start, the pid file. A double that drifts is found out here, before it misleads another test."""

import os
import pty
import re
import signal
import stat
import subprocess

import pytest

from waiting import until

pytestmark = pytest.mark.usefixtures("fast")


@pytest.fixture
def fast(agentapi):
    agentapi.defaults["DOUBLE_TIME_SCALE"] = "0.1"


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_the_version_is_one_line(agentapi):
    assert agentapi.run("--version", DOUBLE_VERSION="0.11.8") == (0, "agentapi version 0.11.8\n", "")


@pytest.mark.parametrize(
    "flag, since, before",
    [
        ("--initial-prompt=x", "0.9.0", "0.8.0"),
        ("-Ix", "0.9.0", "0.8.0"),
        ("--state-file=x", "0.12.0", "0.11.8"),
        ("--load-state=false", "0.12.0", "0.11.8"),
        ("--save-state=false", "0.12.0", "0.11.8"),
        ("--pid-file=x", "0.12.0", "0.11.8"),
        ("--allowed-hosts=*", "0.4.0", "0.3.3"),
        ("--allowed-origins=*", "0.4.0", "0.3.3"),
        ("--term-width=67", "0.2.2", "0.2.1"),
    ],
)
def test_a_flag_is_unknown_before_its_release(agentapi, monkeypatch, flag, since, before):
    monkeypatch.chdir(agentapi.root)
    code, out, _ = agentapi.run("server", "-P", flag, "--", "goose", DOUBLE_VERSION=since)
    assert code == 0 and "openapi" in out
    code, out, err = agentapi.run("server", "-P", flag, "--", "goose", DOUBLE_VERSION=before)
    assert code == 1 and "unknown" in out and "unknown" in err and "Usage:" in err


def test_the_variable_of_an_unknown_flag_is_ignored(agentapi):
    agentapi.serve(AGENTAPI_STATE_FILE=agentapi.state_file, AGENTAPI_PID_FILE=agentapi.pid_file, DOUBLE_VERSION="0.11.8")
    agentapi.wait_until_up()
    assert agentapi.pid() is None


@pytest.mark.parametrize(
    "since, before, types",
    [
        ("0.1.0", None, ["claude", "goose", "aider", "codex", "custom"]),
        ("0.3.0", "0.2.3", ["gemini"]),
        ("0.4.0", "0.3.3", ["amp"]),
        ("0.5.0", "0.4.1", ["cursor", "cursor-agent"]),
        ("0.6.0", "0.5.0", ["auggie"]),
        ("0.7.0", "0.6.3", ["opencode", "amazonq", "q"]),
        ("0.8.0", "0.7.1", ["copilot"]),
        (None, "0.12.1", ["qwen", "kiro", "droid", "crush", "Goose", "GOOSE"]),
    ],
)
def test_a_type_is_known_from_its_release_on(agentapi, since, before, types):
    for type in types:
        if since:
            assert agentapi.run("server", "-P", "-t", type, "--", "x", DOUBLE_VERSION=since)[0] == 0
        if before:
            code, _, err = agentapi.run("server", "-P", "-t", type, "--", "x", DOUBLE_VERSION=before)
            assert code == 1 and f"invalid agent type: {type}" in err


@pytest.mark.parametrize("typed, type", [("claude", "claude"), ("./claude", "custom"), ("other", "custom")])
def test_without_a_type_the_command_as_it_was_typed_is_looked_up(agentapi, monkeypatch, typed, type):
    monkeypatch.chdir(agentapi.bin)
    (agentapi.bin / typed).symlink_to(agentapi.agent)
    agentapi.start("server", "--", typed)
    agentapi.wait_until_up()
    assert agentapi.get("/status")[1]["agent_type"] == type


@pytest.mark.parametrize(
    "arguments, argv",
    [
        (["--", "AGENT", "-c", "--flag", "x"], ["-c", "--flag", "x"]),
        # agentapi's own -c, --chat-base-path, wherever it stands.
        (["AGENT", "-c", "cat"], []),
        (["AGENT", "one", "--type", "goose", "--", "-t"], ["one", "-t"]),
    ],
)
def test_arguments_before_the_double_dash_are_agentapis(agentapi, arguments, argv):
    agentapi.start("server", *[agentapi.agent if word == "AGENT" else word for word in arguments])
    assert agentapi.wait_for_agent()["argv"] == [agentapi.agent, *argv]


@pytest.mark.parametrize("arguments", [["server"], ["server", "--type", "goose"], ["server", "cat", "--resume"], ["serve"]])
def test_an_invalid_command_line_exits_1_with_usage(agentapi, arguments):
    code, _, err = agentapi.run(*arguments)
    assert code == 1 and "Usage:" in err and agentapi.journal("agent-started") == []


def test_exit_ends_immediately_and_prints_nothing(agentapi):
    assert agentapi.run("server", "--", agentapi.agent, AGENTAPI_EXIT="1") == (0, "", "")


@pytest.mark.parametrize(
    "flags, variables, size",
    [
        ([], {}, [1000, 80]),
        ([], {"AGENTAPI_TERM_WIDTH": "67", "AGENTAPI_TERM_HEIGHT": "1190"}, [1190, 67]),
        (["-W", "100"], {"AGENTAPI_TERM_WIDTH": "67"}, [1000, 100]),
        ([], {"AGENTAPI_TERM_WIDTH": ""}, [1000, 80]),
    ],
)
def test_a_flag_beats_a_variable_beats_the_default_and_empty_is_unset(agentapi, flags, variables, size):
    agentapi.serve(*flags, **variables)
    assert agentapi.wait_for_agent()["size"] == size


@pytest.mark.parametrize(
    "flags, variables, words",
    [
        (["-W", "9"], {}, "term width must be at least 10"),
        ([], {"AGENTAPI_TERM_WIDTH": "x"}, "term width must be at least 10"),
        ([], {"AGENTAPI_TERM_HEIGHT": "9"}, "term height must be at least 10"),
        (["-W", "x"], {}, "invalid argument"),
        ([], {"AGENTAPI_TYPE": "nobody"}, "invalid agent type: nobody"),
        ([], {"AGENTAPI_LOAD_STATE": "true"}, "--load-state requires --state-file"),
        ([], {"AGENTAPI_SAVE_STATE": "true"}, "--save-state requires --state-file"),
        (["-s", "s"], {"AGENTAPI_EXPERIMENTAL_ACP": "1"}, "ACP mode doesn't support state persistence"),
    ],
)
def test_it_refuses_before_the_agent_is_started(agentapi, flags, variables, words):
    code, _, err = agentapi.run("server", *flags, "--", agentapi.agent, **variables)
    assert code == 1 and words in err and agentapi.journal("agent-started") == []


@pytest.mark.parametrize(
    "flags, variables, words",
    [
        ([], {"AGENTAPI_ALLOWED_HOSTS": "localhost,127.0.0.1"}, "contains comma characters"),
        (["-a", "localhost:80"], {}, "must not include a port"),
        (["-a", "http://localhost"], {}, "must not include http"),
        ([], {"AGENTAPI_ALLOWED_ORIGINS": "a,b"}, "contains comma characters"),
        (["--port", "70000"], {}, "invalid port"),
        (["--port", "-1"], {}, "invalid port"),
    ],
)
def test_it_refuses_only_after_the_agent_was_started(agentapi, flags, variables, words):
    code, _, err = agentapi.run("server", *flags, "--", agentapi.agent, **variables)
    assert code == 1 and words in err and agentapi.journal("agent-started")


def test_load_state_false_needs_no_state_file(agentapi):
    agentapi.serve(AGENTAPI_LOAD_STATE="false", AGENTAPI_SAVE_STATE="false")
    agentapi.wait_until_up()


@pytest.mark.parametrize("flags, port", [(["--port", "0"], "1"), ([], "abc")])
def test_a_non_numeric_port_becomes_a_random_one_that_is_not_printed(agentapi, flags, port):
    agentapi.serve(*flags, AGENTAPI_PORT=port)
    found = agentapi.wait_for("listening")["port"]
    agentapi.wait_until_up(found)
    # Of a time the digits may be any.
    log = re.sub("time=[^ ]*", "", agentapi.stdout.read_text())
    assert "port=0" in log and str(found) not in log


def test_the_agent_gets_a_session_and_a_terminal_of_its_own(agentapi, monkeypatch):
    monkeypatch.chdir(agentapi.root)
    process = agentapi.serve(AGENTAPI_CHAT_BASE_PATH="/x", TERM="xterm-256color")
    agent = agentapi.wait_for_agent()
    assert agent["sid"] == agent["pid"] and agent["ppid"] == process.pid and agent["has_terminal"]
    assert agent["term"] == "vt100" and agent["cwd"] == str(agentapi.root)
    assert agent["environment"]["AGENTAPI_CHAT_BASE_PATH"] == "/x"
    # Of the signals that stop a program, none is ignored but Python's own PIPE.
    assert not {signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1} & set(agent["ignored"])


def test_the_agent_inherits_what_agentapi_inherited(agentapi):
    def nohup():
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)

    agentapi.serve(prepare=nohup)
    assert {signal.SIGHUP, signal.SIGINT} <= set(agentapi.wait_for_agent()["ignored"])


def test_arguments_and_variables_are_bytes(agentapi):
    agentapi.serve(agent=["sh", "-c", 'printf %s "$0$BYTES" | od -An -tx1; exec sleep 60', b"\xff\xc3"], BYTES=b"\xe2\x82")
    agentapi.wait_until_up()
    until(lambda: "ff c3 e2 82" in agentapi.messages()[0][1])


def test_a_missing_agent_is_reported_on_stdout_and_the_pid_file_stays(agentapi):
    process = agentapi.serve(agent=["no-such-agent"], AGENTAPI_PID_FILE=agentapi.pid_file)
    assert agentapi.end(process) == 1
    assert 'exec: \\"no-such-agent\\": executable file not found in $PATH' in agentapi.stdout.read_text()
    assert agentapi.pid() == process.pid and agentapi.stderr.read_text() == ""


def test_its_log_shows_the_agents_whole_command_line(agentapi):
    agentapi.serve(agent=[agentapi.agent, "--key", "secret"])
    agentapi.wait_until_up()
    assert f"Running: {agentapi.agent} --key secret" in agentapi.stdout.read_text()


# The order of a start


@pytest.mark.parametrize("flags", [[], ["-I", ""]])
def test_an_open_stdin_blocks_startup_and_a_signal_kills_it(agentapi, flags):
    process = agentapi.serve(*flags, stdin=subprocess.PIPE, AGENTAPI_PID_FILE=agentapi.pid_file)
    agentapi.wait_for("started")
    # USR1 never kills a Go program.
    process.send_signal(signal.SIGUSR1)
    # It sits in read() of descriptor 0.
    until(lambda: open(f"/proc/{process.pid}/syscall").read().startswith("0 0x0 "), "the read of stdin")
    process.send_signal(signal.SIGTERM)
    assert agentapi.end(process) == -signal.SIGTERM
    assert agentapi.events() == ["started"] and agentapi.pid() is None and agentapi.stdout.read_text() == ""


@pytest.mark.parametrize("kind", ["prompt given", "terminal", "closed", "null", "old"])
def test_stdin_does_not_block_startup_with_a_prompt_a_terminal_or_no_input(agentapi, kind):
    master, slave = pty.openpty()
    stdin = {"terminal": slave, "null": subprocess.DEVNULL, "closed": None}.get(kind, subprocess.PIPE)
    flags = ["-I", "x"] if kind == "prompt given" else []
    version = {"DOUBLE_VERSION": "0.10.2"} if kind == "old" else {}
    agentapi.serve(*flags, stdin=stdin, prepare=(lambda: os.close(0)) if kind == "closed" else None, **version)
    agentapi.wait_until_up()
    assert bool(agentapi.journal("stdin")) == (kind in ("closed", "null"))
    os.close(master)
    os.close(slave)


def test_before_its_handlers_are_set_a_signal_kills_it_and_the_pid_file_stays(agentapi):
    process = agentapi.serve(AGENTAPI_PID_FILE=agentapi.pid_file, DOUBLE_PAUSE_BEFORE_HANDLERS="60")
    agentapi.wait_for("agent-started")
    process.send_signal(signal.SIGTERM)
    assert agentapi.end(process) == -signal.SIGTERM and agentapi.pid() == process.pid


def test_before_the_bind_a_signal_is_a_stop(agentapi):
    process = agentapi.serve(AGENTAPI_PID_FILE=agentapi.pid_file, DOUBLE_SLOW_START="60")
    agentapi.wait_for("handlers-set")
    process.send_signal(signal.SIGTERM)
    assert agentapi.end(process) == 0 and agentapi.pid() is None and not agentapi.journal("listening")


# The pid file


@pytest.mark.parametrize("content", ["1", "alive", "own"])
def test_a_pid_file_naming_any_live_process_is_refused(agentapi, content):
    agentapi.pid_file.parent.mkdir()
    agentapi.pid_file.write_text(f"{os.getpid()}\n" if content == "alive" else content)

    def write_own():
        agentapi.pid_file.write_text(f"{os.getpid()}\n")

    process = agentapi.serve(AGENTAPI_PID_FILE=agentapi.pid_file, prepare=write_own if content == "own" else None)
    assert agentapi.end(process) == 1
    assert "another instance is already running with PID" in agentapi.stderr.read_text()
    assert not agentapi.journal("agent-started") and agentapi.pid_file.exists()


def test_a_process_that_may_not_be_signalled_counts_as_alive(agentapi, other_user):
    other = subprocess.Popen([*other_user.words, "sleep", "600"])
    agentapi.started.append(other)
    until(lambda: open(f"/proc/{other.pid}/comm").read() == "sleep\n")
    agentapi.pid_file.parent.mkdir()
    agentapi.pid_file.write_text(f"{other.pid}\n")
    # root that may not signal everybody.
    process = agentapi.serve(under=["setpriv", "--bounding-set=-kill"], AGENTAPI_PID_FILE=agentapi.pid_file)
    assert agentapi.end(process) == 1
    assert f"another instance is already running with PID {other.pid}" in agentapi.stderr.read_text()


@pytest.mark.parametrize("content", ["dead", "-1", "0", "text", ""])
def test_any_other_pid_file_is_overwritten(agentapi, content):
    ended = subprocess.Popen(["true"])
    ended.wait()
    agentapi.pid_file.parent.mkdir()
    agentapi.pid_file.write_text(f"{ended.pid}\n" if content == "dead" else content)
    process = agentapi.serve(AGENTAPI_PID_FILE=agentapi.pid_file)
    agentapi.wait_until_up()
    assert agentapi.pid() == process.pid


def test_the_pid_file_is_private(agentapi):
    process = agentapi.serve("--pid-file", agentapi.pid_file)
    agentapi.wait_for("agent-started")
    assert agentapi.pid_file.read_text() == f"{process.pid}\n"
    assert mode(agentapi.pid_file) == 0o600 and mode(agentapi.pid_file.parent) == 0o700


def test_a_pid_file_with_other_content_is_not_removed(agentapi):
    process = agentapi.serve(AGENTAPI_PID_FILE=agentapi.pid_file)
    agentapi.wait_until_up()
    agentapi.pid_file.write_text("12345\n")
    process.terminate()
    assert agentapi.end(process) == 0 and agentapi.pid() == 12345
