"""Kiro in the tables of the tests."""

from doubles.double import Double
from kinds import doubled

FLAGS = {"v1": ["--classic"], "v2": ["--agent-engine", "v2"], "v3": ["--agent-engine", "v3"]}
DOUBLE = Double(
    agent="kiro", program="kiro-cli", typed=True,
    cold=lambda prompt, workdir: ["chat"],
    warm=lambda key, workdir: ["chat", *FLAGS["v2"], "--resume-id", key],
    unknown=["chat", "--resume-id", "00000000-0000-4000-8000-000000000000"], refusal=(1, "Session not found"),
    unknown_id="00000000-0000-4000-8000-000000000000",
)
KINDS = {"kiro": doubled("kiro")}
CHAOS = {
    "kiro": {},
    "kiro-v1": {"environment": {"KIRO_DOUBLE_ENGINE": "v1"}, "stores_prompt_first": False},
}
