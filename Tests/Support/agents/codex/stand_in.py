"""Codex after its first turn."""

from pathlib import Path

from agents.codex import store
from doubles import stand_in
from doubles.files import lines_of_any
from doubles.stand_in import after, prompt

VERSION = "codex-cli 0.163.0"


def turn(words, home, directory, speaks, **options):
    token = after(words, "resume")
    if speaks and prompt(words):
        token = store.write(home, directory, prompt(words), token, **options)
    # It has the rollout of its thread open as long as it runs.
    return Path(home, ".codex/sessions").rglob(f"*-{token}.jsonl")


def said(file):
    return [line["payload"]["content"][0]["text"] for line in lines_of_any(file)
            if line.get("type") == "response_item" and line["payload"].get("role") == "user"]


def conversations(home):
    files = sorted(Path(home).glob(".codex/sessions/**/rollout-*.jsonl"))
    return [(file.stem[-36:], None, said(file)) for file in files]


def run():
    stand_in.run("codex")
