"""Several conversations of one directory in Codex's own store."""

import json

from agents.codex import store
from doubles.conversations import ODD, moment

folder = ".codex/sessions"
decoys = ("sub-agent", "archived", "nothing said")


def put(home, directory, text, number, what=None):
    key = f"019a0000-0000-7000-8000-{number:012x}"
    store.write(home, directory, [text], key, moment(number))
    [file] = (home / ".codex/sessions").rglob(f"*-{key}.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    if what == "sub-agent":  # docs/agents/codex.md#store, the table of sources
        lines[0]["payload"] |= {"source": {"subagent": "review"}, "thread_source": "subagent"}
    elif what == "nothing said":
        lines = lines[:1]
    elif what == "unreadable":
        lines[2]["payload"]["content"] = [{"type": "input_text", "text": ODD}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    if what == "archived":  # 4.2: moved flat
        (home / ".codex/archived_sessions").mkdir(exist_ok=True)
        file.rename(home / ".codex/archived_sessions" / file.name)
    return key
