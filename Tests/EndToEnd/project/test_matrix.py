"""`agents` carries every cell of Coder's compatibility matrix, and the tables of agents say what it says.

`Tests/matrix.tsv` is the table of Coder's agent compatibility matrix of June 2026, cell by cell.
"""

import json
import re
import shutil
import subprocess

import pytest

from project import PROJECT

# What scripts/agents-tables writes, with something that may go wrong in each.
TABLES = {
    "README.md": ("| 0.133 to ", "| 0.1 to "),
    "docs/agents/README.md": ("- **proof**: real CLI", "- **proof**: hearsay"),
    "docs/plan.schema.json": ('    "codex",\n', ""),
}


def matrix():
    lines = [line for line in (PROJECT / "Tests/matrix.tsv").read_text().splitlines() if not line.startswith("#")]
    header, *rows = [line.split("\t") for line in lines]
    return [dict(zip(header, row, strict=True)) for row in rows]


def noted(value, note):
    return f"{value} ({note})" if note else value


# How each column of the matrix is written from what the program says; a row's own name for its agent is the matrix's.
COLUMNS = {
    "registry module": lambda entry: entry["module"],
    "module's min version": lambda entry: entry["moduleVersion"] or "",
    "support": lambda entry: entry["support"],
    "tracking (coder/registry)": lambda entry: str(entry["trackingIssue"] or ""),
    "session data paths": lambda entry: ", ".join(noted(d["path"], d["note"]) for d in entry["sessionData"]),
    "min storage": lambda entry: noted(entry["minimumStorage"]["size"], entry["minimumStorage"]["note"]),
}


def run(binary, home, *words):
    result = subprocess.run(
        [binary, "agents", *words], env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, cwd="/", stdin=subprocess.DEVNULL,
        capture_output=True, text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def agents(binary, tmp_path):
    return {entry["name"]: entry for entry in json.loads(run(binary, tmp_path, "--format", "json"))}


def test_every_matrix_cell_is_in_the_list_of_agents(agents):
    rows = matrix()
    assert set(rows[0]) == {"agent", *COLUMNS}, "each column of the matrix has its place"
    modules = {entry["module"]: entry for entry in agents.values() if entry["module"]}
    assert len(modules) == len(rows)
    said = [
        {"agent": row["agent"], **{column: cell(modules[row["registry module"]]) for column, cell in COLUMNS.items()}}
        for row in rows
    ]
    assert said == rows


def test_an_agent_without_a_matrix_row_claims_no_module(agents):
    """Kiro, which came after the matrix, and `custom`, which is no agent."""
    without = [entry for entry in agents.values() if entry["module"] is None]
    assert without
    columns = ("moduleVersion", "support", "trackingIssue", "minimumStorage")
    assert {entry[column] for entry in without for column in columns} == {None}


def test_each_agent_lists_its_releases_proof_and_limits(agents):
    for name, entry in agents.items():
        assert entry["limits"] and "\n" not in entry["limits"], name
        if name == "custom":
            assert (entry["agentVersion"], entry["proof"]) == ({"needed": None, "known": None}, None)
            continue
        assert entry["sessionData"], name
        assert entry["agentVersion"]["needed"] and entry["agentVersion"]["known"], name
        assert entry["proof"]["kind"] in ("real CLI", "source", "documentation") and entry["proof"]["what"], name


def test_agents_verified_against_the_real_cli_are_those_the_tests_run(agents):
    """Each line of that list is a program that suites of their own start; no agent claims one that is not there."""
    lines = (PROJECT / "Tests/real-agents.txt").read_text().splitlines()
    run_here = {line.split()[0] for line in lines if not line.startswith("#")}
    assert {name for name, entry in agents.items() if (entry["proof"] or {}).get("kind") == "real CLI"} == run_here


def tables(project, *words):
    return subprocess.run([project / "scripts/agents-tables", *words], capture_output=True, text=True)


def test_the_tables_of_agents_say_what_the_program_says(binary, monkeypatch):
    monkeypatch.setenv("AGENTLAUNCH_BINARY", binary)
    result = tables(PROJECT, "--check")
    assert result.returncode == 0, result.stderr


def test_tables_that_say_something_else_are_named_and_mended(binary, monkeypatch, tmp_path):
    monkeypatch.setenv("AGENTLAUNCH_BINARY", binary)
    for name in ("scripts/agents-tables", "Tests/Support/registry.py", *TABLES, "docs/agents"):
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, copy, dirs_exist_ok=True)
        else:
            shutil.copy(PROJECT / name, copy)
    right = {name: (tmp_path / name).read_text() for name in TABLES}
    for name, (old, new) in TABLES.items():
        assert old in right[name]
        (tmp_path / name).write_text(right[name].replace(old, new, 1))
    result = tables(tmp_path, "--check")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [f"{name}: out of date; run scripts/agents-tables" for name in TABLES]
    assert tables(tmp_path).stdout.splitlines() == [f"{name}: written" for name in TABLES]
    assert {name: (tmp_path / name).read_text() for name in TABLES} == right


def test_the_text_list_is_complete_in_80_columns(binary, agents, tmp_path):
    text = run(binary, tmp_path)
    assert max(map(len, text.splitlines())) <= 80
    blocks = {block.split()[0]: re.sub(r"\s+", " ", block) for block in text.split("\n\n")}
    assert list(blocks) == list(agents)
    for name, entry in agents.items():
        wanted = [entry["title"], entry["module"], entry["moduleVersion"], entry["support"], entry["limits"],
                  *entry["aliases"], *entry["agentVersion"].values(), *(entry["proof"] or {}).values()]
        wanted += [noted(d["path"], d["note"]) for d in entry["sessionData"]]
        if entry["minimumStorage"]:
            wanted.append(noted(*entry["minimumStorage"].values()))
        if entry["trackingIssue"]:
            wanted.append(f"coder/registry#{entry['trackingIssue']}")
        assert [piece for piece in wanted if piece and piece not in blocks[name]] == [], name


@pytest.mark.parametrize("option", ["--model", "--allow-all"])
def test_an_option_that_an_agent_refuses_is_among_its_limits(binary, agents, option, tmp_path):
    words = {"--model": ["--model", "some-model"], "--allow-all": ["--allow-all"]}[option]
    refused = set()
    for name in agents:
        command = ["--", "true"] if name == "custom" else []
        result = subprocess.run(
            [binary, name, "--dry-run", *words, "--workdir", str(tmp_path), *command],
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )
        assert result.returncode in (0, 64), result.stderr
        if result.returncode == 64:
            assert result.stderr.startswith(f"agentlaunch: {option}: "), result.stderr
            refused.add(name)
    assert refused == {name for name, entry in agents.items() if option in entry["limits"]}
