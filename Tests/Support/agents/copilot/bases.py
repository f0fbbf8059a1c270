"""Copilot's homes before the damage: genuine fixtures, alone and several in one home."""

from damage import line_bases
from damage.line_mutations import strata

KEYS = [
    b'"type":"user.message"', b'"type":"session.start"', b'"type":"assistant.message"', b'"content":',
    b'"timestamp":', b'"parentId":', b'"id":', b'"cwd":',
]
STRATA = strata(KEYS)

SINGLE = [
    "warm-1.0.36-two-turns", "warm-1.0.64-two-turns", "sigkill-mid-first-turn", "sigterm-mid-first-turn",
    "newest-by-its-events", "description-lost", "other-directory", "named-and-started-without-a-message",
]
TOGETHER = [
    ("warm-1.0.64-two-turns", "newest-by-its-events"), ("other-directory", "an-opened-one-beside"),
]


def bases():
    return line_bases.bases("copilot", SINGLE, TOGETHER)
