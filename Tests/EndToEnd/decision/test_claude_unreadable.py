"""What Claude Code's store hides from this user is never taken for empty."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from project import PROJECT as ROOT

BINARY = os.environ.get("AGENTLAUNCH_BINARY", str(ROOT / ".build/debug/agentlaunch"))
FIXTURE = ROOT / "Tests/Fixtures/claude/own-second-try/home"
PROJECT = ".claude/projects/-home-coder-project"
# From root nothing can be hidden.
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] if os.geteuid() == 0 else []


@pytest.fixture
def home():
    """A home that everybody may read, and a binary beside it that nobody needs a path of ours for."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="agentlaunch-unreadable-"))
    shutil.copytree(FIXTURE, folder / "home")
    shutil.copy(BINARY, folder / "agentlaunch")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.name == "agentlaunch" else 0o644)
    yield folder / "home"
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


def plan(home, *options):
    command = [*NOBODY, str(home.parent / "agentlaunch"), "claude", "--dry-run", "--format", "json"]
    command += ["--prompt", "do the task", "--workdir", "/home/coder/project", *options]
    run = subprocess.run(command, env={"HOME": str(home)}, stdin=subprocess.DEVNULL, capture_output=True, cwd="/", timeout=60)
    return run.returncode, json.loads(run.stdout) if run.stdout else None, run.stderr.decode()


def transcripts(home):
    """The two tries of the fixture, the later one first: its talk is the older."""
    return sorted((home / PROJECT).iterdir(), key=lambda p: p.read_text().find('"2026-11-02'), reverse=True)


def hide(path, mode):
    path.chmod(mode)
    command = "ls" if path.is_dir() else "cat"
    plain = subprocess.run([*NOBODY, command, str(path)], capture_output=True)
    assert plain.returncode != 0, f"{path} can still be read: the test would prove nothing"


def test_the_verdict_is_warm_when_everything_can_be_read(home):
    status, found, _ = plan(home)
    assert (status, found["start"]) == (0, "warm")


@pytest.mark.parametrize("folder", [".claude", ".claude/projects", PROJECT])
@pytest.mark.parametrize("mode", [0o000, 0o311])
def test_a_folder_that_cannot_be_listed_is_unknown(home, folder, mode):
    if mode == 0o311:
        for file in (home / PROJECT).iterdir():
            file.unlink()  # the derived ids can be asked for by name; what else is there cannot be known
    hide(home / folder, mode)
    status, found, _ = plan(home)
    assert (status, found["start"]) == (65, "unknown")


def test_a_transcript_that_cannot_be_read_is_unknown_and_named(home):
    for file in (home / PROJECT).iterdir():
        hide(file, 0o000)
    status, found, errors = plan(home)
    assert (status, found["start"]) == (65, "unknown")
    assert PROJECT in errors + json.dumps(found)


def test_a_later_try_that_cannot_be_read_is_not_passed_over(home):
    later, _ = transcripts(home)
    hide(later, 0o000)
    status, found, _ = plan(home)
    assert (status, found["start"]) == (65, "unknown")


def test_an_unreadable_earlier_try_does_not_matter(home):
    later, earlier = transcripts(home)
    hide(earlier, 0o000)
    status, found, _ = plan(home)
    assert (status, found["start"], found["session"]["id"]) == (0, "warm", later.stem)
