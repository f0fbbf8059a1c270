"""Every item of the checklist for programs that run another one on a terminal has a test, or a reason why not.

`Tests/checklist.tsv` has a line for each of the 64: its number, what it asks for, the tests, the reason.
"""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def rows():
    lines = (PROJECT / "Tests/checklist.tsv").read_text().splitlines()
    assert lines[0] == "item\twhat\ttests\treason"
    return [line.split("\t") for line in lines[1:]]


def test_each_of_the_64_items_has_a_test_that_is_collected_or_a_reason():
    assert [int(row[0]) for row in rows()] == list(range(1, 65))
    assert [row[0] for row in rows() if len(row) != 4 or not row[1] or not (row[2] or row[3])] == []
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "addopts=", "--collect-only", "-q", "-p", "no:cacheprovider", "Tests/EndToEnd"],
        cwd=PROJECT, capture_output=True, text=True,
    )
    nodes = {re.sub(r"\[.*", "", node) for node in collected.stdout.splitlines()}
    tests = [test for row in rows() for test in row[2].split()]
    assert [test for test in tests if f"Tests/EndToEnd/{test}" not in nodes] == []
