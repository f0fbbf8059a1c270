"""Every item of the checklist for programs that run another one on a terminal has a test, or a reason why not.

`Tests/checklist.tsv` has a line for each of the 64: its number, what it asks for, the tests, the reason.
"""

from project import PROJECT
from proofs import PROJECT, collected


def rows():
    lines = (PROJECT / "Tests/checklist.tsv").read_text().splitlines()
    assert lines[0] == "item\twhat\ttests\treason"
    return [line.split("\t") for line in lines[1:]]


def test_each_of_the_64_items_has_a_test_that_is_collected_or_a_reason():
    assert [int(row[0]) for row in rows()] == list(range(1, 65))
    assert [row[0] for row in rows() if len(row) != 4 or not row[1] or not (row[2] or row[3])] == []
    tests = [test for row in rows() for test in row[2].split()]
    assert [test for test in tests if test not in collected()] == []
