"""The real Copilot CLI 1.0.64 and its traps: what it does with a damaged or empty session, and what agentlaunch says.

Each session is the double's, so this also holds the double's store against the real program: what the double writes is
resumed, and what it refuses is refused. Cold, stopped, warm and killed: test_every_agent.py.
"""

import json
import os
import shutil
import subprocess

import pexpect
import pytest

import plans
from agents.copilot import double as copilot_double
from digests import sha256
from doubles.conversations import ODD
from model_servers.server import items
from waiting import HANG

TASK = "Say hello to the harbour"
UNKNOWN = "99999999-2222-4333-8444-555555555555"


class Trap:
    """A session of the double's in a home of the real one."""

    def __init__(self, agent):
        self.agent = agent
        self.state = agent.home / ".copilot/session-state"
        planned = self.planned()
        assert planned["start"] == "cold"
        self.id = planned["session"]["id"]
        self.session = copilot_double.Session(self.state / self.id, str(agent.workdir), 1790000000).open()
        self.session.begin(TASK)
        self.session.finish("Hello.")
        self.file = self.session.file

    def planned(self, *options):
        words = [self.agent.binary, "copilot", "--dry-run", "-o", "json", "--agentapi", *self.agent.options,
                 "--workdir", self.agent.workdir, "--prompt", TASK, *options]
        return plans.plan(plans.run(words, self.agent.environment))

    def real(self, *words):
        """The program itself, not its screen: its exit status, what it printed, and what the model saw."""
        before = len(self.agent.server.requests())
        done = subprocess.run(
            ["copilot", *words, "-p", "go on", "--allow-all-tools"], env=self.agent.environment, cwd=self.agent.workdir,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        texts = [items(request) for request in self.agent.server.requests()[before:]]
        return done.returncode, done.stdout, texts

    def lines(self, change):
        self.file.write_bytes(b"".join(change(self.file.read_bytes().splitlines(keepends=True))))

    def odd(self):
        """A message whose text is of an unknown form."""
        def change(lines):
            for line in lines:
                event = json.loads(line)
                if event["type"] == "user.message":
                    event["data"]["content"] = ODD
                yield json.dumps(event).encode() + b"\n"
        self.lines(change)


@pytest.fixture
def trap(workspaces):
    return Trap(workspaces("copilot-real"))


# What is done to it; what `copilot --resume=ID` says, None: it resumes; what agentlaunch says, and of which line.
DAMAGE = {
    "whole": (lambda t: None, None, "warm", None),
    "killed-in-the-first-turn": (lambda t: t.lines(lambda lines: lines[:-2]), None, "warm", None),
    "a-lock-left-behind": (lambda t: (t.session.folder / "inuse.999999.lock").write_text("999999"), None, "warm", None),
    "nuls-at-the-end": (lambda t: t.file.write_bytes(t.file.read_bytes() + bytes(512)), None, "warm", None),
    "no-description": (lambda t: (t.session.folder / "workspace.yaml").unlink(), None, "warm", None),
    "index-of-garbage": (lambda t: (t.state.parent / "session-store.db").write_bytes(b"garbage"), None, "warm", None),
    "torn-last-line": (lambda t: t.file.write_bytes(t.file.read_bytes()[:-30]), "corrupted (line 7", "unknown", 7),
    "garbage-in-the-middle": (lambda t: t.lines(lambda lines: [*lines[:2], b"garbage\n", *lines[2:]]),
                              "corrupted (line 3", "unknown", 3),
    "a-text-of-another-form": (lambda t: t.odd(), "corrupted (line 4", "unknown", 4),
    "a-mere-start": (lambda t: t.file.unlink(), "No session, task, or name matched", "cold", None),
    "events-of-no-bytes": (lambda t: t.file.write_bytes(b""), "No session, task, or name matched", "cold", None),
    "folder-gone": (lambda t: shutil.rmtree(t.session.folder), "No session, task, or name matched", "cold", None),
    "flat-file-of-old": (lambda t: (t.file.rename(t.state / f"{t.id}.jsonl"), shutil.rmtree(t.session.folder)),
                         "legacy flat JSONL", "cold", None),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_what_the_real_copilot_does_with_it_is_what_is_planned(trap, case):
    damage, refusal, start, line = DAMAGE[case]
    damage(trap)
    planned = trap.planned()
    assert planned["start"] == start, planned["evidence"]
    if line:
        assert any(f"line {line} " in seen["finding"] for seen in planned["evidence"])
    if start == "cold":
        assert planned["prompt"]["action"] == "send"
    status, said, asked = trap.real(f"--resume={trap.id}")
    if refusal:
        assert (status, asked) == (1, []) and refusal in said
    else:
        assert status == 0, said
        assert asked[0] == [sha256(TASK.encode()), sha256(b"go on")]


@pytest.mark.parametrize("lives, screen", [(True, "Session in use"), (False, "gpt-4o")])
def test_the_real_copilot_asks_if_the_pid_in_a_lock_is_in_use(trap, lives, screen):
    """As after a container's restart, when the number is given again; and while a dead one waits to be reaped."""
    pid = os.getpid() if lives else 2 ** 31 - 1
    (trap.session.folder / f"inuse.{pid}.lock").write_text(str(pid))
    assert ("resume-dialog" in plans.codes(trap.planned())) == lives
    child = pexpect.spawn("copilot", ["--allow-all-tools", f"--resume={trap.id}"], env=trap.agent.environment,
                          cwd=str(trap.agent.workdir), dimensions=(50, 100), timeout=HANG)
    try:
        child.expect_exact(screen)
        assert lives or b"Session in use" not in child.before
    finally:
        child.close(force=True)


def test_an_opened_session_refuses_resume_and_takes_its_id_anew(trap):
    """Why a start that was killed before any message is planned with --session-id and never with --resume."""
    trap.file.unlink()
    planned = trap.planned()
    words = planned["agentCommand"][planned["agentCommand"].index("--session-id"):]
    assert words == ["--session-id", trap.id] and planned["session"]["exists"]
    status, said, asked = trap.real(*words)
    assert status == 0 and asked == [[sha256(b"go on")]], said


@pytest.mark.parametrize("words, refusal", [
    ([f"--resume={UNKNOWN}"], "No session, task, or name matched"),
    (["--session-id", "not-a-uuid"], "not a valid UUID"),
    (["--session-id", UNKNOWN.replace("-4333-", "-9333-")], "not a valid UUID"),
    (["--continue", "--session-id", UNKNOWN], "cannot be used with option '--continue'"),
])
def test_the_real_copilot_refuses_what_its_double_refuses(trap, words, refusal):
    status, said, asked = trap.real(*words)
    assert status == 1 and refusal in said and not asked
    if words[0] == "--resume=" + UNKNOWN:
        result = plans.run([trap.agent.binary, "copilot", "--dry-run", "--workdir", trap.agent.workdir, *words],
                           trap.agent.environment)
        assert result.returncode == 66
