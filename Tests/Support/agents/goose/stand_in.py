"""Goose after its first turn."""

from pathlib import Path

from agents.goose import store
from doubles.stand_in import after

VERSION = " 1.45.0"


def turn(words, home, directory, speaks, **options):
    file = after(words, "-i")
    texts = [Path(file).read_text()] if file else []
    # It makes the row before anything else.
    store.write(home, directory, texts if speaks else [], after(words, "--session-id"), name=after(words, "--name"), **options)
    return []
