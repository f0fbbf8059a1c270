"""What Auggie would find in a home, by docs/agents/auggie.md."""

import re

from damage import json_oracle
from damage.json_oracle import judge  # noqa: F401  (this oracle's too)

from .bases import FOLDER, OTHER, WORKDIR

_NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json")
_ROOT = re.compile(rb'"folder_root":"([^"]*)')


def _text(value):
    return isinstance(value, str) and value != ""


def _dicts(value):
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _file(data, key):
    value, wrong = json_oracle.parse(data)
    if value is None and wrong:
        named = _ROOT.search(data)
        if named and named[1] != WORKDIR.encode() and not WORKDIR.encode().startswith(named[1]):
            return "anything"  # what is left of it names another directory
        return "doubtful" if wrong == "doubt" else "refuses"
    if not isinstance(value, dict):
        return "anything"
    history = value.get("chatHistory")
    if not isinstance(history, list):
        return "doubtful"
    if not history:
        return "nothing" if value.get("sessionId") == key else "anything"
    folders, terminals, said = set(), set(), False
    for each in _dicts(history):
        exchange = each.get("exchange")
        if not isinstance(exchange, dict):
            continue
        said |= _text(exchange.get("request_message")) or _text(exchange.get("response_text"))
        for node in _dicts(exchange.get("request_nodes")):
            text = node.get("text_node")
            said |= isinstance(text, dict) and _text(text.get("content"))
            state = node.get("ide_state_node")
            if not isinstance(state, dict):
                continue
            folders |= {f["folder_root"] for f in _dicts(state.get("workspace_folders"))
                        if isinstance(f.get("folder_root"), str)}
            terminal = state.get("current_terminal")
            if isinstance(terminal, dict):
                terminals.add(str(terminal.get("current_working_directory")))
    around = any(WORKDIR.startswith(folder + "/") for folder in folders)
    if WORKDIR in folders or around and WORKDIR in terminals:
        return "resumes" if said and value.get("sessionId") == key else "doubtful"
    if folders == {OTHER}:
        return "nothing"
    return "anything" if folders else "doubtful"


def look(home, _scratch=None):
    return json_oracle.look(home, FOLDER, _NAME, _file)
