"""A double of Gemini CLI, with sessions as releases 0.41 to 0.56 keep them, and with their retention.

Written from docs/agents/gemini.md; it knows nothing of agentlaunch.
Its own variable:
  GEMINI_DOUBLE_RELEASE   0.56.0 (default) or an older one
"""

import os
import re
import uuid

from agents.gemini.chats import Chat, Resumed, files, home_folder, is_listed, load, project, release, retention, sweep, text_of
from doubles.agent_double import Refusal, converse, log, say, turn, words


def parse(arguments):
    options, rest = {}, []
    while arguments:
        word = arguments.pop(0)
        name, equals, value = word.partition("=")
        if name in ("--session-id", "-m", "--model", "--prompt-interactive", "-i", "--include-directories"):
            options[name] = value if equals else arguments.pop(0)
        elif name in ("--resume", "-r"):
            options["--resume"] = value if equals else arguments.pop(0) if arguments and arguments[0][:1] != "-" else "latest"
        elif word in ("--yolo", "-y", "--skip-trust", "--sandbox", "--debug"):
            options[word] = True
        elif word.startswith("-"):
            raise Refusal(f"Unknown arguments: {word}")  # gemini.md: the flags that there are
        else:
            rest.append(word)
    if "--session-id" in options and release() < (0, 41, 0):
        raise Refusal("Unknown arguments: session-id")  # gemini.md
    if "--session-id" in options and "--resume" in options:
        raise Refusal("Arguments resume and session-id are mutually exclusive")  # gemini.md
    return options, rest


def main():
    arguments = words()
    if arguments in (["--version"], ["-v"]):
        return say(".".join(map(str, release())) + "\n")
    options, rest = parse(arguments)
    prompt = options.get("--prompt-interactive") or options.get("-i")
    headless = os.environ.get("CI") == "true" or os.environ.get("GITHUB_ACTIONS") == "true" or not os.isatty(1)
    if not os.isatty(0) and prompt:
        raise Refusal("Error: The --prompt-interactive flag cannot be used when input is piped from stdin.", 42)
    if headless or rest:
        raise Refusal("headless", 42)  # gemini.md: one-shot, which no interactive start may be
    gemini, directory = home_folder(os.environ), os.getcwd()
    folder = project(gemini, directory)
    if options.get("--resume"):
        found = [(load(file), file) for file in files(folder)]
        found = [(chat, file) for chat, file in found if is_listed(chat)]
        wanted = options["--resume"]
        # gemini.md: no sessions: a new one for `latest`; an id that is not listed: exit 42, always.
        if wanted == "latest":
            found.sort(key=lambda pair: pair[0]["startTime"])
        else:
            found = sorted((pair for pair in found if pair[0]["sessionId"] == wanted),
                           key=lambda pair: pair[0]["lastUpdated"])
            if not found:
                raise Refusal(f"Error resuming session: Invalid session identifier \"{wanted}\".", 42)
        chat = Resumed(folder, found[-1][1], found[-1][0], directory) if found else None
    else:
        chat = None
    if chat is None:
        key = options.get("--session-id") or str(uuid.uuid4())
        if not re.fullmatch("[A-Za-z0-9_-]+", key):
            raise Refusal("Invalid session ID", 42)
        if any((load(file) or {}).get("sessionId") == key for file in files(folder)):
            raise Refusal(f"Session ID {key} already exists", 42)  # gemini.md: even metadata-only
        chat = Chat(folder, key, directory)
        log("session", session=key)
    if retention(gemini):
        sweep(folder, chat.id)
    if os.environ.get("GEMINI_CLI_TRUST_WORKSPACE") != "true" and "--skip-trust" not in options:
        log("question", which="trust")  # gemini.md
        say("Do you trust this folder?\n")
    if prompt:
        turn(chat, prompt, "argument")
    converse(chat)


def conversations(home):
    """Every listed session with a user's message, oldest first."""
    gemini = home_folder({"HOME": str(home)})
    found = {}
    for marker in gemini.glob("tmp/*/.project_root"):
        for file in files(marker.parent):
            chat = load(file)
            said = [text_of(m) for m in (chat or {}).get("messages", []) if m.get("type") == "user"]
            if said and is_listed(chat):
                found[chat["sessionId"]] = (chat["startTime"], chat["sessionId"], marker.read_text().strip(), said)
    return [chat[1:] for chat in sorted(found.values())]
