"""One launcher for a conversation, and looking at it costs nobody a start."""

import subprocess
from pathlib import Path

import pytest


import plans

CLAUDE = """#!/bin/sh
echo started
exec sleep 60
"""


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "bin/claude").write_text(CLAUDE)
    (tmp_path / "bin/claude").chmod(0o755)
    return {"PATH": f"{tmp_path}/bin:{plans.PATH}", "HOME": f"{tmp_path}/home"}


def claude(binary, tmp_path, *options):
    return [binary, "claude", "--workdir", str(tmp_path), "--direct", "--quiet", *options]


def test_a_running_conversation_is_75_for_a_start_and_a_warning_for_a_dry_run(binary, tmp_path, environment):
    running = subprocess.Popen(
        claude(binary, tmp_path), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    try:
        assert running.stdout.readline().strip() == b"started"
        second = plans.run(claude(binary, tmp_path), environment)
        assert second.returncode == 75
        assert f"pid {running.pid}".encode() in second.stderr, second
        dry = plans.plan(plans.run(claude(binary, tmp_path, "--dry-run", "-o", "json"), environment))
        assert "in-use" in plans.codes(dry)
    finally:
        running.terminate()
        running.wait(30)
        running.stdout.close()
    dry = plans.plan(plans.run(claude(binary, tmp_path, "--dry-run", "-o", "json"), environment))
    assert "in-use" not in plans.codes(dry)


def test_a_dry_run_takes_no_lock(binary, tmp_path, environment):
    folders = Path(environment["HOME"]) / ".local/state/agentlaunch/claude"
    environment = environment | {"PATH": plans.PATH}
    # Without the program a start gets as far as the locks, and leaves their files.
    assert plans.run(claude(binary, tmp_path), environment).returncode == 127
    assert list(folders.glob("default-*/lock"))
    log = tmp_path / "calls"
    traced = ["strace", "-f", "-e", "trace=flock,fcntl", "-o", log]
    if plans.run(["sh", "-c", "command -v strace"], environment).returncode != 0:
        pytest.skip("strace is missing")
    result = plans.run([*traced, *claude(binary, tmp_path, "--dry-run", "-o", "json")], environment)
    assert result.returncode == 0, result
    calls = log.read_text()
    assert "exited with 0" in calls
    assert "flock(" not in calls and "SETLK" not in calls
