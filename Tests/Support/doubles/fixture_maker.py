"""Makes an agent's own fixtures: homes that the agent, a crash or a bad copy left, each with what is right for it.

A maker's module registers its cases and calls `main`:
    python3 -m agents.opencode.fixtures            writes those that are missing
    python3 -m agents.opencode.fixtures --again    writes all anew (SQLite's salts differ each time)
The real files are kept, not made by the tests: a fixture is a byte for byte claim.
"""

import json
import os
import shutil
import sys
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "Fixtures"
WORKDIR = "/home/coder/project"


class Cases:
    def __init__(self, agent, below="."):
        """`below`: the makers are given this folder of the home; they make it."""
        self.agent, self.below, self.cases = agent, below, {}

    def __call__(self, state, ids=(), args=(), environment=None, project=False, file=None):
        """The decorated function fills the home it is given, and the workdir if it is one beside it; its docstring
        says why. `file`: the conversation's, from the folder of both, where the agent knows no ids."""
        def register(make):
            self.cases[make.__name__.replace("_", "-")] = (make, state, ids, args, environment, project, file)
            return make

        return register

    def main(self):
        for name, (make, state, ids, args, environment, project, file) in sorted(self.cases.items()):
            root = FIXTURES / self.agent / name
            if root.exists():
                if "--again" not in sys.argv:
                    continue
                shutil.rmtree(root)
            (root / "home").mkdir(parents=True)
            if project:
                (root / "project").mkdir()
            killed(make, root / "home" / self.below, *([root / "project"] if project else []))
            expectation = {
                "agent": self.agent, "workdir": "PROJECT" if project else WORKDIR, "args": list(args), "states": [state],
                "ids": list(ids), "own": True, "note": make.__doc__,
            }
            if file:
                expectation["file"] = file
            if environment:  # $HOME stands for the home's copy
                expectation["environment"] = environment
            (root / "expect.json").write_text(json.dumps(expectation, indent=1) + "\n")
            print(name)


def killed(work, *arguments):
    """Runs the work in a process that ends without closing anything."""
    child = os.fork()
    if child == 0:
        try:
            work(*arguments)
        except BaseException as error:  # the parent must see it
            print(work, error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def without(database, *endings):
    """A copy that lacks some of the files; call it on a store that another process left."""
    for ending in endings:
        Path(f"{database}{ending}").unlink(missing_ok=True)
