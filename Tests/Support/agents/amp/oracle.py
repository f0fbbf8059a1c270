"""What Amp's older releases would find in a home, by docs/agents/amp.md."""

import re
from urllib.parse import unquote

from damage import json_oracle
from damage.json_oracle import judge  # noqa: F401  (this oracle's too)

from .bases import FOLDER, OTHER, WORKDIR

_NAME = re.compile(r"(T-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json")
_URI = re.compile(rb'"uri":"([^"]*)"')


def _file(data, key):
    value, wrong = json_oracle.parse(data)
    if value is None and wrong:
        named = _URI.search(data)
        if named and unquote(named[1].decode("latin-1")) != "file://" + WORKDIR:
            return "anything"  # what is left of it names another directory
        return "doubtful" if wrong == "doubt" else "refuses"
    if not isinstance(value, dict):
        return "anything"
    places = set()
    try:
        for tree in value["env"]["initial"]["trees"]:
            if isinstance(tree, dict) and isinstance(tree.get("uri"), str):
                places.add(unquote(tree["uri"]).rstrip("/"))
    except (KeyError, TypeError):
        pass
    here = "file://" + WORKDIR in places
    messages = value.get("messages")
    if places == {"file://" + OTHER}:
        return "nothing"
    if not here:
        return "anything" if places else "nothing" if messages == [] and value.get("id") == key else "doubtful"
    if not isinstance(messages, list):
        return "doubtful"
    if not messages:
        return "nothing" if value.get("id") == key else "anything"
    said = any(isinstance(m, dict) and m.get("role") in ("user", "assistant") for m in messages)
    return "resumes" if said and value.get("id") == key else "doubtful"


def look(home, _scratch=None):
    return json_oracle.look(home, FOLDER, _NAME, _file)
