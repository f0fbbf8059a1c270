"""Claude Code after its first turn."""

from pathlib import Path

from agents.claude import store
from doubles import stand_in
from doubles.files import lines_of_any
from doubles.stand_in import after, prompt

VERSION = "2.1.329 (Claude Code)"


def turn(words, home, directory, speaks, **options):
    if speaks and prompt(words):
        store.write(home, directory, prompt(words), after(words, "--session-id") or after(words, "--resume"), **options)
    return []


def conversations(home):
    return [
        (file.stem, None, [line["message"]["content"] for line in lines_of_any(file) if line.get("type") == "user"])
        for file in sorted(Path(home).glob(".claude/projects/*/*.jsonl"))
    ]


def run():
    stand_in.run("claude")
