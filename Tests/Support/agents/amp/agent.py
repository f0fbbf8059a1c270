"""Amp in the tables of the tests."""

from doubles.double import Double
from kinds import doubled

DOUBLE = Double(
    agent="amp", program="amp", environment={"AMP_API_KEY": "not-a-key"}, typed=True,
    cold=lambda key, workdir: ["threads", "continue", key],
    warm=lambda key, workdir: ["threads", "continue", key],
    unknown=["threads", "continue", "T-019a0000-0000-7000-8000-000000000001"], refusal=(1, "not found"),
)
KINDS = {"amp": doubled("amp", is_known_without_record=False)}
CHAOS = {"amp": {"pinned": True}}
