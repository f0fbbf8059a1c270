"""Amazon Q in the tables of the tests."""

from doubles.double import Double
from kinds import doubled

DOUBLE = Double(
    agent="amazonq", program="q",
    cold=lambda prompt, workdir: ["chat", "--", prompt],
    warm=lambda key, workdir: ["chat", "--resume"],
    unknown=["chat", "--resume"], refusal=(None, "a new conversation"),
    stores_prompt_first=False, many=False, unknown_id="0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1dff",
)
KINDS = {"amazonq": doubled("amazonq")}
