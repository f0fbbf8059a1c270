"""The environment that an agent gets, byte for byte."""

import subprocess
import sys


import plans


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


def test_each_variable_is_there_once_and_term_is_the_callers(binary, tmp_path):
    argv = [binary, "custom", "--direct", "--quiet", "--env", "TWICE=ours", "--", "cat", "/proc/self/environ"]
    # bash hands on one entry for each name; a list with two is made by hand.
    script = (
        "import ctypes, sys\n"
        f"env = [b'PATH={plans.PATH}', b'HOME={tmp_path}', b'TERM=vt220', b'TWICE=1', b'TWICE=2', b'OTHER=1', b'OTHER=2']\n"
        "argv = [word.encode() for word in sys.argv[1:]]\n"
        "array = lambda words: (ctypes.c_char_p * (len(words) + 1))(*words, None)\n"
        "ctypes.CDLL(None).execve(argv[0], array(argv), array(env))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, *argv], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    entries = [entry for entry in result.stdout.split(b"\0") if entry]
    names = [entry.partition(b"=")[0] for entry in entries]
    assert sorted(names) == sorted(set(names)), result
    assert b"TERM=vt220" in entries and b"TWICE=ours" in entries
