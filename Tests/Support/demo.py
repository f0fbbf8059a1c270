"""The real Codex CLI: started cold with a prompt, stopped, started warm; the prompt is given once.

The model is a server on loopback, the home a scratch folder; both are gone afterwards. scripts/demo builds what this
needs and runs it.
"""

import pathlib
import signal
import subprocess
import sys
import tempfile

from agents.codex.real import Codex
from digests import sha256
from model_servers.server import items
from real_agents import ROOT
from waiting import until

TASK = "Say hello to the harbour"
MESSAGE = "And now to the lighthouse"


def show(text):
    print(f"\n=== {text}", flush=True)


def plan(codex):
    """What a start at this moment would run."""
    run = subprocess.run(
        [codex.binary, "codex", "--direct", "--workdir", codex.workdir, "--prompt", TASK, "--dry-run"],
        env=codex.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )
    if run.returncode != 0:
        sys.exit(f"scripts/demo: the dry run ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    print(run.stdout, end="")


def start(codex):
    terminal = codex.launch(prompt=TASK)
    terminal.wait_quiet()
    return terminal


def last_answer(codex, identity):
    return codex.answers(codex.conversations()[identity])[-1]


def demonstrate(codex):
    show("The first plan: nothing on disk yet")
    plan(codex)

    show("Start: Codex gets the prompt and answers")
    terminal = start(codex)
    identity = codex.answered(TASK)
    terminal.wait_quiet()
    print(f"you:    {TASK}\nCodex:  {last_answer(codex, identity)}")
    terminal.stop()
    print(f"stopped; its conversation is {identity}")

    show("The second plan: the same command, but now there is a conversation")
    plan(codex)

    show("Start again, and type a message")
    asked = len(codex.server.requests())
    terminal = start(codex)
    print(f"requests to the model before anything is typed: {len(codex.server.requests()) - asked}")
    terminal.say(MESSAGE)
    request = codex.asked(MESSAGE)
    # The first answer stands in the store already.
    until(lambda: MESSAGE in last_answer(codex, identity), "an answer to the message")
    print(f"you:    {MESSAGE}\nCodex:  {last_answer(codex, identity)}")
    terminal.stop()

    show("What the model server saw in the last request")
    texts = items(request)
    given = texts.count(sha256(TASK))
    print(f"the prompt: {given} time; the new message: {texts.count(sha256(MESSAGE))} time; conversations on disk: "
          f"{len(codex.conversations())}")
    codex.assert_given_once(TASK, identity, request)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a stopped demo cleans up too
    with tempfile.TemporaryDirectory(prefix="demo.") as folder:
        codex = Codex(pathlib.Path(folder), str(ROOT / ".build/debug/agentlaunch"))
        try:
            codex.answer_first_run()
            demonstrate(codex)
        finally:
            codex.close()
    show("Done: one conversation, one prompt, given once. The scratch home is gone.")


main()
