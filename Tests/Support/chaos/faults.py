"""Faults that are not kills: a full disk, a read-only home, no descriptors, years to come, two starts at once."""

import math
import os
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from processes import is_alive
from waiting import HANG, poll

from . import kills, oracle
from .bench import reap

FUTURE = 4_083_436_800  # 2099-05-26
# What a start may end with where it cannot do its work.
REFUSALS = {0, 1, 64, 65, 66, 69, 70, 73, 75, 126, 127}


def can_mount():
    """Mounts of this process alone; the runner starts itself under unshare."""
    return subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0


# Disk full, read-only

def mounted(bench, script, transport, *options):
    """A start with these mounts before it, seen by nobody else."""
    shell = ["/usr/bin/unshare", "-m", "--propagation", "private", "/bin/sh", "-ec", script + '\nexec "$@"', "sh"]
    return until_it_ends(bench, bench.start(transport, *options, under=shell))


def until_it_ends(bench, launcher):
    """Stopped when it has done what it can, or after two seconds; what is wrong with its end."""
    status = reap(launcher, 0.3)
    if status is None:
        poll(lambda: bench.has(bench.tasks) or not is_alive(launcher), 2, 0.05)
        if (status := reap(launcher, 0.3)) is None:
            os.kill(launcher, signal.SIGTERM)
            status = reap(launcher, HANG)
    if status is None:
        bench.kill_everything()
        reap(launcher, 5)
        return [f"it does not end after TERM: {bench.said()[-500:]}"]
    wrong = []
    if not poll(lambda: not bench.processes(), HANG, 0.02):
        wrong.append(f"orphans: {bench.processes()}")
        bench.kill_everything()
    code = os.waitstatus_to_exitcode(status)
    if code not in REFUSALS - {70} and code not in (-signal.SIGTERM, -signal.SIGKILL, -signal.SIGHUP, 143):
        wrong.append(f"it ended with {code}: {bench.said()[-800:]}")
    if code >= 64 and code != 143 and "agentlaunch: " not in bench.said():
        wrong.append(f"it ended with {code} and did not say why: {bench.said()[-800:]}")
    return wrong


def full_state(bench, transport, random):
    """The state folder is a full disk of 1 MB for this one start: what is written there is lost with it."""
    if bench.agent.name == "aider":
        return full_home(bench, transport, random)  # its chats lie there
    room = random.choice([0, 1, 4, 8, 16])  # KiB
    state = bench.home / ".local/state"
    state.mkdir(parents=True, exist_ok=True)
    script = f"""
        mkdir -p {bench.root}/full && mount -t tmpfs -o size=1m none {bench.root}/full
        cp -a {state}/. {bench.root}/full/
        free=$(df --output=avail -k {bench.root}/full | tail -1)
        dd if=/dev/zero of={bench.root}/full/filler bs=1k count=$((free - {room})) 2>{bench.root}/dd || true
        mount --bind {bench.root}/full {state}"""
    return mounted(bench, script, transport)


def full_home(bench, transport, random):
    """The whole home, the agent's store with it; afterwards it is as the full disk left it."""
    room = random.choice([0, 4, 16, 64])
    disk, home = bench.root / "disk", bench.home
    disk.mkdir(exist_ok=True)
    script = f"""
        mount -t tmpfs -o size=4m none {disk}
        cp -a {home}/. {disk}/
        free=$(df --output=avail -k {disk} | tail -1)
        dd if=/dev/zero of={disk}/filler bs=1k count=$((free - {room})) 2>{bench.root}/dd || true
        mkdir -p {bench.root}/outside && mount --bind {home} {bench.root}/outside
        mount --bind {disk} {home}
        set +e
        "$@" & child=$!
        trap 'kill -TERM $child' TERM
        wait $child; status=$?
        while kill -0 $child 2>/dev/null; do wait $child; status=$?; done
        rm -f {home}/filler
        find {bench.root}/outside -mindepth 1 -delete; cp -a {home}/. {bench.root}/outside/
        exit $status
        :"""
    return mounted(bench, script, transport)


# What a kill leaves between the statement that makes a database one with a log and its first table: by the specification
# unknown, as it cannot be told from one whose log was lost.
NO_TABLE = "it uses a write-ahead log, but it has no table"


def follow_the_advice(bench, transport, why):
    """A database that was being made, with nothing in it, is moved away as agentlaunch says. Returns how many."""
    status, plan = bench.dry(transport)
    if status != 65 or any(texts for _, texts in bench.conversations()):
        return 0
    damaged = [line["source"] for line in plan.get("evidence", [])
               if line["status"] == "damaged" and why in line["finding"]]
    for file in damaged:
        for beside in Path(file).parent.glob(Path(file).name + "*"):
            beside.rename(bench.root / f"moved-{beside.name}")
    return len(damaged)


def read_only(bench, transport, random):
    """The home, or only what agentlaunch keeps there."""
    state = bench.home / ".local/state"
    state.mkdir(parents=True, exist_ok=True)
    place = random.choice([bench.home, state])
    script = f"""
        mount --bind {place} {place} && mount -o remount,bind,ro {place}
        ! touch {place}/probe 2>/dev/null"""
    return mounted(bench, script, transport)


# Descriptors

def no_descriptors(bench, transport, random):
    limit = random.randint(3, 20)
    return until_it_ends(bench, bench.start(transport, under=["/usr/bin/prlimit", f"--nofile={limit}"]))


# Years to come

def from_the_future(bench, transport, random):
    """Records, rows and files say 2099; then a start as always."""
    later = re.compile(r"\b20[2-4][0-9]-(?=[01][0-9]-[0-3][0-9][T ])")
    for file in list(bench.home.rglob("*")):
        if not file.is_file():
            continue
        data = file.read_bytes()
        if data.startswith(b"SQLite format 3"):
            postpone_rows(file)
        elif not file.name.endswith(("-wal", "-shm")) and b"\0" not in data:
            file.write_text(later.sub("2099-", data.decode()))
    for file in bench.home.rglob("*"):
        os.utime(file, (FUTURE, FUTURE))
    wrong = oracle.plan(bench, transport)
    launcher = bench.start(transport)
    return wrong + until_it_ends(bench, launcher)


def postpone_rows(file):
    """Seconds, milliseconds and texts of these years in any column of any table."""
    years = FUTURE - int(time.time())
    database = sqlite3.connect(file, isolation_level=None)
    try:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for column in [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]:
                database.execute(
                    f'UPDATE "{table}" SET "{column}" = "{column}" + CASE WHEN "{column}" > 1e11 THEN {years}000'
                    f' ELSE {years} END WHERE typeof("{column}") = \'integer\' AND ("{column}" BETWEEN 1.6e9 AND 2.2e9'
                    f' OR "{column}" BETWEEN 1.6e12 AND 2.2e12)')
                database.execute(
                    f'UPDATE "{table}" SET "{column}" = \'2099\' || substr("{column}", 5)'
                    f" WHERE typeof(\"{column}\") = 'text' AND \"{column}\" GLOB '20[2-4][0-9]-[01][0-9]-[0-3][0-9]*'")
    finally:
        database.close()


# Two at once

def two_at_once(bench, transport, random):
    """One of the two runs, the other is told so."""
    gap = math.exp(random.uniform(math.log(1e-5), math.log(0.1)))
    held = random.random() < 0.5
    since = len(bench.seen())
    if held:
        # The first holds still with the lock in its hand.
        first = bench.start(transport, debug=True, FAULT_POINT="record.before", FAULT_ACTION="stop")
        poll(lambda: state(first) == "T" or not is_alive(first))
    else:
        first = bench.start(transport)
        kills.wait(gap, time.perf_counter())
    second = bench.start(transport)
    ended = {}

    def one_ended():
        for pid in {first, second} - ended.keys():
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                ended[pid] = os.waitstatus_to_exitcode(status)
        return ended
    wrong = []
    poll(one_ended)
    if held:
        os.kill(first, signal.SIGCONT)
    if list(ended.values()) != [75]:
        wrong.append(f"of two at once one had to end with 75: {ended}: {bench.said()[-500:]}")
    poll(lambda: len(bench.seen()) > since)
    for pid in {first, second} - ended.keys():
        wrong += until_it_ends(bench, pid)
    if len(bench.seen()) != since + 1:
        wrong.append(f"the agent was started {len(bench.seen()) - since} times")
    return wrong


def state(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "X"


FAULTS = {
    "disk full, state": full_state, "disk full, home": full_home, "read-only": read_only,
    "no descriptors": no_descriptors, "from the future": from_the_future, "two at once": two_at_once,
}
MOUNTS = {"disk full, state", "disk full, home", "read-only"}
