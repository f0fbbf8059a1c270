"""Aider's and Amp's doubles with real stores, under agentapi's double: cold, stopped, warm, killed, warm."""

import shutil
import subprocess
import time

import pytest

import plans
from digests import sha256
from doubles.chat_bench import make
from doubles.double_bench import TASK
from waiting import HANG, until

# What the text of the prompt must not become on its way.
HARD = """it's "quoted" `ticked` $(touch no) ${HOME}\n\n  \u00e9 \U0001fabf -- ~ * \\n"""


@pytest.fixture(params=["aider", "amp"])
def bench(request, binary, tmp_path, monkeypatch, agentapi):
    made = make(request.param, binary, tmp_path, monkeypatch, agentapi)
    yield made
    for process in made.running:
        if process.poll() is None:
            made.kill_everything(process)


@pytest.fixture
def amp(binary, tmp_path, monkeypatch, agentapi):
    made = make("amp", binary, tmp_path, monkeypatch, agentapi)
    yield made
    for process in made.running:
        if process.poll() is None:
            made.kill_everything(process)


@pytest.mark.parametrize("task", [TASK, HARD.strip()], ids=["plain", "hard"])
def test_the_prompt_is_given_once_across_a_stop_and_a_kill(bench, task):
    double, project = bench.double, str(bench.project)
    assert bench.dry("--agentapi", task=task)["start"] == "cold"
    first = bench.launch(task=task)
    until(lambda: bench.texts() == [[task]], "the prompt in the store")
    bench.delivered()
    key = bench.record()["session"]
    assert bench.conversations_started() == [double.cold(key, project)]
    assert bench.log("start")[-1]["cwd"] == project
    assert [where for where, _, _ in bench.conversations()] == [key]
    bench.ready()
    assert bench.stop(first) == 0

    planned = bench.dry("--agentapi", task=task)
    assert (planned["start"], planned["prompt"]["given"]) == ("warm", "this")
    second = bench.launch(task=task)
    assert bench.started(2) == double.warm(key, project)
    bench.ready()
    bench.installation.say("and now?")
    until(lambda: bench.texts() == [[task, "and now?"]], "the message in the store")
    bench.kill_everything(second)

    third = bench.launch(task=task)
    assert bench.started(3) == double.warm(key, project)
    bench.ready()
    assert bench.stop(third) == 0
    assert bench.texts() == [[task, "and now?"]]
    given = [line for line in bench.log("prompt") if line["sha256"] == sha256(task.encode())]
    assert len(given) == 1


def test_a_requested_new_conversation_is_resumed_by_the_next_start(bench):
    first = bench.launch()
    until(lambda: bench.texts() == [[TASK]], "the prompt in the store")
    bench.delivered()
    old = bench.record()["session"]
    bench.ready()
    bench.stop(first)
    second = bench.launch("--fresh", task="something else")
    until(lambda: [TASK] in bench.texts() and ["something else"] in bench.texts(), "the other conversation")
    new = until(lambda: bench.record().get("session"), "its id")
    assert new != old
    bench.delivered()
    bench.ready()
    bench.stop(second)
    planned = bench.dry("--agentapi", task="something else")
    assert planned["start"] == "warm" and new in planned["agentCommand"]
    assert sorted(bench.texts()) == [[TASK], ["something else"]]


def test_two_names_in_one_directory_are_two_conversations(bench):
    for name in ("one", "two"):
        process = bench.launch("--session", name, task=f"the task of {name}")
        until(lambda: [f"the task of {name}"] in bench.texts(), "the prompt in the store")
        bench.ready()
        bench.stop(process)
    keys = {texts[0]: key for key, _, texts in bench.conversations()}
    for name in ("one", "two"):
        planned = bench.dry("--agentapi", "--session", name, task=f"the task of {name}")
        assert planned["start"] == "warm" and keys[f"the task of {name}"] in planned["agentCommand"]
    assert bench.dry("--agentapi")["start"] == "cold"


def test_the_double_handles_missing_sessions_as_the_agent_does(bench):
    status, words = bench.double.refusal
    result = subprocess.run([bench.program, *bench.double.unknown], env=bench.environment(), cwd=bench.project,
                            capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert result.returncode == status and words in result.stderr


# Amp's thread


def test_the_threads_id_is_in_the_record_before_anything_is_sent(amp):
    amp.launch(AGENT_DOUBLE_READY="3600")
    [_, _, key] = amp.started(1)
    assert [line["session"] for line in amp.log("pinned")] == [key] == [amp.record()["session"]]
    assert amp.log("pinned")[0]["cwd"] == str(amp.project)
    assert amp.texts() == []
    amp.kill_everything(amp.running[0])
    # Nothing was sent: the next start sends it, to the same thread.
    planned = amp.dry("--agentapi")
    assert (planned["start"], planned["prompt"]["action"]) == ("cold", "send")
    assert planned["session"]["id"] == key and "not-verified" in plans.codes(planned)
    second = amp.launch()
    until(lambda: amp.texts() == [[TASK]], "the prompt in the thread")
    amp.delivered()
    assert [line["session"] for line in amp.log("pinned")] == [key]
    amp.ready()
    amp.stop(second)
    planned = amp.dry("--agentapi")
    assert (planned["start"], planned["prompt"]["given"]) == ("warm", "this")
    assert len(amp.log("prompt")) == 1


def test_a_dry_run_makes_no_thread(amp):
    planned = amp.dry("--agentapi")
    assert planned["agentCommand"] == ["amp", "threads", "continue", "<new thread>"] and planned["session"] is None
    assert amp.log("start") == []


@pytest.mark.parametrize("printed", ["", "done", "T-1", "--last", "T-019a0000-0000-7000-8000-000000000001 "
                                     "T-019a0000-0000-7000-8000-000000000002"])
def test_nothing_is_started_unless_the_agent_gives_exactly_one_id(amp, printed):
    process = amp.launch(AMP_DOUBLE_PRINTS=printed)
    assert process.wait(HANG) == 69, amp.output.read_text()
    assert "amp threads new" in amp.output.read_text()
    assert amp.conversations_started() == [] and "listening" not in amp.installation.events()
    # Nothing was given: the next start is as cold as this one.
    assert amp.dry("--agentapi")["start"] == "cold"


def test_without_network_or_an_answer_in_time_nothing_is_started(amp):
    shutil.move(amp.root / "server", amp.root / "away")
    assert amp.launch().wait(HANG) == 69
    shutil.move(amp.root / "away", amp.root / "server")
    began = time.monotonic()
    assert amp.launch(AMP_DOUBLE_DELAY="3600").wait(HANG) == 69
    assert time.monotonic() - began >= 1
    assert amp.conversations_started() == [] and amp.log("pinned") == []


def test_a_start_that_lacks_agentapi_makes_no_thread(amp):
    amp.installation.program.unlink()
    process = amp.launch(PATH=f"{amp.root / 'bin'}:{plans.PATH}")
    assert process.wait(HANG) == 127
    assert amp.log("pinned") == []


def test_the_wrapper_is_in_front_of_the_new_thread_too(amp):
    wrapper = amp.root / "wrapper"
    wrapper.write_text(f"#!/bin/sh\necho \"$@\" >> {amp.root}/wrapped\nexec \"$@\"\n")
    wrapper.chmod(0o755)
    process = amp.launch("--wrapper", str(wrapper))
    until(lambda: amp.texts() == [[TASK]], "the prompt in the store")
    first, second = (amp.root / "wrapped").read_text().splitlines()
    assert first.endswith("amp threads new") and "threads continue T-" in second
    amp.ready()
    amp.stop(process)


def test_a_requested_thread_is_resumed_even_if_unknown_here(amp):
    key = "T-019a0000-0000-7000-8000-00000000abcd"
    planned = amp.dry("--agentapi", "--resume", key, task=None)
    assert planned["start"] == "warm" and planned["agentCommand"][-1] == key
    assert "not-verified" in plans.codes(planned)
    for odd in ("--last", "T-x", key.upper()):
        assert plans.run(amp.words("--dry-run", f"--resume={odd}"), amp.environment()).returncode == 64
