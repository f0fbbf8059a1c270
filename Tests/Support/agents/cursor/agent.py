"""Cursor in the tables of the tests."""

from doubles.double import Double
from kinds import doubled

DOUBLE = Double(
    agent="cursor", program="cursor-agent",
    options=["--unattended"],  # --trust: attended, it asks about the directory
    cold=lambda prompt, workdir: ["--trust", prompt],
    warm=lambda key, workdir: ["--trust", f"--resume={key}"],
    # No error: a new chat, in which a task that is left out would be lost.
    unknown=["--trust", "--resume=00000000-0000-4000-8000-000000000000"], refusal=(None, "a new chat"),
    unknown_id="00000000-0000-4000-8000-000000000000",
)
KINDS = {"cursor": doubled("cursor")}
