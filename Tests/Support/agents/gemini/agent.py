"""Gemini in the tables of the tests."""

import hashlib
import os
import uuid

from doubles.double import Double
from kinds import doubled


def gemini_id(workdir, name="default", attempt=0):
    """The id that agentlaunch makes, by docs/specification.md#derived-ids."""
    parts = [b"agentlaunch", b"gemini", os.fsencode(workdir), name.encode(), str(attempt).encode()]
    data = bytearray(hashlib.sha256(b"\0".join(parts)).digest()[:16])
    data[6], data[8] = data[6] & 0x0F | 0x40, data[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(data)))


DOUBLE = Double(
    agent="gemini", program="gemini", derives=True,
    options=["--unattended"],  # trusted, and with retention off
    cold=lambda prompt, workdir: ["--session-id", gemini_id(workdir), f"--prompt-interactive={prompt}"],
    warm=lambda key, workdir: ["--resume", key],
    unknown=["--resume", "00000000-0000-4000-8000-000000000000"], refusal=(42, "Invalid session identifier"),
    unknown_id="00000000-0000-4000-8000-000000000000",
)
KINDS = {"gemini": doubled("gemini")}
