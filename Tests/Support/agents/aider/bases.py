"""Aider homes before the damage; a home is {relative path: bytes}."""

import hashlib
import tempfile
from pathlib import Path

from agents.aider.double import History
from damage.text_mutations import STRATA  # noqa: F401  (the campaign asks for it here)

WORKDIR = "/home/coder/project"
FOLDER = f".local/state/agentlaunch/aider/default-{hashlib.sha256(WORKDIR.encode()).hexdigest()[:16]}/"


def file(name="chat.md", turns=2, starts=1, answered=True, first="please do step 0\n\nand mind the gap"):
    with tempfile.TemporaryDirectory() as scratch:
        history = History(Path(scratch) / name)
        for start in range(starts):
            history.start(f"2026-11-21 0{start}:00:00")
        for turn in range(turns):
            history.ask(first if turn == 0 else f"step {turn}")
            if answered or turn < turns - 1:
                history.answer(f"## Step {turn}\n\nis done — at last\n" * (1 + turn % 3))
        return {FOLDER + name: history.file.read_bytes()}


def bases():
    return {
        "one": file(turns=1),
        "one-unanswered": file(turns=1, answered=False),
        "long": file(turns=30),
        "many-starts": file(turns=1, starts=9),
        "two-files": {**file(), **file("chat-2.md", 1)},
        "second-only-started": {**file(), **file("chat-2.md", 0)},
        "command": file(turns=1, first="/ask what is it?"),
        "started": file(turns=0),
        "started-often": {**file(turns=0, starts=5), **file("chat-2.md", 0)},
        "command-only": file(turns=1, first="/exit", answered=False),
    }
