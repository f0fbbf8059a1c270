"""Whoever adds an agent to the registry is told what else it needs, until everything is there."""

import json
import shutil

import pytest

import registry
from registry import PROJECT


def test_nothing_is_missing_for_any_registered_agent():
    todo = registry.missing(PROJECT, registry.entries())
    assert not todo, "still to do:\n" + "\n".join(todo)


@pytest.fixture
def project(tmp_path):
    """A project of one agent that lacks nothing."""
    tests = tmp_path / "Tests"
    for number in range(10):
        case = tests / f"Fixtures/foo/case-{number}"
        case.mkdir(parents=True)
        (case / "expect.json").write_text(json.dumps({"own": True, "states": ["cold"]}))
    for folder in ("Sources/AgentLaunchCore/Agents/Foo", "Tests/Support/agents/foo", "docs/agents"):
        (tmp_path / folder).mkdir(parents=True)
    (tests / "Support/agents/foo/agent.py").touch()
    (tests / "traps.tsv").write_text("agent\ttrap\tproof\nfoo\ta trap\tfoo/case-1\n")
    (tests / "matrix.tsv").write_text("# June\nagent\tregistry module\nFoo\tcoder/foo\n")
    (tmp_path / "docs/agents/foo.md").touch()
    return tmp_path


FOO = {"foo": {"module": "coder/foo"}}


def test_an_agent_that_has_everything_needs_nothing(project):
    assert registry.missing(project, FOO) == []


@pytest.mark.parametrize("gone, asked_for", [
    ("Sources/AgentLaunchCore/Agents/Foo", "Sources/…/Agents/Foo/: the agent itself"),
    ("Tests/Fixtures/foo", "Tests/Fixtures/foo/: 10 more homes"),
    ("Tests/Fixtures/foo/case-3", "Tests/Fixtures/foo/: 1 more homes"),
    ("Tests/Support/agents/foo", "Tests/Support/agents/foo/: "),
    ("docs/agents/foo.md", "docs/agents/foo.md: write the facts"),
])
def test_a_missing_file_is_asked_for(project, gone, asked_for):
    path = project / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    [todo] = registry.missing(project, FOO)
    assert todo.startswith(asked_for)


@pytest.mark.parametrize("file, line, asked_for", [
    ("Tests/traps.tsv", "foo\ta trap\tfoo/case-1\n", "Tests/traps.tsv: a line for each trap of foo"),
    ("Tests/matrix.tsv", "Foo\tcoder/foo\n", "Tests/matrix.tsv: the row of Coder's matrix for coder/foo"),
])
def test_a_missing_line_is_asked_for(project, file, line, asked_for):
    path = project / file
    assert line in path.read_text()
    path.write_text(path.read_text().replace(line, ""))
    assert registry.missing(project, FOO) == [asked_for]


def test_leftovers_of_an_unregistered_agent_are_reported(project):
    assert registry.missing(project, {}) == [
        "Tests/Fixtures/foo/: the program knows no such agent",
        "Tests/Support/agents/foo/: the program knows no such agent",
        "Tests/traps.tsv, the lines for foo: the program knows no such agent",
        "docs/agents/foo.md: the program knows no such agent",
    ]


def test_custom_needs_none_of_it(project):
    assert registry.missing(project, {**FOO, "custom": {"module": None}}) == []
