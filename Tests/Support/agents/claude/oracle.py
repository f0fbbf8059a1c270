"""What Claude Code would find in a copy, by docs/agents/claude.md."""

import re

from damage import line_oracle
from damage.line_bases import WORKDIR
from damage.line_oracle import judge, read  # noqa: F401  (judge is this oracle's too)

FOLDER = ".claude/projects/" + re.sub(r"[^A-Za-z0-9]", "-", WORKDIR) + "/"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl")


def _talk(line):
    """Somebody said something: not a slash command's echo, not a line the CLI made up."""
    if line.get("isMeta"):
        return False
    content = (line.get("message") or {}).get("content")
    if isinstance(content, list) and content and isinstance(content[0], dict):
        content = content[0].get("text", "x")
    return not (isinstance(content, str) and re.match(r"\s*<(command-|local-command)", content))


def _file(data):
    """resumes: demanded. doubtful: warm or unknown. anything: no fact says. nothing: refused."""
    sure = doubtful = lesser = False
    here, elsewhere = False, False
    for line in data.split(b"\n"):
        value, doubt = read(line)
        if value is None and doubt:
            doubtful = True
        if not isinstance(value, dict) or value.get("type") not in ("user", "assistant"):
            continue
        if value.get("isSidechain") is True:
            continue
        if not isinstance(value.get("message"), dict) or not _talk(value):
            lesser = True  # 5: warm by its type, but there is nothing in it
            continue
        here |= value.get("cwd") == WORKDIR
        elsewhere |= isinstance(value.get("cwd"), str) and value["cwd"] != WORKDIR
        # Half a pair is JavaScript's own, a bad byte is read as U+FFFD; NULs and byte order
        # marks around the value are doubt.
        if doubt and (b"\0" in line or b"\xef\xbb\xbf" in line):
            doubtful = True
        else:
            sure = True
    if sure and here:
        return "resumes"
    if sure and elsewhere:
        return "anything"  # 3.2: the folder's name is not injective; the damage named another
    if sure or doubtful:
        return "doubtful"
    return "anything" if lesser else "nothing"


def look(home, _scratch=None):
    files = []
    for name, data in home.items():
        base = name[len(FOLDER):]
        if name.startswith(FOLDER) and _ID.fullmatch(base):
            files.append((_file(data), base[:-6]))
    return line_oracle.combine(files)
