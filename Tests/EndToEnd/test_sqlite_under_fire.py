"""The store is read while another process writes into it without pause."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITER = ROOT / "Tests" / "Support" / "sqlite_writer.py"
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
BUSY_TIMEOUT = 5.0


def probe_command():
    bundles = [ROOT / ".build" / kind / "agentlaunchPackageTests.xctest" for kind in ("release", "debug")]
    bundle = next((b for b in bundles if b.exists()), None)
    assert bundle, "build the tests first: swift build --build-tests"
    return [str(bundle), "--testing-library", "swift-testing", "--filter", "StoreProbe"]


def start_probe(database, times, patience=10_000, wrapper=()):
    return subprocess.Popen(
        [*wrapper, *probe_command()],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
        env={**os.environ, "STORE_PROBE": f"{database}|{times}|{patience}"},
    )


def verdicts(process):
    """(asked name, verdict) of each decision."""
    out, err = process.communicate(timeout=900)
    lines = [line.split(" ", 2)[1:] for line in out.splitlines() if line.startswith("PROBE ")]
    assert lines, out + err
    return [tuple(line) for line in lines]


def judge(decisions):
    """How many are definite; fails on a wrong one."""
    wanted = {"target": "warm 20260101_1", "absent": "cold"}
    definite = [d for d in decisions if not d[1].startswith("unknown")]
    wrong = [d for d in definite if d[1] != wanted[d[0]]]
    assert not wrong, wrong[:5]
    return len(definite)


class Writer:
    def __init__(self, folder, mode):
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
def folder():
    """Readable by everybody on the way down, unlike pytest's own."""
    path = Path("/tmp") / f"agentlaunch-fire-{os.getpid()}-{os.urandom(4).hex()}"
    path.mkdir(mode=0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def writer(folder, request):
    started = []

    def start(mode):
        started.append(Writer(folder, mode))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def unprivileged(folder):
    refused = subprocess.run([*NOBODY, "touch", str(folder / "sessions.db-new")], capture_output=True)
    assert refused.returncode != 0, "the plain write as another user was expected to fail"
    return NOBODY


def read_only_mount(folder):
    wrapper = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"', str(folder)]
    if subprocess.run([*wrapper, "true"], capture_output=True).returncode != 0:
        pytest.skip("a bind mount in a mount namespace of its own needs CAP_SYS_ADMIN")
    refused = subprocess.run([*wrapper, "touch", str(folder / "sessions.db-new")], capture_output=True)
    assert refused.returncode != 0, "the plain write on the read-only mount was expected to fail"
    return wrapper


@pytest.mark.parametrize("place", [None, unprivileged, read_only_mount], ids=["same user", "other user", "read-only mount"])
@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_thousand_decisions_beside_a_writer_are_definite_and_none_is_wrong(folder, writer, mode, place):
    busy = writer(mode)
    wrapper = place(folder) if place else ()
    decisions = verdicts(start_probe(busy.database, 1000, wrapper=wrapper))
    report = busy.stop()
    definite = judge(decisions)
    print(f"{mode}: {definite} of {len(decisions)} definite; {report}")
    assert len(decisions) == 1000
    assert report["commits"] >= 1000, "the fire was too thin to prove anything"
    if mode == "wal":
        assert definite >= 990, [d for d in decisions if d[1].startswith("unknown")][:5]


@pytest.mark.parametrize("mode", ["exclusive-wal", "exclusive-delete"])
def test_a_store_that_one_process_keeps_for_itself_is_unknown(folder, writer, mode):
    busy = writer(mode)
    probes = [start_probe(busy.database, 1) for _ in range(20)]
    decisions = [d for probe in probes for d in verdicts(probe)]
    busy.stop()
    assert len(decisions) == 20
    assert all(d[1].startswith("unknown busy") for d in decisions), decisions
