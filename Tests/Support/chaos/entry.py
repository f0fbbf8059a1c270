"""What runs under an agent's name: writes down how the store looked before the agent touched it, then is the double."""

import hashlib
import importlib
import json
import os
import sys
from pathlib import Path


def digests(home):
    """Every file of the agent's: mode, time of modification, size and bytes."""
    found = {}
    for path in sorted(Path(home).rglob("*")):
        parts = path.relative_to(home).parts
        if parts[:2] == (".local", "state") and not path.name.startswith("chat"):
            continue
        if path.name == "filler":
            continue  # the full disk's
        if parts[:2] == (".codex", "tmp"):
            continue  # the real Codex makes links there even to tell its version
        try:
            status = path.lstat()
            if path.is_file():
                found["/".join(parts)] = [status.st_mode, status.st_mtime_ns, status.st_size,
                                          hashlib.sha256(path.read_bytes()).hexdigest()]
        except FileNotFoundError:
            pass
    return found


def main(module):
    words = sys.argv[1:]
    if "--version" not in words and words != ["threads", "new"]:
        line = json.dumps({"pid": os.getpid(), "argv": words, "files": digests(os.environ["HOME"])})
        with open(os.environ["CHAOS_SEEN"], "ab", buffering=0) as file:
            file.write(line.encode() + b"\n")
    if "/" in module:
        os.execv(module, [Path(sys.argv[0]).name, *words])  # the real agent
    importlib.import_module("doubles.agent_double").start(module)


def install(folder, program, module):
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / program
    support = str(Path(__file__).resolve().parents[1])
    file.write_text(
        f"#!/usr/bin/python3 -E\nimport sys\nsys.path.insert(0, {support!r})\nsys.dont_write_bytecode = True\n"
        f"from chaos import entry\nentry.main({module!r})\n")
    file.chmod(0o755)
    return file
