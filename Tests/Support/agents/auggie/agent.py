"""Auggie in the tables of the tests."""

from doubles.double import Double
from kinds import doubled

DOUBLE = Double(
    agent="auggie", program="auggie",
    options=["--unattended"],  # --allow-indexing: attended, it asks about the directory
    environment={"AUGMENT_SESSION_AUTH": "not-a-token"},
    cold=lambda prompt, workdir: ["--workspace-root", workdir, "--allow-indexing", f"--instruction={prompt}"],
    warm=lambda key, workdir: ["--workspace-root", workdir, "--allow-indexing", "--resume", key],
    unknown=["--allow-indexing", "--resume", "00000000-0000-4000-8000-000000000000"],
    refusal=(1, "No session found"), unknown_id="00000000-0000-4000-8000-000000000000",
)
KINDS = {"auggie": doubled("auggie")}
