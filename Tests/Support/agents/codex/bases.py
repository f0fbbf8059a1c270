"""Codex's homes before the damage: genuine fixtures, alone and several in one home."""

from damage import line_bases
from damage.line_mutations import strata

KEYS = [
    b'"type":"session_meta"', b'"id":', b'"source":', b'"cwd":', b'"role":"user"', b'"role":"assistant"',
    b'"type":"turn_context"', b'"type":"response_item"',
]
STRATA = strata(KEYS)

SINGLE = [
    "one-turn-x133", "one-turn-x147", "exec-multi-turn-x147", "exec-review-0.163", "subagent-0.163",
    "truncated-last-line", "exec-sigint-turn_aborted-0.163",
]
TOGETHER = [
    ("one-turn-x133", "one-turn-x147"), ("subagent-0.163", "truncated-last-line"),
]


def bases():
    return line_bases.bases("codex", SINGLE, TOGETHER)
