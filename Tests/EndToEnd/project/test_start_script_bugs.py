"""The bugs of the shell scripts that agentlaunch replaces: none of them is here again.

`Tests/start-script-bugs.tsv` has a line for each: its id, what went wrong, and the test that proves it gone, here or
where the behaviour is tested anyway.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

import agents
import plans
from doubles import stand_in
from doubles.decision_bench import TASK, Bench
from doubles.files import uuid7
from project import PROJECT
from proofs import PROJECT, collected

LEGACY_CLAUDE = "cd32e253-ca16-4fd3-9825-d837e74ae3c2"


@pytest.fixture
def claude(binary, tmp_path):
    return Bench(binary, tmp_path, "claude")


@pytest.fixture
def codex(binary, tmp_path):
    return Bench(binary, tmp_path, "codex")


@pytest.fixture(params=agents.with_part("stand_in"))
def bench(request, binary, tmp_path):
    return Bench(binary, tmp_path, request.param)


def transcript(bench, token=LEGACY_CLAUDE):
    [path] = bench.home.glob(f".claude/projects/*/{token}.jsonl")
    return path


def mapping(bench, *lines):
    path = bench.home / ".codex-module/.codex-task-session"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


# The list itself

def bugs():
    lines = (PROJECT / "Tests/start-script-bugs.tsv").read_text().splitlines()
    return {bug: proof for bug, _, proof in (line.split("\t") for line in lines[1:])}


def test_every_bug_of_the_list_has_a_test_that_exists_or_a_reason():
    families = [("G", 15), ("C", 17), ("X", 12), ("S", 5)]
    assert list(bugs()) == [f"{letter}{number}" for letter, count in families for number in range(1, count + 1)]
    proofs = [proof for proof in bugs().values() if not proof.startswith("not ours: ")]
    assert [proof for proof in proofs if proof not in collected()] == []


# The frame

def test_a_start_makes_no_file_outside_its_own_folders_and_runs_nothing_but_the_agent(bench):
    """Fixed names in /tmp, downloads, forks for each session file, programs that may be missing."""
    for number in range(50):
        bench.write([f"another conversation {number}"])
    stand_in.install(bench.root / "bin", bench.agent)
    log = bench.root / "strace"
    words = ["strace", "-ff", "-qq", "-e", "trace=execve,openat,mkdir,rename,link,symlink,unlink", "-o", log,
             bench.binary, bench.agent, "--direct", "--workdir", bench.project, "--prompt", TASK,
             "--adopt", "never", "--agent-version", {"claude": "2.1.329", "codex": "0.163.0", "goose": "1.45.0"}[bench.agent]]
    if subprocess.run(["sh", "-c", "command -v strace"], capture_output=True).returncode != 0:
        pytest.skip("strace is missing")
    result = plans.run(words, {"HOME": str(bench.home), "PATH": f"{bench.root / 'bin'}:{plans.PATH}",
                               "STAND_IN_LOG": str(bench.log_file)})
    assert result.returncode == 0, result
    calls = {file: file.read_text().splitlines() for file in bench.root.glob("strace.*")}
    programs = {re.match(r'execve\("([^"]*)"', call)[1]: file for file, lines in calls.items()
                for call in lines if call.startswith("execve(") and call.endswith("= 0")}
    assert set(programs) == {bench.binary, str(bench.root / "bin" / bench.agent)}
    made = [re.search(r'"([^"]*)"', call)[1] for call in calls[programs[bench.binary]]
            if '"' in call and not call.startswith("execve") and (not call.startswith("openat") or "O_CREAT" in call)]
    ours = str(bench.home / ".local/state/agentlaunch")
    # A private copy of a database that is being written has a name that nobody can foresee.
    copy = re.compile(r".*/agentlaunch-[A-Za-z0-9]{6}(/.*)?$")
    assert made and [path for path in made if not path.startswith(("/dev/", ours)) and not ours.startswith(path)
                     and not copy.match(path)] == []
    assert [path for path in made if copy.match(path) and Path(path).exists()] == []


def test_quotes_in_a_value_stay_in_it_and_home_is_expanded(bench):
    workdir = bench.directory("it's $(touch pwned) \"here\" `id`")
    assert bench.start("--env", "NAME=it's $HOME \"x\"", workdir=workdir).returncode == 0
    assert json.loads(bench.log_file.read_text().splitlines()[-1])["cwd"] == str(workdir)
    (bench.home / "project").mkdir()
    for spelling in ("~/project", "$HOME/project"):
        assert bench.dry("--workdir", spelling, workdir=spelling)["workdir"] == str(bench.home / "project")
    assert not list(bench.root.rglob("pwned"))


def test_each_agent_has_its_own_type_and_no_shell_around_it(bench):
    for options in ((), ("--model", "it's; $(x)")):
        plan = bench.dry("--agentapi", *options)
        command = plan["command"]
        assert command[command.index("--type") + 1] == bench.agent
        assert command[command.index("--") + 1:] == plan["agentCommand"]
        assert not {"sh", "bash", "-c"} & set(command)


def test_a_shell_startup_file_is_not_read(bench):
    for name in (".bashrc", ".profile", ".bash_profile"):
        (bench.home / name).write_text("echo read; exit 3\n")
    result = bench.start()
    assert result.returncode == 0 and b"read" not in result.stdout
    assert len(bench.starts()) == 1


# Claude Code

def test_a_transcript_needs_no_tool_to_be_read(claude, tmp_path):
    claude.write([TASK], LEGACY_CLAUDE)
    empty = tmp_path / "empty"
    empty.mkdir()
    plan = plans.plan(plans.run(
        [claude.binary, "claude", "--dry-run", "--format", "json", "--workdir", claude.project, "--prompt", TASK],
        {"HOME": str(claude.home), "PATH": str(empty)},
    ))
    assert (plan["start"], plan["session"]["id"]) == ("warm", LEGACY_CLAUDE)


@pytest.mark.parametrize("damage", ["no last line break", "a torn end", "a torn first line", "one line", "nested id", "metadata only", "empty"])
def test_a_transcript_is_never_deleted_and_one_that_claude_resumes_goes_on(claude, damage):
    claude.write([TASK], LEGACY_CLAUDE)
    path = transcript(claude)
    lines = path.read_text().splitlines()
    snapshot = {"type": "file-history-snapshot", "messageId": "m", "snapshot": {"sessionId": LEGACY_CLAUDE, "deep": {"sessionId": 1}}}
    content = {
        "no last line break": "\n".join(lines[1:]),
        "a torn end": "\n".join(lines) + '\n{"type":"assistant","mess',
        "a torn first line": lines[0][:20] + "\n" + "\n".join(lines[1:]) + "\n",
        "one line": lines[1] + "\n",
        "nested id": json.dumps(snapshot) + "\n" + "\n".join(lines) + "\n",
        "metadata only": lines[0] + "\n",
        "empty": "",
    }[damage]
    path.write_text(content)
    resumable = damage not in ("metadata only", "empty")
    result = claude.start()
    assert result.returncode == 0
    assert path.read_text() == content
    words = claude.starts()[-1]
    assert ("--resume" in words) == resumable and (TASK in words) != resumable
    if resumable:
        assert words[words.index("--resume") + 1] == LEGACY_CLAUDE


def test_a_moved_configuration_folder_is_where_claude_is_looked_for(claude):
    elsewhere = claude.root / "configuration"
    claude.write([TASK], LEGACY_CLAUDE)
    (claude.home / ".claude").rename(elsewhere)
    assert claude.dry(CLAUDE_CONFIG_DIR=str(elsewhere))["session"]["id"] == LEGACY_CLAUDE
    assert claude.dry()["start"] == "cold"


def test_permissions_are_as_requested_cold_warm_and_fresh(claude):
    skip = "--dangerously-skip-permissions"
    plan = ["--", "--permission-mode", "plan"]
    assert claude.start().returncode == 0
    for start in ([], ["--fresh"]):
        assert skip not in claude.dry(*start)["agentCommand"]
        assert claude.dry(*start, "--allow-all")["agentCommand"].count(skip) == 1
        command = plans.plan(claude._run(["--dry-run", "--format", "json", *start], TASK, None, {}, plans.PATH))["agentCommand"]
        assert "--permission-mode" not in command
    for start in ([], ["--fresh"]):
        words = [claude.binary, "claude", "--dry-run", "-o", "json", "--workdir", claude.project, "--prompt", TASK, *start, *plan]
        command = plans.plan(plans.run(words, {"HOME": str(claude.home), "PATH": plans.PATH}))["agentCommand"]
        assert command[command.index("--permission-mode") + 1] == "plan" and skip not in command


def test_a_wrapper_leaves_the_project_alone_and_the_agent_in_it(bench):
    kept = bench.project / "boundary/kept"
    kept.parent.mkdir()
    kept.write_text("the user's")
    wrapper = bench.root / "wrapper.sh"
    wrapper.write_text('#!/bin/sh\nexec "$@"\n')
    wrapper.chmod(0o755)
    assert bench.start("--wrapper", wrapper).returncode == 0
    assert json.loads(bench.log_file.read_text())["cwd"] == str(bench.project)
    assert kept.read_text() == "the user's" and sorted(p.name for p in bench.project.iterdir()) == ["boundary"]


@pytest.mark.parametrize("options", [(), ("--report-tasks",)])
def test_no_coder_variable_is_added(bench, options):
    plan = bench.dry("--agentapi", *options)
    assert not [name for name in plan["environment"]["set"] if name.startswith("CODER_")]


# Codex

def test_a_directory_is_compared_as_text_and_not_as_a_pattern(codex):
    other, here, odd = (codex.directory(name) for name in ("aXb", "a.b", "p[1]"))
    theirs = codex.write(["something else"], workdir=other)
    ours = codex.write(["something of ours"], workdir=odd)
    mapping(codex, f"{other}|{theirs}", f"{odd}|{ours}")
    assert codex.dry(workdir=here)["start"] == "cold"
    assert codex.dry(workdir=odd)["session"]["id"] == ours


def test_an_existing_conversation_is_not_captured_for_a_new_prompt(codex):
    before = codex.write(["a person's own"])
    assert codex.start("--adopt", "never").returncode == 0
    assert codex.record()["session"] not in (None, before)
    assert codex.dry("--adopt", "never")["session"]["id"] == codex.record()["session"]


def test_an_id_whose_rollout_is_gone_is_not_resumed(codex):
    mapping(codex, f"{codex.project}|019a1234-5678-7abc-8ef0-123456789012")
    assert codex.dry()["start"] == "cold"
    assert codex.start().returncode == 0
    token = codex.record()["session"]
    [rollout] = codex.home.rglob(f"rollout-*-{token}.jsonl")
    rollout.unlink()
    codex.write(["another one, so that the store is there"], workdir=codex.directory("other"))
    plan = codex.dry()
    assert plan["start"] == "cold" and "conversation-lost" in plans.codes(plan)


def test_other_ids_in_the_first_line_of_a_rollout_are_ignored(codex):
    token = codex.write([TASK])
    [rollout] = codex.home.rglob("rollout-*.jsonl")
    first, rest = rollout.read_text().split("\n", 1)
    meta = json.loads(first)
    inner = {"git": {"id": "not-this", "commit_hash": "0"}, "source_info": [{"id": uuid7()}]}
    meta["payload"] = {**inner, **meta["payload"], "after": {"id": uuid7()}}
    rollout.write_text(json.dumps({"id": uuid7(), **meta}) + "\n" + rest)
    assert codex.dry()["session"]["id"] == token


def test_codex_home_and_the_physical_directory_count(codex):
    token = codex.write([TASK])
    elsewhere = codex.root / "codex home"
    (codex.home / ".codex").rename(elsewhere)
    link = codex.root / "link"
    link.symlink_to(codex.project)
    for workdir in (codex.project, link, f"{codex.project}/", f"{codex.project}/."):
        assert codex.dry(workdir=workdir, CODEX_HOME=str(elsewhere))["session"]["id"] == token
    assert codex.dry()["start"] == "cold"
