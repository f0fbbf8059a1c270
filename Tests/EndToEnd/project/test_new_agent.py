"""`scripts/new-agent` lays out an agent that lacks nothing, and touches nothing where it refuses."""

import re
import shutil
import subprocess

import pytest

import plans
import registry
from project import PROJECT
from test_layers import LAYERS, check, sources  # noqa: F401  (a fixture)


@pytest.fixture
def project(tmp_path):
    for name in ("scripts/new-agent-files", "Sources/AgentLaunchCore", "Tests/Support"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("docs/agents", "Tests/Fixtures"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("scripts/new-agent", "Tests/traps.tsv", "Tests/matrix.tsv"):
        shutil.copy(PROJECT / name, tmp_path / name)
    return tmp_path


def new_agent(project, *words):
    return subprocess.run([project / "scripts/new-agent", *words], capture_output=True, text=True)


def test_a_new_agent_lacks_nothing_and_compiles(project, check):  # noqa: F811
    result = new_agent(project, "nimbus", "Nimbus CLI")
    assert (result.returncode, result.stderr) == (0, "")
    todo = registry.missing(project, {"nimbus": {"module": None}})
    assert [line for line in todo if "nimbus" in line.lower()] == []
    for place in result.stdout.partition("\n\n")[0].splitlines():
        assert (project / place).exists(), place

    core = project / "Sources/AgentLaunchCore"
    entries = re.findall(r"^        \.(\w+),$", (core / "Agents/Registry.swift").read_text(), re.M)
    assert "nimbus" in entries and entries == sorted(entries, key=str.lower)
    files = sources()
    below = [path for folder in LAYERS[: LAYERS.index("Agents")] for path in files[folder]]
    assert check(sorted((core / "Agents/Nimbus").glob("*.swift")), below) == []

    words = [path.read_text() for path in project.rglob("*imbus*/*.*") if path.suffix in (".py", ".swift")]
    words.append((project / "docs/agents/nimbus.md").read_text())
    assert not [text for text in words if "foo" in text.lower()]


@pytest.mark.parametrize("words, why", [
    ([], "give one NAME"),
    (["Nimbus"], "'Nimbus' is not a name of 2 to 31 small letters and digits"),
    (["../nimbus"], "is not a name"),
    (["nimbus", "Nim\nbus"], "is not a title"),
    (["default"], "default is a word of Swift"),
    (["codex"], "codex is already an agent"),
    (["status"], "status is already a command"),
    (["opencode"], "opencode is already an agent"),
])
def test_a_name_that_cannot_be_is_refused_in_one_line_and_nothing_is_written(project, words, why):
    before = plans.trace(project)
    result = new_agent(project, *words)
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.startswith("scripts/new-agent: ") and why in result.stderr
    assert result.stderr.count("\n") == 1 and plans.trace(project) == before


def test_an_agent_that_is_half_there_is_left_alone(project):
    (project / "docs/agents/nimbus.md").write_text("notes")
    before = plans.trace(project)
    result = new_agent(project, "nimbus")
    assert result.stderr == (
        "scripts/new-agent: docs/agents/nimbus.md is there already; move it away, or choose another name\n")
    assert plans.trace(project) == before
