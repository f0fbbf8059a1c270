"""Homes of Amp's older releases before the damage; a home is {relative path: bytes}."""

import json

from agents.amp.double import legacy
from damage.json_mutations import Store, strata

WORKDIR, OTHER = "/home/coder/project", "/home/coder/other"
FOLDER = ".local/share/amp/threads/"
KEYS = [
    b'"id":', b'"messages":', b'"trees":', b'"uri":', b'"role":"user"', b'"role":"assistant"', b'"content":',
]
STRATA = strata(Store("/threads/", KEYS))


def file(number, directory=WORKDIR, turns=2, **more):
    key = f"T-019a0000-0000-7000-8000-{number:012d}"
    texts = [f"please do step {turn} " + "and mind the gap " * (turn * 7 % 23) for turn in range(turns)]
    value = legacy(key, directory, texts, at=1790928000000 + number * 60_000, **more)
    indent = 2 if number % 2 else None
    separators = None if indent else (",", ":")
    return {FOLDER + key + ".json": json.dumps(value, indent=indent, separators=separators).replace('": ', '":').encode()}


def bases():
    pointer = {".local/share/amp/session.json": b'{"lastThreadId":"T-019a0000-0000-7000-8000-000000000009"}'}
    return {
        "one": file(5),
        "one-turn": file(6, turns=1),
        "long": {**file(5, turns=40), **pointer},
        "unanswered": file(6, turns=1, answered=False),
        "two": {**file(5, turns=3), **file(6)},
        "three": {**file(3), **file(4), **file(8, turns=5)},
        "among-others": {**file(1, OTHER, 8), **file(2, turns=0), **file(6, turns=4)},
        "nobodys-here": {**file(1, OTHER, 8), **file(2, turns=0), **pointer},
        "empty-only": file(2, turns=0),
    }
