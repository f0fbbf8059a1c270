"""Several conversations of one directory in Amp's own store.

Threads as releases up to early 2026 kept them; later ones are on its server only, and of no directory."""

import json

from agents.amp import double
from doubles.conversations import ODD, seconds

folder = ".local/share/amp/threads"
decoys = ("nothing said",)


def put(home, directory, text, number, what=None):
    key = f"T-019a0000-0000-7000-8000-{number:012x}"
    value = double.legacy(key, str(directory), [] if what == "nothing said" else [text], seconds(number) * 1000)
    if what == "unreadable":
        value["messages"][0]["content"] = [{"type": "text", "text": ODD}]
    folder = home / ".local/share/amp/threads"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{key}.json").write_text(json.dumps(value))
    return key
