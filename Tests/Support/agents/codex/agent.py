"""Codex in the tables of the tests."""

from agents.codex.real import Codex, CodexUnderAgentAPI

REAL = Codex
KINDS = {"codex": CodexUnderAgentAPI}
CHAOS = {"codex": {"program": "codex", "module": "agents.codex.stand_in", "environment": {"STAND_IN": "waits"}}}
