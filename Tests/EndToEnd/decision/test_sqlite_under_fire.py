"""The store is read while another process writes into it without pause; `scripts/campaign sqlite` does it for longer."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from project import PROJECT

WRITER = PROJECT / "Tests/Support" / "sqlite_under_fire/writer.py"
DECIDE = PROJECT / "Tests/Support" / "sqlite_under_fire/decide_often.py"
BINARY = Path(os.environ.get("AGENTLAUNCH_BINARY", PROJECT / ".build/debug/agentlaunch")).resolve()
BUSY_TIMEOUT = 5.0
DECISIONS = 1000 if "CAMPAIGN" in os.environ else 250


def start_deciding(home, times, wrapper=(), binary=BINARY):
    assert BINARY.exists(), f"{BINARY} is missing: swift build, or set AGENTLAUNCH_BINARY"
    # The text and not the file: another user may not be able to open it, nor enter the tests' environment.
    python = os.path.realpath(sys.executable)
    return subprocess.Popen(
        [*wrapper, python, "-c", DECIDE.read_text(), str(binary), str(home), str(times)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
    )


def decisions_of(process):
    """(name asked for, verdict, id, exit status, reason) of each decision."""
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, err
    return [json.loads(line) for line in out.splitlines()]


def judge(decisions):
    """How many are definite; fails on a wrong one."""
    wanted = {"target": ["warm", "20260101_1", 0], "absent": ["cold", None, 0]}
    assert {d[1] for d in decisions} <= {"warm", "cold", "unknown"}, decisions[:3]
    assert all(d[3] == 65 for d in decisions if d[1] == "unknown")
    definite = [d for d in decisions if d[1] != "unknown"]
    wrong = [d for d in definite if d[1:4] != wanted[d[0]]]
    assert not wrong, wrong[:5]
    return len(definite)


class Writer:
    def __init__(self, home, mode):
        folder = home / ".local/share/goose/sessions"
        folder.mkdir(parents=True)
        self.database = folder / "sessions.db"
        self.process = subprocess.Popen(
            [sys.executable, str(WRITER), str(self.database), mode], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        report = json.loads(self.process.communicate(timeout=60)[0])
        copy = self.database.parent / "copy"
        copy.mkdir()
        for file in self.database.parent.glob("sessions.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, copy / file.name)
        with sqlite3.connect(copy / "sessions.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert report["failures"] == []
        assert report["longest"] < BUSY_TIMEOUT, "the writer waited longer than its busy time-out"
        return report


@pytest.fixture
def home():
    """Readable by everybody on the way down, unlike pytest's own."""
    path = Path("/tmp") / f"agentlaunch-fire-{os.getpid()}-{os.urandom(4).hex()}"
    path.mkdir(mode=0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def writer(home):
    started = []

    def start(mode):
        started.append(Writer(home, mode))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def read_only_mount(writer):
    home = str(writer.database.parents[4])
    wrapper = ["unshare", "-m", "sh", "-c",
               'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"', home]
    if subprocess.run([*wrapper, "true"], capture_output=True).returncode != 0:
        pytest.skip("a bind mount in a mount namespace of its own needs CAP_SYS_ADMIN")
    refused = subprocess.run([*wrapper, "touch", str(writer.database) + "-new"], capture_output=True)
    assert refused.returncode != 0, "the plain write on the read-only mount was expected to fail"
    return wrapper


@pytest.mark.parametrize("mode", ["wal", "delete"])
@pytest.mark.timeout(400)
def test_decisions_beside_a_writer_are_certain_and_correct(home, writer, mode, other_user):
    """Three readers at once: root, somebody who may not write, a read-only mount."""
    busy = writer(mode)
    new = f"{busy.database}-new"
    refused = subprocess.run([*other_user.words, "touch", new], capture_output=True)
    assert refused.returncode != 0, "the plain write as another user was expected to fail"
    readers = {
        "root": start_deciding(home, DECISIONS),
        "another user": start_deciding(home, DECISIONS, other_user.words, other_user.binary),
        "a read-only mount": start_deciding(home, DECISIONS, read_only_mount(busy)),
    }
    decisions = {name: decisions_of(process) for name, process in readers.items()}
    report = busy.stop()
    assert report["commits"] >= DECISIONS, "the fire was too thin to prove anything"
    for name, made in decisions.items():
        definite = judge(made)
        print(f"{mode}, {name}: {definite} of {len(made)} definite; {report}")
        assert len(made) == DECISIONS
        if mode == "wal":
            assert definite * 100 >= DECISIONS * 99, [d for d in made if d[1] == "unknown"][:5]


@pytest.mark.parametrize("mode", ["exclusive-wal", "exclusive-delete"])
@pytest.mark.timeout(110)
def test_a_store_locked_by_another_process_is_unknown(home, writer, mode):
    busy = writer(mode)
    asked = [start_deciding(home, 1) for _ in range(20)]
    decisions = [d for each in asked for d in decisions_of(each)]
    busy.stop()
    assert len(decisions) == 20
    assert all(d[1] == "unknown" and d[3] == 65 for d in decisions), decisions
