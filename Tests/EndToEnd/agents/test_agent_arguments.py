"""What is written after `--`."""


import pytest


import plans
import registry


def dry_run(binary, home, agent, *words):
    argv = [binary, agent, "--direct", "--dry-run", "-o", "json", "--", *words]
    return plans.run(argv, {"PATH": plans.PATH, "HOME": str(home)})


@pytest.mark.parametrize(
    "agent, word",
    [
        ("claude", "-r11111111-1111-4111-8111-111111111111"), ("claude", "--resume=x"), ("claude", "-cp"),
        ("claude", "-pc"), ("claude", "--"), ("codex", "-C/tmp"), ("codex", "-i=picture.png"), ("codex", "--last"),
        ("goose", "-rn"), ("goose", "--name=x"),
        ("aider", "--message=x"), ("aider", "--chat-history"), ("aider", "-mx"), ("aider", "--no-restore-chat-history"),
        ("amp", "--last"), ("amp", "-x"), ("amp", "--execute=x"),
        ("auggie", "--continue"), ("auggie", "-rx"), ("auggie", "--workspace-root=/"), ("auggie", "--print"),
        ("opencode", "-c"), ("opencode", "--session=x"), ("opencode", "-mc"), ("opencode", "--prompt=x"),
        ("cursor", "--resume=x"), ("cursor", "--continue"), ("cursor", "-fp"), ("cursor", "--workspace=/"),
        ("amazonq", "--resume"), ("amazonq", "-ar"), ("amazonq", "--no-interactive"),
        ("gemini", "--sessionId=x"), ("gemini", "--promptInteractive=x"), ("gemini", "-yr"), ("gemini", "-rlatest"),
        ("kiro", "--resume-id=x"), ("kiro", "-ar"), ("kiro", "--agent-engine=v1"), ("kiro", "--classic"),
    ],
)
def test_a_session_flag_is_refused_in_every_spelling(binary, tmp_path, agent, word):
    result = dry_run(binary, tmp_path, agent, word)
    assert result.returncode == 64 and result.stdout == b"", result
    assert result.stderr.startswith(b"agentlaunch: -- -"), result


@pytest.mark.parametrize(
    "agent",
    [name for name in registry.names() if name != "aider"],  # whose words are files
)
def test_an_argument_the_agent_would_take_as_a_prompt_is_refused(binary, tmp_path, agent):
    result = dry_run(binary, tmp_path, agent, "fix the bug", "--verbose")
    assert result.returncode == 64 and result.stdout == b"", result
    assert result.stderr.startswith(b"agentlaunch: -- <11 bytes>: "), result


@pytest.mark.parametrize(
    "agent, words",
    [
        ("claude", ["-d", "--verbose"]), ("codex", ["-cmodel_reasoning_effort=high", "--search"]),
        ("goose", ["--max-turns", "5"]), ("aider", ["--no-git", "README.md"]), ("amp", ["--mode", "smart"]),
        ("auggie", ["--compact", "--permission", "shell:allow"]), ("opencode", ["--agent", "plan"]),
        ("cursor", ["--approve-mcps", "--mode", "ask"]),
        ("amazonq", ["--agent", "a", "-w", "never"]), ("kiro", ["--agent", "a", "--trust-tools=read"]),
    ],
)
def test_other_arguments_stay_as_they_are(binary, tmp_path, agent, words):
    command = plans.plan(dry_run(binary, tmp_path, agent, *words))["agentCommand"]
    first = command.index(words[0])
    assert command[first : first + len(words)] == words


@pytest.mark.parametrize("agent, command", [("aider", []), ("custom", ["--", "true"])])
def test_resume_is_a_usage_error_for_agents_without_session_ids(binary, tmp_path, agent, command):
    argv = [binary, agent, "--dry-run", "--resume", "x", *command]
    result = plans.run(argv, {"PATH": plans.PATH, "HOME": str(tmp_path)})
    assert result.returncode == 64 and result.stdout == b""
    assert result.stderr.startswith(f"agentlaunch: --resume: {agent} conversations have no session IDs; ".encode())
