"""A double of goose's command line, with a real SQLite store and a model of its own.

It behaves by docs/agents/goose.md ("goose.md#command-line"), refusals and questions included, so that
a launcher can be tested without a network. The program is `run`.

Variables that tests may set:
  GOOSE_DOUBLE_LOG            JSON lines of what it did
  GOOSE_DOUBLE_SCHEMA         15 (default) or 17
  GOOSE_DOUBLE_READ_DELAY     seconds between the row and the reading of `-i FILE`
  GOOSE_DOUBLE_ANSWER_DELAY   seconds before an answer; a prompt with HANG in it gets none
  GOOSE_DOUBLE_NOT_CONNECTED  panic (default, before 1.30) or exit (since): a question, no terminal
"""

import json
import os
import re
import signal
import stat
import sys
import time
from pathlib import Path

from agents.goose.arguments import Refusal, parse
from agents.goose.database import SCHEMAS, Store, config_file
from agents.goose.terminal import ask, edited, leave, line_editor, log
from digests import sha256
from doubles.agent_double import rows, say

VERSION = "1.45.0"


def configured(key):
    """A plain `KEY: value` line of config.yaml, which is all the double needs."""
    try:
        text = config_file(os.environ).read_text()
    except FileNotFoundError:
        return None
    found = re.search(rf"^{key}:[ \t]*(\S+)", text, re.MULTILINE)
    return found and found.group(1)


def telemetry(interactive):
    """goose.md#command-line: asked on `session` and `run -s` while no choice is stored."""
    if not interactive or os.environ.get("GOOSE_TELEMETRY_OFF"):
        return
    if "GOOSE_TELEMETRY_ENABLED" in os.environ or configured("GOOSE_TELEMETRY_ENABLED"):
        return
    choice = ask("telemetry", "Share anonymous usage data?")
    file = config_file(os.environ)
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "a") as config:
        config.write(f"GOOSE_TELEMETRY_ENABLED: {'true' if choice else 'false'}\n")


def session_row(store, options):
    """goose.md#command-line, column >= 1.31: which row a start is about; before anything else."""
    name, identifier = options.get("--name"), options.get("--session-id")
    if "--resume" not in options:
        if identifier:
            raise Refusal("Error: --session-id can only be used with --resume")
        provider = os.environ.get("GOOSE_PROVIDER") or configured("GOOSE_PROVIDER")
        return store.create(name, os.getcwd(), provider), True
    if identifier:
        row, what = store.row(identifier), f"Session not found: {identifier}"
    elif name:
        row, what = store.named(name), f"No session found with name '{name}'"
    else:
        row, what = store.newest(), "No session found"
    if row is None:
        raise Refusal(f"Error: {what}")  # goose.md#command-line: exit 1 in every version, never created
    return row, False


def settle_directory(row, interactive):
    """goose.md#command-line: the stored directory is compared with getcwd, both physical."""
    here, there = os.getcwd(), row["working_dir"]
    if here == there:
        return
    if not interactive:
        return say(f"Warning: the session's directory was {there}\n", 2)  # since 1.20
    if ask("directory", f"Session was in {there}, you are in {here}. Switch back?"):
        os.chdir(there)


def instructions(options):
    """goose.md#command-line: `run` always needs -i, -t or --recipe; `-i -` reads stdin. Read once."""
    if "--text" in options:
        return options["--text"], "text"
    path = options["--instructions"]
    time.sleep(float(os.environ.get("GOOSE_DOUBLE_READ_DELAY", "0")))
    try:
        with open(0 if path == "-" else path, "rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            data = file.read()
    except OSError as error:
        raise Refusal(f"Error: cannot read {path}: {error.strerror}")
    log("file", path=path, mode=oct(mode), bytes=len(data), sha256=sha256(data))
    try:
        return data.decode(), "file"
    except UnicodeDecodeError:
        raise Refusal(f"Error: stream did not contain valid UTF-8: {path}")


def turn(store, row, text, how):
    data = text.encode("utf-8", "surrogateescape")
    # goose.md#command-line: the user's message is stored before the model is called.
    store.add(row["id"], "user", text)
    try:
        log("prompt", session=row["id"], how=how, bytes=len(data), sha256=sha256(data))
        time.sleep(float(os.environ.get("GOOSE_DOUBLE_ANSWER_DELAY", "0")))
        while "HANG" in text:
            time.sleep(3600)
    except KeyboardInterrupt:  # goose.md#command-line: Ctrl-C cancels the running reply
        log("interrupted", session=row["id"])
        return say("\nInterrupted\n")
    count = store.database.execute(
        "SELECT COUNT(*) FROM messages WHERE session_id = ? AND role = 'user'", (row["id"],)
    ).fetchone()[0]
    answer = f"reply {count} to: {text}"
    store.add(row["id"], "assistant", answer)
    log("answer", session=row["id"], number=count)
    say(answer + "\n")


def converse(store, row):
    """Lines from the terminal until /exit or the end of input."""
    lines = line_editor()
    say("goose is ready\n( O)> ")
    while True:
        with edited():
            text = next(lines, None)
        if text is None or text in ("/exit", "/quit"):
            return
        if text:
            turn(store, row, text, "typed")
        say("( O)> ")


def start(arguments):
    command, options = parse(arguments)
    if command == "run" and not {"--instructions", "--text", "--recipe"} & options.keys():
        raise Refusal("Error: Must provide either --instructions (-i), --text (-t) or --recipe")
    interactive = command == "session" or "--interactive" in options
    schema = int(os.environ.get("GOOSE_DOUBLE_SCHEMA", SCHEMAS[0]))
    store = Store(os.environ, schema)
    row, new = session_row(store, options)
    log("session", session=row["id"], name=row["name"], new=new)
    telemetry(interactive)
    # goose.md#command-line: the row's provider first; none: exit 1, and the row stays without messages.
    if not (row["provider_name"] or os.environ.get("GOOSE_PROVIDER")
            or configured("GOOSE_PROVIDER")):
        raise Refusal("Error: No provider configured. Run 'goose configure' first.")
    settle_directory(row, interactive)
    say(f"{'starting' if new else 'resuming'} session | session id: {row['id']}\n")
    if "--history" in options:  # goose.md#command-line: prints the old messages
        for message in store.database.execute(
            "SELECT role, content_json FROM messages WHERE session_id = ? ORDER BY id", (row["id"],)
        ):
            say(f"{message['role']}: {json.loads(message['content_json'])[0]['text']}\n")
    if command == "run":
        turn(store, row, *instructions(options))
    if interactive:
        converse(store, row)


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = [os.fsencode(word).decode("utf-8", "surrogateescape") for word in sys.argv[1:]]
    log("start", argv=[word.encode("utf-8", "backslashreplace").decode() for word in arguments],
        cwd=os.getcwd(), terminal=[os.isatty(n) for n in (0, 1, 2)], environment=sorted(os.environ))
    try:
        if arguments in (["--version"], ["-V"]):
            say(f" {VERSION}\n")  # goose.md#store: a leading space
        elif not arguments:
            start(["session"])
        else:
            start(arguments)
    except Refusal as refusal:
        say(f"{refusal}\n", 2)
        leave(refusal.status)
    except KeyboardInterrupt:
        leave(130)
    leave(0)


run = main


def conversations(home):
    """[(id, directory, [user texts])], oldest first."""
    store = Path(home) / ".local/share/goose/sessions/sessions.db"
    said = rows(store, "SELECT session_id, content_json FROM messages WHERE role = 'user' ORDER BY id")
    return [
        (key, directory, [json.loads(content)[0]["text"] for session, content in said if session == key])
        for key, directory in rows(store, "SELECT id, working_dir FROM sessions ORDER BY CAST(SUBSTR(id, 10) AS INTEGER)")
    ]


if __name__ == "__main__":
    main()
