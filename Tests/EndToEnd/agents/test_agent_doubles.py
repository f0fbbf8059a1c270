"""Agents whose programs cannot be had here, as doubles with real stores: cold, stopped, warm, killed, warm."""

import shutil
import signal
import subprocess

import pexpect
import pytest

import plans
from digests import sha256
from doubles.double import all_doubles
from doubles.double_bench import TASK, Bench, Start
from waiting import until


@pytest.fixture(params=[double for double in all_doubles() if not double.typed], ids=lambda double: double.agent)
def bench(request, binary, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    return Bench(binary, tmp_path, request.param)


@pytest.mark.smoke
def test_the_prompt_is_given_once_across_a_stop_and_a_kill(bench):
    double, project = bench.double, str(bench.project)
    assert bench.dry()["start"] == "cold"
    first = bench.start().expect(f"reply 1 to: {TASK}")
    assert first.agent["argv"] == double.cold(TASK, project) and first.agent["cwd"] == project
    [(key, directory, texts)] = bench.conversations()
    assert (directory, texts) == (project, [TASK])
    first.captured(key).stop()

    planned = bench.dry()
    assert (planned["start"], planned["session"]["id"]) == ("warm", key)
    second = bench.start().expect("the double is ready")
    assert second.agent["argv"] == double.warm(key, project) and second.agent["cwd"] == project
    second.say("and now?").expect("reply 2 to: and now?").kill_agent()

    third = bench.start().expect("the double is ready")
    assert third.agent["argv"] == double.warm(key, project)
    third.kill_all()

    fourth = bench.start().expect("the double is ready")
    assert fourth.agent["argv"] == double.warm(key, project)
    fourth.say("once more").expect("reply 3 to: once more").leave()
    assert bench.conversations() == [(key, project, [TASK, "and now?", "once more"])]
    given = [line for line in bench.log("prompt") if line["sha256"] == sha256(TASK.encode())]
    assert len(given) == 1


def test_a_conversation_killed_while_the_model_thinks_is_resumed(bench):
    task = "HANG over it"
    first = bench.start(task=task)
    until(lambda: bench.log("prompt"), "the prompt")
    if bench.double.stores_prompt_first:
        until(lambda: bench.texts() == [[task]], "the prompt in the store")
    first.kill_all()
    planned = bench.dry(task=task)
    if bench.double.stores_prompt_first:
        assert planned["start"] == "warm"
        bench.start(task=task).expect("the double is ready").stop()
        assert bench.texts() == [[task]]
    else:
        assert planned["start"] == "cold" and "prompt-repeated" in plans.codes(planned)


def test_a_conversation_without_its_record_is_found_by_its_first_message(bench):
    first = bench.start().expect(f"reply 1 to: {TASK}")
    [(key, _, _)] = bench.conversations()
    first.stop()
    shutil.rmtree(bench.home / ".local/state/agentlaunch")
    second = bench.start().expect("the double is ready")
    assert second.agent["argv"] == bench.double.warm(key, str(bench.project))
    second.stop()
    assert bench.texts() == [[TASK]]


def test_one_prompt_in_two_directories_makes_two_conversations(bench):
    other = bench.root / "other"
    other.mkdir()
    for directory in (bench.project, other):
        bench.start(workdir=directory).expect(f"reply 1 to: {TASK}").stop()
    keys = {directory: key for key, directory, _ in bench.conversations()}
    assert set(keys) == {str(bench.project), str(other)}
    for directory, key in keys.items():
        again = bench.start(workdir=directory).expect("the double is ready")
        assert again.agent["argv"] == bench.double.warm(key, directory) and again.agent["cwd"] == directory
        again.stop()
    assert bench.texts() == [[TASK], [TASK]]


def test_two_names_in_one_directory_are_two_conversations(bench):
    if not bench.double.many:
        pytest.skip("it keeps one conversation of a directory")
    tasks = {"one": "the task of one", "two": "the task of two"}
    for name, task in tasks.items():
        first = bench.start("--session", name, task=task).expect(f"reply 1 to: {task}")
        [key] = [key for key, _, texts in bench.conversations() if texts == [task]]
        until(lambda: key in bench.sessions(), "the id in the record")
        first.kill_agent()
    keys = {texts[0]: key for key, _, texts in bench.conversations()}
    for name, task in tasks.items():
        again = bench.start("--session", name, task=task).expect("the double is ready")
        assert again.agent["argv"] == bench.double.warm(keys[task], str(bench.project))
        again.stop()
    # Neither is anybody else's to take over: not of the default name, not of a third, not even the newest.
    assert bench.dry("--adopt", "newest")["start"] == "cold"
    assert bench.dry("--session", "three", "--adopt", "newest", task=tasks["two"])["start"] == "cold"


def test_of_several_unrecorded_conversations_the_one_with_the_prompt_is_adopted(bench):
    if not bench.double.many:
        pytest.skip("it keeps one conversation of a directory")
    for task in (TASK, "another task", "a third task"):
        bench.start("--fresh", task=task).expect(f"reply 1 to: {task}").stop()
    shutil.rmtree(bench.home / ".local/state/agentlaunch")
    keys = {texts[0]: key for key, _, texts in bench.conversations()}
    assert len(keys) == 3
    if bench.double.derives:
        # Known without a record: they are this name's own, the newest counts, and no other name may take one over.
        assert bench.dry()["session"]["id"] == keys["a third task"]
        assert bench.dry("--session", "other")["start"] == "cold"
        return
    assert bench.dry()["session"]["id"] == keys[TASK]
    assert bench.dry("--session", "other")["session"]["id"] == keys[TASK]
    assert bench.dry("--adopt", "newest")["session"]["id"] == keys["a third task"]
    assert bench.dry("--adopt", "never")["start"] == "cold"
    assert bench.dry(task=None)["session"]["id"] == keys["a third task"]


def test_symbolic_links_in_the_directory_are_resolved(bench):
    link = bench.root / "link"
    link.symlink_to(bench.project)
    bench.start(workdir=link).expect(f"reply 1 to: {TASK}").stop()
    again = bench.start(workdir=bench.project).expect("the double is ready")
    assert again.agent["cwd"] == str(bench.project)
    again.stop()
    assert bench.texts() == [[TASK]]


def test_a_missing_id_never_reaches_the_agent(bench):
    status = plans.run(bench.words("--direct", "--resume", bench.double.unknown_id), bench.environment())
    assert status.returncode == 66, status.stderr
    assert Start.starts(bench) == []


def test_the_double_handles_a_missing_id_as_the_agent_does(bench):
    """The other side of the test above: without it, the double would hide a false warm start."""
    status, words = bench.double.refusal
    child = pexpect.spawn(str(bench.program), bench.double.unknown, cwd=str(bench.project),
                          env=bench.environment(), timeout=30, echo=False)
    child.expect_exact(words)
    if status is None:
        child.expect_exact("the double is ready")
        child.close(force=True)
    else:
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == status
    assert bench.texts() == []


@pytest.mark.parametrize(
    "task",
    ["""it's "quoted" and `ticked`""", "first line\n\n  third\tand tabbed\nlast",
     "$(touch /tmp/no) ${HOME} %s \\n !! ~ *", "\U0001fabf and e\u0301", "x" * 100_000],
    ids=["quotes", "newlines", "shell", "emoji", "100k"],
)
def test_the_prompt_arrives_byte_for_byte_exactly_once(bench, task):
    first = bench.start(task=task)
    until(lambda: bench.log("prompt"), "the prompt")
    first.expect("reply 1 to: ")
    until(lambda: bench.texts() == [[task]], "the prompt in the store")
    first.kill_agent()
    bench.start(task=task).expect("the double is ready").leave()
    assert bench.texts() == [[task]]


def test_no_terminal_is_needed(bench):
    words = bench.words("--direct", "--unattended")
    for number in (1, 2):
        with open(bench.root / "output", "wb") as output:
            child = subprocess.Popen(words, cwd="/", env=bench.environment(), stdin=subprocess.DEVNULL,
                                     stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        text = bench.root / "output"
        until(lambda: b"the double is ready" in text.read_bytes() or child.poll() is not None, "the double")
        assert child.poll() is None, text.read_bytes()
        child.terminate()
        assert child.wait(30) == -signal.SIGTERM
        assert len(Start.starts(bench)) == number
    assert bench.texts() == [[TASK]]
