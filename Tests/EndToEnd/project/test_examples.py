"""The examples run as they stand."""

import subprocess

from processes import is_alive
from project import PROJECT
from waiting import HANG

EXAMPLES = PROJECT / "examples"


def test_the_modules_scripts_start_resume_and_stop(agentapi, binary, workspaces, module_runs):
    goose = workspaces("goose")
    run = module_runs(goose)
    folder = agentapi.root / "program"
    folder.mkdir()
    (folder / "agentlaunch").symlink_to(binary)
    environment = run.environment(
        "Say hello to the harbour", ARG_AGENT="goose", ARG_WORKDIR=str(goose.workdir), AGENTAPI_PORT=str(run.port)
    )
    environment["PATH"] = f"{folder}:{environment['PATH']}"

    def script(name):
        return subprocess.run([EXAMPLES / "module" / name], env=environment, capture_output=True, text=True, timeout=HANG)

    for verdict in ("cold", "warm"):
        started = script("start.sh")
        assert started.returncode == 0, started.stderr
        assert verdict in started.stderr and agentapi.get("/status", port=run.port)[0] == 200
        run.answered("Say hello to the harbour")
        pid = agentapi.journal("started")[-1]["pid"]
        stopped = script("stop.sh")
        assert stopped.returncode == 0, stopped.stderr
        assert not is_alive(pid)
    assert run.times_given("Say hello to the harbour") == 1
