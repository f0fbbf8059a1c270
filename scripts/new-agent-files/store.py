"""Foo's sessions: docs/agents/foo.md#store."""

from doubles.line_sessions import DIRECTORY, ID, TEXT, TIME, LineSessions

SESSIONS = LineSessions(
    "foo", ".foo/sessions", first={"type": "session", "id": ID, "cwd": DIRECTORY, "time": TIME},
    user={"type": "user", "text": TEXT, "time": TIME}, answer={"type": "assistant", "text": TEXT, "time": TIME},
)
