"""The double of agentapi against what was observed of the real one: the state file, and the prompt over several runs."""

import json
import signal
import stat

import pytest

from waiting import until


@pytest.fixture(autouse=True)
def fast(agentapi):
    agentapi.defaults.update(DOUBLE_TIME_SCALE="0.1", AGENTAPI_STATE_FILE=agentapi.state_file)


def stop(agentapi, process):
    process.terminate()
    assert agentapi.end(process) == 0


def talk(agentapi, *flags, **options):
    """A run in which the prompt is delivered and answered."""
    count = len(agentapi.journal("prompt-delivered"))
    process = agentapi.serve(*flags, **options)
    agentapi.wait_for("prompt-delivered", count=count + 1)
    agentapi.wait_for_status("stable")
    return process


def said(agentapi, role="user"):
    return [message["message"] for message in agentapi.state()["messages"] if message["role"] == role]


def test_the_file_holds_messages_and_prompt_and_is_private(agentapi):
    stop(agentapi, talk(agentapi, "-I", " <hello> \n"))
    assert [list(message) for message in agentapi.state()["messages"]] == [["id", "message", "role", "time"]] * 3
    assert list(agentapi.state()) == ["version", "messages", "initial_prompt", "initial_prompt_sent"]
    assert agentapi.state()["version"] == 1 and agentapi.state()["initial_prompt_sent"] is True
    assert agentapi.state()["initial_prompt"] == "<hello>" and said(agentapi) == ["<hello>"]
    assert [message["id"] for message in agentapi.state()["messages"]] == [0, 1, 2]
    assert stat.S_IMODE(agentapi.state_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(agentapi.state_file.parent.stat().st_mode) == 0o700
    # As Go's encoder writes it.
    assert "\\u003chello\\u003e" in agentapi.state_file.read_text() and agentapi.state_file.read_text()[-1] == "\n"
    assert [file.name for file in agentapi.state_file.parent.iterdir()] == [agentapi.state_file.name]


def test_it_is_saved_at_the_end_only(agentapi):
    process = talk(agentapi, "-I", "hello")
    assert agentapi.state() is None
    process.kill()
    agentapi.end(process)
    assert agentapi.state() is None


def test_a_save_that_fails_is_a_line_in_the_log_and_still_0(agentapi):
    agentapi.state_file.parent.mkdir()
    (agentapi.state_file.parent / "agentapi-state.json.tmp").mkdir()
    stop(agentapi, talk(agentapi, "-I", "hello"))
    assert "level=ERROR" in agentapi.stdout.read_text() and agentapi.state() is None


def test_it_is_loaded_only_once_the_agent_is_ready(agentapi):
    stop(agentapi, talk(agentapi, "-I", "hello"))
    agentapi.serve(AGENT_NO_BOX="1")
    agentapi.wait_until_up()
    until(lambda: "scripted agent" in agentapi.messages()[0][1])
    assert len(agentapi.messages()) == 1
    agentapi.post("> ", "raw")
    agentapi.wait_for("state-loaded")
    until(lambda: len(agentapi.messages()) == 3, "the old messages")
    assert agentapi.messages()[1] == ("user", "hello")


def test_after_a_load_the_screen_is_not_recorded_until_a_user_message(agentapi):
    stop(agentapi, talk(agentapi, "-I", "hello"))
    agentapi.serve(AGENT_LOGIN="something new\n\n")
    agentapi.wait_for("state-loaded")
    agentapi.wait_for_status("stable")
    assert not any("something new" in content for _, content in agentapi.messages())
    assert agentapi.post("again")[0] == 200
    until(lambda: len(agentapi.messages()) == 5)
    assert "You said 5 bytes: again" in agentapi.messages()[4][1]


@pytest.mark.parametrize(
    "content, words",
    [
        ("", "corrupted or invalid JSON"),
        ('{"version":1,"messages":[{"id":0', "corrupted or invalid JSON"),
        ('{"version":2,"messages":[]}', "unsupported state file version 2"),
    ],
)
def test_a_bad_file_is_a_warning_and_is_overwritten(agentapi, content, words):
    agentapi.state_file.parent.mkdir()
    agentapi.state_file.write_text(content)
    process = agentapi.serve()
    agentapi.wait_for("state-load-failed")
    agentapi.wait_for_status("stable")
    assert words in agentapi.stdout.read_text() and "level=ERROR" in agentapi.stdout.read_text()
    stop(agentapi, process)
    assert agentapi.state()["version"] == 1 and "scripted agent" in said(agentapi, "agent")[0]


def test_a_missing_file_is_no_error(agentapi):
    agentapi.serve()
    until(lambda: "No previous state to load" in agentapi.stdout.read_text())
    assert "level=ERROR" not in agentapi.stdout.read_text()


def good_state(agentapi):
    agentapi.state_file.parent.mkdir()
    time = "2026-01-02T03:04:05Z"
    messages = [
        {"id": number, "message": text, "role": role, "time": time}
        for number, (role, text) in enumerate([("agent", "hi"), ("user", "old"), ("agent", "answer")])
    ]
    state = {"version": 1, "messages": messages, "initial_prompt": "old", "initial_prompt_sent": True}
    agentapi.state_file.write_text(json.dumps(state))
    return agentapi.state_file.read_text()


@pytest.mark.parametrize("way", ["the agent dies", "it is stopped"])
def test_a_run_that_never_became_ready_overwrites_a_good_file(agentapi, way):
    good_state(agentapi)
    process = agentapi.serve(AGENT_NO_BOX="1", AGENT_EXIT_ON="1")
    agentapi.wait_until_up()
    until(lambda: "scripted agent" in agentapi.messages()[0][1])
    if way == "the agent dies":
        agentapi.post("exit\r", "raw")
    else:
        process.send_signal(signal.SIGTERM)
    assert agentapi.end(process) == (1 if way == "the agent dies" else 0)
    state = agentapi.state()
    assert len(state["messages"]) == 1
    assert (state["initial_prompt"], state["initial_prompt_sent"]) == ("", False)


def test_with_save_state_false_the_file_is_untouched(agentapi):
    before = good_state(agentapi)
    process = agentapi.serve("--save-state=false", AGENT_NO_BOX="1")
    agentapi.wait_until_up()
    until(lambda: "scripted agent" in agentapi.messages()[0][1])
    stop(agentapi, process)
    assert agentapi.state_file.read_text() == before


# The prompt over two runs: what the agent got in the second one, and what is saved


@pytest.mark.parametrize(
    "flags, variables, got, messages, saved",
    [
        (["-I", " old\n"], {}, [], ["old"], "old"),
        (["-I", "new"], {}, ["new"], ["old", "new"], "new"),
        ([], {}, [], ["old"], "old"),
        (["-I", "old"], {"AGENTAPI_LOAD_STATE": "false"}, ["old"], ["old"], "old"),
        (["-I", "old", "--load-state=false"], {"AGENTAPI_LOAD_STATE": "true"}, ["old"], ["old"], "old"),
    ],
)
def test_the_prompt_of_a_second_run(agentapi, flags, variables, got, messages, saved):
    good_state(agentapi)
    if got:
        process = talk(agentapi, *flags, **variables)
    else:
        process = agentapi.serve(*flags, **variables)
        agentapi.wait_for("state-loaded")
        agentapi.wait_for_status("stable")
        # So that there is something to save.
        assert agentapi.post("more")[0] == 200
        agentapi.wait_for_agent("message")
        got, messages = ["more"], [*messages, "more"]
        until(lambda: agentapi.messages()[-1][0] == "agent")
    assert [event["text"] for event in agentapi.agent_events("message")] == got
    stop(agentapi, process)
    assert said(agentapi) == messages
    assert (agentapi.state()["initial_prompt"], agentapi.state()["initial_prompt_sent"]) == (saved, True)


def test_a_saved_prompt_that_was_not_sent_is_sent(agentapi):
    good_state(agentapi)
    agentapi.state_file.write_text(agentapi.state_file.read_text().replace("true", "false"))
    talk(agentapi)
    assert [event["text"] for event in agentapi.agent_events("message")] == ["old"]


def test_a_killed_run_leaves_the_prompt_to_be_sent_again(agentapi):
    process = talk(agentapi, "-I", "hello")
    process.kill()
    agentapi.end(process)
    talk(agentapi, "-I", "hello")
    assert [event["text"] for event in agentapi.agent_events("message")] == ["hello", "hello"]


def test_a_prompt_that_was_only_queued_is_saved_as_sent_and_never_sent(agentapi):
    process = agentapi.serve("-I", "hello", DOUBLE_STABLE_SECONDS="3600")
    agentapi.wait_for("prompt-enqueued")
    stop(agentapi, process)
    assert agentapi.state()["initial_prompt_sent"] is True and said(agentapi) == []
    agentapi.serve("-I", "hello")
    agentapi.wait_for("state-loaded")
    agentapi.wait_for_status("stable")
    assert len(agentapi.journal("prompt-enqueued")) == 1 and agentapi.agent_events("message") == []


# Its delivery


def test_a_prompt_is_trimmed_pasted_and_answered(agentapi):
    talk(agentapi, "-I", "\n two\nlines\t\v\f\r\n")
    assert [event["text"] for event in agentapi.agent_events("message")] == ["two\nlines"]
    assert agentapi.messages()[1] == ("user", "two\nlines") and "You said 9 bytes" in agentapi.messages()[2][1]


@pytest.mark.parametrize(
    "flags, variables, text",
    [
        (["-I", "flag"], {"AGENTAPI_INITIAL_PROMPT": "variable"}, "flag"),
        ([], {"AGENTAPI_INITIAL_PROMPT": "variable"}, "variable"),
        (["--initial-prompt=flag"], {"AGENT_DEAF_ENTERS": "1"}, "flag"),
    ],
)
def test_a_prompt_is_the_flag_or_the_variable_and_enter_comes_again(agentapi, flags, variables, text):
    talk(agentapi, *flags, **variables)
    assert agentapi.messages()[1] == ("user", text)


@pytest.mark.parametrize("way", ["-I 120 KiB", "stdin 1 MiB"])
def test_a_long_prompt_arrives_whole(agentapi, way):
    size = 120 * 1024 if way.startswith("-I") else 1024 * 1024
    # Lines, and no other line has the same words, as in a text.
    prompt = "".join(f"line {number} of a long prompt\n" for number in range(size))[: size - 1] + "."
    if way.startswith("-I"):
        talk(agentapi, "-I", prompt, AGENT_QUIET="1")
    else:
        file = agentapi.root / "prompt"
        file.write_text(prompt)
        with open(file) as stdin:
            talk(agentapi, stdin=stdin, AGENT_QUIET="1")
        assert agentapi.journal("stdin")[0]["bytes"] == size
        assert "Read initial prompt from stdin" in agentapi.stdout.read_text()
    assert agentapi.wait_for_agent("message")["text"] == prompt
    assert agentapi.messages()[1] == ("user", prompt)


def test_an_agent_that_ignores_enter_never_gets_it_and_nobody_is_told(agentapi):
    process = agentapi.serve("-I", "hello", AGENT_IGNORE_ENTER="1")
    agentapi.wait_for("prompt-failed")
    agentapi.wait_for_status("stable")
    assert "user" not in [role for role, _ in agentapi.messages()]
    log = agentapi.stdout.read_text()
    assert "prompt" not in log.replace("initial-prompt", "") and "level=ERROR" not in log
    stop(agentapi, process)
    assert agentapi.state()["initial_prompt_sent"] is True


@pytest.mark.parametrize("version, end", [("0.12.1", "prompt-failed"), ("0.12.2", "prompt-delivered")])
def test_an_agent_without_an_echo(agentapi, version, end):
    agentapi.serve("-I", "hello", AGENT_NO_ECHO="1", DOUBLE_VERSION=version)
    agentapi.wait_for(end)


@pytest.mark.parametrize("version, sent", [("0.11.1", True), ("0.11.2", False)])
def test_before_0_11_2_the_box_is_not_waited_for(agentapi, version, sent):
    agentapi.serve("-I", "hello", AGENT_NO_BOX="1", DOUBLE_VERSION=version, AGENTAPI_STATE_FILE=None)
    agentapi.wait_until_up()
    if sent:
        agentapi.wait_for("prompt-delivered")
    else:
        agentapi.post("> ", "raw")
        agentapi.wait_for("prompt-delivered")
        assert agentapi.events().index("ready") < agentapi.events().index("prompt-enqueued")
