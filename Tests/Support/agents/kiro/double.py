"""A double of Kiro's CLI (`kiro-cli`), release 2.27, with the stores of its three engines.

Written from docs/agents/kiro.md; it knows nothing of agentlaunch.

Variables that tests may set beside those of doubles/agent_double.py:
  KIRO_DOUBLE_ENGINE    the engine of a start without an engine's flag: v1, v2 (default), v3
  KIRO_DOUBLE_VERSION   what --version says
"""

import json
import os

from agents.kiro.engines import ENGINES, SUMMARY, database_file, kiro_home, prompts
from doubles.agent_double import Refusal, converse, log, rows, say, turn, words

VERSION = "2.27.1"


def parse(arguments):
    """kiro.md, "Flags"."""
    takes = {"--resume-id", "--agent", "--model", "--trust-tools", "--agent-engine", "--effort"}
    switches = {"--resume": "--resume", "-r": "--resume", "--trust-all-tools": "-a", "-a": "-a", "--classic": "v1",
                "--v2": "v2", "--tui": "v2", "--v3": "v3"}
    options, rest = {}, []
    while arguments:
        word = arguments.pop(0)
        name, equals, value = word.partition("=")
        if name in takes:
            if not equals and not arguments:
                raise Refusal(f"error: a value is required for '{name}'", 2)
            options[name] = value if equals else arguments.pop(0)
        elif word in switches:
            found = switches[word]
            options["--agent-engine" if found in ENGINES else found] = found if found in ENGINES else True
        elif word.startswith("-"):
            raise Refusal(f"error: unexpected argument '{word}' found", 2)
        else:
            rest.append(word)
    return options, rest


# What it shows where its prompt is typed.
TYPED_BOX = "─" * 60 + "\r\n│ ask a question\r\n" + "─" * 60 + "\r\n"


def main():
    arguments = words()
    if arguments in (["--version"], ["-V"]):
        return say(f"kiro-cli {os.environ.get('KIRO_DOUBLE_VERSION', VERSION)}\n")
    if arguments[:1] != ["chat"]:
        raise Refusal(f"error: unrecognized subcommand '{arguments[:1]}'", 2)
    options, rest = parse(arguments[1:])
    engine = options.get("--agent-engine", os.environ.get("KIRO_DOUBLE_ENGINE", "v2"))
    if engine not in ENGINES:
        raise Refusal(f"error: invalid value '{engine}' for '--agent-engine'", 2)
    # kiro.md: engines cannot resume one another's sessions; each looks into its own store.
    session = ENGINES[engine](os.environ, os.getcwd(), options.get("--resume-id"))
    log("conversation", session=session.id, engine=engine, resumed="--resume-id" in options)
    for old in session.texts:
        say(f"| {old}\n")
    if engine == "v1" and "--resume-id" in options:
        turn(session, SUMMARY, "summary")  # as Amazon Q: kiro.md, "Warm + no INPUT"
    if rest and engine == "v1":
        turn(session, rest[0], "argument")  # kiro.md, "Positional prompt": the other interfaces lose it
    converse(session, typed_box=TYPED_BOX)
    session.close()


def conversations(home):
    """What every engine holds, with what was said there."""
    environment, found = {"HOME": str(home)}, []
    for key, directory, value in rows(
            database_file(environment), "SELECT conversation_id, key, value FROM conversations_v2 ORDER BY rowid"):
        texts = [item["user"]["content"]["Prompt"]["prompt"] for item in json.loads(value)["history"]]
        found.append((key, directory, [text for text in texts if text != SUMMARY]))
    sessions = kiro_home(environment) / "sessions"
    for file in sorted(sessions.glob("cli/*.json")):
        found.append((file.stem, json.loads(file.read_text())["cwd"], prompts(file.with_suffix(".jsonl"))))
    for file in sorted(sessions.glob("*/*/session.json")):
        value = json.loads(file.read_text())
        whole, _, _ = (file.parent / "messages.jsonl").read_text().rpartition("\n")  # the last one may still be written
        lines = [json.loads(text)["payload"] for text in whole.splitlines()]
        found.append((file.parent.name, value["workspacePaths"][0],
                      [line["content"] for line in lines if line["type"] in ("user", "session_start")]))
    return found
