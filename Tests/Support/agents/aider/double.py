"""A double of Aider, with a chat history file as release 0.86 keeps it.

Written from docs/agents/aider.md; it knows nothing of agentlaunch.
"""

import os
import sys
import termios
import time
import tty
from pathlib import Path

from doubles import typing_double
from doubles.agent_double import Refusal, log, say, turn, words

VERSION = "0.86.2"
NAME = ".aider.chat.history.md"


class History:
    """aider.md#store: appended at every start, with the prompt before its answer, with the answer after the turn."""

    def __init__(self, file, command="aider --model openai/fake-model", restore=False):
        self.file, self.id, self.command = Path(file), str(file), command
        self.restored = texts(self.file) if restore else []

    def append(self, text):
        """aider.md#store: appended at the start, with the prompt before the reply, and with the reply when it has ended."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8", errors="ignore") as file:
            file.write(text)

    def note(self, *lines):
        self.append("".join(f"> {line}".rstrip() + "  \n" for line in lines))

    def start(self, at="2026-11-21 02:00:00"):
        """aider.md#store: the header and notes, whatever comes then: the file is there after a mere start."""
        self.append(f"\n# aider chat started at {at}\n\n")
        self.note(self.command, f"Aider v{VERSION}", "Model: openai/fake-model with whole edit format", "Repo-map: disabled")
        if self.restored:
            self.note("Restored previous conversation history.")  # aider.md#resume: only then

    def ask(self, text):
        """aider.md#store: `#### ` before each line; Return alone is noted as <blank>."""
        lines = text.splitlines() or ["<blank>"]
        self.append("\n#### " + "  \n#### ".join(lines).rstrip() + "  \n")

    def answer(self, text):
        self.append("\n" + text.strip() + "\n\n")
        self.note("Tokens: 653 sent, 15 received.")

    # What a turn needs.

    def begin(self, text):
        self.ask(text)
        return len(texts(self.file))

    def finish(self, answer):
        self.answer(answer)


def texts(file):
    """aider.md#resume, the parser: what people said, `#### ` lines that follow one another joined."""
    try:
        lines = Path(file).read_text("utf-8").split("\n")
    except (OSError, UnicodeError):
        return []  # aider.md#resume: it starts fresh
    said, last = [], None
    for number, line in enumerate(lines):
        if line.startswith("#### "):
            text = line[5:].removesuffix("  ")
            if last == number - 1:
                said[-1] += "\n" + text
            else:
                said.append(text)
            last = number
    return [text for text in said if text != "<blank>" and not text.startswith("/")]


def root(directory):
    """aider.md#store: the git root, else the cwd."""
    for folder in (Path(directory), *Path(directory).parents):
        if (folder / ".git").exists():
            return folder
    return Path(directory)


def parse(arguments):
    options = {}
    while arguments:
        word = arguments.pop(0)
        name, equals, value = word.partition("=")
        if name in ("--model", "--chat-history-file", "--map-tokens", "--message", "-m", "--message-file"):
            options[name] = value if equals else arguments.pop(0)
        elif word in ("--restore-chat-history", "--yes-always", "--no-git", "--no-pretty"):
            options[word] = True
        else:
            raise Refusal(f"aider: error: unrecognized arguments: {word}", 2)  # aider.md#command-line: no other flag for sessions
    return options


def main():
    arguments = words()
    if arguments == ["--version"]:
        return say(f"aider {VERSION}\n")
    options = parse(arguments)
    cwd = Path(os.getcwd())
    if root(cwd) == cwd and not (cwd / ".git").exists() and "--no-git" not in options and os.environ.get("AIDER_GIT") != "false":
        log("question", which="git")
        if "--yes-always" in options:
            (cwd / ".git").mkdir()  # aider.md#store: it creates a repository
    file = options.get("--chat-history-file") or os.environ.get("AIDER_CHAT_HISTORY_FILE") or root(cwd) / NAME
    history = History(file, "aider " + " ".join(arguments), "--restore-chat-history" in options)
    history.start(time.strftime("%Y-%m-%d %H:%M:%S"))
    log("restored", texts=len(history.restored))
    if "--message" in options:
        if options["--message"]:
            turn(history, options["--message"], "message")
        return None  # aider.md#command-line: disables chat mode, always ends
    if not os.isatty(0):
        return None  # aider.md#signals-and-exit-status: exits 0 at the end of its input, having noted the start
    return converse(history)


def converse(history):
    """A prompt that takes typed lines and bracketed pastes, as prompt_toolkit does."""
    if "AGENT_DOUBLE_READY" in os.environ:
        return typing_double.converse(history, "> ")
    time.sleep(0.3)
    tty.setraw(0, termios.TCSAFLUSH)  # what was typed before is gone
    say("\x1b[?2004h> ")
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
        elif key in (b"\b", b"\x7f") and not paste:
            line = line[:-1]
            say("\b \b")
        elif key in (b"\r", b"\n") and not paste:
            text, line = line.replace(b"\r", b"\n").decode("utf-8", "replace"), b""
            say("\r\n")
            if text.strip() == "/exit":
                history.ask(text)  # what a person types is noted, commands too
                return
            if text.strip():
                turn(history, text, "typed")
            else:
                history.ask("")
            say("\r\n> ")
        else:
            line += key
            if key >= b" " or paste:
                say(key.decode("latin-1") if key < b"\x80" else "")


def conversations(home):
    """Every history of ours and of the projects, oldest first."""
    home = Path(home)
    found = [*home.glob(".local/state/agentlaunch/aider/*/chat*.md"), *home.parent.glob(f"*/{NAME}")]
    return [(str(file), str(file.parent), texts(file)) for file in sorted(found) if texts(file)]


if __name__ == "__main__":
    sys.exit("install it with agent_double.install")
