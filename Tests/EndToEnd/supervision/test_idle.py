"""An idle agent costs nothing: agentlaunch sleeps until something happens, under every transport (no wake-ups)."""

import json
import subprocess
import time

import pexpect
import pytest

import registry
from agents.claude import store as claude_store
from agents.codex import store as codex_store
from doubles.double import all_doubles
from terminal import state, status_field
from waiting import HANG, until

AGENTS = registry.names()
PROGRAMS = {double.agent: double.program for double in all_doubles()}
# Longer than any pause between two looks that there could be; what follows a start is over at some time.
QUIET_SECONDS = 4


def wake_ups(pid):
    return int(status_field(pid, "voluntary_ctxt_switches"))


def assert_asleep(*pids):
    """Each has a time in which nothing woke it: whoever looks from time to time has none."""
    last = {pid: (wake_ups(pid), time.monotonic()) for pid in pids}
    awake = set(pids)

    def are_quiet():
        for pid in list(awake):
            count, since = last[pid]
            if wake_ups(pid) != count:
                last[pid] = wake_ups(pid), time.monotonic()
            elif time.monotonic() - since > QUIET_SECONDS:
                awake.remove(pid)
        return not awake

    until(are_quiet, f"{QUIET_SECONDS} seconds without a wake-up")
    assert {state(pid) for pid in pids} == {"S"}


@pytest.fixture
def started():
    processes = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def test_a_direct_start_without_a_terminal_sleeps_also_when_its_agent_has_closed_its_terminal(direct, started, tmp_path):
    closed = f"exec 0<&- 1>&- 2>&-; : > {tmp_path}/closed; exec sleep 1000"
    for name, child in (("open", "exec sleep 1000"), ("closed", closed)):
        argv = direct("sh", "-c", child, options=("--session", name))
        started.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE))
    until((tmp_path / "closed").exists)
    assert_asleep(*(process.pid for process in started))


def test_a_direct_start_on_a_terminal_sleeps_and_so_do_the_processes_that_make_control_z_work(direct, terminals):
    outer = terminals()
    process = outer.start(direct("sh", "-c", "echo READY; exec sleep 1000"))
    outer.read_until(b"READY")
    until(lambda: outer.is_raw, "raw mode")
    helpers = [int(pid) for pid in open(f"/proc/{process.pid}/task/{process.pid}/children").read().split()]
    assert len(helpers) == 2
    assert_asleep(process.pid, *helpers)


def test_in_the_background_of_a_shell_it_sleeps_and_still_sees_that_it_is_in_front_again(direct):
    shell = pexpect.spawn("bash", ["--norc", "--noprofile", "-i"], timeout=HANG, encoding="utf-8", dimensions=(24, 500))
    shell.sendline("bind 'set enable-bracketed-paste off'; unset HISTFILE; PS1='PROM''PT '; stty -echo")
    shell.expect("PROMPT ")
    command = " ".join(f"'{word}'" for word in direct("sh", "-c", "echo RUN; read x; echo got $x; exit 3"))
    shell.sendline(f"{command} & echo PID=$!.")
    shell.expect(r"PID=(\d+)\.")
    pid = int(shell.match[1])
    # Either may come first.
    if "RUN" not in shell.before:
        shell.expect("RUN")
    assert_asleep(pid)
    # Not by what is typed to the shell alone.
    shell.sendline("echo STILL MINE")
    shell.expect("STILL MINE")
    # bash sends a job that runs no signal.
    shell.sendline("fg; echo code=$?")
    shell.sendline("theirs")
    shell.expect("got theirs")
    shell.expect("code=3")
    shell.close(force=True)


def test_under_agentapi_it_sleeps_also_in_the_background(agentapi, under_agentapi):
    process = under_agentapi()
    agentapi.wait_for_status("stable")
    assert_asleep(process.pid)
    process.terminate()
    assert process.wait(HANG) == 0


@pytest.mark.timeout(220)
def test_with_every_agents_store_watched_it_sleeps_and_wakes_for_a_change(binary, started, tmp_path):
    """No conversation yet, and none comes: what is watched is what is to come. Also where not a single folder of the
    agent is there, and for a prompt that never arrives."""
    homes = {}
    for agent in AGENTS:
        home = tmp_path / agent
        (home / "bin").mkdir(parents=True)
        program = home / "bin" / PROGRAMS.get(agent, agent)
        program.write_text('#!/bin/sh\n[ "$2" = new ] && echo T-0190a1b2-0000-7000-8000-000000000000 && exit\n'
                           '[ "$1" = --version ] && exit\necho READY\nexec sleep 1000\n')
        program.chmod(0o755)
        (home / "project").mkdir()
        words = [binary, agent, "--direct", "--quiet", "--workdir", home / "project", "--stop-timeout", "1"]
        if agent in ("claude", "codex", "goose"):
            words += ["--prompt", "Say hello to the harbour"]
        started.append(subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"HOME": str(home), "PATH": f"{home / 'bin'}:/usr/bin:/bin", "XDG_RUNTIME_DIR": str(home)},
        ))
        homes[agent] = home
    for agent, process in zip(AGENTS, started, strict=True):
        assert process.stdout.readline().strip() == b"READY", (agent, process.stderr.read())
    assert_asleep(*(process.pid for process in started))

    # Not one folder of Codex's was there; what comes now is seen all the same.
    codex = homes["codex"]
    token = codex_store.write(codex, codex / "project", ["Say hello to the harbour"])
    [record] = codex.glob(".local/state/agentlaunch/codex/*/record.json")
    until(lambda: token in record.read_text() and '"delivered"' in record.read_text(), "the id in the record")
    claude = homes["claude"]
    [record] = claude.glob(".local/state/agentlaunch/claude/*/record.json")
    assert '"delivered"' not in record.read_text()
    identity = json.loads(record.read_text())["session"]
    claude_store.write(claude, claude / "project", ["Say hello to the harbour"], identity)
    until(lambda: '"delivered"' in record.read_text(), "the prompt in the record")
    assert_asleep(*(process.pid for process in started))
