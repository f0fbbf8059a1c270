"""The goose double's arguments: the few that a launcher uses, refused as the real ones are (goose.md#command-line)."""

# Flags by subcommand: name -> takes a value. Short forms beside.
_COMMON = {"--name": True, "--session-id": True, "--path": True, "--resume": False,
           "--debug": False, "--max-turns": True, "--with-builtin": True}
_FLAGS = {
    "run": {**_COMMON, "--instructions": True, "--text": True, "--recipe": True,
            "--interactive": False, "--no-session": False},
    "session": {**_COMMON, "--history": False},
}
_SHORT = {"-n": "--name", "-r": "--resume", "-i": "--instructions", "-t": "--text",
          "-s": "--interactive"}


class Refusal(Exception):
    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def parse(arguments):
    command, rest = arguments[0], arguments[1:]
    if command not in _FLAGS:
        raise Refusal(f"error: unrecognized subcommand '{command}'", 2)
    options = {}
    while rest:
        word = rest.pop(0)
        word, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        flag = _SHORT.get(word, word)
        if flag not in _FLAGS[command]:
            raise Refusal(f"error: unexpected argument '{word}' found", 2)
        if _FLAGS[command][flag] and not equals:
            # As the parser of the real one: a value that begins with a dash is not taken.
            if not rest or (rest[0].startswith("-") and rest[0] != "-"):
                raise Refusal(f"error: a value is required for '{flag}'", 2)
            value = rest.pop(0)
        options[flag] = value or True
    # goose.md#command-line: name, session-id and path are one group; --no-session conflicts with the rest.
    group = [flag for flag in ("--name", "--session-id", "--path") if flag in options]
    if "--no-session" in options:
        group += ["--no-session"] + [flag for flag in ("--resume",) if flag in options]
    if len(group) > 1:
        raise Refusal(f"error: the argument '{group[0]}' cannot be used with '{group[1]}'", 2)
    return command, options
