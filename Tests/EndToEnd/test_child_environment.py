"""The environment that an agent gets, byte for byte."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "Support"))

import plans  # noqa: E402


def test_variables_whose_names_are_not_text_are_passed_on_and_ours_are_not(binary, tmp_path):
    environment = {
        b"PATH": plans.PATH.encode(), b"HOME": bytes(tmp_path), b"AGENTLAUNCH_\xff": b"1", b"AGENTLAUNCH_QUIET": b"1",
        b"N\xff": b"v\xfe",
    }
    argv = [binary, "custom", "--direct", "--env", b"Q\xfe=\xff", "--", "env", "-0"]
    result = subprocess.run(
        argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    assert result.returncode == 0, result
    names = {entry.partition(b"=")[0]: entry.partition(b"=")[2] for entry in result.stdout.split(b"\0") if entry}
    assert names.pop(b"PWD")
    assert names == {b"PATH": plans.PATH.encode(), b"HOME": bytes(tmp_path), b"N\xff": b"v\xfe", b"Q\xfe": b"\xff"}


def test_the_option_wins_over_the_file_and_the_last_over_the_first(binary, tmp_path):
    (tmp_path / "one").write_text("# a comment\n\nA=file one\nB=file one\nC=file one\n")
    (tmp_path / "two").write_text("B=file two\nD\n")
    argv = [binary, "custom", "--direct", "--quiet", "--env", "A=first", "--env", "A=last"]
    argv += ["--env-file", tmp_path / "one", "--env-file", tmp_path / "two", "--", "env"]
    result = plans.run(argv, {"PATH": plans.PATH, "HOME": str(tmp_path), "D": "copied"})
    assert {"A=last", "B=file two", "C=file one", "D=copied"} <= set(result.stdout.decode().splitlines()), result
