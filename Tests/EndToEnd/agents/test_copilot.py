"""Copilot CLI's own traps: sessions without events, one torn line, a prompt that only agentapi can give, its locks."""

import os
import signal
import subprocess

import pexpect
import pytest

import plans
from agents.copilot import double as copilot_double
from agents.copilot.agent import DOUBLE  # noqa: F401  (for the fixture bench)
from digests import sha256
from doubles.double_bench import TASK, Start
from waiting import HANG, until

UNKNOWN = "99999999-2222-4333-8444-555555555555"


def state(bench):
    return bench.home / ".copilot/session-state"


def put(bench, key, *texts, directory=None):
    session = copilot_double.Session(state(bench) / key, str(directory or bench.project)).open()
    for text in texts:
        session.begin(text)
        session.finish("Done.")
    return session


def double(bench, *words, **extra):
    return pexpect.spawn(str(bench.program), list(words), cwd=str(bench.project), env=bench.environment(**extra),
                         timeout=30, echo=False)


@pytest.fixture
def under_double(bench, agentapi):
    """Starts under agentapi's double: start(TASK) -> the process; its log is bench.log."""
    started = []

    def start(task=TASK, *options, **extra):
        environment = agentapi.environment(**{
            **bench.environment(**extra), "PATH": f"{agentapi.bin}:{bench.root / 'bin'}:{plans.PATH}",
            "AGENTAPI_PORT": agentapi.port, "DOUBLE_TIME_SCALE": "0.1",
        })
        words = bench.words("--agentapi", *options, task=task)
        with open(bench.root / f"output-{len(started)}", "wb") as output:
            started.append(subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def stop(process):
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=HANG)


def given(bench, text=TASK):
    return [line for line in bench.log("prompt") if line["sha256"] == sha256(text.encode())]


def test_under_agentapi_the_prompt_is_given_once_across_a_stop_and_a_kill(bench, under_double, agentapi):
    [key] = [bench.dry("--agentapi")["session"]["id"]]
    first = under_double()
    until(lambda: [texts for _, _, texts in bench.conversations()] == [[TASK]], "the prompt in the store")
    until(lambda: [p["state"] for p in bench.record()["prompts"]] == ["delivered"], "delivered in the record")
    assert Start.starts(bench)[0]["argv"] == ["--session-id", key]
    assert stop(first) == 0

    second = under_double()
    until(lambda: len(Start.starts(bench)) == 2, "the second start")
    assert Start.starts(bench)[1]["argv"] == [f"--resume={key}"]
    os.kill(second.pid, signal.SIGKILL)
    second.wait()

    third = under_double()
    until(lambda: len(Start.starts(bench)) == 3, "the third start")
    assert Start.starts(bench)[2]["argv"] == [f"--resume={key}"]
    # Until agentapi has its handlers, a TERM kills it.
    agentapi.wait_until_up()
    assert stop(third) == 0
    assert len(given(bench)) == 1 and bench.conversations() == [(key, str(bench.project), [TASK])]


def test_after_a_kill_before_delivery_the_next_start_gives_the_prompt_to_the_same_id(bench, under_double):
    """The folder that the opened session left is not warm: --session-id takes it, --resume would not."""
    key = bench.dry("--agentapi")["session"]["id"]
    put(bench, key)
    planned = bench.dry("--agentapi")
    assert (planned["start"], planned["prompt"]["action"]) == ("cold", "send")
    assert planned["session"]["id"] == key and planned["session"]["exists"]
    assert planned["agentCommand"] == ["copilot", "--session-id", key]
    process = under_double()
    until(lambda: bench.texts() == [[TASK]], "the prompt in the store")
    assert stop(process) == 0 and len(given(bench)) == 1


def test_a_conversation_typed_by_a_person_survives_a_stop_and_a_kill(bench):
    first = bench.start(task=None).expect("the double is ready")
    first.say("hello").expect("reply 1 to: hello").stop()
    [(key, directory, _)] = bench.conversations()
    assert directory == str(bench.project)
    for number in (2, 3):
        again = bench.start(task=None).expect("the double is ready")
        assert again.agent["argv"] == [f"--resume={key}"] and again.agent["cwd"] == directory
        again.say("more").expect(f"reply {number} to: more").kill_all()
    assert bench.texts() == [["hello", "more", "more"]]


def test_a_prompt_is_never_an_argument(bench):
    for transport, delivery in (("--direct", "typed"), ("--agentapi", "agentapi")):
        planned = bench.dry(transport)
        assert planned["prompt"]["delivery"] == delivery
        assert TASK not in planned["agentCommand"]


def test_a_missing_id_never_reaches_the_agent(bench):
    result = plans.run(bench.words("--direct", "--resume", UNKNOWN, task=None), bench.environment())
    assert result.returncode == 66 and Start.starts(bench) == []


def test_a_torn_line_is_unknown_with_its_number_and_the_agent_refuses_it_too(bench):
    session = put(bench, UNKNOWN, "fix it")
    count = session.file.read_bytes().count(b"\n")
    session.file.write_bytes(session.file.read_bytes()[:-30])
    planned = bench.dry("--agentapi", "--adopt", "newest")
    assert planned["start"] == "unknown"
    assert [e for e in planned["evidence"] if e["status"] == "damaged" and f"line {count} " in e["finding"]]
    result = plans.run(bench.words("--agentapi", "--resume", UNKNOWN), bench.environment())
    assert result.returncode == 65 and f"line {count} ".encode() in result.stderr
    child = double(bench, f"--resume={UNKNOWN}")
    child.expect_exact(f"Session file is corrupted (line {count}")
    child.close(force=True)


def test_a_session_resumed_elsewhere_would_change_to_its_own_directory(bench):
    put(bench, UNKNOWN, "fix it", directory="/srv")
    result = plans.run(bench.words("--direct", "--resume", UNKNOWN, task=None), bench.environment())
    assert result.returncode == 66 and b"--workdir /srv" in result.stderr
    child = double(bench, f"--resume={UNKNOWN}", COPILOT_ALLOW_ALL="true")
    child.expect_exact("the double is ready")
    assert os.readlink(f"/proc/{child.pid}/cwd") == "/srv"
    child.close(force=True)


@pytest.mark.parametrize("words, reason", [
    ([f"--resume={UNKNOWN}"], "No session, task, or name matched"),
    (["--session-id", "not-a-uuid"], "not a valid UUID"),
    (["--session-id", "99999999-2222-9333-8444-555555555555"], "not a valid UUID"),
    (["a prompt"], "too many arguments"),
])
def test_the_double_refuses_what_the_agent_refuses(bench, words, reason):
    child = double(bench, *words)
    child.expect_exact(reason)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1 and not bench.texts()


def test_a_release_without_the_flag_creates_the_id_by_resuming_it(bench):
    old = {"COPILOT_DOUBLE_RELEASE": "1.0.36"}
    key = bench.dry(task=None)["session"]["id"]
    for _ in range(2):
        start = bench.start(task=None, **old).expect("the double is ready")
        assert start.agent["argv"] == [f"--resume={key}"]
        start.kill_agent()
    child = double(bench, "--session-id", key, **old)
    child.expect_exact("unknown option")
    child.close(force=True)


def test_a_session_that_another_copilot_has_open_is_75_and_a_lock_left_behind_is_not(bench):
    put(bench, UNKNOWN, "fix it")
    child = double(bench, f"--resume={UNKNOWN}")
    child.expect_exact("the double is ready")
    planned = bench.dry("--adopt", "newest", task=None)
    assert planned["start"] == "warm" and "in-use" in plans.codes(planned)
    result = plans.run(bench.words("--direct", "--adopt", "newest", task=None), bench.environment())
    assert result.returncode == 75 and str(child.pid).encode() in result.stderr
    other = double(bench, f"--resume={UNKNOWN}")
    other.expect_exact("Session in use")
    other.close(force=True)
    # A recycled pid: another Copilot, younger than the lock.
    lock = state(bench) / UNKNOWN / f"inuse.{child.pid}.lock"
    lock.write_text(str(child.pid))
    os.utime(lock, (1000, 1000))
    assert "in-use" not in plans.codes(bench.dry("--adopt", "newest", task=None))
    child.close(force=True)
    lock.unlink()
    # Somebody else's: the real one asks (test_real_copilot.py), so it is said.
    for pid, asks in ((2 ** 31 - 1, False), (0, False), (-1, False), (os.getpid(), True), (1, True)):
        lock = state(bench) / UNKNOWN / f"inuse.{pid}.lock"
        lock.write_text(str(pid))
        planned = bench.dry("--adopt", "newest", task=None)
        assert "in-use" not in plans.codes(planned)
        said = [warning["message"] for warning in planned["warnings"] if warning["code"] == "resume-dialog"]
        assert [str(lock) in text for text in said] == [True] * asks
        lock.unlink()


def test_of_several_sessions_only_the_one_with_the_prompt_is_adopted(bench):
    keys = [f"{digit * 8}-2222-4333-8444-555555555555" for digit in "123"]
    put(bench, keys[0], "something else")
    put(bench, keys[1], f"Read the instructions first.\n\n{TASK}")
    put(bench, keys[2], "a third task")
    put(bench, UNKNOWN, TASK, directory="/srv")
    for name in ("default", "other"):
        assert bench.dry("--agentapi", "--session", name)["session"]["id"] == keys[1]
    assert bench.dry("--agentapi", "--adopt", "newest")["session"]["id"] == keys[2]
    assert bench.dry("--agentapi", "--adopt", "never")["start"] == "cold"


def test_two_names_and_two_directories_stay_separate(bench, under_double):
    other = bench.root / "other"
    other.mkdir()
    ids = {bench.dry("--agentapi", "--session", name, workdir=where)["session"]["id"]
           for name in ("default", "one") for where in (bench.project, other)}
    assert len(ids) == 4
    process = under_double(TASK, "--session", "one")
    until(lambda: bench.texts() == [[TASK]], "the prompt in the store")
    assert stop(process) == 0
    assert bench.dry("--agentapi", "--adopt", "newest")["start"] == "cold"


@pytest.mark.parametrize("word", ["--continue", "--resume=x", "-rx", "-p", "--prompt=x", "-i", "-n", "--session-id",
                                  "-C", "--config-dir=/x", "login"])
def test_arguments_that_choose_a_session_are_refused(bench, word):
    words = bench.words("--dry-run", task=None)
    assert plans.run([*words, "--", word], bench.environment()).returncode == 64


def test_the_trust_question_is_announced_with_the_setting_that_answers_it(bench):
    [warning] = [w["message"] for w in bench.dry(task=None)["warnings"] if w["code"] == "first-run-dialog"]
    line = f'"trustedFolders": ["{bench.project}"]'
    assert line in warning
    (bench.home / ".copilot").mkdir()
    (bench.home / ".copilot/config.json").write_text("// User settings belong in settings.json.\n{" + line + "}\n")
    assert "first-run-dialog" not in plans.codes(bench.dry(task=None))
    child = double(bench)
    child.expect_exact("the double is ready")
    assert not bench.log("question")
    child.close(force=True)


def test_unattended_with_all_permissions_nothing_is_asked(bench):
    planned = bench.dry("--unattended", "--allow-all", task=None)
    assert planned["environment"]["set"].keys() >= {"COPILOT_ALLOW_ALL", "COPILOT_AUTO_UPDATE"}
    assert "--allow-all-tools" in planned["agentCommand"] and "first-run-dialog" not in plans.codes(planned)
    assert "COPILOT_ALLOW_ALL" not in bench.dry("--unattended", task=None)["environment"]["set"]
