"""Home directories as agents left them: the built binary decides each rightly and leaves no trace."""

import json
import shutil

import pytest

import plans
import registry
from project import PROJECT

pytestmark = pytest.mark.smoke
FIXTURES = PROJECT / "Tests/Fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/expect.json"))


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


def test_each_fixture_names_one_verdict_and_each_warm_one_its_conversation():
    several = [name(case) for case in CASES if len(expectation(case)["states"]) != 1]
    nameless = [
        name(case) for case in CASES
        if expectation(case)["states"] == ["warm"] and not (expectation(case)["ids"] or expectation(case).get("file"))
    ]
    assert (several, nameless) == ([], [])


@pytest.mark.parametrize("case", CASES, ids=name)
def test_each_fixture_gets_the_right_verdict_and_is_not_modified(binary, case, tmp_path):
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
    assert [plan["start"]] == expected["states"], plan["evidence"]
    session = plan["session"]
    if expected["ids"] and (plan["start"] == "warm" or (session and session["exists"])):
        assert session["id"] in expected["ids"]
    if "file" in expected:  # Aider's conversations are files without an id
        assert session["store"] == str(tmp_path.resolve() / expected["file"])
    assert plans.trace(tmp_path) == before


@pytest.mark.parametrize("agent", registry.names())
def test_an_agent_has_ten_fixtures_of_our_own_that_are_not_warm(agent):
    assert len(registry.cold_cases(FIXTURES / agent)) >= 10


def test_a_trace_left_by_a_reader_is_detected(tmp_path):
    """The check itself: a byte, a name, a time of modification."""
    file = tmp_path / "file"
    file.write_text("a")
    before = plans.trace(tmp_path)
    file.write_text("b")
    assert plans.trace(tmp_path) != before
    before = plans.trace(tmp_path)
    (tmp_path / "file-shm").touch()
    assert plans.trace(tmp_path) != before
