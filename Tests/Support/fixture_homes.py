"""Writes an agent's fixtures: a folder for each case, `home/` as the agent left it and `expect.json`.

The files are kept, not made by the tests: a fixture is a byte for byte claim.
"""

import json
import shutil
import sys
from pathlib import Path

WORKDIR = "/home/coder/project"


class Cases:
    def __init__(self, agent, store):
        self.agent, self.store = agent, store
        self.known = {}

    def case(self, states, ids=(), args=()):
        """Registers a function that is given the store's folder; its sentence is the case's note."""
        def register(make):
            self.known[make.__name__.replace("_", "-")] = (make, states, list(ids), list(args))
            return make

        return register

    def write(self):
        root = Path(__file__).resolve().parent.parent / "Fixtures" / self.agent
        for name, (make, states, ids, args) in sorted(self.known.items()):
            folder = root / name
            if folder.exists():
                if "--again" not in sys.argv:
                    continue
                shutil.rmtree(folder)
            (folder / "home" / self.store).mkdir(parents=True)
            make(folder / "home" / self.store)
            expectation = {"agent": self.agent, "workdir": WORKDIR, "args": args, "states": states, "ids": ids,
                           "own": True, "note": make.__doc__}
            (folder / "expect.json").write_text(json.dumps(expectation, indent=1) + "\n")
            print(name)
