"""Every known trap of an agent's store has a fixture or a test that would fall into it.

`Tests/traps.tsv` has a line for each: the agent, the trap, and its proofs: fixtures as AGENT/NAME, end-to-end tests as
FILE::NAME, unit tests as FILE::TITLE.
"""

import json
import re

import registry
from proofs import TESTS, exists


def traps():
    header, *rows = [line.split("\t") for line in (TESTS / "traps.tsv").read_text().splitlines()]
    assert header == ["agent", "trap", "proof"]
    return [(agent, trap, proof) for agent, trap, proof in rows]


def test_every_trap_has_proofs_that_exist():
    missing = []
    for agent, trap, proof in traps():
        proofs = split(proof)
        missing += [(trap, each) for each in proofs if not exists(each)]
        missing += [(trap, each) for each in proofs if "::" not in each and not each.startswith(f"{agent}/")]
    assert missing == []


def split(proof):
    """A title may hold a semicolon: a proof begins with an agent's folder or a file."""
    return re.split(r"; (?=[a-z]+/|\w+\.(?:py|swift)::)", proof)


def test_each_agent_has_traps_and_no_trap_is_listed_twice():
    found = traps()
    assert {agent for agent, _, _ in found} == set(registry.names())
    assert len({(agent, trap) for agent, trap, _ in found}) == len(found)


def test_a_fixture_that_is_a_traps_proof_says_why_it_is_right():
    """Those that a maker of ours wrote have a note."""
    silent = []
    for _, _, proof in traps():
        for each in split(proof):
            if "::" not in each:
                expected = json.loads((TESTS / "Fixtures" / each / "expect.json").read_text())
                if expected.get("own") and not expected.get("note"):
                    silent.append(each)
    assert silent == []


def test_a_proof_that_does_not_exist_is_detected():
    assert exists("goose/own-name") and not exists("goose/own-names")
    assert exists("test_traps.py::traps") and not exists("test_traps.py::trap")
    assert exists("AmpTests.swift::A valid ID is accepted, whatever is on this machine")
    assert not exists("AmpTests.swift::An id is taken")
