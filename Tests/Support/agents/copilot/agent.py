"""Copilot in the tables of the tests."""

from agents.copilot.real import RealCopilot
from doubles.double import Double
from kinds import doubled

DOUBLE = Double(
    agent="copilot", program="copilot", derives=True, typed=True,
    cold=lambda prompt, workdir: [],
    warm=lambda key, workdir: [f"--resume={key}"],
    unknown=["--resume=00000000-0000-4000-8000-000000000000"], refusal=(1, "No session, task, or name matched"),
    unknown_id="00000000-0000-4000-8000-000000000000",
)
KINDS = {"copilot": doubled("copilot"), "copilot-real": RealCopilot}
