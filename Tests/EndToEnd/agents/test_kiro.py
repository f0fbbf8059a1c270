"""Kiro's own traps: three engines that do not resume one another's sessions, locks, and no prompt in its arguments."""

import hashlib
import json
import os
import subprocess
import time
from pathlib import Path

import pexpect
import pytest

import plans
from agents.kiro import engines
from agents.kiro.agent import DOUBLE, FLAGS
from doubles import agent_double, q_store
from doubles.double_bench import TASK, Start
from waiting import until


def put(bench, engine, *texts, directory=None):
    """A conversation that the engine itself wrote; returns its id."""
    session = engines.ENGINES[engine]({"HOME": str(bench.home)}, directory or bench.project)
    for number, text in enumerate(texts):
        session.begin(text)
        session.finish(f"reply {number}")
    session.close()
    return session.id


def flat(bench, key, ending):
    return bench.home / f".kiro/sessions/cli/{key}.{ending}"


def double(bench, *words):
    return pexpect.spawn(str(bench.program), ["chat", *words], cwd=str(bench.project), env=bench.environment(),
                         timeout=30, echo=False)


@pytest.mark.parametrize("engine", ["v1", "v2", "v3"])
def test_each_engines_conversation_is_resumed_by_that_engine_and_by_no_other(bench, engine):
    key = put(bench, engine, TASK)
    planned = bench.dry()
    assert (planned["start"], planned["session"]["id"]) == ("warm", key)
    assert planned["agentCommand"] == ["kiro-cli", "chat", *FLAGS[engine], "--resume-id", key]
    assert ("resume-summarises" in plans.codes(planned)) == (engine == "v1")
    for other in {"v1", "v2", "v3"} - {engine}:
        child = double(bench, *FLAGS[other], "--resume-id", key)
        child.expect_exact("Session not found")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 1
    first = bench.start().expect("the double is ready")
    assert first.agent["argv"] == ["chat", *FLAGS[engine], "--resume-id", key]
    first.say("and now?").expect("reply 2 to: and now?").kill_agent()
    second = bench.start().expect("the double is ready")
    second.kill_all()
    third = bench.start().expect("the double is ready")
    third.say("once more").expect("reply 3 to: once more").leave()
    assert [texts for found, _, texts in bench.conversations() if found == key] == [[TASK, "and now?", "once more"]]


@pytest.mark.parametrize("engine", ["v1", "v2", "v3"])
def test_without_a_prompt_a_typed_conversation_survives_a_stop_and_a_kill(bench, engine):
    extra = {"KIRO_DOUBLE_ENGINE": engine}
    first = bench.start(task=None, **extra).expect("the double is ready")
    assert first.agent["argv"] == ["chat"]
    first.say(TASK).expect(f"reply 1 to: {TASK}")
    key = until(lambda: bench.log("prompt"), "the prompt")[0]["session"]
    first.captured(key).stop()
    warm = ["chat", *FLAGS[engine], "--resume-id", key]
    for kill in ("stop", "kill_agent", "kill_all", "leave"):
        again = bench.start(task=None, **extra).expect("the double is ready")
        assert again.agent["argv"] == warm
        getattr(again, kill)()
    assert bench.texts() == [[TASK]]


def test_a_prompt_goes_by_agentapi_and_is_typed_into_a_direct_start(bench):
    planned = bench.dry("--agentapi")
    assert (planned["start"], planned["prompt"]["delivery"]) == ("cold", "agentapi")
    assert planned["agentCommand"] == ["kiro-cli", "chat"]
    assert planned["command"][planned["command"].index("--type") + 1] == "custom"
    planned = bench.dry("--direct")
    assert planned["prompt"]["delivery"] == "typed" and planned["command"] == ["kiro-cli", "chat"]
    put(bench, "v2", TASK)
    for transport, delivery in (("--direct", "typed"), ("--agentapi", "agentapi")):
        assert bench.dry(transport, "--resume-prompt", "go on")["prompt"]["delivery"] == delivery


@pytest.mark.parametrize("engine, place", [("v1", ".local/share/kiro-cli"), ("v2", ".kiro/sessions")])
def test_an_engines_store_that_is_missing_is_unknown_though_the_others_are_there(bench, engine, place):
    extra = {"KIRO_DOUBLE_ENGINE": engine, "AGENT_DOUBLE_READY": "0.1"}
    first = bench.start(**extra).expect(f"reply 1 to: {TASK}")
    key = bench.log("prompt")[0]["session"]
    first.captured(key)
    until(lambda: bench.record()["prompts"][0]["state"] == "delivered", "the delivery")
    first.stop()
    warm = bench.start(**extra).expect("─".encode() * 15)  # a second start keeps what the first one learnt
    warm.stop()
    for other in (".local/share/kiro-cli", ".kiro/sessions"):
        (bench.home / other).mkdir(parents=True, exist_ok=True)
    store = bench.home / place
    away = store.rename(bench.root / "away")
    planned = bench.dry()
    assert planned["start"] == "unknown", planned["reason"]
    result = plans.run(bench.words("--direct"), bench.environment())
    assert result.returncode == 65 and str(store) in result.stderr.decode()
    # There, and without it: it was deleted, and that is said.
    store.mkdir()
    planned = bench.dry()
    assert planned["start"] == "cold" and "conversation-lost" in plans.codes(planned)
    store.rmdir()
    away.rename(store)
    assert bench.dry()["session"]["id"] == key


def test_the_newest_conversation_of_the_directory_counts_whatever_its_engine(bench):
    keys = {}
    for engine in ("v2", "v1", "v3", "v2"):
        keys[engine] = put(bench, engine, f"by {engine}")
        planned = bench.dry(task=None)
        assert planned["session"]["id"] == keys[engine]
        assert planned["agentCommand"][2:-2] == FLAGS[engine]
        time.sleep(0.01)


def test_a_conversation_that_another_kiro_has_open_is_75(bench):
    key = put(bench, "v2", TASK)
    child = double(bench, *FLAGS["v2"], "--resume-id", key)
    child.expect_exact("the double is ready")
    planned = bench.dry()
    assert planned["start"] == "warm" and "in-use" in plans.codes(planned)
    result = plans.run(bench.words("--direct"), bench.environment())
    assert result.returncode == 75 and str(child.pid).encode() in result.stderr
    # The double is as strict as Kiro: without the check it would refuse.
    other = double(bench, *FLAGS["v2"], "--resume-id", key)
    other.expect_exact("in use by process")
    child.close(force=True)
    assert "in-use" not in plans.codes(bench.dry())
    bench.start().expect("the double is ready").leave()


def test_a_lock_of_another_program_or_a_newer_kiro_process_is_ignored(bench):
    key, other = put(bench, "v2", TASK), put(bench, "v2", "elsewhere", directory="/srv")
    lock = flat(bench, key, "lock")
    for pid in (os.getpid(), 1, 2 ** 31 - 1, -1, 0, 2 ** 40):
        lock.write_text(json.dumps({"pid": pid}))
        assert "in-use" not in plans.codes(bench.dry()), pid
    # A pid that was given to another Kiro after the lock's owner was killed.
    child = double(bench, *FLAGS["v2"], "--resume-id", other)
    child.expect_exact("the double is ready")
    lock.write_text(json.dumps({"pid": child.pid}))
    assert "in-use" in plans.codes(bench.dry())
    os.utime(lock, (1000, 1000))
    assert "in-use" not in plans.codes(bench.dry())
    lock.write_text(json.dumps({"pid": child.pid, "started_at": "2026-01-01T00:00:00Z"}))
    assert "in-use" not in plans.codes(bench.dry())
    child.close(force=True)


@pytest.mark.parametrize("content", ["", "{", "{}", '{"pid": "one"}', "[]"])
def test_a_lock_that_names_no_process_is_a_warning(bench, content):
    key = put(bench, "v2", TASK)
    flat(bench, key, "lock").write_text(content)
    planned = bench.dry()
    assert planned["start"] == "warm" and "lock-unreadable" in plans.codes(planned)


def test_a_release_that_cannot_resume_by_id_is_refused_when_warm_only(bench):
    old = {"KIRO_DOUBLE_VERSION": "2.0.0"}
    bench.start(task=None, **old).expect("the double is ready").leave()
    put(bench, "v2", TASK)
    result = plans.run(bench.words("--direct"), bench.environment(**old))
    assert result.returncode == 64 and b"2.5.1" in result.stderr
    assert len(Start.starts(bench)) == 1
    assert bench.dry("--agent-version", "2.5.1")["start"] == "warm"


def test_kiro_home_moves_the_second_and_third_engine_and_not_the_editors(bench):
    key, third, first = put(bench, "v2", "by v2"), put(bench, "v3", "by v3"), put(bench, "v1", "by v1")
    words = bench.words("--dry-run", "--format", "json", "--adopt", "newest")

    def ids(**extra):
        environment = bench.environment(**extra)
        listing = subprocess.run([bench.binary, "sessions", "kiro", "--workdir", bench.project, "-o", "json"],
                                 env=environment, capture_output=True, check=True)
        assert plans.plan(plans.run(words, environment))["start"] == "warm"
        return {entry["id"] for entry in json.loads(listing.stdout)}

    assert ids() == {key, third, first}
    assert ids(KIRO_HOME=str(bench.root / "other")) == {third, first}
    (bench.home / ".kiro").rename(bench.root / "other")
    assert ids() == {first}
    assert ids(KIRO_HOME=str(bench.root / "other")) == {key, third, first}


def test_a_conversation_that_the_next_engine_took_over_is_resumed_there(bench):
    key = put(bench, "v1", TASK)
    session = engines.Flat({"HOME": str(bench.home)}, bench.project)
    for ending in ("json", "jsonl"):
        flat(bench, session.id, ending).rename(flat(bench, key, ending))
    engines.describe(flat(bench, key, "json"), key, bench.project)
    flat(bench, key, "jsonl").write_text(json.dumps(engines.line("Prompt", TASK)) + "\n")
    assert bench.dry()["agentCommand"][2:] == [*FLAGS["v2"], "--resume-id", key]
    # What was said there since cannot be read: the older half in the other store is not the conversation.
    whole = flat(bench, key, "json").read_bytes()
    flat(bench, key, "json").write_bytes(whole[:-20])
    for options in ((), ("--resume", key)):
        assert bench.dry(*options)["start"] == "unknown"
    # Killed before it wrote a word there, it is where it was.
    flat(bench, key, "json").write_bytes(whole)
    flat(bench, key, "jsonl").write_text("")
    for options in ((), ("--resume", key)):
        assert bench.dry(*options)["agentCommand"][2:] == [*FLAGS["v1"], "--resume-id", key]


def test_a_prompt_that_kiro_did_not_keep_is_given_again_and_reported(bench):
    bench.start(task=None).expect("the double is ready").leave()
    digest = hashlib.sha256(str(bench.project).encode()).hexdigest()[:16]
    file = bench.home / f".local/state/agentlaunch/kiro/default-{digest}/record.json"
    record = json.loads(file.read_text())
    record["prompts"] = [{"sha256": hashlib.sha256(TASK.encode()).hexdigest(), "bytes": len(TASK),
                          "at": record["startedAt"], "how": "agentapi", "state": "given"}]
    file.write_text(json.dumps(record))
    planned = bench.dry("--agentapi")
    assert planned["start"] == "cold" and "prompt-repeated" in plans.codes(planned)


@pytest.mark.parametrize("words", [
    ["--resume"], ["-r"], ["-ar"], ["--resume-id=x"], ["--classic"], ["--agent-engine", "v2"], ["--no-interactive"],
    ["hello"], ["--", "hello"]])
def test_arguments_that_choose_a_session_an_engine_or_a_prompt_are_refused(bench, words):
    result = plans.run([*bench.words("--direct", task=None), "--", *words], bench.environment())
    assert result.returncode == 64, result
    assert Start.starts(bench) == []


def test_each_name_has_its_own_conversation(bench):
    for name in ("default", "b"):
        start = bench.start("--session", name, task=None).expect("the double is ready")
        assert start.agent["argv"] == ["chat"]
        start.say(f"for {name}").expect("reply 1 to: ").say("x").expect("reply 2 to: ")
        records = lambda: [json.loads(file.read_text()) for file in bench.home.glob(".local/state/agentlaunch/kiro/*/record.json")]
        until(lambda: {r["name"] for r in records() if r["session"]} >= {name}, "the id")
        start.stop()
    ids = {record["name"]: record["session"] for record in records()}
    assert len(set(ids.values())) == 2
    for name, key in ids.items():
        assert bench.dry("--session", name, task=None)["session"]["id"] == key


def test_a_missing_sign_in_is_reported(bench):
    assert "first-run-dialog" in plans.codes(bench.dry("--agentapi"))
    words = bench.words("--dry-run", "--format", "json", "--agentapi")
    planned = plans.plan(plans.run(words, bench.environment(KIRO_API_KEY="x")))
    assert "first-run-dialog" not in plans.codes(planned)
    q_store.connect(engines.database_file({"HOME": str(bench.home)}), q_store.KIRO)
    assert "first-run-dialog" not in plans.codes(bench.dry("--agentapi"))


def test_under_agentapi_the_task_is_given_once(bench, agentapi):
    """agentapi types it; the next start goes on with the conversation and has nothing to type."""
    installed = agent_double.install(Path(agentapi.environment()["PATH"].split(":")[0]), "kiro-cli", "agents.kiro.double")
    assert installed.exists()

    def start():
        words = bench.words("--agentapi", "--port", agentapi.port)
        environment = {**bench.environment(DOUBLE_TIME_SCALE="0.1"), **agentapi.environment(), "HOME": str(bench.home)}
        environment["AGENT_DOUBLE_LOG"] = str(bench.log_file)
        return subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=open(bench.root / "out", "ab"),
                                stderr=subprocess.STDOUT, start_new_session=True)

    first = start()
    until(lambda: bench.texts() == [[TASK]] or first.poll() is not None, "the task in the store")
    assert first.poll() is None, (bench.root / "out").read_text()
    key = bench.conversations()[0][0]
    until(lambda: bench.record()["session"] == key and bench.record()["prompts"][0]["state"] == "delivered", "the record")
    first.terminate()
    first.wait(60)
    second = start()
    until(lambda: len(Start.starts(bench)) == 2 or second.poll() is not None, "the second start")
    assert second.poll() is None, (bench.root / "out").read_text()
    assert Start.starts(bench)[1]["argv"] == ["chat", *FLAGS["v2"], "--resume-id", key]
    second.terminate()
    second.wait(60)
    assert bench.texts() == [[TASK]]
