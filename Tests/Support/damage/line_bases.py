"""Homes that agents with JSON lines left (the fixtures), alone and several in one home."""

import os
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
WORKDIR = "/home/coder/project"
_CLAUDE = ["one-turn-2.1.112", "one-turn-2.1.176", "one-turn-print-2.1.329", "multi-turn-c0119",
           "multi-turn-c100", "multi-turn-other-cwd-two-writers-2.1.329", "sidechain-c100",
           "killed-before-first-byte", "sidechain-warmup-2.1.1", "sigint-print-2.1.329"]
_CODEX = ["one-turn-x133", "one-turn-x147", "exec-multi-turn-x147", "exec-review-0.163",
          "subagent-0.163", "truncated-last-line", "exec-sigint-turn_aborted-0.163"]
_COPILOT = ["warm-1.0.36-two-turns", "warm-1.0.64-two-turns", "sigkill-mid-first-turn", "sigterm-mid-first-turn",
            "newest-by-its-events", "description-lost", "other-directory", "named-and-started-without-a-message"]
_GEMINI = ["jsonl_with_talk", "orphan_after_resume", "user_message_only", "older_start_newer_update", "slug_suffix",
           "registry_lost_marker_kept", "messages-replaced", "rewound-and-gone-on", "opened-and-killed",
           "slash_commands_only", "other-directory", "subagent-only"]
_SINGLE = {"claude": _CLAUDE, "codex": _CODEX, "copilot": _COPILOT, "gemini": _GEMINI}
_SEVERAL = {
    "gemini": [("jsonl_with_talk", "older_start_newer_update"), ("opened-and-killed", "other-directory")],
    "copilot": [("warm-1.0.64-two-turns", "newest-by-its-events"), ("other-directory", "an-opened-one-beside")],
    "claude": [("one-turn-2.1.112", "one-turn-2.1.176"), ("multi-turn-c100", "sidechain-c0119")],
    "codex": [("one-turn-x133", "one-turn-x147"), ("subagent-0.163", "truncated-last-line")],
}


def fixtures(agent):
    """The folder of this agent's fixtures in the project, wherever the tests keep them."""
    given = os.environ.get("AGENTLAUNCH_FIXTURES")
    if given:
        return Path(given) / agent
    probe = f"{agent}/{_SINGLE[agent][0]}"
    for found in sorted(TESTS.rglob(f"{probe}/expect.json")):
        return found.parents[1]
    raise FileNotFoundError(f"no fixtures {probe} under {TESTS}")


def _home(root, case):
    home = root / case / "home"
    return {
        str(file.relative_to(home)): file.read_bytes()
        for file in sorted(home.rglob("*")) if file.is_file()
    }


def bases(agent):
    root = fixtures(agent)
    single = {case: _home(root, case) for case in _SINGLE[agent]}
    for cases in _SEVERAL[agent]:
        single["+".join(cases)] = {
            name: data for case in cases for name, data in _home(root, case).items()
        }
    return single
