"""Homes that agents with JSON lines left (the fixtures), alone and several in one home."""

import os
from pathlib import Path

FIXTURES = Path(os.environ.get("AGENTLAUNCH_FIXTURES") or Path(__file__).resolve().parents[2] / "Fixtures")
WORKDIR = "/home/coder/project"


def _home(agent, case):
    home = FIXTURES / agent / case / "home"
    found = {str(file.relative_to(home)): file.read_bytes() for file in sorted(home.rglob("*")) if file.is_file()}
    assert found or (home.parent / "expect.json").exists(), f"no fixture {agent}/{case} below {FIXTURES}"
    return found


def bases(agent, single, together):
    """{name: home}: each of `single` by itself, those of each tuple of `together` in one home."""
    return {
        "+".join(cases): {name: data for case in cases for name, data in _home(agent, case).items()}
        for cases in [*((case,) for case in single), *together]
    }
