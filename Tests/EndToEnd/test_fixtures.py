"""Home directories as agents left them: the built binary decides each rightly and leaves no trace."""

import json
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Support"))
import plans

pytestmark = pytest.mark.smoke
FIXTURES = ROOT / "Tests" / "Fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/expect.json"))
AGENTS = (
    "aider", "amazonq", "amp", "auggie", "claude", "codex", "copilot", "cursor", "gemini", "goose", "kiro", "opencode",
)


def name(case):
    return f"{case.parent.name}/{case.name}"


def expectation(case):
    return json.loads((case / "expect.json").read_text())


def copied(case, tmp_path, part):
    """git keeps no empty folder: a home that held nothing is not there."""
    target = tmp_path / part
    if (case / part).exists():
        shutil.copytree(case / part, target, symlinks=True)
    else:
        target.mkdir()
    return target


def test_there_are_fixtures_of_every_agent():
    assert {case.parent.name for case in CASES} >= set(AGENTS)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_fixture_is_decided_rightly_and_not_touched(binary, case, tmp_path):
    expected = expectation(case)
    home = copied(case, tmp_path, "home")
    workdir = expected["workdir"]
    if workdir == "PROJECT":
        workdir = copied(case, tmp_path, "project")
    agent = case.parent.name
    assert shutil.which(agent, path=plans.PATH) is None, "the fixtures are read where no agent is installed"
    environment = {
        key: value.replace("$HOME", str(home)) for key, value in expected.get("environment", {}).items()
    }
    before = plans.trace(tmp_path)

    result = plans.run(
        [binary, agent, "--dry-run", "--format", "json", "--prompt", "do the task", "--adopt", "newest",
         "--workdir", workdir, *expected["args"]],
        {"HOME": str(home), "PATH": plans.PATH, **environment},
    )

    plan = plans.plan(result)
    assert plan["start"] in expected["states"], plan["evidence"]
    session = plan["session"]
    if expected["ids"]:
        if plan["start"] == "warm" or (session and session["exists"]):
            assert session["id"] in expected["ids"]
    assert plans.trace(tmp_path) == before


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_has_ten_fixtures_of_our_own_that_are_not_warm(agent):
    own = [
        case.name for case in CASES
        if case.parent.name == agent and expectation(case).get("own")
        and "warm" not in expectation(case)["states"]
    ]
    assert len(own) >= 10, own


def test_a_trace_that_a_reader_leaves_is_seen(tmp_path):
    """The check itself: a byte, a name, a time of modification."""
    file = tmp_path / "file"
    file.write_text("a")
    before = plans.trace(tmp_path)
    file.write_text("b")
    assert plans.trace(tmp_path) != before
    before = plans.trace(tmp_path)
    (tmp_path / "file-shm").touch()
    assert plans.trace(tmp_path) != before
