"""A double of Amazon Q's CLI (`q`), release 1.19, with its store.

Written from docs/agents/amazonq.md; it knows nothing of agentlaunch.

Variables that tests may set beside those of doubles/agent_double.py:
  AMAZONQ_DOUBLE_SIGNED_OUT   nobody has signed in
"""

import json
import os
from pathlib import Path

from doubles import q_store
from doubles.agent_double import Refusal, converse, log, rows, say, turn, words

VERSION = "1.19.7"
# amazonq.md, "Warm + no INPUT": the source asks for a summary by itself. The words are the double's own.
SUMMARY = "Please sum up what we said."


def database_file(environment):
    """amazonq.md, "Data": ${XDG_DATA_HOME:-~/.local/share}/amazon-q/data.sqlite3, no other override."""
    base = environment.get("XDG_DATA_HOME", "")
    base = Path(base) if base.startswith("/") else Path(environment["HOME"]) / ".local/share"
    return base / "amazon-q/data.sqlite3"


class Conversation:
    def __init__(self, database, key, prior):
        self.run, self.key = database.execute, key
        self.value = prior or q_store.conversation([])
        self.id = self.value["conversation_id"]
        self.asked = None

    @property
    def texts(self):
        return said(self.value)

    def begin(self, text):
        """amazonq.md, "Written only in push_assistant_message": nothing is written before the answer."""
        self.asked = text
        return len(self.texts) + (text != SUMMARY)

    def finish(self, answer):
        turns = self.value["history"] + [q_store.turn(self.key, self.asked, answer)]
        new = q_store.conversation(turns, self.id)
        self.value = {**self.value, **{name: new[name] for name in ("history", "transcript", "valid_history_range")}}
        q_store.replace(self.run, self.key, self.value)
        log("stored", key=self.key, turns=len(turns))


def said(value):
    """What a person or a launcher said."""
    prompts = [item["user"]["content"].get("Prompt", {}).get("prompt") for item in value["history"]]
    return [text for text in prompts if text not in (None, SUMMARY)]


def parse(arguments):
    """amazonq.md, "Flags"; clap: unknown ones are an error, `--` ends them, one INPUT."""
    takes = {"--agent", "--profile", "--model", "--trust-tools", "-w", "--wrap"}
    switches = {"-r": "--resume", "-a": "--trust-all-tools", "--resume": "--resume",
                "--trust-all-tools": "--trust-all-tools", "--no-interactive": "--no-interactive"}
    options, rest = {}, []
    while arguments:
        word = arguments.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += arguments
            break
        if name in takes:
            if not equals and not arguments:
                raise Refusal(f"error: a value is required for '{name}'", 2)
            options[name] = value if equals else arguments.pop(0)
        elif word in switches:
            options[switches[word]] = True
        elif word.startswith("-"):
            raise Refusal(f"error: unexpected argument '{word}' found", 2)
        else:
            rest.append(word)
    if len(rest) > 1:
        raise Refusal(f"error: unexpected argument '{rest[1]}' found", 2)
    return options, rest[0] if rest else None


def main():
    arguments = words()
    if arguments in (["--version"], ["-V"]):
        return say(f"q {VERSION}\n")
    if arguments[:1] == ["chat"]:  # amazonq.md, "`chat` is the default subcommand"
        arguments.pop(0)
    options, text = parse(arguments)
    database = q_store.connect(database_file(os.environ), q_store.AMAZONQ)
    if os.environ.get("AMAZONQ_DOUBLE_SIGNED_OUT"):
        raise Refusal("You are not logged in, please log in with q login")
    if "--no-interactive" in options and text is None and "--resume" not in options:
        raise Refusal("Input must be supplied when running in non-interactive mode")  # amazonq.md, "No TTY"
    key = os.getcwd()  # amazonq.md, "key": getcwd, the physical path
    prior = None
    if "--resume" in options:  # amazonq.md, "Row is read only with --resume"
        row = database.execute("SELECT value FROM conversations WHERE key = ?", (key,)).fetchone()
        # amazonq.md, "Warm rule": otherwise it falls through to a new conversation, silently.
        if row and q_store.is_conversation(row[0]) and json.loads(row[0])["history"]:
            prior = json.loads(row[0])
            text = SUMMARY if text is None else text
    conversation = Conversation(database, key, prior)
    log("conversation", session=conversation.id, resumed=prior is not None)
    say("going on\n" if prior else "a new conversation\n")  # the double's own lines: q itself says nothing
    for old in conversation.texts:
        say(f"| {old}\n")
    if text is not None:
        turn(conversation, text, "summary" if text == SUMMARY else "argument")
    if "--no-interactive" not in options:
        converse(conversation)


def conversations(home):
    """Every row, with what was said there."""
    found = []
    for key, value in rows(database_file({"HOME": str(home)}), "SELECT key, value FROM conversations ORDER BY rowid"):
        value = json.loads(value)
        found.append((value["conversation_id"], key, said(value)))
    return found
