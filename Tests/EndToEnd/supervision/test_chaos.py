"""The fault campaign of scripts/campaign chaos in its short form, and that what it finds out would be found out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.goose import store
from chaos import agents, campaign, oracle, windows
from chaos.bench import Bench
from project import PROJECT
from waiting import poll

DEBUG = PROJECT / ".build/debug/agentlaunch"


@pytest.mark.parametrize("part", range(4))
@pytest.mark.timeout(200)
def test_no_fault_loses_or_repeats_the_prompt_or_misleads_the_next_start(
        part, binary, tmp_path, monkeypatch):
    """15 cycles each; scripts/campaign chaos prints the seed again, and more of them by hand."""
    for name in list(os.environ):
        if name.startswith(("XDG_", "AGENTLAUNCH")):
            monkeypatch.delenv(name)
    words = ["--cycles", "15", "--seed", f"short-{part}", "--jobs", "1", "--binary", binary, "--debug", str(DEBUG),
             "--folder", str(tmp_path)]
    run = subprocess.run([sys.executable, "-m", "chaos.campaign", *words], text=True, capture_output=True,
                         env={**os.environ, "PYTHONPATH": str(PROJECT / "Tests/Support")})
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


def test_the_release_build_has_no_fault_points(binary):
    assert b"FAULT_POINT" in DEBUG.read_bytes(), "the debug build has none either: this test proves nothing"
    if Path(binary).resolve() == DEBUG.resolve():
        pytest.skip("AGENTLAUNCH_BINARY names no release build: scripts/build-release makes one")
    program = Path(binary).read_bytes()
    for trace in [b"FAULT_POINT", b"FAULT_ACTION", *{name.encode() for _, name, _ in windows.points() if ":" not in name}]:
        assert trace not in program, trace


@pytest.fixture
def bench(binary, tmp_path):
    return Bench(tmp_path / "bench", agents.BY_NAME["goose"], {"timed": binary, "debug": str(DEBUG)})


def test_a_prompt_given_twice_or_to_two_conversations_is_found(bench):
    task = bench.tasks[0]
    key = store.write(bench.home, bench.project, [task])
    assert not oracle.repeats(bench) and not oracle.lost(bench)
    store.write(bench.home, bench.project, [task], key)
    assert oracle.repeats(bench) and oracle.lost(bench)


def test_a_prompt_in_two_conversations_is_found(bench):
    for _ in range(2):
        store.write(bench.home, bench.project, bench.tasks)
    assert oracle.repeats(bench)


def test_a_store_that_was_touched_between_two_agents_is_found(bench):
    store.write(bench.home, bench.project, bench.tasks)
    before = oracle.store(bench)
    launcher = bench.start("direct")
    assert campaign.kills.settle(bench, launcher) == []
    assert oracle.touched(bench, before, 0) == []
    os.utime(bench.home / ".local/share/goose/sessions/sessions.db")
    assert oracle.touched(bench, oracle.store(bench), 0) != []


def test_an_orphan_a_broken_record_and_a_leftover_are_found(bench):
    orphan = subprocess.Popen(["sleep", "600"], env={"CHAOS_MARK": str(bench.root)})
    try:
        # Popen returns while exec still lays out the environment.
        assert poll(bench.processes) and list(bench.processes()) == [orphan.pid]
    finally:
        orphan.kill()
        orphan.wait()
    folder = bench.home / ".local/state/agentlaunch/goose/default-0000000000000000"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text('{"schema": "agentlaunch.rec')
    assert oracle.broken_records(bench)
    (folder / "record.json.12.tmp").touch()
    assert oracle.leftovers(bench)
