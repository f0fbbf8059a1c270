"""Thousands of damaged stores: no false cold, no lost conversation, no crash, no hang, no trace.

DAMAGE_COUNT and DAMAGE_SEED make it longer or other; `scripts/campaign damage` does the same by hand and keeps the
homes that went wrong.
"""

import collections
import os
from pathlib import Path

import pytest

import registry
from damage import campaign
from project import PROJECT

BINARY = Path(os.environ.get("AGENTLAUNCH_BINARY", PROJECT / ".build/debug/agentlaunch")).resolve()
# One of several readers of SQLite, of JSON, of lines or of text: the long run is made by hand.
SHORT = {name: 252 for name in registry.names() if name not in ("goose", "claude", "codex")}
SEED = os.environ.get("DAMAGE_SEED", "1")
STAND_IN = [str(PROJECT / "Tests/Support/agents/goose/reader.py")]


@pytest.mark.parametrize(
    "agent",
    registry.names(),
)
@pytest.mark.timeout(170)
def test_no_damage_makes_a_false_verdict_a_crash_or_a_trace(agent, tmp_path):
    assert BINARY.exists(), f"{BINARY} is missing: swift build, or set AGENTLAUNCH_BINARY"
    count = int(os.environ.get("DAMAGE_COUNT", SHORT.get(agent, 504)))
    keep = os.environ.get("DAMAGE_KEEP", str(tmp_path / "wrong"))
    results = campaign.run(agent, [str(BINARY)], count, SEED, keep=keep)
    text = campaign.report(results)
    print(f"\n{agent}, seed {SEED}\n{text}")

    drawn = collections.Counter(r["stratum"] for r in results if r["number"] >= 0)
    assert set(drawn) == set(campaign.stage(agent)[1]) and sum(drawn.values()) == count
    assert min(drawn.values()) * 10 >= count, f"a stratum has under a tenth: {drawn}"
    # The campaign is worth something only if every answer of the oracle is drawn often.
    kinds = collections.Counter(r["oracle"] for r in results)
    assert kinds["resumes"] >= count // 5 and kinds["nothing"] >= count // 20, kinds
    assert not [r for r in results if r["wrong"]], text


@pytest.mark.timeout(70)
def test_a_reader_that_ignores_the_write_ahead_log_is_found_out():
    results = campaign.run("goose", [*STAND_IN, "--ignore-wal"], 210, SEED)
    print(campaign.report(results))
    found = collections.Counter(r["wrong"] for r in results)
    assert found["false-cold"] > 20, found
    strata_hit = {r["stratum"] for r in results if r["wrong"] == "false-cold"}
    assert {"frames-after-commit", "frames-before-commit", "untouched"} <= strata_hit


@pytest.mark.timeout(80)
def test_the_same_reader_with_the_log_has_no_false_cold():
    """So it is the log that the test above is about, and not the stand-in."""
    results = campaign.run("goose", STAND_IN, 210, SEED)
    wrong = {r["wrong"] for r in results} - {None}
    # It knows nothing of the sidecar check, which is agentlaunch's own.
    assert "false-cold" not in wrong and "unknown-where-the-agent-resumes" not in wrong, wrong


@pytest.mark.parametrize(
    "body, wrong",
    [
        ("kill -SEGV $$", "crash-signal-11"),
        ("exec sleep 60", "hang"),
        ("python3 -c 'x = b\"1\" * (100 << 20)'; echo '{\"start\":\"unknown\",\"session\":null}';"
         " exit 65", "memory"),
        ("touch \"$HOME/left\"; echo '{\"start\":\"unknown\",\"session\":null}'; exit 65", "trace-left"),
        ("echo '{\"start\":\"unknown\",\"session\":null}'", "exit-0-with-unknown"),
        ("echo oops; exit 70", "no-plan-exit-70"),
        ("echo '{\"start\":\"unknown\",\"session\":null}'; exit 65", "unknown-where-the-agent-resumes"),
        ("echo '{\"start\":\"warm\",\"session\":{\"id\":\"20261002_99\"}}'", "warm-with-another-id"),
    ],
)
@pytest.mark.timeout(100)
def test_the_campaign_sees_what_it_is_there_to_see(body, wrong, tmp_path, monkeypatch):
    if wrong == "hang":
        monkeypatch.setenv("DAMAGE_TIMEOUT", "0.3")
    reader = tmp_path / "reader"
    reader.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{body}\n")
    reader.chmod(0o755)
    results = campaign.run("goose", [str(reader)], 7, SEED, jobs=1)
    assert wrong in {r["wrong"] for r in results}


@pytest.mark.parametrize("agent", sorted(SHORT))
@pytest.mark.parametrize(
    "verdict, status, wrong", [("cold", 0, "false-cold"), ("unknown", 65, "unknown-where-the-agent-resumes")]
)
def test_a_reader_that_always_says_the_same_is_found_out(agent, verdict, status, wrong, tmp_path):
    reader = tmp_path / "reader"
    reader.write_text(f"#!/bin/sh\necho '{{\"start\":\"{verdict}\",\"session\":null}}'; exit {status}\n")
    reader.chmod(0o755)
    results = campaign.run(agent, [str(reader)], 70, SEED)
    assert collections.Counter(r["wrong"] for r in results)[wrong] > 20


def test_the_same_seed_makes_the_same_damage():
    bases, chosen, _ = campaign.stage("goose")
    once, again, other = (
        [campaign.mutate("goose", bases, chosen, seed, number) for number in range(70)]
        for seed in ("s", "s", "t")
    )
    assert once == again
    assert sum(one[2] != two[2] for one, two in zip(once, other)) > 50
