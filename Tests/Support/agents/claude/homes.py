"""Several conversations of one directory in Claude Code's own store."""

import json

from agents.claude import store
from doubles.conversations import ODD, moment, uuid
from doubles.files import append

folder = ".claude/projects"
decoys = ("sub-agent", "nothing said")


def put(home, directory, text, number, what=None):
    key = store.write(home, directory, [text], uuid(number), moment(number))
    [file] = home.glob(f".claude/projects/*/{key}.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    if what == "sub-agent":
        # docs/agents/claude.md#store: beside the sessions with its parent's id, or in a parent's folder.
        lines = [{**line, "isSidechain": True} for line in lines]
        below = file.with_suffix("") / "subagents/agent-0a1b2c3.jsonl"
        append(below, lines)
        append(file.with_name("agent-0a1b2c3.jsonl"), lines)
    elif what == "nothing said":
        lines = lines[:1]
    elif what == "unreadable":
        lines[1]["message"]["content"] = ODD
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return key
