"""A double of Sourcegraph's Amp, with a server in a folder and the files that a release of 2026 leaves at home.

Written from docs/agents/amp.md; it knows nothing of agentlaunch. Its own variables:
  AMP_DOUBLE_SERVER   the folder that stands for ampcode.com (default: `server` beside the home); missing: no network
  AMP_DOUBLE_PRINTS   what `amp threads new` prints instead of an id
  AMP_DOUBLE_DELAY    seconds until it prints anything
"""

import json
import os
import random
import sys
import termios
import time
import tty
from pathlib import Path
from urllib.parse import quote

from doubles import typing_double
from doubles.agent_double import Refusal, log, say, turn, words

VERSION = "0.0.1785000000"


def new_id():
    """amp.md: T-<uuidv7>."""
    digits = f"{int(time.time() * 1000):012x}7{random.getrandbits(12):03x}{0x8000 | random.getrandbits(14):04x}{random.getrandbits(48):012x}"
    return "T-" + "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def legacy(key, directory, texts, at=1790000000000, quoted=True, answered=True, **more):
    """amp.md: threads/T-<uuid>.json as releases up to early 2026 kept it."""
    messages = []
    for number, text in enumerate(texts):
        messages.append({"role": "user", "messageId": 2 * number, "content": [{"type": "text", "text": text}],
                         "meta": {"sentAt": at + 1000 * number}})
        if answered or number < len(texts) - 1:
            messages.append({"role": "assistant", "messageId": 2 * number + 1,
                             "content": [{"type": "text", "text": "It reads one line at a time."}],
                             "state": {"type": "complete", "stopReason": "end_turn"}})
    uri = "file://" + (quote(directory) if quoted else directory)
    return {"v": 7, "id": key, "created": at, "title": "Explain the parser", "agentMode": "smart",
            "nextMessageId": len(messages),
            "env": {"initial": {"trees": [{"displayName": os.path.basename(directory), "uri": uri}],
                                "platform": {"os": "linux", "client": "CLI"}}},
            "messages": messages, **more}


def server():
    return Path(os.environ.get("AMP_DOUBLE_SERVER") or Path(os.environ["HOME"]).parent / "server")


def data(environment):
    return Path(environment.get("XDG_DATA_HOME") or environment["HOME"] + "/.local/share") / "amp"


class Thread:
    """amp.md: threads live on the server; at home are only the last one's id and what was typed."""

    def __init__(self, key):
        self.id, self.file = key, server() / f"{key}.json"
        self.value = json.loads(self.file.read_text())

    def save(self):
        """A server keeps what it has got, whatever becomes of the program."""
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.value))
        new.rename(self.file)

    def begin(self, text):
        home = data(os.environ)
        home.mkdir(parents=True, exist_ok=True)
        self.value["texts"].append(text)
        self.save()
        with open(home / "history.jsonl", "a") as file:  # amp.md: {"text","cwd"}, no thread's id
            file.write(json.dumps({"text": text, "cwd": os.getcwd()}) + "\n")
        (home / "session.json").write_text(json.dumps({"agentMode": "smart", "launchCount": 1, "lastThreadId": self.id}))
        return len(self.value["texts"])

    def finish(self, answer):
        self.value["answers"] += 1
        self.save()


def main():
    arguments, options = words(), []
    if arguments in (["--version"], ["-V"]):
        return say(f"{VERSION}\n")
    while arguments and arguments[0].startswith("-"):
        options.append(arguments.pop(0))
        if options[-1] == "--mode":
            options.append(arguments.pop(0))
        elif options[-1] not in ("--no-ide", "--dangerously-allow-all"):
            raise Refusal(f"error: unknown option '{options[-1]}'")  # amp.md: the flags
    if not os.environ.get("AMP_API_KEY"):
        raise Refusal("Not logged in")  # amp.md: needs auth
    time.sleep(float(os.environ.get("AMP_DOUBLE_DELAY", "0")))
    if not server().is_dir():
        raise Refusal("fetch failed")  # amp.md: needs network
    if arguments == ["threads", "new"]:
        if "AMP_DOUBLE_PRINTS" in os.environ:
            return say(os.environ["AMP_DOUBLE_PRINTS"] + "\n")
        key = new_id()
        (server() / f"{key}.json").write_text(json.dumps(
            {"cwd": os.getcwd(), "created": time.time(), "texts": [], "answers": 0}))
        log("pinned", session=key, cwd=os.getcwd())
        return say(f"{key}\n")  # amp.md: prints the id
    if arguments[:2] != ["threads", "continue"] or len(arguments) != 3:
        # amp.md: bare it is a picker, with --last whatever was last of the account.
        raise Refusal(f"the double continues a thread by its id only: {arguments}")
    if not (server() / f"{arguments[2]}.json").exists():
        raise Refusal(f"Thread {arguments[2]} not found")  # amp.md
    if not os.isatty(0):
        raise Refusal("execute mode")  # amp.md: a redirected stdin becomes the first message
    return converse(Thread(arguments[2]))


BOX = "╭" + "─" * 60 + "╮\r\n│ >" + " " * 58 + "│\r\n╰" + "─" * 60 + "╯\r\n"


def converse(thread):
    """A box to type in; it takes typed lines and bracketed pastes."""
    if "AGENT_DOUBLE_READY" in os.environ:
        return typing_double.converse(thread, BOX)
    # A program of Node's keeps what was typed before, and agentapi takes amp's blank screen for ready.
    tty.setraw(0, termios.TCSADRAIN)
    time.sleep(0.3)
    say("\x1b[2J\x1b[H\x1b[?2004h" + BOX)
    line, paste = b"", False
    while True:
        if line.endswith(b"\x1b[200~"):
            line, paste = line[:-6], True
        if line.endswith(b"\x1b[201~"):
            line, paste = line[:-6], False
        key = os.read(0, 1)
        if not key or key == b"\x04":
            return
        if key == b"\x03":
            line = b""
        elif key in (b"\b", b"\x7f"):
            line = line[:-1]
        elif key in (b"\r", b"\n") and not paste:
            text, line = line.replace(b"\r", b"\n").decode("utf-8", "replace").strip(), b""
            # The screen is drawn anew: what was said, its answer, and the box again.
            say("\x1b[2J\x1b[H" + text.replace("\n", "\r\n") + "\r\n\r\n")
            if text:
                turn(thread, text, "typed")
            say("\r\n" + BOX)
        else:
            line += key
            if key >= b" " and not paste:
                say(key.decode("latin-1") if key < b"\x80" else "")


def conversations(home):
    """Every thread of the server in which something was said, oldest first."""
    found = []
    for file in (Path(home).parent / "server").glob("T-*.json"):
        try:
            value = json.loads(file.read_text())
        except ValueError:
            continue  # it is being written
        if value["texts"]:
            found.append((value["created"], file.stem, value["cwd"], value["texts"]))
    return [tuple(each[1:]) for each in sorted(found)]


if __name__ == "__main__":
    sys.exit("install it with agent_double.install")
