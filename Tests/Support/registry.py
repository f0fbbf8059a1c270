"""The agents that the program knows: the tests' lists of agents come from here.

    names()                 all but `custom`, which is no agent of its own
    entries()               what `agentlaunch agents --format json` says of each, `custom` too
    missing(project)        what a registered agent still lacks: lines that say what to make
"""

import functools
import json
import os
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# Pages of docs/agents that are about no agent.
OTHER_PAGES = {"README", "agentapi"}


def binary():
    path = Path(os.environ.get("AGENTLAUNCH_BINARY") or PROJECT / ".build/debug/agentlaunch").resolve()
    assert path.is_file(), f"{path} is missing: run `swift build`, or set AGENTLAUNCH_BINARY"
    return str(path)


@functools.cache
def entries():
    result = subprocess.run([binary(), "agents", "--format", "json"], env={"HOME": "/", "PATH": "/usr/bin:/bin"},
                            stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return {entry["name"]: entry for entry in json.loads(result.stdout)}


def names():
    return [name for name in entries() if name != "custom"]


def cold_cases(folder):
    """The homes of an agent that are ours and not warm."""
    found = (json.loads(file.read_text()) for file in folder.glob("*/expect.json"))
    return [case for case in found if case.get("own") and "warm" not in case["states"]]


def missing(project, agents):
    """`agents`: {name: what the program says of it}. Sorted, one line for each thing that is not there or too much."""
    project, todo = Path(project), []
    tests, pages = project / "Tests", project / "docs/agents"
    sources = {path.name.lower() for parent in project.glob("Sources/**/Agents") for path in folders(parent)}
    trapped = first_fields(tests / "traps.tsv")
    modules = {row[1] for row in rows(tests / "matrix.tsv")}
    for name, entry in agents.items():
        if name != "custom":
            cases = len(cold_cases(tests / "Fixtures" / name))
            needed = {
                f"Sources/…/Agents/{name.title()}/: the agent itself": name in sources,
                f"Tests/Fixtures/{name}/: {max(0, 10 - cases)} more homes of our own that are not warm": cases >= 10,
                f"Tests/Support/agents/{name}/: what the tests know of it":
                    (tests / "Support/agents" / name / "agent.py").exists(),
                f"docs/agents/{name}.md: write the facts on its store, flags and traps": (pages / f"{name}.md").exists(),
                f"Tests/traps.tsv: a line for each trap of {name}": name in trapped,
            }
            todo += [what for what, is_there in needed.items() if not is_there]
        if entry.get("module") and entry["module"] not in modules:
            todo.append(f"Tests/matrix.tsv: the row of Coder's matrix for {entry['module']}")
    kept = {
        "Tests/Fixtures/{}/": {path.name for path in folders(tests / "Fixtures")},
        "Tests/Support/agents/{}/": {path.name for path in folders(tests / "Support/agents")},
        "docs/agents/{}.md": {path.stem for path in pages.glob("*.md")} - OTHER_PAGES,
        "Tests/traps.tsv, the lines for {}": trapped,
    }
    todo += [f"{place.format(name)}: the program knows no such agent" 
             for place, found in kept.items() for name in found - set(agents)]
    return sorted(todo)


def folders(parent):
    return [path for path in parent.glob("*/") if path.is_dir() and path.name != "__pycache__"]


def rows(table):
    return [line.split("\t") for line in table.read_text().splitlines() if not line.startswith("#")][1:]


def first_fields(table):
    return {row[0] for row in rows(table)}
