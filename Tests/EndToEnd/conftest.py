"""Fixtures for the tests that drive the built binary."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from project import PROJECT

# Whoever runs the tests in the background or under nohup ignores signals, and agentlaunch keeps to what its caller
# ignores: the tests begin with the defaults.
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
    signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def binary() -> str:
    path = Path(os.environ.get("AGENTLAUNCH_BINARY") or PROJECT / ".build/debug/agentlaunch").resolve()
    assert path.is_file(), f"{path} is missing: run `swift build`, or set AGENTLAUNCH_BINARY"
    return str(path)


@pytest.fixture(scope="session")
def debug() -> str:
    """The build that has fault points (FAULT_POINT)."""
    path = PROJECT / ".build/debug/agentlaunch"
    assert path.exists(), "run swift build: the release build has no fault points"
    return str(path)


@pytest.fixture(autouse=True)
def state_folder(monkeypatch, tmp_path_factory):
    """Nothing is left in the home of whoever runs the tests, and no test meets another one's lock."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def bench(request, binary, tmp_path, monkeypatch):
    """A scratch home with the test file's `DOUBLE`; see Tests/Support/doubles/double_bench.py."""
    from doubles.double_bench import Bench

    monkeypatch.delenv("XDG_STATE_HOME")
    return Bench(binary, tmp_path, request.module.DOUBLE)


@pytest.fixture
def direct(binary):
    """direct("sh", "-c", "...", options=("--stop-timeout", "1")): the argv of a direct launch.

    Quiet, so that a terminal shows the child's output and nothing else, unless the launch's own lines are looked at.
    """

    def command(*child, options=(), quiet=True):
        return [binary, "custom", "--direct", *(["--quiet"] if quiet else []), *options, "--", *child]

    return command


@pytest.fixture
def other_user(binary):
    """Another user: `words` before a command make it theirs, `folder` is open to them, `binary` is a copy in it.

    What is in a home or a checkout may be closed to them.
    """
    if os.geteuid() != 0:
        pytest.skip("only root can run something as another user")
    folder = Path(tempfile.mkdtemp(prefix="agentlaunch-other-user-"))
    folder.chmod(0o755)
    copy = shutil.copy(binary, folder / "agentlaunch")
    words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    yield SimpleNamespace(words=words, folder=folder, binary=str(copy))
    shutil.rmtree(folder)


@pytest.fixture
def terminals():
    """Makes outer terminals and closes them in the end."""
    from terminal import OuterTerminal

    made = []

    def make(*args, **options):
        made.append(OuterTerminal(*args, **options))
        return made[-1]

    yield make
    for terminal in made:
        terminal.close()


@pytest.fixture
def agentapi(tmp_path):
    """The double of agentapi, installed under its name; see Tests/Support/agentapi.py."""
    from agentapi import Installation

    installation = Installation(tmp_path / "agentapi")
    yield installation
    installation.close()


@pytest.fixture
def under_agentapi(binary, agentapi):
    """under_agentapi("--stop-timeout", "1", AGENT_ON_INT="hold"): agentlaunch with the scripted agent behind the double.

    Its output goes to `agentapi.root / "launch.out"` and `launch.err`, unless the caller of it says otherwise.
    """
    started = []

    def start(*options, agent=(agentapi.agent,), name="custom", terminal=None, popen=None, under=(), **variables):
        argv = [*under, binary, name, "--agentapi", "--port", str(agentapi.port), *options, *(["--", *agent] if agent else [])]
        environment = agentapi.environment(**{"DOUBLE_TIME_SCALE": "0.1", **variables})
        if terminal:
            return terminal.start(argv, env=environment, **(popen or {}))
        with open(agentapi.root / "launch.out", "ab") as out, open(agentapi.root / "launch.err", "ab") as err:
            streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, **(popen or {})}
            started.append(subprocess.Popen(argv, env=environment, **streams))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def world(agentapi, under_agentapi, tmp_path):
    """Claude Code's double under agentapi's; see Tests/Support/agents/claude/world.py."""
    from agents.claude.world import World
    from processes import is_alive

    yield World(agentapi, under_agentapi, tmp_path)
    for line in agentapi.journal("started"):
        if agentapi.is_ours(line["pid"]) and is_alive(line["pid"]):
            os.kill(line["pid"], signal.SIGKILL)


@pytest.fixture
def background(binary, tmp_path, monkeypatch):
    """Starts in the background for a workdir of its own; see Tests/Support/background.py."""
    from background import Background

    # It names the program for these tests and no option: agentlaunch would say so.
    monkeypatch.delenv("AGENTLAUNCH_BINARY", raising=False)
    (tmp_path / "work").mkdir()
    made = Background(binary, tmp_path / "work", Path(os.environ["XDG_STATE_HOME"]))
    yield made
    made.close()


@pytest.fixture
def workspaces(tmp_path, binary):
    """workspaces("goose"): that agent in a scratch home of its own; see Tests/Support/agents_under_test.py."""
    from agents_under_test import KINDS

    made = []

    def make(name):
        folder = tmp_path / name
        folder.mkdir()
        made.append(KINDS[name](folder, binary))
        made[-1].answer_first_run()
        return made[-1]

    yield make
    for agent in made:
        agent.close()


@pytest.fixture
def direct_runs():
    """direct_runs(workspace, ...): a DirectRun; whatever is left of it ends with the test."""
    from runs.direct_run import DirectRun

    made = []

    def make(agent, *options, **where):
        made.append(DirectRun(agent, *options, **where))
        return made[-1]

    yield make
    for run in made:
        run.kill_everything()
        run.close()


@pytest.fixture
def module_runs(agentapi):
    """module_runs(workspace, ...): a ModuleRun; whatever is left of it ends with the test."""
    from runs.module_run import ModuleRun

    made = []

    def make(agent, *options, **where):
        made.append(ModuleRun(agent, agentapi, *options, **where))
        return made[-1]

    yield make
    for run in made:
        run.kill_everything()
