"""A double of Augment's Auggie, with session files as releases up to 0.36 keep them.

Written from docs/agents/auggie.md; it knows nothing of agentlaunch.
"""

import json
import os
import sys
import time
import uuid
from pathlib import Path

from doubles.agent_double import Refusal, converse, log, replace, say, turn, words

VERSION = "0.36.0"
FLAGS = {  # auggie.md, flags: those with a value, and those without
    "value": ("--workspace-root", "-w", "--instruction", "-i", "--instruction-file", "--model", "-m", "--rules",
              "--mcp-config", "--permission", "--add-workspace", "--max-turns", "--output-format", "--augment-cache-dir"),
    "switch": ("--continue", "-c", "--allow-indexing", "--print", "-p", "--quiet", "--compact", "--dont-save-session",
               "--queue"),
}


def stamp(at=None):
    """auggie.md, fields: ISO, milliseconds, Z."""
    at = time.time() if at is None else at
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03d}Z"


def git_root(directory):
    for folder in (directory, *Path(directory).parents):
        if (Path(folder) / ".git").exists():
            return str(folder)
    return str(directory)


class Session:
    """auggie.md: ~/.augment/sessions/<uuid>.json, one JSON object."""

    def __init__(self, folder, key, root, terminal, at=None):
        self.file, self.id, self.at = Path(folder) / f"{key}.json", key, at
        self.root, self.terminal = str(root), str(terminal)
        if self.file.exists():
            self.value = json.loads(self.file.read_text())
            assert self.value["sessionId"] == key
        else:
            self.value = {
                "sessionId": key, "created": stamp(at), "modified": stamp(at), "chatHistory": [],
                "agentState": {"userGuidelines": "", "agentMemories": "", "modelId": "claude-sonnet-4-5"},
                "rootTaskUuid": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
            }

    def ask(self, text, at=None):
        """auggie.md: a node of type 4 names the folders, on later exchanges only that they did not change."""
        history = self.value["chatHistory"]
        folders = [{"repository_root": git_root(self.root), "folder_root": self.root}]
        history.append({
            "exchange": {
                "request_message": text, "response_text": "", "request_id": str(uuid.uuid4()),
                "request_nodes": [
                    {"id": 1, "type": 0, "text_node": {"content": text}},
                    {"id": 2, "type": 4, "ide_state_node": {
                        "workspace_folders": [] if history else folders,
                        "workspace_folders_unchanged": bool(history),
                        "current_terminal": {"terminal_id": 0, "current_working_directory": self.terminal}}},
                ],
                "response_nodes": []},
            "completed": False, "sequenceId": len(history) + 1, "finishedAt": stamp(at), "changedFiles": [],
        })
        self.value["modified"] = stamp(at)

    def answer(self, text, at=None):
        last = self.value["chatHistory"][-1]
        last["exchange"]["response_text"] = text
        last["exchange"]["response_nodes"] = [{"id": 1, "type": 0, "content": text}]
        last["completed"], last["finishedAt"] = True, stamp(at)
        self.value["modified"] = stamp(at)

    def save(self):
        """auggie.md, "Sessions": one JSON object in a file of the session's id."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        replace(self.file, json.dumps(self.value, ensure_ascii=False, separators=(",", ":")), "surrogatepass")

    # What a turn needs.

    def begin(self, text):
        """auggie.md, last paragraph: the prompt is recorded before the answer."""
        if not self.value["chatHistory"]:
            log("session", session=self.id)
        self.ask(text)
        self.save()
        return len(self.value["chatHistory"])

    def finish(self, answer):
        """auggie.md: saved after each exchange (since 0.17)."""
        self.answer(answer)
        self.save()


def parse(arguments):
    options, rest = {}, []
    while arguments:
        word = arguments.pop(0)
        name, equals, value = word.partition("=")
        if name in FLAGS["value"]:
            options[name] = value if equals else arguments.pop(0)
        elif name in ("--resume", "-r"):
            # auggie.md: an id or its beginning; bare it is a picker.
            options["--resume"] = value if equals else arguments.pop(0) if arguments and arguments[0][:1] != "-" else ""
        elif word in FLAGS["switch"]:
            options[word] = True
        elif word.startswith("-"):
            raise Refusal(f"error: unknown option '{word}'")
        else:
            rest.append(word)
    return options, rest


def main():
    arguments = words()
    if arguments in (["--version"], ["-v"]):
        return say(f"{VERSION}\n")
    options, rest = parse(arguments)
    if rest and rest[0] == "session":
        raise Refusal("the double has no subcommands")
    home = Path(os.environ["HOME"]) / ".augment"
    if not ((home / "session.json").exists() or os.environ.get("AUGMENT_SESSION_AUTH")):
        raise Refusal("You are not currently logged in to Augment")  # auggie.md
    if "--resume" in options and ("--continue" in options or "-c" in options):
        raise Refusal("error: --resume and --continue cannot be used together")  # auggie.md: exclusive
    if not os.isatty(0) or not os.isatty(1):
        raise Refusal("no terminal: use --print")  # auggie.md: no TTY needs --print
    cwd = os.path.realpath(os.getcwd())
    # auggie.md: -w, else the git root of the cwd, else the cwd.
    root = os.path.realpath(options.get("--workspace-root") or options.get("-w") or git_root(cwd))
    if "--allow-indexing" not in options:
        log("question", which="indexing")  # auggie.md: the first run may ask
        say("Allow indexing of this directory? ")
        while os.read(0, 1) not in (b"y", b""):
            pass
        say("\n")
    folder, asked = home / "sessions", options.get("--resume")
    if asked == "":
        raise Refusal("Pick a session")  # auggie.md: a picker, which nobody answers here
    if asked:
        # auggie.md: by id or prefix. What it does with one that is not there is undocumented: an error is assumed.
        found = sorted(folder.glob(f"{asked}*.json"))
        if len(found) != 1:
            raise Refusal(f"No session found for {asked}")
        asked = found[0].stem
    elif "--continue" in options or "-c" in options:
        raise Refusal("the double does not choose")
    session = Session(folder, asked or str(uuid.uuid4()), root, cwd)
    for exchange in session.value["chatHistory"]:
        say(f"| {exchange['exchange']['request_message'][:100]}\n")
    text = options.get("--instruction", options.get("-i", " ".join(rest)))
    if text:
        turn(session, text, "argument")  # auggie.md: with --resume it is appended, so sent again
    converse(session)


def conversations(home):
    """Every session with an exchange, oldest first."""
    found = []
    for file in Path(home).glob(".augment/sessions/*.json"):
        try:
            value = json.loads(file.read_text())
        except ValueError:
            continue  # it is being written
        if not value["chatHistory"]:
            continue
        said = [exchange["exchange"] for exchange in value["chatHistory"]]
        folder = said[0]["request_nodes"][1]["ide_state_node"]["workspace_folders"][0]["folder_root"]
        found.append((value["created"], file.stem, folder, [each["request_message"] for each in said]))
    return [tuple(each[1:]) for each in sorted(found)]


if __name__ == "__main__":
    sys.exit("install it with agent_double.install")
