"""docs/from-start-scripts.md says the truth: every row of its tables has a check here, or the test that is one."""

import base64
import datetime
import re

import pytest

from doubles.decision_bench import TASK, Bench
from doubles.files import now
from project import PROJECT
from proofs import exists

DOCUMENT = PROJECT / "docs/from-start-scripts.md"
LEGACY_CLAUDE = "cd32e253-ca16-4fd3-9825-d837e74ae3c2"

# Rows that a test elsewhere checks, by the words that they begin with.
ELSEWHERE = {
    "All three": {
        "`AGENTAPI_…` that `main.sh` exports": "test_agentapi_plan.py::test_what_coders_main_script_exports_is_kept_and_shown",
        "a sentence about `coder_report_task`": "test_decision.py::test_toggling_report_tasks_keeps_the_prompt_the_same",
        "the prompt and the command line in the log":
            "test_background.py::test_no_prompt_and_no_variable_is_in_our_lines_of_the_log",
        "ready after three answers": "test_wait_ready.py::test_an_agentapi_that_does_not_listen_in_time_is_stopped_and_69",
        "the log is overwritten": "test_background.py::test_the_log_is_its_owners_only_and_earlier_starts_stay",
        "the agent is missing": "test_agentapi_launch.py::test_a_missing_agent_is_127_before_agentapi_is_started",
        "the script ends, or is killed": "test_agentapi_stop.py::test_a_stop_request_sends_agentapi_one_term",
        "`.bashrc` and `nvm.sh`": "test_start_script_bugs.py::test_a_shell_startup_file_is_not_read",
        "downloads and installs": "test_start_script_bugs.py::"
            "test_a_start_makes_no_file_outside_its_own_folders_and_runs_nothing_but_the_agent",
    },
    "goose": {
        "`~/.goose-module/prompt.txt`": "test_goose_sessions.py::test_goose_reads_a_private_file_that_is_gone_afterwards",
    },
    "claude-code": {
        "a transcript that is short": "test_start_script_bugs.py::"
            "test_a_transcript_is_never_deleted_and_one_that_claude_resumes_goes_on",
        "a task always has": "test_start_script_bugs.py::test_permissions_are_as_requested_cold_warm_and_fresh",
        "`ARG_PERMISSION_MODE=plan`":
            "test_start_script_bugs.py::test_permissions_are_as_requested_cold_warm_and_fresh",
        "`~/.claude` is searched":
            "test_start_script_bugs.py::test_a_moved_configuration_folder_is_where_claude_is_looked_for",
    },
    "codex": {
        "the new id is looked for": "test_agentapi_lifecycle.py::"
            "test_a_kill_in_the_middle_of_the_first_answer_loses_nothing_and_repeats_nothing",
        "any older conversation": "test_start_script_bugs.py::"
            "test_an_existing_conversation_is_not_captured_for_a_new_prompt",
        "an id whose rollout": "test_start_script_bugs.py::test_an_id_whose_rollout_is_gone_is_not_resumed",
        "status 0 whatever": "test_agentapi_launch.py::test_the_exit_status_is_agentapis",
        "`~/.codex` is searched": "test_start_script_bugs.py::test_codex_home_and_the_physical_directory_count",
    },
}

CHECKS = {"All three": {}, "goose": {}, "claude-code": {}, "codex": {}}


def row(section, beginning):
    def register(check):
        CHECKS[section][beginning] = check
        return check

    return register


def rows():
    found = {}
    for part in DOCUMENT.read_text().split("\n## ")[1:]:
        title, body = part.split("\n", 1)
        found[title] = [line[2:].split(" | ")[0] for line in body.splitlines()
                        if re.match(r"\| (?!behaviour)", line)]
    return found


def test_each_row_has_one_check_and_each_check_a_row():
    assert set(rows()) == set(CHECKS)
    for section, behaviours in rows().items():
        beginnings = [*CHECKS[section], *ELSEWHERE.get(section, {})]
        known = [[beginning for beginning in beginnings if behaviour.startswith(beginning)] for behaviour in behaviours]
        assert [behaviour for behaviour, found in zip(behaviours, known, strict=True) if len(found) != 1] == []
        assert sorted(found[0] for found in known) == sorted(beginnings)
    tests = [test for section in ELSEWHERE.values() for test in section.values()]
    assert [test for test in tests if not exists(test)] == []


def command(bench, *options, **more):
    """The agent's own command line."""
    return bench.dry("--agentapi", "--unattended", *options, **more)["agentCommand"]


def after(words, flag):
    return words[words.index(flag) + 1]


# All three

@row("All three", "`agentapi server --term-width 67")
def sizes(make):
    for agent in ("goose", "claude", "codex"):
        assert make(agent).dry("--agentapi")["command"][:8] == [
            "agentapi", "server", "--type", agent, "--term-width", "67", "--term-height", "1190"]


@row("All three", "port 3284")
def port(make):
    plan = make("claude").dry("--agentapi", "--port", "4000")
    assert after(plan["command"], "--port") == "4000"
    assert "4000" in plan["environment"]["set"]["CODER_MCP_AI_AGENTAPI_URL"]
    assert "--port" not in make("claude").dry("--agentapi")["command"]


@row("All three", "the working directory is made")
def workdir(make):
    bench = make("claude")
    assert bench.start("--unattended", workdir=bench.root / "new").returncode == 0
    assert (bench.root / "new").is_dir()
    result = bench.start("--attended", workdir=bench.root / "newer")
    assert result.returncode == 66 and not (bench.root / "newer").exists()
    assert bench.dry(workdir="~/here")["workdir"] == str(bench.home / "here")


@row("All three", "the prompt comes in a variable")
def prompt_variable(make):
    encoded = base64.b64encode(TASK.encode()).decode()
    for option, value in (("--prompt-env", TASK), ("--prompt-base64-env", encoded)):
        plan = make("claude").dry("--agentapi", option, "THE_TASK", task=None, THE_TASK=value)
        assert plan["prompt"]["action"] == "send" and "THE_TASK" in plan["environment"]["unset"]
        assert plan["prompt"]["sha256"] == make("claude").dry("--agentapi")["prompt"]["sha256"]


@row("All three", "a firewall in front")
def firewall(make):
    for agent in ("goose", "claude", "codex"):
        bench = make(agent)
        for options, variables in (((), {"AGENTAPI_BOUNDARY_PREFIX": "boundary"}), (("--wrapper", "boundary"), {})):
            plan = bench.dry("--agentapi", *options, **variables)
            words = plan["command"]
            assert words[words.index("--") + 1:] == ["boundary", *plan["agentCommand"]]
        plan = bench.dry("--agentapi", "--wrapper", "boundary", "--wrapper", "--")
        words = plan["command"]
        assert words[words.index("--") + 1:] == ["boundary", "--", *plan["agentCommand"]]


# Goose

@row("goose", "the task in `GOOSE_TASK_PROMPT`")
def goose_variable(make):
    plan = make("goose").dry("--agentapi", "--prompt-env", "GOOSE_TASK_PROMPT", task=None, GOOSE_TASK_PROMPT=TASK)
    assert plan["prompt"]["action"] == "send" and "GOOSE_TASK_PROMPT" in plan["environment"]["unset"]


@row("goose", "`bash -c 'goose run")
def goose_run(make):
    words = command(make("goose"))
    assert words[:3] == ["goose", "run", "--name"] and words[4:6] == ["-s", "-i"] and len(words) == 7


@row("goose", "no task:")
def goose_session(make):
    assert command(make("goose"), task=None)[:3] == ["goose", "session", "--name"]


@row("goose", "the task again at every start")
def goose_warm(make):
    bench = make("goose")
    assert bench.start().returncode == 0
    key = bench.record()["session"]
    assert command(bench) == ["goose", "session", "--resume", "--session-id", key]


@row("goose", "agentapi's type `custom`")
def goose_type(make):
    assert after(make("goose").dry("--agentapi")["command"], "--type") == "goose"


@row("goose", '"Review your goosehints."')
def goose_hints(make):
    assert make("goose").dry("--agentapi")["prompt"]["bytes"] == len(TASK)


@row("goose", "provider and model")
def goose_model(make):
    given = make("goose").dry("--agentapi", "--model", "m", "--allow-all")["environment"]["set"]
    assert (given["GOOSE_MODEL"], given["GOOSE_MODE"]) == ("m", "auto")
    given = make("goose").dry("--agentapi")["environment"]["set"]
    assert not {"GOOSE_MODEL", "GOOSE_MODE", "GOOSE_PROVIDER"} & set(given)


# Claude Code

@row("claude-code", "a task's conversation has one fixed id")
def claude_ids(make):
    bench = make("claude")
    other = bench.directory("other")
    ids = {bench.dry()["session"]["id"], bench.dry(workdir=other)["session"]["id"],
           bench.dry("--session", "b")["session"]["id"]}
    assert len(ids) == 3 and LEGACY_CLAUDE not in ids
    bench.write(["an older task"], LEGACY_CLAUDE)
    assert bench.dry()["session"]["id"] == LEGACY_CLAUDE


@row("claude-code", "`ARG_CONTINUE=true`")
def claude_continue(make):
    bench = make("claude")
    bench.write([TASK], LEGACY_CLAUDE)
    words = command(bench)
    assert after(words, "--resume") == LEGACY_CLAUDE and "--" not in words


@row("claude-code", "`ARG_CONTINUE=false`")
def claude_fresh(make, agent="claude"):
    bench = make(agent)
    for _ in range(2):
        plan = bench.dry("--fresh")
        assert (plan["start"], plan["prompt"]["action"]) == ("cold", "send")
        assert bench.start("--fresh").returncode == 0


@row("claude-code", "`ARG_RESUME_SESSION_ID`")
def claude_resume(make):
    bench = make("claude")
    key = bench.write(["something"])
    assert after(command(bench, "--resume", key, task=None), "--resume") == key
    status, line = bench.refused("--resume", "01a1fc05-9aab-709b-8055-00016fee0e1f")
    assert status == 66 and key in line


@row("claude-code", "`report_tasks` off")
def claude_latest(make):
    bench = make("claude")
    bench.write([TASK], at=now() - datetime.timedelta(minutes=1))
    newest = bench.write(["something else"])
    assert bench.dry(task=None)["session"]["id"] == newest
    assert bench.dry("--adopt", "newest")["session"]["id"] == newest
    assert bench.dry()["session"]["id"] not in (None, newest)
    assert bench.dry(task="a third")["start"] == "cold"


@row("claude-code", "a new conversation gets")
def claude_prompt(make):
    words = command(make("claude"))
    assert words[-2] == "--" and len(words) == words.index("--") + 2


@row("claude-code", "`CODER_MCP_ALLOWED_TOOLS`")
def claude_tools(make):
    name = "CODER_MCP_ALLOWED_TOOLS"
    assert name not in make("claude").dry("--agentapi", "--report-tasks")["environment"]["set"]
    assert name in make("claude").dry("--agentapi", "--env", f"{name}=coder_report_task")["environment"]["set"]


# Codex

def mapping(bench, token):
    path = bench.home / ".codex-module/.codex-task-session"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{bench.project}|{token}\n")
    return path


@row("codex", "`~/.codex-module/.codex-task-session`")
def codex_mapping(make):
    bench = make("codex")
    key = bench.write(["an older task"])
    path = mapping(bench, key)
    before = path.read_bytes()
    assert bench.dry()["session"]["id"] == key
    assert bench.start().returncode == 0 and path.read_bytes() == before
    bench = make("codex")
    assert bench.start().returncode == 0 and not (bench.home / ".codex-module").exists()


@row("codex", "`codex [--model M] resume ID`")
def codex_warm(make):
    bench = make("codex")
    key = bench.write([TASK])
    assert command(bench, "--model", "m") == [
        "codex", "--no-daemon", "-C", str(bench.project), "-m", "m", "resume", key]


@row("codex", "`codex PROMPT`")
def codex_cold(make):
    bench = make("codex")
    words = command(bench, task="-v")
    assert words[:-1] == ["codex", "--no-daemon", "-C", str(bench.project), "--"]


@row("codex", '"Your task at hand: "')
def codex_prefix(make):
    bench = make("codex")
    assert bench.dry("--agentapi")["prompt"]["bytes"] == len(TASK)
    key = bench.write([f"Your task at hand: {TASK}"])
    assert bench.dry()["session"]["id"] == key


@row("codex", "`ARG_CONTINUE=false`")
def codex_fresh(make):
    claude_fresh(make, "codex")


@pytest.fixture
def make(binary, tmp_path):
    made = []

    def bench(agent):
        root = tmp_path / str(len(made))
        root.mkdir()
        made.append(Bench(binary, root, agent))
        return made[-1]

    return bench


ALL = [(section, beginning) for section, checks in CHECKS.items() for beginning in checks]


@pytest.mark.parametrize("section, beginning", ALL)
def test_each_row_of_the_table_is_true(make, section, beginning):
    CHECKS[section][beginning](make)
