"""What the tests know of each agent: a folder for each, of modules that every agent has or some have.

    part("goose", "oracle")    the module agents/goose/oracle.py; None where there is none; for an agent of JSON lines its
                               `SESSIONS`, which has what such a module has (doubles/line_sessions.py)
    with_part("oracle")        {agent: that module}, for the agents that have it
"""

import importlib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def names():
    return sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))


def part(agent, name):
    if (FOLDER / agent / f"{name}.py").exists():
        return importlib.import_module(f"agents.{agent}.{name}")
    return getattr(part(agent, "store"), "SESSIONS", None) if name in ("homes", "bases", "oracle") else None


def with_part(name):
    found = {agent: part(agent, name) for agent in names()}
    return {agent: module for agent, module in found.items() if module}
