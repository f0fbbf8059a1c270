"""The decision at the seam that users meet: stores on disk, real starts of stand-ins, plans as JSON."""

import shutil
from pathlib import Path

import pytest

import agents
from digests import sha256
from doubles.decision_bench import TASK, Bench
from plans import codes
from waiting import until


@pytest.fixture(params=agents.with_part("stand_in"))
def bench(request, binary, tmp_path):
    return Bench(binary, tmp_path, request.param)


@pytest.fixture
def claude(binary, tmp_path):
    return Bench(binary, tmp_path, "claude")


def decided(plan):
    session, prompt = plan["session"], plan["prompt"]
    return plan["start"], session and session["id"], prompt["action"], prompt["given"]


def started(bench, *options, **more):
    result = bench.start(*options, **more)
    assert result.returncode == 0, result
    return result


def conversation(bench, name="default", workdir=None):
    return bench.record(name, workdir)["session"]


# One conversation, from cold to warm

@pytest.mark.smoke
def test_the_first_start_is_cold_with_the_prompt_the_second_warm_without(bench):
    assert bench.dry()["start"] == "cold"
    started(bench)
    record = bench.record()
    assert [(p["sha256"], p["state"]) for p in record["prompts"]] == [(sha256(TASK), "delivered")]
    assert decided(bench.dry()) == ("warm", record["session"], "skip", "this")
    started(bench)
    cold, warm = bench.starts()
    assert any(word == TASK or word.endswith((".txt", "prompt")) or word == "-i" for word in cold)
    assert record["session"] in warm and TASK not in warm and "-i" not in warm
    assert bench.record()["session"] == record["session"]


def test_the_record_holds_no_word_of_the_prompt(bench):
    started(bench)
    assert TASK not in bench.record_file().read_text()
    assert bench.record_file().stat().st_mode & 0o777 == 0o600
    assert bench.record_file().parent.stat().st_mode & 0o777 == 0o700


def test_the_conversation_is_found_without_its_record(bench):
    started(bench)
    token = conversation(bench)
    shutil.rmtree(bench.home / ".local/state")
    assert decided(bench.dry()) == ("warm", token, "skip", "this")


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema":"other"}', b"\xff\xfe"])
def test_a_damaged_record_does_not_matter_where_the_store_can_tell(bench, damage):
    started(bench)
    token = conversation(bench)
    bench.record_file().write_bytes(damage)
    plan = bench.dry()
    assert decided(plan) == ("warm", token, "skip", "this")
    assert "record-damaged" in codes(plan)
    started(bench)
    assert conversation(bench) == token


def test_a_store_that_is_missing_though_the_prompt_was_delivered_is_unknown(bench):
    started(bench)
    store = Path(bench.record()["store"])
    away = store.rename(store.with_name("away"))
    assert bench.dry()["start"] == "unknown"
    assert bench.start().returncode == 65
    assert len(bench.starts()) == 1
    away.rename(store)
    assert bench.dry()["start"] == "warm"


def test_a_record_of_another_home_is_unknown_and_names_the_store(bench):
    started(bench)
    state, other = bench.home / ".local/state", bench.directory("other-home")
    result = bench.start(HOME=str(other), XDG_STATE_HOME=str(state))
    assert result.returncode == 65
    assert bench.record()["store"] in result.stderr.decode()


def test_a_prompt_that_never_reached_the_agent_is_given_again(bench):
    started(bench, STAND_IN="silent")
    assert [p["state"] for p in bench.record()["prompts"]] == ["given"]
    assert decided(bench.dry())[0::2] == ("cold", "send")
    started(bench)
    assert [p["state"] for p in bench.record()["prompts"]] == ["delivered"]
    assert decided(bench.dry())[2:] == ("skip", "this")


# The prompt

def test_an_edited_prompt_is_skipped_refused_sent_or_starts_afresh(bench):
    started(bench)
    token = conversation(bench)
    plan = bench.dry(task="another task")
    assert decided(plan) == ("warm", token, "skip", "other") and "prompt-not-sent" in codes(plan)
    plan = bench.dry("--on-new-prompt", "refuse", task="another task")
    assert decided(plan) == ("warm", token, "skip", "other") and "prompt-refused" in codes(plan)
    assert decided(bench.dry("--on-new-prompt", "send", task="another task")) == ("warm", token, "send", "other")
    plan = bench.dry("--on-new-prompt", "fresh", task="another task")
    assert plan["start"] == "cold" and plan["prompt"]["action"] == "send"
    assert not plan["session"] or plan["session"]["id"] != token


def test_a_prompt_added_on_day_2_is_sent_once(bench):
    bench.write(["hello"], at=None)
    plan = bench.dry(task=None)
    assert plan["start"] == "warm"
    token = plan["session"]["id"]
    started(bench, task=None)
    started(bench, "--on-new-prompt", "send")
    assert [p["state"] for p in bench.record()["prompts"]] == ["delivered"]
    assert decided(bench.dry("--on-new-prompt", "send")) == ("warm", token, "skip", "this")
    started(bench, "--on-new-prompt", "send")
    sent = [words for words in bench.starts() if TASK in words or "-i" in words]
    assert len(sent) == 1
    # Only the conversation itself tells after the record was lost: before a prompt is sent, all of it is read.
    shutil.rmtree(bench.home / ".local/state")
    assert decided(bench.dry("--resume", token, "--on-new-prompt", "send")) == ("warm", token, "skip", "this")
    assert decided(bench.dry("--resume", token, "--on-new-prompt", "refuse")) == ("warm", token, "skip", "this")


@pytest.mark.parametrize("again", ["  do the task\n", "\tdo the task\r\n", "\u00a0do the task\u2003"])
def test_other_white_space_around_the_prompt_is_the_same_prompt(bench, again):
    started(bench)
    assert decided(bench.dry(task=again))[2:] == ("skip", "this")
    shutil.rmtree(bench.home / ".local/state")
    assert decided(bench.dry(task=again))[2:] == ("skip", "this")


def test_other_line_ends_are_the_same_prompt(bench):
    started(bench, task="first\nsecond")
    assert decided(bench.dry(task="first\r\nsecond"))[2:] == ("skip", "this")


@pytest.mark.parametrize("first, second", [([], ["--report-tasks"]), (["--report-tasks"], [])])
def test_toggling_report_tasks_keeps_the_prompt_the_same(bench, first, second):
    started(bench, *first)
    assert bench.record()["prompts"][0]["sha256"] == sha256(TASK)
    assert bench.record()["prompts"][0]["state"] == "delivered"
    assert decided(bench.dry(*second))[2:] == ("skip", "this")
    shutil.rmtree(bench.home / ".local/state")
    assert decided(bench.dry(*second))[2:] == ("skip", "this")


def test_a_missing_prompt_file_stops_only_a_cold_start(bench):
    file = bench.root / "task.txt"
    options = ["--prompt-file", str(file)]
    assert bench.refused(*options, task=None)[0] == 66
    file.write_text(TASK)
    started(bench, *options, task=None)
    file.unlink()
    plan = bench.dry(*options, task=None)
    assert plan["start"] == "warm" and "prompt-unreadable" in codes(plan)
    started(bench, *options, task=None)
    assert bench.refused(*options, "--fresh", task=None)[0] == 66


def test_a_missing_prompt_file_is_66_where_adoption_needs_its_text(bench):
    bench.write([TASK])
    status, line = bench.refused("--prompt-file", "/not/there", task=None)
    assert status == 66 and "--prompt-file" in line
    assert bench.dry("--prompt-file", "/not/there", "--adopt", "newest", task=None)["start"] == "warm"


@pytest.mark.parametrize("empty", ["", " \n"])
def test_an_empty_prompt_counts_as_none_and_warns(bench, empty):
    plan = bench.dry(task=empty)
    assert plan["prompt"]["action"] == "none" and "prompt-empty" in codes(plan)


def test_the_resume_prompt_goes_to_a_warm_start_only_and_by_choice_to_an_interrupted_one(bench):
    options = ["--resume-prompt", "go on"]
    assert bench.dry(*options)["prompt"]["sha256"] == sha256(TASK)
    started(bench)
    plan = bench.dry(*options)
    assert plan["prompt"]["action"] == "resume-prompt" and plan["prompt"]["sha256"] == sha256("go on")
    options += ["--resume-when", "interrupted"]
    assert bench.dry(*options)["prompt"]["action"] == "skip"
    assert bench.dry(*options, "--on-new-prompt", "send", task="x")["prompt"]["sha256"] == sha256("x")
    bench.write(["and then?"], conversation(bench), answered=False)
    plan = bench.dry(*options)
    assert plan["session"]["interrupted"] is True and plan["prompt"]["action"] == "resume-prompt"


# --fresh

def test_fresh_starts_a_second_conversation_and_keeps_the_first(bench):
    started(bench)
    first = conversation(bench)
    started(bench, "--fresh")
    second = conversation(bench)
    assert second not in (None, first)
    assert decided(bench.dry()) == ("warm", second, "skip", "this")
    assert decided(bench.dry("--resume", first)) == ("warm", first, "skip", "this")


@pytest.mark.parametrize("task", [TASK, None])
def test_fresh_killed_before_its_first_message_never_brings_the_old_conversation_back(bench, task):
    started(bench)
    first = conversation(bench)
    started(bench, "--fresh", task=task, STAND_IN="silent")
    for _ in range(3):
        plan = bench.dry(task=task)
        assert plan["start"] == "cold"
        assert not plan["session"] or plan["session"]["id"] != first
        started(bench, task=task, STAND_IN="silent")
    started(bench, task="now")
    assert conversation(bench) != first
    assert decided(bench.dry(task="now"))[:3] == ("warm", conversation(bench), "skip")


# Whose conversation

def test_a_conversation_of_the_user_is_left_alone_unless_it_began_with_the_prompt(bench):
    own = bench.write(["what does this do?"])
    assert bench.dry()["start"] == "cold"
    assert decided(bench.dry(task=None))[:2] == ("warm", own)
    assert decided(bench.dry("--adopt", "newest"))[:2] == ("warm", own)
    token = bench.write(["Report your work: " + TASK])
    plan = bench.dry()
    assert decided(plan) == ("warm", token, "skip", "this") and plan["session"]["how"] == "matched"
    assert bench.dry("--adopt", "never")["start"] == "cold"
    assert bench.dry("--session", "b", task=None)["start"] == "cold"


def test_an_adopted_conversation_is_recorded_with_its_prompt(bench):
    token = bench.write([TASK])
    started(bench)
    record = bench.record()
    assert (record["session"], record["origin"]) == (token, "adopted")
    assert [(p["sha256"], p["state"]) for p in record["prompts"]] == [(sha256(TASK), "delivered")]
    bench.write(["and then?"], token)
    assert bench.dry()["session"]["how"] == "record"


def test_a_conversation_of_another_directory_is_not_seen(bench):
    bench.write([TASK], workdir=bench.directory("elsewhere"))
    assert bench.dry()["start"] == "cold"
    assert bench.dry(task=None)["start"] == "cold"


def test_two_names_in_turn_have_two_conversations(bench):
    started(bench)
    started(bench, "--session", "b", task="the other task")
    first, second = conversation(bench), conversation(bench, "b")
    assert first != second
    assert decided(bench.dry())[:2] == ("warm", first)
    assert decided(bench.dry("--session", "b", task="the other task"))[:2] == ("warm", second)
    assert bench.dry("--session", "c", "--adopt", "newest")["start"] == "cold"


def test_two_names_with_the_same_prompt_have_two_conversations(bench):
    started(bench)
    assert bench.dry("--session", "b")["start"] == "cold"
    started(bench, "--session", "b")
    assert conversation(bench) != conversation(bench, "b")


def test_two_directories_in_turn_have_two_conversations(bench):
    other = bench.directory("other")
    started(bench)
    assert bench.dry(workdir=other)["start"] == "cold"
    started(bench, workdir=other)
    assert decided(bench.dry())[:2] == ("warm", conversation(bench))
    assert decided(bench.dry(workdir=other))[:2] == ("warm", conversation(bench, workdir=other))
    assert conversation(bench) != conversation(bench, workdir=other)


def test_a_symbolic_link_to_the_directory_counts_as_the_directory(bench):
    link = bench.root / "link"
    link.symlink_to(bench.project)
    started(bench, workdir=link)
    plan = bench.dry()
    assert plan["workdir"] == str(bench.project)
    assert decided(plan)[:2] == ("warm", conversation(bench))


def test_a_verbose_start_says_why_and_what_was_checked(bench):
    started(bench)
    plan = bench.dry()
    lines = bench.start("--verbose").stderr.decode().splitlines()
    assert f"agentlaunch: because: {plan['reason']}" in lines
    assert [line for line in lines if line.startswith("agentlaunch: checked ")] == [
        f"agentlaunch: checked {entry['source']}: {entry['finding']}" for entry in plan["evidence"]]
    assert not [line for line in bench.start().stderr.decode().splitlines() if "agentlaunch: checked " in line]


# --resume, --require-resume

def test_a_missing_id_is_66_and_lists_the_existing_ones(bench):
    token = bench.write([TASK])
    missing = {"goose": "20200101_99"}.get(bench.agent, "01a1fc05-9aab-709b-8055-00016fee0e1f")
    status, line = bench.refused("--resume", missing)
    assert status == 66 and token in line
    assert decided(bench.dry("--resume", token))[:2] == ("warm", token)


def test_an_id_of_another_directory_is_resumed_here_unless_the_agent_would_ask(bench):
    elsewhere = bench.directory("elsewhere")
    token = bench.write([TASK], workdir=elsewhere)
    if bench.agent == "goose":
        status, line = bench.refused("--resume", token)
        assert status == 66 and f"--workdir {elsewhere}" in line
        assert decided(bench.dry("--resume", token, workdir=elsewhere))[:2] == ("warm", token)
    else:
        assert decided(bench.dry("--resume", token))[:2] == ("warm", token)


def test_require_resume_is_66_without_a_conversation_and_warm_with_one(bench):
    assert bench.refused("--require-resume")[0] == 66
    assert bench.start("--require-resume").returncode == 66
    started(bench)
    assert bench.dry("--require-resume")["start"] == "warm"


# Old modules, derived ids

def test_the_first_derived_id_of_claude_is_the_published_one(claude):
    plan = claude.dry(workdir="/home/coder/project")
    assert plan["session"]["id"] == "1142e558-ce23-44a4-9795-fedb65b0d13a"


def test_an_unusable_claude_id_is_left_alone_and_the_next_derived_one_is_used(claude):
    first = claude.dry()["session"]["id"]
    token = claude.write([], first)
    assert token == first
    assert claude.dry()["session"]["id"] != first


def test_the_task_session_of_the_old_claude_module_is_resumed_for_the_default_name(claude):
    token = claude.write(["anything"], "cd32e253-ca16-4fd3-9825-d837e74ae3c2")
    plan = claude.dry()
    assert decided(plan)[:2] == ("warm", token) and plan["session"]["how"] == "legacy"
    assert claude.dry("--session", "b")["start"] == "cold"
    assert claude.dry("--adopt", "never")["start"] == "cold"


def test_the_mapping_of_the_old_codex_module_is_followed(binary, tmp_path):
    bench = Bench(binary, tmp_path, "codex")
    token = bench.write(["anything"])
    mapping = bench.home / ".codex-module/.codex-task-session"
    mapping.parent.mkdir()
    mapping.write_text(f"{bench.project}|{token}\n")
    plan = bench.dry()
    assert decided(plan)[:2] == ("warm", token) and plan["session"]["how"] == "legacy"
    assert bench.dry("--session", "b")["start"] == "cold"


# Unknown

def test_a_store_that_cannot_be_read_is_65_and_on_unknown_fresh_cold_with_a_warning(bench):
    place = {"claude": ".claude", "codex": ".codex", "goose": ".local/share/goose/sessions"}[bench.agent]
    path = bench.home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a file where a folder belongs")
    plan = bench.dry()
    assert plan["start"] == "unknown"
    result = bench.start()
    assert result.returncode == 65 and place in result.stderr.decode()
    assert bench.dry("--require-resume")["start"] == "unknown"
    plan = bench.dry("--on-unknown", "fresh")
    assert plan["start"] == "cold" and "unknown-fresh" in codes(plan)


def test_env_home_changes_which_store_is_read(bench):
    other = bench.directory("agents-home")
    started(bench, "--env", f"HOME={other}")
    assert bench.record()["store"].startswith(str(other))
    assert decided(bench.dry("--env", f"HOME={other}"))[2:] == ("skip", "this")


# At once

@pytest.fixture
def waiting(bench):
    """Starts whose stand-ins stay; they are stopped at the end of the test."""
    running = []

    def start(*options, **more):
        before = len(bench.starts())
        running.append(bench.background(*options, **more))
        until(lambda: len(bench.starts()) > before, "the stand-in's first turn")
        return running[-1]

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=30)


def test_a_second_start_of_a_conversation_is_75_and_a_dry_run_says_so(bench, waiting):
    waiting()
    result = bench.start()
    assert result.returncode == 75 and b"already running" in result.stderr
    assert len(bench.starts()) == 1
    assert "in-use" in codes(bench.dry(alone=False))


def test_two_names_and_two_directories_run_at_once(bench, waiting):
    other = bench.directory("other")
    waiting()
    waiting("--session", "b")
    waiting(workdir=other)
    until(lambda: all(bench.records(("default", None), ("b", None), ("default", other))), "three ids")
    ids = bench.records(("default", None), ("b", None), ("default", other))
    assert len(set(ids)) == 3


def test_one_session_under_two_names_is_75(bench, waiting):
    waiting()
    until(lambda: all(bench.records(("default", None))), "the id")
    token = conversation(bench)
    until(lambda: "in-use" in codes(bench.dry("--session", "b", "--resume", token, alone=False)), "the lock of the id")
    result = bench.start("--session", "b", "--resume", token)
    assert result.returncode == 75
    assert len(bench.starts()) == 1


# Where nothing can be written

def test_a_state_directory_that_cannot_be_written_is_a_warning(bench):
    (bench.home / ".local").mkdir()
    (bench.home / ".local/state").write_text("no folder")
    runtime = bench.directory("runtime")
    result = started(bench, XDG_RUNTIME_DIR=str(runtime))
    assert b"record-not-written" in result.stderr or b"the next start has to search" in result.stderr
    assert (bench.home / ".local/state").read_text() == "no folder", "what is in the way stays as it is"
    assert bench.dry()["start"] == "warm"
