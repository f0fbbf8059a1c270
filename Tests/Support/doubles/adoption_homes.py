"""Several conversations of one directory in each agent's own store, made by its double or its fixtures' maker.

    homes = HOMES["cursor"]                                            the module agents/cursor/homes.py
    homes.put(home, directory, "the first message", number=1)          a conversation of its own; its id
    homes.put(home, directory, "…", number=2, what="sub-agent")        one of `homes.decoys`, which nobody resumes
    homes.put(home, directory, "…", number=3, what="unreadable")       its first message is of an unknown form

The number makes the id and the time: a higher one is newer.
"""

import hashlib
import json
import os

import agents

_EVERY = agents.with_part("homes")
HOMES = {agent: module for agent, module in _EVERY.items() if hasattr(module, "decoys")}
ONE_OF_A_DIRECTORY = {agent: module for agent, module in _EVERY.items() if agent not in HOMES}


def hold(home, agent, directory, name, identity):
    """The record of a conversation of this name, as agentlaunch writes it, with another prompt than any here."""
    digest = hashlib.sha256(os.fsencode(str(directory))).hexdigest()[:16]
    folder = home / ".local/state/agentlaunch" / agent / f"{name}-{digest}"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(json.dumps({
        "schema": "agentlaunch.record/1", "agent": agent, "workdir": str(directory), "name": name, "session": identity,
        "sessionName": None, "origin": "captured", "store": str(home), "startedAt": "2026-09-21T00:00:00Z", "prompts": [],
    }))
