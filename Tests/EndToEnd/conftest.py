"""Fixtures for the tests that drive the built binary."""

import os
import signal
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Tests/Support"))

# Whoever runs the tests in the background or under nohup ignores signals, and agentlaunch keeps to what its caller
# ignores: the tests begin with the defaults.
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
    signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def binary() -> str:
    path = Path(os.environ.get("AGENTLAUNCH_BINARY") or PROJECT / ".build/debug/agentlaunch").resolve()
    assert path.is_file(), f"{path} is missing: run `swift build`, or set AGENTLAUNCH_BINARY"
    return str(path)


@pytest.fixture(autouse=True)
def state_folder(monkeypatch, tmp_path_factory):
    """Nothing is left in the home of whoever runs the tests, and no test meets another one's lock."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def direct(binary):
    """direct("sh", "-c", "...", options=("--stop-timeout", "1")): the argv of a direct launch.

    Quiet, so that a terminal shows the child's output and nothing else, unless the launch's own lines are looked at.
    """

    def command(*child, options=(), quiet=True):
        return [binary, "custom", "--direct", *(["--quiet"] if quiet else []), *options, "--", *child]

    return command


@pytest.fixture
def terminals():
    """Makes outer terminals and closes them in the end."""
    from terminal import OuterTerminal

    made = []

    def make(*args, **options):
        made.append(OuterTerminal(*args, **options))
        return made[-1]

    yield make
    for terminal in made:
        terminal.close()


@pytest.fixture
def agentapi(tmp_path):
    """The double of agentapi, installed under its name; see Tests/Support/agentapi.py."""
    from agentapi import Installation

    installation = Installation(tmp_path / "agentapi")
    yield installation
    installation.close()
