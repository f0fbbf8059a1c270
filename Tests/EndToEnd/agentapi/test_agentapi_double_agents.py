"""The double of agentapi reads the screens of the real agents well enough to find their input box and to type into it."""

import json

import pytest

import real_agents
from agentapi import Installation


@pytest.fixture(params=["claude", "codex"])
def agent(request, tmp_path):
    made = real_agents.started_in(tmp_path, request.param, None)
    made.answer_first_run()
    yield made
    made.close()


def trust(agent):
    settings = agent.home / ".claude.json"
    if settings.exists():
        projects = {str(agent.workdir): {"hasTrustDialogAccepted": True}}
        settings.write_text(json.dumps({**json.loads(settings.read_text()), "projects": projects}))


def test_a_real_agent_is_ready_and_gets_prompt_and_message(agent, tmp_path, monkeypatch):
    trust(agent)
    monkeypatch.chdir(agent.workdir)
    installation = Installation(tmp_path / "agentapi")
    path = f"{installation.bin}:{agent.environment['PATH']}"
    try:
        process = installation.serve(
            "-I",
            "hello double",
            agent=[agent.name],
            type=agent.name,
            AGENTAPI_STATE_FILE=installation.state_file,
            DOUBLE_TIME_SCALE="0.5",
            **{**agent.environment, "PATH": path},
        )
        installation.wait_until_up()
        if agent.name == "codex":
            # Its hint under an empty box is a line too many for agentapi until something is typed.
            installation.wait_for_status("stable")
            assert not installation.journal("ready")
            installation.post("x", "raw")
            installation.wait_for("ready")
            installation.post("\b", "raw")
        installation.wait_for("prompt-delivered")
        agent.answered("hello double")
        installation.wait_for_status("stable")
        assert installation.post("and a second")[0] == 200
        agent.answered("and a second")
        process.terminate()
        assert installation.end(process) == 0
        said = [message["message"] for message in installation.state()["messages"] if message["role"] == "user"]
        assert said == ["hello double", "and a second"]
    finally:
        installation.close()
