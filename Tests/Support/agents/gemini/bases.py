"""Gemini's homes before the damage: genuine fixtures, alone and several in one home."""

from damage import line_bases
from damage.line_mutations import strata

KEYS = [
    b'"sessionId":', b'"projectHash":', b'"type": "user"', b'"type": "gemini"', b'"content":', b'"$set":',
    b'"$rewindTo":', b'"id":', b'"kind":',
]
STRATA = strata(KEYS)

SINGLE = [
    "jsonl_with_talk", "orphan_after_resume", "user_message_only", "older_start_newer_update", "slug_suffix",
    "registry_lost_marker_kept", "messages-replaced", "rewound-and-gone-on", "opened-and-killed",
    "slash_commands_only", "other-directory", "subagent-only",
]
TOGETHER = [
    ("jsonl_with_talk", "older_start_newer_update"), ("opened-and-killed", "other-directory"),
]


def bases():
    return line_bases.bases("gemini", SINGLE, TOGETHER)
