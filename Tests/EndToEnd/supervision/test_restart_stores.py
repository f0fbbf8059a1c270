"""`--restart on-failure` of agents with real stores: planned anew for the run's own conversation, the prompt given once."""

import os
import signal
import time

import pexpect
import pytest

from digests import sha256
from doubles import double
from doubles.double_bench import TASK, Bench, Start
from processes import is_alive
from waiting import until

ON = ("--restart", "on-failure")
LONG = "HANG over it"


@pytest.fixture
def benches(binary, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    return lambda agent: Bench(binary, tmp_path, double.of(agent))


@pytest.fixture(params=["opencode", "gemini", "cursor"])
def bench(request, benches):
    """Ids that the agent chooses, and such that agentlaunch does."""
    return benches(request.param)


def nth(start, count):
    """The double's own line of a run of this launch, the first being 1."""
    return until(lambda: Start.starts(start.bench)[start.before:][count - 1:], f"run {count}")[0]


def kill(start, count):
    os.kill(nth(start, count)["pid"], signal.SIGKILL)


def given(bench, text):
    return len([line for line in bench.log("prompt") if line["sha256"] == sha256(text.encode())])


def stored(bench, *texts):
    """And noted by the double, which notes it a moment later."""
    until(lambda: bench.texts() and bench.texts()[-1] == list(texts), "the texts in the store")
    until(lambda: given(bench, texts[-1]), "the prompt in the double's log")


def end(start):
    """(status as a shell has it, what was printed since)"""
    start.child.expect(pexpect.EOF)
    start.child.close()
    code = start.child.exitstatus
    return 128 + start.child.signalstatus if code is None else code, start.child.before.decode()


def wrapper(bench, *lines):
    """Stands before the agent; it is in "$@", and $n is the number of this run."""
    file = bench.root / "wrapper"
    file.write_text("\n".join(["#!/bin/bash", f"echo >>{file}.runs", f"n=$(wc -l <{file}.runs)", *lines, 'exec "$@"', ""]))
    file.chmod(0o755)
    return ["--wrapper", str(file)]


def test_an_agent_killed_in_its_first_turn_goes_on_and_the_prompt_is_in_the_store_once(bench):
    start = bench.start(*ON, task=LONG)
    nth(start, 1)
    stored(bench, LONG)
    kill(start, 1)
    [(key, _, _)] = bench.conversations()
    assert nth(start, 2)["argv"] == bench.double.warm(key, str(bench.project))
    start.expect("the double is ready").say("and now?").expect("reply 2 to: and now?")
    kill(start, 2)
    assert nth(start, 3)["argv"] == bench.double.warm(key, str(bench.project))
    start.expect("the double is ready").leave()
    assert bench.conversations() == [(key, str(bench.project), [LONG, "and now?"])]
    assert given(bench, LONG) == 1
    assert bench.record()["session"] == key


def test_a_prompt_that_provably_never_arrived_goes_with_the_restart(bench):
    start = bench.start(*ON, *wrapper(bench, '[ $n -lt 3 ] && { echo "not logged in"; exit 1; }'))
    start.expect(f"reply 1 to: {TASK}").leave()
    assert bench.texts() == [[TASK]] and given(bench, TASK) == 1


def test_a_prompt_from_standard_input_is_there_for_the_restart_too(bench):
    task = bench.root / "task"
    task.write_text(TASK)
    words = bench.words("--direct", *ON, *wrapper(bench, '[ $n = 1 ] && exit 1'), "--prompt-file", "-", task=None)
    script = " ".join(words) + f" <{task} | cat"
    child = pexpect.spawn("bash", ["-c", script], cwd="/", env=bench.environment(), timeout=30, echo=False)
    child.expect_exact(f"reply 1 to: {TASK}")
    os.kill(Start.starts(bench)[0]["pid"], signal.SIGTERM)
    child.expect(pexpect.EOF)
    child.close()
    assert bench.texts() == [[TASK]]


def test_an_agent_that_refuses_its_id_twice_in_a_row_is_given_up_with_its_output(bench):
    refusal = '[ $n -gt 1 ] && { printf "\\033[31mError:\\033[0m no such conversation\\r\\n"; exit 42; }'
    start = bench.start(*ON, *wrapper(bench, refusal))
    start.expect(f"reply 1 to: {TASK}")
    kill(start, 1)
    status, said = end(start)
    assert status == 42
    line = said.splitlines()[-1]
    assert line.startswith(f"agentlaunch: {bench.double.agent}: it exited with status 42: ")
    assert "failed twice right after resuming" in line and line.endswith("last output: Error: no such conversation")
    assert (bench.root / "wrapper.runs").read_text() == "\n" * 3
    assert bench.texts() == [[TASK]] and given(bench, TASK) == 1


def test_fresh_applies_to_the_first_start_only(bench):
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    [(old, _, _)] = bench.conversations()
    start = bench.start(*ON, "--fresh", task=LONG)
    stored(bench, LONG)
    kill(start, 1)
    [new] = [key for key, _, _ in bench.conversations() if key != old]
    assert nth(start, 2)["argv"] == bench.double.warm(new, str(bench.project))
    start.expect("the double is ready").leave()
    assert sorted(bench.texts()) == [[LONG], [TASK]]


def test_a_resumed_id_is_kept_after_a_restart(bench):
    for task in (TASK, "another task"):
        bench.start("--fresh", task=task).expect(f"reply 1 to: {task}").stop()
    [older] = [key for key, _, texts in bench.conversations() if texts == [TASK]]
    start = bench.start(*ON, "--resume", older, task=None)
    kill(start, 1)
    assert nth(start, 2)["argv"] == nth(start, 1)["argv"] == bench.double.warm(older, str(bench.project))
    start.expect("the double is ready").leave()


def test_a_store_that_is_damaged_meanwhile_ends_it_with_65(benches):
    bench = benches("opencode")
    start = bench.start(*ON).expect(f"reply 1 to: {TASK}")
    kill(start, 1)
    until(lambda: not is_alive(nth(start, 1)["pid"]), "the end of the agent")
    store = bench.home / ".local/share/opencode/opencode.db"
    for file in store.parent.glob("opencode.db*"):
        file.write_bytes(b"damaged" * 1000)
    status, said = end(start)
    assert status == 65
    assert str(store) in said.splitlines()[-1]
    assert len(Start.starts(bench)) == 1


def test_a_lost_conversation_is_not_started_again(benches):
    bench = benches("gemini")
    start = bench.start(*ON).expect(f"reply 1 to: {TASK}")
    until(lambda: bench.record()["prompts"][0]["state"] == "delivered", "the prompt seen in the store")
    for file in bench.home.glob(".gemini/tmp/*/chats/*"):
        file.unlink()
    kill(start, 1)
    status, said = end(start)
    assert status == 65
    assert "not restarting: " in said.splitlines()[-1]
    assert given(bench, TASK) == 1


def test_a_prompt_that_the_agent_keeps_only_with_its_answer_is_not_repeated_by_a_restart(benches):
    bench = benches("amazonq")
    start = bench.start(*ON, task=LONG)
    until(lambda: given(bench, LONG), "the prompt")
    kill(start, 1)
    status, said = end(start)
    assert status == 65 and "may have been given the prompt" in said
    assert given(bench, LONG) == 1


def test_a_prompt_already_sent_to_the_old_conversation_is_not_repeated_by_a_restart(benches):
    bench = benches("amazonq")
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    start = bench.start(*ON, "--on-new-prompt", "send", task=LONG)
    until(lambda: given(bench, LONG), "the prompt")
    kill(start, 1)
    nth(start, 2)
    start.expect("the double is ready").leave()
    assert given(bench, LONG) == 1


def test_a_new_prompt_that_was_sent_to_an_old_conversation_is_not_sent_again(benches):
    bench = benches("gemini")
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    [(key, _, _)] = bench.conversations()
    start = bench.start(*ON, "--on-new-prompt", "send", task=LONG)
    stored(bench, TASK, LONG)
    kill(start, 1)
    assert nth(start, 2)["argv"] == bench.double.warm(key, str(bench.project))
    start.expect("the double is ready").leave()
    assert bench.texts() == [[TASK, LONG]] and given(bench, LONG) == 1


def test_a_new_prompt_that_never_arrived_is_sent_by_the_restart_though_others_would_be_left_out(benches):
    bench = benches("gemini")
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    new = "and another thing"
    # What happened in the second in which it is given could be its doing.
    time.sleep(1.1)
    start = bench.start(*ON, "--on-new-prompt", "send", *wrapper(bench, "[ $n = 1 ] && exit 1"), task=new)
    start.expect(f"reply 2 to: {new}").leave()
    assert bench.texts() == [[TASK, new]] and given(bench, new) == 1


def test_an_attended_restart_does_not_refuse_what_the_first_start_left_out(benches):
    bench = benches("gemini")
    bench.start().expect(f"reply 1 to: {TASK}").stop()
    start = bench.start(*ON, "--attended", "--on-new-prompt", "skip", task="something else").expect("the double is ready")
    kill(start, 1)
    nth(start, 2)
    start.expect("the double is ready").leave()
    assert bench.texts() == [[TASK]]


def test_the_resume_prompt_goes_with_a_restart(benches):
    bench = benches("gemini")
    start = bench.start(*ON, "--resume-prompt", "go on", task=LONG)
    stored(bench, LONG)
    kill(start, 1)
    start.expect("reply 2 to: go on").leave()
    assert bench.texts() == [[LONG, "go on"]]


def test_without_a_record_that_could_be_written_the_run_still_knows_its_conversation(benches):
    bench = benches("opencode")
    bench.start("--fresh", task="an older one").expect("reply 1 to: an older one").stop()
    start = bench.start(*ON, "--adopt", "never", XDG_STATE_HOME="/proc/no/such/folder").expect(f"reply 1 to: {TASK}")
    [key] = [key for key, _, texts in bench.conversations() if texts == [TASK]]
    kill(start, 1)
    assert nth(start, 2)["argv"] == bench.double.warm(key, str(bench.project))
    start.expect("the double is ready").leave()
    assert sorted(bench.texts()) == [["an older one"], [TASK]]


def test_a_stop_during_the_first_turn_is_no_failure(bench):
    start = bench.start(*ON, task=LONG)
    stored(bench, LONG)
    start.stop()
    assert start.child.signalstatus == signal.SIGTERM and len(Start.starts(bench)) == 1
