"""Claude Code's homes before the damage: genuine fixtures, alone and several in one home."""

from damage import line_bases
from damage.line_mutations import strata

KEYS = [
    b'"type":"user"', b'"type":"assistant"', b'"isSidechain":false', b'"cwd":', b'"sessionId":', b'"message":',
]
STRATA = strata(KEYS)

SINGLE = [
    "one-turn-2.1.112", "one-turn-2.1.176", "one-turn-print-2.1.329", "multi-turn-c0119", "multi-turn-c100",
    "multi-turn-other-cwd-two-writers-2.1.329", "sidechain-c100", "killed-before-first-byte",
    "sidechain-warmup-2.1.1", "sigint-print-2.1.329",
]
TOGETHER = [
    ("one-turn-2.1.112", "one-turn-2.1.176"), ("multi-turn-c100", "sidechain-c0119"),
]


def bases():
    return line_bases.bases("claude", SINGLE, TOGETHER)
