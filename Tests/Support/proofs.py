"""What the tables of Tests/ name as proof: a fixture, a test in Python, a test in Swift."""

import functools
import re
import subprocess
import sys

from project import PROJECT

TESTS = PROJECT / "Tests"


@functools.cache
def source(name):
    folder = TESTS / ("EndToEnd" if name.endswith(".py") else "AgentLaunchCoreTests")
    [path] = folder.rglob(name)
    return path.read_text()


def exists(proof):
    if "::" not in proof:
        return (TESTS / "Fixtures" / proof / "expect.json").exists()
    file, title = proof.split("::")
    if file.endswith(".py"):
        return re.search(rf"^def {re.escape(title)}\(", source(file), re.MULTILINE) is not None
    return f'"{title}"' in source(file)


@functools.cache
def collected():
    """Every test that pytest collects, as `test_x.py::test_y`, and once more for each of its values in brackets."""
    nodes = subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "addopts=", "--collect-only", "-q", "-p", "no:cacheprovider", "Tests/EndToEnd"],
        cwd=PROJECT, capture_output=True, text=True,
    ).stdout.splitlines()
    tests = {re.sub(r"^Tests/EndToEnd/(\w+/)*", "", node) for node in nodes}
    return tests | {re.sub(r"\[.*", "", test) for test in tests}
