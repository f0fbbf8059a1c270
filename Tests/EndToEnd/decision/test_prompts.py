"""The file that carries a prompt, where several conversations and the user share its folder."""

import os
import subprocess

import pytest


import plans

# Reads its prompt late, as an agent on a busy machine does.
GOOSE = """#!/bin/sh
[ "$1" = --version ] && { echo ' 1.45.0'; exit; }
while [ $# -gt 1 ]; do shift; done
echo started
while [ -e "$WAIT" ]; do sleep 0.05; done
cat "$1"
"""


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "bin/goose").write_text(GOOSE)
    (tmp_path / "bin/goose").chmod(0o755)
    return {"PATH": f"{tmp_path}/bin:{plans.PATH}", "HOME": f"{tmp_path}/home", "WAIT": f"{tmp_path}/wait"}


def goose(binary, tmp_path, *options):
    module = tmp_path / "module"
    return [binary, "goose", "--direct", "--quiet", "--module-dir", str(module), "--workdir", str(tmp_path), *options]


def test_a_start_leaves_the_prompt_file_of_another_running_conversation(binary, tmp_path, environment):
    (tmp_path / "wait").touch()
    first = subprocess.Popen(
        goose(binary, tmp_path, "--prompt", "the first task"), env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        assert first.stdout.readline().strip() == b"started"
        second = plans.run(
            goose(binary, tmp_path, "--session", "second", "--prompt", "the second task"),
            environment | {"WAIT": "/nonexistent"},
        )
        assert second.stdout.split(b"\n")[1].strip() == b"the second task", second
        (tmp_path / "wait").unlink()
        assert first.stdout.read().strip() == b"the first task"
        assert first.wait(30) == 0
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
    assert [path for path in (tmp_path / "module").rglob("*") if path.is_file()] == []


def test_a_start_leaves_files_of_the_users_and_removes_those_of_a_dead_launcher(binary, tmp_path, environment):
    (tmp_path / "wait").touch()
    module = tmp_path / "module"
    module.mkdir()
    (module / "prompt-template.md").write_text("the user's own")
    argv = goose(binary, tmp_path, "--prompt", "the task")
    killed = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert killed.stdout.readline().strip() == b"started"
    killed.kill()
    killed.wait()
    killed.stdout.close()
    (tmp_path / "wait").unlink()
    assert len(os.listdir(module)) == 2
    assert plans.run(argv, environment).returncode == 0
    assert os.listdir(module) == ["prompt-template.md"]
