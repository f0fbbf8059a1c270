"""Prompts that go by agentapi: each arrives once, unchanged, and the record says delivered only when it did."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest


from agents.claude import store
from waiting import HANG, until

# Longer than one argument of Linux, with everything that has to be escaped somewhere.
LONG = ("A task of many lines:\n\t\"quoted\" \\ back, 'single', $(no) `shell`, é ü 🚀 <&> \u2028\n" * 1800).strip()


class Launches:
    """Starts of one conversation under the double, in a home and a directory of its own."""

    def __init__(self, binary, agentapi, folder):
        self.binary, self.agentapi = binary, agentapi
        self.home, self.workdir = folder / "home", folder / "work"
        self.home.mkdir()
        self.workdir.mkdir()
        self.prompt_file = folder / "prompt"
        # The scripted agent under the name of one whose store is known.
        shutil.copy2(agentapi.agent, agentapi.bin / "claude")
        self.running = []

    def start(self, *options, agent="claude", prompt=None, command=(), **extra):
        if prompt is not None:
            self.prompt_file.write_text(prompt)
            options = (*options, "--prompt-file", self.prompt_file)
        extra = {"DOUBLE_TIME_SCALE": "0.1", **extra}
        environment = self.agentapi.environment(HOME=self.home, AGENTAPI_PORT=self.agentapi.port, **extra)
        version = ("--agent-version", "2.1.329") if agent == "claude" else ()
        argv = [self.binary, agent, "--agentapi", "--workdir", self.workdir, *version, *options]
        self.output = self.home / f"output-{len(self.running)}"
        with open(self.output, "wb") as output:
            process = subprocess.Popen(
                [str(word) for word in [*argv, *(["--", *command] if command else [])]],
                env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
        self.running.append(process)
        return process

    def custom(self, prompt, *options, **extra):
        return self.start(*options, agent="custom", prompt=prompt, command=[self.agentapi.agent], **extra)

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=HANG)

    def said(self):
        """What agentlaunch itself has written."""
        lines = self.output.read_text(errors="replace").splitlines()
        return [line for line in lines if line.startswith("agentlaunch: ")]

    def wait_to_hear(self, text):
        until(lambda: any(text in line for line in self.said()), text)

    @property
    def record_file(self):
        found = list(Path(os.environ["XDG_STATE_HOME"]).glob("agentlaunch/claude/*/record.json"))
        return found[0] if found else None

    def prompts(self):
        """(how, state) of each prompt that the record knows."""
        if not self.record_file:
            return []
        return [(prompt["how"], prompt["state"]) for prompt in json.loads(self.record_file.read_text())["prompts"]]

    def wait_for_prompts(self, *expected):
        until(lambda: self.prompts() == list(expected), f"prompts {expected} in the record, not {self.prompts()}")

    def server(self):
        """How the last agentapi was started that was not only asked for its version."""
        return [line for line in self.agentapi.journal("started") if "server" in line["argv"]][-1]

    def texts(self):
        """What the agent was told, start by start."""
        return [event["text"] for event in self.agentapi.agent_events("message")]

    def has_claude_session(self, *texts):
        """A conversation that a warm start resumes."""
        plan = subprocess.run(
            [self.binary, "claude", "--dry-run", "--format", "json", "--workdir", self.workdir, "--agentapi",
             "--agent-version", "2.1.329"],
            env=self.agentapi.environment(HOME=self.home), capture_output=True, check=True, stdin=subprocess.DEVNULL,
        )
        token = json.loads(plan.stdout)["session"]["id"]
        return store.write(self.home, self.workdir, texts or ["Begin."], token=token)

    def close(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()


@pytest.fixture
def launches(binary, agentapi, tmp_path):
    made = Launches(binary, agentapi, tmp_path)
    yield made
    made.close()
    # What a killed launcher left.
    for line in agentapi.journal("started"):
        try:
            if agentapi.is_ours(line["pid"]):
                os.kill(line["pid"], signal.SIGKILL)
        except ProcessLookupError:
            pass


def test_a_prompt_as_initial_prompt_arrives_once(launches, agentapi):
    prompt = 'Say "hello" to $USER;\n- and `no` \\ more é 🚀'
    launch = launches.custom(prompt, "--verbose")
    launches.wait_to_hear("the prompt is in agentapi's chat")
    assert launches.texts() == [prompt]
    assert [text for role, text in agentapi.messages() if role == "user"] == [prompt]
    assert any(word == f"--initial-prompt={prompt}" for word in launches.server()["argv"])
    assert launches.stop(launch) == 0
    assert len(agentapi.journal("prompt-delivered")) == 1
    assert not agentapi.journal("message-delivered")


@pytest.mark.parametrize("size", [131_072, 1 << 20])
def test_a_long_prompt_goes_by_stdin_byte_for_byte(launches, agentapi, size):
    prompt = (LONG * (size // len(LONG.encode()) + 1)).encode()[: size - 8].decode(errors="ignore")
    prompt += "." * (size - len(prompt.encode()))
    assert len(prompt.encode()) == size
    launch = launches.start(prompt=prompt, AGENT_NO_ECHO="1", DOUBLE_VERSION="0.12.2", DOUBLE_TIME_SCALE="0.3")
    launches.wait_for_prompts(("stdin", "delivered"))
    assert launches.texts() == [prompt]
    assert launches.server()["stdin"] == "unlinked file"
    assert launches.stop(launch) == 0


def test_the_record_says_delivered_only_when_the_chat_has_the_prompt(launches, agentapi):
    launch = launches.start(prompt=LONG, AGENT_DELAY="600")
    agentapi.wait_for_agent()
    launches.wait_for_prompts(("stdin", "given"))
    assert launches.stop(launch) == 0
    assert launches.prompts() == [("stdin", "given")]
    assert launches.texts() == []


def test_a_prompt_that_was_only_enqueued_is_given_again_by_the_next_start(launches, agentapi):
    launch = launches.start(prompt=LONG, AGENT_IGNORE_ENTER="1")
    agentapi.wait_for("prompt-failed")
    agentapi.wait_for_status("stable")
    assert launches.prompts() == [("stdin", "given")]
    assert launches.stop(launch) == 0
    assert launches.prompts() == [("stdin", "given")]

    launch = launches.start(prompt=LONG)
    launches.wait_for_prompts(("stdin", "delivered"))
    assert launches.texts() == [LONG]
    assert launches.stop(launch) == 0


def test_a_message_to_a_warm_conversation_is_sent_once(launches, agentapi):
    launches.has_claude_session()
    launch = launches.start("--on-new-prompt", "send", prompt=LONG)
    launches.wait_for_prompts(("agentapi", "delivered"))
    assert launches.texts() == [LONG]
    assert len(agentapi.journal("message-delivered")) == 1
    assert not agentapi.journal("prompt-enqueued")
    assert not any("initial-prompt" in word for word in launches.server()["argv"])
    assert launches.stop(launch) == 0


def test_a_prompt_of_a_start_in_which_nothing_ran_is_given_by_the_next(launches, agentapi):
    launches.has_claude_session()
    double = agentapi.program.rename(agentapi.bin / "double")
    agentapi.program.write_text("#!/no/such/interpreter\n")
    agentapi.program.chmod(0o755)
    assert launches.start("--on-new-prompt", "send", prompt="Go on.").wait(timeout=HANG) == 126
    assert launches.prompts() == []
    double.rename(agentapi.program)
    launch = launches.start("--on-new-prompt", "send", prompt="Go on.")
    agentapi.wait_for_status("stable")
    assert launches.server()["argv"][-1] == "Go on."
    assert launches.prompts() == [("argument", "given")]
    assert launches.stop(launch) == 0


def test_an_equal_message_in_the_loaded_chat_is_not_taken_for_the_new_one(launches, agentapi):
    session = launches.has_claude_session()
    options = ("--resume-prompt-file", launches.prompt_file)
    launches.prompt_file.write_text(LONG)
    state = agentapi.state_file
    launch = launches.start(*options, AGENTAPI_STATE_FILE=state, AGENTAPI_PID_FILE=agentapi.pid_file)
    agentapi.wait_for("message-delivered")
    assert launches.stop(launch) == 0
    assert [entry["role"] for entry in agentapi.state()["messages"]].count("user") == 1
    record = json.loads(launches.record_file.read_text())
    launches.record_file.write_text(json.dumps({**record, "stateSession": session}))

    launch = launches.start(*options, "--verbose", AGENTAPI_STATE_FILE=state, AGENTAPI_PID_FILE=agentapi.pid_file)
    agentapi.wait_for("state-loaded")
    agentapi.wait_for("message-delivered", 2)
    launches.wait_to_hear("the prompt is in agentapi's chat")
    assert [text for role, text in agentapi.messages() if role == "user"] == [LONG, LONG]
    assert launches.stop(launch) == 0
    assert launches.texts() == [LONG, LONG]
    assert len(agentapi.journal("message-delivered")) == 2


def test_a_message_whose_sending_failed_is_not_sent_again(launches, agentapi):
    launches.has_claude_session()
    launch = launches.start("--on-new-prompt", "send", prompt=LONG, AGENT_IGNORE_ENTER="1")
    launches.wait_to_hear("[prompt-not-confirmed]")
    assert launches.prompts() == [("agentapi", "given")]
    assert launches.stop(launch) == 0
    assert launches.prompts() == [("agentapi", "given")]

    launch = launches.start("--on-new-prompt", "send", prompt=LONG)
    launches.wait_to_hear("[prompt-unknown]")
    agentapi.wait_until_up()
    agentapi.wait_for_status("stable")
    assert launches.stop(launch) == 0
    assert launches.texts() == []


def test_a_message_that_was_never_sent_is_sent_by_the_next_start(launches, agentapi):
    launches.has_claude_session()
    launch = launches.start("--on-new-prompt", "send", prompt=LONG, AGENT_DELAY="600", DOUBLE_VERSION="0.12.2")
    agentapi.wait_for_agent()
    agentapi.wait_until_up()
    assert launches.stop(launch) == 0
    assert launches.prompts() == []

    launch = launches.start("--on-new-prompt", "send", prompt=LONG)
    launches.wait_for_prompts(("agentapi", "delivered"))
    assert launches.stop(launch) == 0
    assert launches.texts() == [LONG]


def test_a_message_that_blocks_agentapi_does_not_keep_it_from_being_stopped(launches, agentapi):
    launches.has_claude_session()
    # The release that says stable before the input box was seen, and then holds the message for ever.
    launch = launches.start("--on-new-prompt", "send", prompt=LONG, DOUBLE_NEVER_READY="1", DOUBLE_VERSION="0.12.1")
    launches.wait_for_prompts(("agentapi", "given"))
    agentapi.wait_for_agent()
    assert launches.stop(launch) == 0
    assert agentapi.signals() == ["TERM"]
    assert launches.prompts() == [("agentapi", "given")]
    assert not Path(f"/proc/{agentapi.agent_events('started')[0]['pid']}").exists()


def test_agentapi_is_asked_by_a_name_that_it_allows(launches, agentapi):
    launch = launches.start(prompt=LONG, AGENTAPI_ALLOWED_HOSTS="chat.example other.example")
    launches.wait_for_prompts(("stdin", "delivered"))
    assert agentapi.get("/status")[0] == 400
    assert launches.stop(launch) == 0


def test_an_agentapi_that_never_listens_is_stopped_like_any_other(launches, agentapi):
    launch = launches.start(prompt=LONG, DOUBLE_SLOW_START="600")
    agentapi.wait_for("handlers-set")
    assert launches.stop(launch) in (0, 1)
    assert launches.prompts() == [("stdin", "given")]


def is_idle(launch):
    """The launcher is not woken in four seconds on end: what asks agentapi does so more often."""

    def wakeups():
        lines = Path(f"/proc/{launch.pid}/status").read_text().splitlines()
        return [line for line in lines if "ctxt_switches" in line]

    # The agent's last output may still be on its way, and which conversation it has open is looked for a few times.
    for _ in range(int(HANG / 4)):
        before = wakeups()
        time.sleep(4)
        if wakeups() == before:
            return True
    return False


def test_after_the_delivery_nothing_is_asked(launches, agentapi):
    launch = launches.custom("Go.", "--verbose")
    launches.wait_to_hear("the prompt is in agentapi's chat")
    agentapi.wait_for_status("stable")
    assert is_idle(launch)
    assert launches.stop(launch) == 0


@pytest.mark.timeout(130)
def test_a_prompt_that_the_agents_store_shows_first_is_delivered_and_not_looked_for_any_more(launches, agentapi):
    launch = launches.start(prompt=LONG, AGENT_DELAY="600", DOUBLE_VERSION="0.12.2")
    agentapi.wait_until_up()
    session = json.loads(launches.record_file.read_text())["session"]
    store.write(launches.home, launches.workdir, [LONG], token=session)
    launches.wait_for_prompts(("stdin", "delivered"))
    assert "user" not in [role for role, text in agentapi.messages()]
    assert is_idle(launch)
    assert launches.stop(launch) == 0


@pytest.mark.parametrize("size", [20, 130_000], ids=["argument", "stdin"])
def test_a_prompt_that_would_end_its_own_paste_is_refused_before_anything_starts(under_agentapi, agentapi, tmp_path, size):
    text = "a" * size + "\x1b[201~rm -rf"
    (tmp_path / "prompt").write_text(text)
    process = under_agentapi("--prompt-file", str(tmp_path / "prompt"))
    assert process.wait(HANG) == 64
    assert f"the prompt contains the end-of-paste sequence at offset {size}, " in (agentapi.root / "launch.err").read_text()
    assert not agentapi.journal("agent-started")
    (tmp_path / "prompt").write_text("a" * size + "\x1b[200~ \x1b[20")
    process = under_agentapi("--prompt-file", str(tmp_path / "prompt"))
    agentapi.wait_for_agent("message")
    process.terminate()
    process.wait(HANG)
