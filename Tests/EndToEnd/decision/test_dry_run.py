"""What a dry run prints for people, and what it leaves alone."""

import json
import subprocess

import pytest


import plans
import registry
from doubles.double import all_doubles

pytestmark = pytest.mark.smoke
AGENTS = registry.names()


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def environment(home):
    return {"PATH": plans.PATH, "HOME": str(home), "LANG": "C.UTF-8"}


def command_of(text):
    """The lines beside `command`, as somebody copies them."""
    lines = text.splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith("command "))
    after = range(first + 1, len(lines))
    last = next((index for index in after if not lines[index].startswith(" ")), len(lines))
    return "\n".join(line[15:] for line in lines[first:last])


@pytest.mark.parametrize("agent", AGENTS)
def test_the_text_plan_has_80_columns(binary, home, tmp_path, agent):
    workdir = tmp_path / ("long" * 30) / "deep"
    result = plans.run(
        [binary, agent, "--dry-run", "--agentapi", "--prompt", "a task", "--workdir", workdir], environment(home)
    )
    assert result.returncode == 0, result
    text = result.stdout.decode()
    # A word of the command is never broken: it could not be pasted.
    command = command_of(text)
    over = [line for line in text.splitlines() if len(line) > 80 and line[15:] not in command]
    assert over == []
    # What stands for the prompt is no word for a shell, and does not excuse a line.
    assert [line for line in text.splitlines() if len(line) > 80 and "/" not in line] == []
    assert "AGENTAPI_STATE_FILE" in text and "!" in text


def test_the_command_of_the_text_plan_is_one_command_for_a_shell(binary, home):
    words = ["printf", "%s|", "two  spaces and more than sixty-five columns of one single argument", "it's", "$(id)"]
    words += ["line\nbreak", "x" * 50, "y" * 50, "z" * 90, ""]
    argv = [binary, "custom", "--direct", "--dry-run", "--", *words]
    text = plans.run(argv, environment(home)).stdout.decode()
    pasted = subprocess.run(["bash", "-c", command_of(text)], capture_output=True, check=True).stdout.decode()
    assert pasted == "".join(word + "|" for word in words[2:])


def test_the_prompt_that_is_shown_can_be_pasted(binary, home):
    prompt = "-fix 'all'  of\nit, " + "word " * 30 + "end"
    argv = [binary, "claude", "--direct", "--dry-run", "--show-prompt", "--prompt", prompt]
    text = plans.run(argv, environment(home)).stdout.decode()
    pasted = subprocess.run(
        ["bash", "-c", "claude() { printf '%s\\0' \"$@\"; }\n" + command_of(text)], capture_output=True, check=True
    )
    assert pasted.stdout.decode().split("\0")[-2] == prompt


def test_control_sequences_on_disk_never_reach_the_terminal(binary, home, tmp_path):
    workdir = tmp_path / "a\x1b]0;title\x07b"
    workdir.mkdir()
    result = plans.run([binary, "claude", "--direct", "--dry-run", "--workdir", workdir], environment(home))
    assert result.returncode == 0, result
    assert b"\x1b" not in result.stdout and b"\x07" not in result.stdout


def test_a_dry_run_writes_nothing_runs_nothing_and_prints_the_same_twice(binary, home, tmp_path):
    mark = tmp_path / "mark"
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in {*AGENTS, *(double.program for double in all_doubles()), "agentapi"}:
        (programs / name).write_text(f"#!/bin/sh\necho ran >> {mark}\n")
        (programs / name).chmod(0o755)
    surroundings = environment(home) | {"PATH": f"{programs}:{plans.PATH}"}
    before = plans.trace(tmp_path)
    for agent in AGENTS:
        argv = [binary, agent, "--dry-run", "--format", "json", "--prompt", "a task"]
        first, second = plans.run(argv, surroundings), plans.run(argv, surroundings)
        assert first.stdout == second.stdout
        assert json.loads(first.stdout)["start"] == "cold"
        plans.plan(first)
    assert not mark.exists()
    assert plans.trace(tmp_path) == before


@pytest.mark.parametrize("agent, length, warned", [("claude", 9, True), ("claude", 200_000, False), ("goose", 9, False)])
def test_a_prompt_that_agentapi_would_print_is_a_warning(binary, home, tmp_path, agent, length, warned):
    (tmp_path / "task.md").write_text("x" * length)
    argv = [binary, agent, "--dry-run", "-o", "json", "--prompt-file", tmp_path / "task.md", "--agentapi"]
    found = plans.plan(plans.run(argv, environment(home)))
    assert ("prompt-in-agentapi-log" in plans.codes(found)) == warned
    argv[-1] = "--direct"
    if length < 100_000:
        assert "prompt-in-agentapi-log" not in plans.codes(plans.plan(plans.run(argv, environment(home))))


@pytest.mark.parametrize("wrapper, warned", [("/nowhere/sandbox", True), ("/bin/sh", False)])
def test_a_wrapper_that_is_not_there_is_a_warning_and_the_start_127(binary, home, wrapper, warned):
    words = [binary, "custom", "--direct", "--wrapper", wrapper]
    planned = plans.plan(plans.run([*words, "--dry-run", "-o", "json", "--", "true"], environment(home)))
    assert ("wrapper-not-found" in plans.codes(planned)) == warned
    if warned:
        result = plans.run([*words, "--", "true"], environment(home))
        assert result.returncode == 127 and result.stderr.count(b"\n") == 1 and wrapper.encode() in result.stderr


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("log", ["text", "json"])
def test_a_plan_that_must_not_be_started_also_says_so_in_one_line_on_stderr(binary, home, tmp_path, output, log):
    (home / ".claude").mkdir()
    store = home / ".claude/projects"
    store.write_text("")
    words = [binary, "claude", "--dry-run", "--agentapi", "-o", output, "--log-format", log, "--prompt", "a task",
             "--workdir", tmp_path]
    result = plans.run(words, environment(home))
    assert result.returncode == 65 and result.stdout
    [line] = result.stderr.decode().splitlines()
    assert str(store) in line
    if log == "json":
        found = json.loads(line)
        assert found["status"] == 65 and found["nextStep"]
    else:
        assert line.startswith("agentlaunch: ") and "; " in line
