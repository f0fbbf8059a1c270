"""A double of GitHub's Copilot CLI, with sessions as release 1.0.64 keeps them.

Written from docs/agents/copilot.md and from runs of the real release
(1.0.64-0); it knows nothing of agentlaunch. Its own variable:
  COPILOT_DOUBLE_RELEASE   1.0.64 (default) or an older one
"""

import json
import os
import re
import time
import uuid
from pathlib import Path

from doubles.agent_double import Refusal, converse, log, say, words

# 1.0.64 takes versions 1, 4 and 7 and refuses 9 and variants beyond 8 to b (measured; copilot.md#command-line say: version 4 only).
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.I)


def release():
    return tuple(map(int, os.environ.get("COPILOT_DOUBLE_RELEASE", "1.0.64").split(".")))


def home_folder(environment):
    """copilot.md#store: $COPILOT_HOME or ~/.copilot; XDG_* not used."""
    return Path(environment.get("COPILOT_HOME") or environment["HOME"] + "/.copilot")


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(at)) + f"{int(at * 1000) % 1000:03}Z"


class Session:
    """copilot.md#store: session-state/<uuid>/ with workspace.yaml at once and events.jsonl with the first message."""

    def __init__(self, folder, directory, at=None, version="1.0.64-0"):
        self.folder, self.directory, self.id = Path(folder), directory, Path(folder).name
        self.at, self.version, self.parent, self.resumed = at, version, None, False
        self.file = self.folder / "events.jsonl"

    def now(self):
        if self.at is None:
            return time.time()
        self.at += 1
        return self.at

    def open(self, name=None):
        """copilot.md#store: dir + workspace.yaml + checkpoints/ appear at process start; 0700 and 0600."""
        (self.folder / "checkpoints").mkdir(parents=True, exist_ok=True)
        (self.folder / "checkpoints" / "index.md").write_text("# Checkpoint History\n")
        self.folder.chmod(0o700)
        if not (self.folder / "workspace.yaml").exists():
            now = stamp(self.now())
            (self.folder / "workspace.yaml").write_text(
                f"id: {self.id}\ncwd: {self.directory}\nclient_name: github/cli\n"
                + (f"name: {name}\nuser_named: true\n" if name else "")
                + f"created_at: {now}\nupdated_at: {now}\n")
        return self

    def event(self, kind, data):
        """copilot.md#store: events.jsonl, one object a line, its mode 0600."""
        key = str(uuid.uuid5(uuid.UUID(self.id), f"{kind} {self.file.stat().st_size if self.file.exists() else 0}"))
        line = {"type": kind, "data": data, "id": key, "timestamp": stamp(self.now()), "parentId": self.parent}
        self.parent = key
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(descriptor, (json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n").encode(
            "utf-8", "surrogatepass"))
        os.close(descriptor)

    def start(self):
        context = {"cwd": self.directory}
        if not self.file.exists():
            self.event("session.start", {
                "sessionId": self.id, "version": 1, "producer": "copilot-agent", "copilotVersion": self.version,
                "startTime": stamp(self.now()), "context": context, "alreadyInUse": False})
            log("session", session=self.id)
        elif not self.resumed:
            self.event("session.resume", {"resumeTime": stamp(self.now()), "eventCount": len(self.events()),
                                          "context": context, "alreadyInUse": False})
        self.resumed = True
        self.event("session.model_change", {"newModel": "gpt-4o"})
        self.event("system.message", {"role": "system", "content": "You are a double."})

    def events(self):
        """copilot.md#damage: any unparsable line fails the resume; trailing NULs are passed over."""
        found = []
        data = self.file.read_bytes().rstrip(b"\0") if self.file.exists() else b""
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.strip():
                try:
                    found.append(json.loads(line.decode("utf-8", "replace")))
                except ValueError as error:
                    raise Refusal(f"Session file is corrupted (line {number}: SyntaxError: {error})")
        return found

    # What a turn needs.

    def begin(self, text):
        """copilot.md#store: user.message and assistant.turn_start are on disk while the reply streams."""
        self.start()
        self.event("user.message", {"content": text, "transformedContent": f"<current_datetime/>\n\n{text}",
                                    "attachments": [], "interactionId": str(uuid.uuid4())})
        self.event("assistant.turn_start", {"turnId": "0"})
        return len(said(self.folder))

    def finish(self, answer):
        self.event("assistant.message", {"messageId": str(uuid.uuid4()), "content": answer, "toolRequests": []})
        self.event("assistant.turn_end", {"turnId": "0"})


def said(folder):
    """The user's messages, oldest first."""
    file = Path(folder) / "events.jsonl"
    texts = []
    for line in file.read_bytes().split(b"\n")[:-1] if file.exists() else []:  # the last line may be being written
        event = json.loads(line)
        if event["type"] == "user.message":
            texts.append(event["data"]["content"])
    return texts


def parse(arguments):
    options = {}
    while arguments:
        word = arguments.pop(0)
        name, equals, value = word.partition("=")
        if name == "--session-id":
            if release() < (1, 0, 51):
                raise Refusal("error: unknown option '--session-id'")  # copilot.md#command-line
            options[name] = value if equals else arguments.pop(0)
        elif name in ("--model", "--allow-tool", "--add-dir", "--log-dir"):
            options[name] = value if equals else arguments.pop(0)
        elif name in ("--resume", "-r"):
            options["--resume"] = value if equals else ""
        elif word in ("--allow-all-tools", "--allow-all", "--yolo", "--no-auto-update", "--continue"):
            options[word] = True
        elif word.startswith("-"):
            raise Refusal(f"error: unknown option '{word}'")
        else:
            raise Refusal("error: too many arguments")
    if "--continue" in options and "--session-id" in options:
        raise Refusal("cannot be used with option '--continue'")  # copilot.md#command-line
    return options


def is_trusted(home, directory):
    """copilot.md#unattended: a parent covers children; COPILOT_ALLOW_ALL skips the question, --allow-all does not."""
    if os.environ.get("COPILOT_ALLOW_ALL"):
        return True
    try:
        text = "".join(line for line in open(home / "config.json") if not line.lstrip().startswith("//"))
        folders = json.loads(text).get("trustedFolders", [])
    except (OSError, ValueError):
        return False
    return any(directory == folder or directory.startswith(folder.rstrip("/") + "/") for folder in folders)


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


# What it shows where its prompt is typed.
TYPED_BOX = "─" * 60 + "\r\n❯ \x1b[?25h"


def main():
    arguments = words()
    if arguments in (["--version"], ["-v"]):
        return say("GitHub Copilot CLI " + ".".join(map(str, release())) + ".\n")
    options = parse(arguments)
    home, directory = home_folder(os.environ), os.getcwd()
    state = home / "session-state"
    if not os.isatty(0):
        raise Refusal("No prompt provided. Run in an interactive terminal or provide a prompt with -p or via"
                      " standard in.")  # copilot.md#signals-and-exit-status
    key = options.get("--session-id") or options.get("--resume")
    if key:
        key = key.lower()
        session = Session(state / key, directory)
        there = session.file.exists() and session.file.read_bytes().strip(b"\0 \t\r\n")
        if (state / f"{key}.jsonl").exists():
            raise Refusal("uses a legacy flat JSONL transcript format that is no longer supported")  # copilot.md#when-it-is-written
        if "--resume" in options and not there and release() >= (1, 0, 51):
            raise Refusal(f"Error: No session, task, or name matched '{key}'")  # copilot.md#command-line, 2.6
        if not there and not UUID.fullmatch(key):
            raise Refusal("not a valid UUID, so a new session cannot be created")  # copilot.md#command-line
    elif "--continue" in options or "--resume" in options:
        # copilot.md#command-line: the most recent of any directory.
        recent = sorted(state.glob("*/events.jsonl"), key=lambda file: file.stat().st_mtime)
        session = Session(recent[-1].parent if recent else state / str(uuid.uuid4()), directory)
    else:
        session = Session(state / str(uuid.uuid4()), directory)
    for event in session.events():
        if event["type"] == "user.message":
            say(f"| {event['data']['content'][:100]}\n")
    for lock in session.folder.glob("inuse.*.lock"):
        if lives(lock.read_text().strip()):
            log("question", which="in use")
            say("Session in use\n1. Resume anyway\n2. Go back (Esc)\n")  # copilot.md#signals-and-exit-status: it blocks
            while os.read(0, 1) not in (b"1", b""):
                pass
        lock.unlink()  # copilot.md#store: a stale one is replaced
    if not is_trusted(home, directory):
        log("question", which="trust")
        say("Confirm folder trust\n1. Yes\n")  # copilot.md#unattended: it delays nothing else
    session.open()
    saved = [line[5:] for line in (session.folder / "workspace.yaml").read_text().splitlines()
             if line.startswith("cwd: ")]
    if saved and os.path.isdir(saved[0]):
        os.chdir(saved[0])  # the real release: "resume-auto-cd"
        session.directory = saved[0]
    lock = session.folder / f"inuse.{os.getpid()}.lock"
    lock.write_text(str(os.getpid()))
    converse(session, typed_box=TYPED_BOX)
    if session.file.exists():
        session.event("session.shutdown", {"shutdownType": "routine"})
    lock.unlink()


def conversations(home):
    """Every session with a user's message, oldest first."""
    found = []
    for file in home_folder({"HOME": str(home)}).glob("session-state/*/events.jsonl"):
        first = file.read_bytes().partition(b"\n")[0]
        texts = said(file.parent)
        if texts:
            data = json.loads(first)["data"]
            found.append((data["startTime"], file.parent.name, data["context"]["cwd"], texts))
    return [session[1:] for session in sorted(found)]
