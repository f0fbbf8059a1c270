"""What Aider would find in a home, by docs/agents/aider.md."""

import itertools
import re

from damage.json_oracle import judge  # noqa: F401  (this oracle's too)

from .bases import FOLDER

_NAME = re.compile(r"chat(?:-([2-9]|[1-9][0-9]+))?\.md")


def _file(data):
    """The kinds are those of json_oracle."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        # It begins without the history.
        return "refuses" if b"#### " in data else "anything"
    # What Python's text mode and splitlines() make of it.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").splitlines()
    # Lines that follow one another are one message: a command may have several.
    groups = itertools.groupby(lines, lambda line: line.startswith("#### "))
    said = ["\n".join(line[5:] for line in group).strip() for is_said, group in groups if is_said]
    said = [text for text in said if text not in ("", "<blank>")]
    stray = [line for line in lines if line.strip() and not line.startswith(("# ", "> ", "#### ")) and line != ">"]
    if any(text[0] not in "/!" for text in said):
        return "resumes"
    if said:
        return "doubtful" if stray else "nothing"
    return "anything" if stray else "nothing"


def look(home, _scratch=None):
    numbers = {}
    for name, data in home.items():
        match = _NAME.fullmatch(name[len(FOLDER):]) if name.startswith(FOLDER) else None
        if match:
            numbers[int(match[1] or 1)] = _file(data)
    # The newest that says anything is the one that is meant. A conversation has no id.
    kind = next((numbers[number] for number in sorted(numbers, reverse=True) if numbers[number] != "nothing"), "nothing")
    ids = [] if kind in ("nothing", "refuses") else [None]
    return {"kind": kind, "ids": ids, "doubts": set()}
