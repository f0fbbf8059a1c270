"""Claude Code in the tables of the tests."""

from agents.claude.real import Claude

REAL = Claude
KINDS = {"claude": Claude}
CHAOS = {"claude": {"program": "claude", "module": "agents.claude.stand_in", "environment": {"STAND_IN": "waits"}}}
