"""Auggie homes before the damage; a home is {relative path: bytes}."""

import tempfile

from agents.auggie.double import Session
from damage.json_mutations import Store, strata

WORKDIR, OTHER = "/home/coder/project", "/home/coder/other"
FOLDER = ".augment/sessions/"
AT = 1790928000
KEYS = [
    b'"sessionId":', b'"chatHistory":', b'"exchange":', b'"request_message":', b'"response_text":', b'"folder_root":',
    b'"workspace_folders":',
]
STRATA = strata(Store("/sessions/", KEYS))


def key(number):
    return f"239d908c-d7f3-4625-82bf-{number:012d}"


def file(number, root=WORKDIR, turns=2, terminal=None, answered=True):
    with tempfile.TemporaryDirectory() as scratch:
        session = Session(scratch, key(number), root, terminal or root, AT + number * 60)
        for turn in range(turns):
            session.ask(f"please do step {turn} " + "and mind the gap " * (turn * 7 % 23), AT + number * 60 + turn)
            if answered or turn < turns - 1:
                session.answer(f"step {turn} is done", AT + number * 60 + turn)
        for turn, each in enumerate(session.value["chatHistory"]):
            each["exchange"]["request_id"] = key(1000 + turn)
        session.save()
        return {FOLDER + session.file.name: session.file.read_bytes(),
                ".augment/session.json": b'{"accessToken":"not-a-token"}'}


def bases():
    return {
        "one": file(5),
        "one-turn": file(5, turns=1),
        "long": file(5, turns=40),
        "unanswered": file(5, turns=1, answered=False),
        "two": {**file(5, turns=3), **file(6)},
        "among-others": {**file(1, OTHER, 8), **file(2, turns=0), **file(5, turns=4)},
        "repository": {**file(1, OTHER), **file(5, "/home/coder", terminal=WORKDIR)},
        "nobodys-here": {**file(1, OTHER, 8), **file(2, turns=0)},
        "empty-only": file(2, turns=0),
    }
