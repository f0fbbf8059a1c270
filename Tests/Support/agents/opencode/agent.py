"""OpenCode in the tables of the tests."""

from doubles.double import Double
from kinds import doubled

DOUBLE = Double(
    agent="opencode", program="opencode",
    cold=lambda prompt, workdir: [f"--prompt={prompt}"],
    warm=lambda key, workdir: ["-s", key],
    unknown=["-s", "ses_f045f6bffffe00000000000000"], refusal=(1, "Session not found"),
    unknown_id="ses_f045f6bffffe00000000000000",
)
KINDS = {"opencode": doubled("opencode")}
# Its double shows agentapi no box to type into.
CHAOS = {"opencode": {"takes_a_second": False}}
