"""The doubles that EndToEnd/test_agent_doubles.py drives: one entry for each agent."""

import hashlib
import importlib
import os
import uuid
from dataclasses import dataclass, field
from typing import Callable


@dataclass(frozen=True)
class Double:
    agent: str
    """The name that agentlaunch knows."""
    program: str
    """The file name of the executable."""
    cold: Callable[[str, str], list]
    """(prompt, workdir) -> the words after the program of a cold start."""
    warm: Callable[[str, str], list]
    """(id, workdir) -> those of a warm start."""
    unknown: list
    """Words that name a session which is not there …"""
    refusal: tuple
    """… and how the double ends: (exit status or None where it goes on, words that it prints)."""
    options: list = field(default_factory=list)
    """For every start by agentlaunch."""
    environment: dict = field(default_factory=dict)
    stores_prompt_first: bool = True
    """A prompt is in the store before its answer is, so that a kill in between does not lose it."""
    many: bool = True
    """It keeps more than one conversation of a directory."""
    derives: bool = False
    """agentlaunch makes its ids: without a record the newest of them counts."""
    unknown_id: str = ""
    """An id of the agent's form that is not there."""

    @property
    def module(self):
        return importlib.import_module(f"agents.{self.agent}.double")


def gemini_id(workdir, name="default", attempt=0):
    """The id that agentlaunch makes, by the contract's words."""
    parts = [b"agentlaunch", b"gemini", os.fsencode(workdir), name.encode(), str(attempt).encode()]
    data = bytearray(hashlib.sha256(b"\0".join(parts)).digest()[:16])
    data[6], data[8] = data[6] & 0x0F | 0x40, data[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(data)))


DOUBLES = [
    Double(
        agent="amazonq", program="q",
        cold=lambda prompt, workdir: ["chat", "--", prompt],
        warm=lambda key, workdir: ["chat", "--resume"],
        unknown=["chat", "--resume"], refusal=(None, "a new conversation"),
        stores_prompt_first=False, many=False, unknown_id="0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1dff",
    ),
    Double(
        agent="auggie", program="auggie",
        options=["--unattended"],  # --allow-indexing: attended, it asks about the directory
        environment={"AUGMENT_SESSION_AUTH": "not-a-token"},
        cold=lambda prompt, workdir: ["--workspace-root", workdir, "--allow-indexing", f"--instruction={prompt}"],
        warm=lambda key, workdir: ["--workspace-root", workdir, "--allow-indexing", "--resume", key],
        unknown=["--allow-indexing", "--resume", "00000000-0000-4000-8000-000000000000"],
        refusal=(1, "No session found"), unknown_id="00000000-0000-4000-8000-000000000000",
    ),
    Double(
        agent="cursor", program="cursor-agent",
        options=["--unattended"],  # --trust: attended, it asks about the directory
        cold=lambda prompt, workdir: ["--trust", prompt],
        warm=lambda key, workdir: ["--trust", f"--resume={key}"],
        # No error: a new chat, in which a task that is left out would be lost.
        unknown=["--trust", "--resume=00000000-0000-4000-8000-000000000000"], refusal=(None, "a new chat"),
        unknown_id="00000000-0000-4000-8000-000000000000",
    ),
    Double(
        agent="gemini", program="gemini", derives=True,
        options=["--unattended"],  # trusted, and with retention off
        cold=lambda prompt, workdir: ["--session-id", gemini_id(workdir), f"--prompt-interactive={prompt}"],
        warm=lambda key, workdir: ["--resume", key],
        unknown=["--resume", "00000000-0000-4000-8000-000000000000"], refusal=(42, "Invalid session identifier"),
        unknown_id="00000000-0000-4000-8000-000000000000",
    ),
    Double(
        agent="opencode", program="opencode",
        cold=lambda prompt, workdir: [f"--prompt={prompt}"],
        warm=lambda key, workdir: ["-s", key],
        unknown=["-s", "ses_f045f6bffffe00000000000000"], refusal=(1, "Session not found"),
        unknown_id="ses_f045f6bffffe00000000000000",
    ),
]

# Those that take no prompt as an argument; EndToEnd/test_chat_doubles.py drives them. An id that is not there is
# refused by Amp alone: Aider knows none.
CHAT_DOUBLES = [
    Double(
        agent="aider", program="aider", environment={"AIDER_GIT": "false"},
        cold=lambda file, workdir: ["--chat-history-file", file, "--restore-chat-history"],
        warm=lambda file, workdir: ["--chat-history-file", file, "--restore-chat-history"],
        unknown=["--resume", "x"], refusal=(2, "unrecognized arguments"),
    ),
    Double(
        agent="amp", program="amp", environment={"AMP_API_KEY": "not-a-key"},
        cold=lambda key, workdir: ["threads", "continue", key],
        warm=lambda key, workdir: ["threads", "continue", key],
        unknown=["threads", "continue", "T-019a0000-0000-7000-8000-000000000001"], refusal=(1, "not found"),
    ),
]

# Kiro's prompt comes by agentapi or is typed, Copilot's too; each has a test of its own beside the shared ones.
KIRO_FLAGS = {"v1": ["--classic"], "v2": ["--agent-engine", "v2"], "v3": ["--agent-engine", "v3"]}
KIRO = Double(
    agent="kiro", program="kiro-cli",
    cold=lambda prompt, workdir: ["chat"],
    warm=lambda key, workdir: ["chat", *KIRO_FLAGS["v2"], "--resume-id", key],
    unknown=["chat", "--resume-id", "00000000-0000-4000-8000-000000000000"], refusal=(1, "Session not found"),
    unknown_id="00000000-0000-4000-8000-000000000000",
)
COPILOT = Double(
    agent="copilot", program="copilot", derives=True,
    cold=lambda prompt, workdir: [],
    warm=lambda key, workdir: [f"--resume={key}"],
    unknown=["--resume=00000000-0000-4000-8000-000000000000"], refusal=(1, "No session, task, or name matched"),
    unknown_id="00000000-0000-4000-8000-000000000000",
)

BY_AGENT = {double.agent: double for double in (*DOUBLES, *CHAT_DOUBLES, KIRO, COPILOT)}
