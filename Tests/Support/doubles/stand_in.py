"""Stand-ins for agents: what its arguments say is written to the store, as by an agent that was stopped after its first turn.

An agent's stand-in (agents/<agent>/stand_in.py) has its VERSION and
    turn(words, home, directory, speaks, answered=…)    writes it; the files that the agent holds open then
Variables that tests may set:
  STAND_IN        silent: writes no message; interrupted: no answer; waits: until a signal, as an agent that runs
  STAND_IN_LOG    JSON lines of its starts
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

import agents
from doubles.files import append


def after(words, flag):
    return words[words.index(flag) + 1] if flag in words else None


def prompt(words):
    """The words behind `--`: a prompt, or nothing."""
    return words[words.index("--") + 1:] if "--" in words else []


def run(agent):
    stand_in, words = agents.part(agent, "stand_in"), sys.argv[1:]
    if "--version" in words:
        print(stand_in.VERSION)
        return
    append(Path(os.environ["STAND_IN_LOG"]), [{"agent": agent, "argv": words, "cwd": os.getcwd()}])
    behaviour = os.environ.get("STAND_IN")
    files = stand_in.turn(words, os.environ["HOME"], os.getcwd(), speaks=behaviour != "silent",
                          answered=behaviour != "interrupted")
    with contextlib.ExitStack() as held:
        for file in files:
            held.enter_context(open(file, "a"))
        while behaviour == "waits":
            signal.pause()


def install(folder, agent):
    """A program of the agent's name that is the stand-in."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / agent
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})\n"
        f"from doubles import stand_in\nstand_in.run({agent!r})\n"
    )
    program.chmod(0o755)
