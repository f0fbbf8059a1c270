"""`agents` carries every cell of Coder's compatibility matrix; README.md and docs/agents/README.md say what it says.

`Tests/matrix.tsv` is the table of Coder's agent compatibility matrix of June 2026, cell by cell.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


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


def readme():
    """The table of agents in README.md: {name: {column: cell}}."""
    lines = (PROJECT / "README.md").read_text().split("\n## Agents\n")[1].split("\n## ")[0].splitlines()
    header, _, *rows = [[plain(cell) for cell in line[2:-2].split(" | ")] for line in lines if line.startswith("|")]
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def agents_page():
    """The sections of docs/agents/README.md: {name: {label: text}}."""
    sections = {}
    for section in (PROJECT / "docs/agents/README.md").read_text().split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        points = [" ".join(point.split()) for point in ("\n" + body).split("\n- ")[1:]]
        sections[plain(heading)] = dict(re.fullmatch(r"\*\*(\w+)\*\*: (.*)", point).groups() for point in points)
    return sections


def plain(text):
    """Without code marks and links."""
    return re.sub(r"\[(.*?)\]\(.*?\)", r"\1", text).replace("`", "").strip()


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


def test_the_readme_agrees_with_the_program_on_each_agent(agents):
    table = readme()
    assert list(table) == list(agents)
    for name, entry in agents.items():
        row = table[name]
        assert row["Coder's module"] == (entry["support"] or "–"), name
        needed, known = entry["agentVersion"]["needed"], entry["agentVersion"]["known"]
        assert row["releases"] == (f"{needed} to {known}" if needed else "–"), name
        assert row["verified against"] == (entry["proof"]["kind"] if entry["proof"] else "–"), name


def test_the_page_of_agents_agrees_with_the_program_on_each_agent(agents):
    page = agents_page()
    assert list(page) == list(agents)
    for name, entry in agents.items():
        section = page[name]
        assert list(section) == ["works", "proof", "limits"], name
        assert section["works"], name
        assert section["proof"] == ("{kind}: {what}".format(**entry["proof"]) if entry["proof"] else "–"), name
        assert plain(section["limits"]) == entry["limits"], name


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
