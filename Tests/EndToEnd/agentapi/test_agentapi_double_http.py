"""The double of agentapi against what was observed of the real one: HTTP, and what it reads off the agent's screen."""

import json
import select
import socket

import pytest

from waiting import HANG, until


@pytest.fixture(autouse=True)
def fast(agentapi):
    agentapi.defaults["DOUBLE_TIME_SCALE"] = "0.1"


def show(agentapi, text, type="goose", **options):
    """Serves an agent that writes this and nothing else."""
    agentapi.serve(agent=["sh", "-c", 'stty raw -echo; printf %b "$TEXT"; exec sleep 600'], type=type, TEXT=text, **options)
    agentapi.wait_until_up()


def test_status_and_messages_are_objects_with_these_fields(agentapi):
    agentapi.serve()
    agentapi.wait_for_box()
    status, body = agentapi.get("/status")
    body.pop("$schema")
    assert (status, body) == (200, {"status": "stable", "agent_type": "goose", "transport": "pty"})
    message = agentapi.get("/messages")[1]["messages"][0]
    assert set(message) == {"id", "content", "role", "time"} and message["id"] == 0 and message["role"] == "agent"
    # A message is as wide as the terminal.
    assert message["content"] == "scripted agent".ljust(80)


@pytest.mark.parametrize(
    "version, fields",
    [("0.9.0", {"status"}), ("0.10.1", {"status", "agent_type"}), ("0.12.0", {"status", "agent_type", "transport"})],
)
def test_the_fields_of_a_status_by_release(agentapi, version, fields):
    agentapi.serve(DOUBLE_VERSION=version)
    agentapi.wait_until_up()
    assert set(agentapi.get("/status")[1]) == fields | {"$schema"}


@pytest.mark.parametrize(
    "variables, host, status",
    [
        ({}, "localhost", 200),
        ({}, "LOCALHOST:9", 200),
        ({}, "127.0.0.1:3284", 200),
        ({}, "[::1]:3284", 200),
        ({}, "workspace.example", 400),
        ({"AGENTAPI_ALLOWED_HOSTS": "a.example b.example"}, "b.example", 200),
        ({"AGENTAPI_ALLOWED_HOSTS": "a.example b.example"}, "localhost", 400),
        ({"AGENTAPI_ALLOWED_HOSTS": "x *"}, "workspace.example", 200),
    ],
)
def test_only_allowed_hosts_are_answered_whatever_the_port(agentapi, variables, host, status):
    agentapi.serve(**variables)
    agentapi.wait_for("listening")
    answer = agentapi.get("/status", host=host)
    assert answer[0] == status and (status == 200 or answer[1].startswith("Invalid host header. Allowed hosts: "))


def test_the_host_list_of_a_flag_is_separated_by_commas(agentapi):
    agentapi.serve("-a", "a.example,b.example")
    agentapi.wait_for("listening")
    assert agentapi.get("/status", host="b.example")[0] == 200


def test_a_user_message_needs_a_stable_screen_and_a_raw_one_does_not(agentapi):
    agentapi.serve(DOUBLE_STABLE_SECONDS="3600")
    agentapi.wait_until_up()
    agentapi.wait_for("ready")
    status, body = agentapi.post("hello")
    text = "message can only be sent when the agent is waiting for user input"
    assert status == 500 and text in body["errors"][0]["message"]
    assert agentapi.get("/status")[1]["status"] == "running"
    assert agentapi.post("typed\r", "raw")[1]["ok"] is True
    assert agentapi.wait_for_agent("message")["text"] == "typed"
    assert "user" not in [role for role, _ in agentapi.messages()]


def test_a_user_message_is_answered_when_the_agent_has_reacted(agentapi):
    agentapi.serve()
    agentapi.wait_for_box()
    status, body = agentapi.post(" hello \n")
    assert status == 200 and body["ok"] is True
    assert agentapi.wait_for_agent("message")["text"] == "hello"
    assert ("user", "hello") in agentapi.messages()


@pytest.mark.parametrize(
    "body, status",
    [
        ({"content": "x", "type": "shout"}, 422),
        ({"content": "x"}, 422),
        ({"content": "x" * (1024 * 1024), "type": "raw"}, 413),
    ],
)
def test_invalid_request_bodies_are_refused(agentapi, body, status):
    agentapi.serve()
    agentapi.wait_until_up()
    data = json.dumps(body).encode()
    with socket.create_connection(("127.0.0.1", agentapi.port)) as client:
        head = f"POST /message HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n\r\n"
        client.sendall(head.encode() + data)
        assert client.recv(12) == f"HTTP/1.1 {status}".encode()


def test_an_empty_message_is_refused(agentapi):
    agentapi.serve()
    agentapi.wait_for_box()
    assert agentapi.post("  \n")[0] == 500


@pytest.mark.parametrize("path", ["/status", "/messages"])
def test_other_requests_wait_while_a_message_is_being_sent(agentapi, path):
    agentapi.serve(AGENT_IGNORE_ENTER="1")
    agentapi.wait_for_box()

    def send(text):
        client = socket.create_connection(("127.0.0.1", agentapi.port))
        client.sendall(text.encode())
        return client

    body = '{"content":"hello","type":"user"}'
    posting = send(f"POST /message HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    agentapi.wait_for("message-queued")
    with posting, send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n") as asking:
        assert select.select([asking], [], [], HANG)[0]
        # The answer to the message was there before.
        assert select.select([posting], [], [], 0)[0] and posting.recv(12) == b"HTTP/1.1 500"
        assert agentapi.journal("message-failed")


@pytest.mark.parametrize("version, status", [("0.12.0", "stable"), ("0.12.1", "stable"), ("0.12.2", "running")])
def test_a_box_that_is_never_recognised(agentapi, version, status):
    agentapi.serve("-I", "hello", AGENT_NO_BOX="1", DOUBLE_VERSION=version)
    agentapi.wait_until_up()
    until(lambda: "scripted agent" in agentapi.messages()[0][1])
    if status == "running":
        assert agentapi.post("again")[0] == 500
    else:
        # It says stable, takes the message and keeps its sender waiting.
        agentapi.wait_for_status("stable")
        body = '{"content":"again","type":"user"}'
        client = socket.create_connection(("127.0.0.1", agentapi.port))
        client.sendall(f"POST /message HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        agentapi.wait_for("message-queued")
        assert not agentapi.journal("message-delivered") and not agentapi.journal("message-failed")
        client.close()
    assert not agentapi.journal("prompt-enqueued") and agentapi.agent_events("message") == []


def test_typing_a_box_makes_it_ready(agentapi):
    agentapi.serve(agent=["cat"], DOUBLE_VERSION="0.12.2")
    agentapi.wait_until_up()
    assert agentapi.get("/status")[1]["status"] == "running"
    agentapi.post("> ", "raw")
    agentapi.wait_for("ready")
    agentapi.wait_for_status("stable")


def test_events_begin_with_the_present_state_and_a_failed_load_is_one(agentapi):
    agentapi.state_file.parent.mkdir()
    agentapi.state_file.write_text("{")
    agentapi.serve(AGENTAPI_STATE_FILE=agentapi.state_file)
    agentapi.wait_for("state-load-failed")
    with socket.create_connection(("127.0.0.1", agentapi.port)) as client:
        client.settimeout(HANG)
        client.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while b"event: agent_error" not in received or b'"level":"warning"' not in received:
            received += client.recv(65536)
        assert b"event: message_update" in received and b"event: status_change" in received


LINE = "─" * 15
DASHES = "╌" * 15


@pytest.mark.parametrize(
    "type, version, screen, ready",
    [
        ("goose", "0.12.1", "\\n\\nhello\\r\\n> ", True),
        ("custom", "0.12.1", ">\\r\\n2\\r\\n3\\r\\n4\\r\\n5\\r\\n6", True),
        ("claude", "0.12.1", ">\\r\\n2\\r\\n3\\r\\n4\\r\\n5\\r\\n6\\r\\n7", False),
        ("claude", "0.12.1", f"{LINE}\\r\\n ❯ ask\\r\\n{LINE}\\r\\n  hint", True),
        ("claude", "0.12.1", f"{LINE}\\r\\n │ ask\\r\\n{LINE}", True),
        ("claude", "0.12.1", f"{LINE[1:]}\\r\\n ❯ ask\\r\\n{LINE[1:]}", False),
        ("claude", "0.12.1", f"{DASHES}\\r\\n ❯ ask\\r\\n{DASHES}", False),
        ("claude", "0.12.2", f"{DASHES}\\r\\n ❯ ask\\r\\n{DASHES}", True),
        ("codex", "0.12.1", "codex\\r\\n› ask\\r\\n\\r\\n  hint", True),
        ("codex", "0.12.1", "codex\\r\\n› ask\\r\\n  hint", False),
        ("codex", "0.12.1", "codex\\r\\n> ask\\r\\n\\r\\n  hint", False),
        ("opencode", "0.12.1", "1\\r\\n2\\r\\n3\\r\\n4\\r\\n ╹" + "▀" * 20, True),
        ("opencode", "0.12.1", "> ", False),
        ("amp", "0.12.1", "a\\r\\n╭──╮\\r\\n│  │\\r\\n╰──╯", True),
    ],
)
def test_each_type_has_its_own_input_box(agentapi, type, version, screen, ready):
    show(agentapi, screen + "\\r\\n\\r\\n", type=type, DOUBLE_VERSION=version)
    if ready:
        agentapi.wait_for("ready")
    else:
        # It says stable without a box.
        agentapi.wait_for_status("stable")
        assert not agentapi.journal("ready")


@pytest.mark.parametrize(
    "written, lines",
    [
        ("one\\rtwo", ["two"]),
        ("one\\r\\ntwo\\033[A\\rO\\033[5CX", ["One   X", "two"]),
        ("one\\r\\ntwo\\r\\nthree\\033[2;1H\\033[K2", ["one", "2", "three"]),
        ("one\\033[2Jtwo", ["   two"]),
        ("one\\r\\ntwo\\033[H\\033[Jthree", ["three"]),
        ("one\\033[?1049hother\\033[?1049l two", ["one two"]),
        ("\\033]0;title\\007one\\033[1;31mred\\033[0m\\033[>1u\\033[?25l\\033P1$r\\033\\\\", ["onered"]),
        ("abc\\033[2D\\033[P\\033[@Z", ["aZc"]),
        ("1\\r\\n2\\r\\n3\\033[2H\\033[L0", ["1", "0", "2", "3"]),
        ("1\\r\\n2\\r\\n3\\033[2H\\033[M", ["1", "3"]),
        ("1\\r\\n2\\r\\n3\\033[1;2r\\033[2;1H\\nX", ["2", "X", "3"]),
        ("\\342\\235\\257 \\303\\251\\033(0qx\\033(B", ["❯ é─│"]),
        ("x" * 81, ["x" * 80, "x"]),
        ("\\033[3;4Hhere\\00337\\033[1;1Hthere\\00338!", ["there", "", "   here!"]),
    ],
)
def test_the_screen_is_what_a_terminal_would_show(agentapi, written, lines):
    show(agentapi, written)
    until(lambda: [line.rstrip() for line in agentapi.messages()[0][1].split("\n")] == lines, repr(lines))


@pytest.mark.parametrize("question, answer", [("[6n", "1b 5b 31 3b 33 52"), ("[5n", "1b 5b 30 6e"), ("[c", "1b 5b 3f 36 63")])
def test_questions_of_the_program_are_answered(agentapi, question, answer):
    script = 'stty raw -echo; printf "ab\\033$ASK"; head -c $COUNT | od -An -tx1; exec sleep 600'
    agentapi.serve(agent=["sh", "-c", script], ASK=question, COUNT=len(answer.split()))
    agentapi.wait_until_up()
    until(lambda: answer in agentapi.messages()[0][1], answer)


def test_amp_is_typed_at_once(agentapi):
    agentapi.serve(agent=["sh", "-c", "stty raw -echo; head -c 2 | od -An -tx1; exec sleep 600"], type="amp")
    agentapi.wait_until_up()
    until(lambda: "20 08" in agentapi.messages()[0][1])
