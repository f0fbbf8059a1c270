"""What the doubles refuse, each as docs/agents says of the agent: without it a false warm start would pass here.

An id that is not there: test_agent_doubles.py, test_chat_doubles.py. The real Copilot beside its double:
test_real_copilot.py.
"""

import pexpect
import pytest

from doubles import double
from doubles.double_bench import Bench

KEY = "99999999-2222-4333-8444-555555555555"

REFUSALS = [
    # agent, words of starts that are killed first, words, exit status, what it says
    ("kiro", [], double.of("kiro").unknown, 1, "Session not found"),
    ("copilot", [], double.of("copilot").unknown, 1, "No session, task, or name matched"),
    # Goose, Gemini, OpenCode 2.2: even one that holds metadata only.
    ("gemini", [["--session-id", KEY]], ["--session-id", KEY], 42, "already exists"),
    # 2.4, step 2: there, and not resumable: both flags fail.
    ("gemini", [["--session-id", KEY]], ["--resume", KEY], 42, "Invalid session identifier"),
    ("gemini", [], ["--session-id", KEY, "--resume", KEY], 1, "mutually exclusive"),
    # Copilot, Aider 2.3 and 2.5: a folder without events is none to resume.
    ("copilot", [["--session-id", KEY]], [f"--resume={KEY}"], 1, "No session, task, or name matched"),
    ("copilot", [], ["--continue", "--session-id", KEY], 1, "cannot be used with option"),
    # The sheet on Auggie, section 4: they exclude each other.
    ("auggie", [], ["--resume", KEY, "--continue"], 1, "cannot be used together"),
    # The sheet on Kiro, section 2: an engine that there is not.
    ("kiro", [], ["chat", "--agent-engine", "v4"], 2, "invalid value"),
    ("opencode", [], ["--fork"], 1, "requires --continue or --session"),
    ("amp", [], ["threads", "continue"], 1, "by its id only"),
    ("amp", [], ["threads", "continue", "--last"], 1, "not found"),
]


def name(value):
    return " ".join(value) if isinstance(value, list) and value and isinstance(value[0], str) else None


@pytest.mark.parametrize("agent, before, words, status, reason", REFUSALS, ids=name)
def test_a_double_refuses_what_its_agent_refuses(binary, tmp_path, agent, before, words, status, reason):
    bench = Bench(binary, tmp_path, double.of(agent))
    (tmp_path / "server").mkdir()

    def run(words):
        return pexpect.spawn(str(bench.program), words, cwd=str(bench.project), env=bench.environment(), timeout=60,
                             echo=False, dimensions=(24, 200))

    for others in before:
        child = run(others)
        child.expect_exact("the double is ready")
        child.close(force=True)
    child = run(words)
    child.expect_exact(reason)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == status
    assert bench.log("prompt") == []
