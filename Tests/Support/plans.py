"""Dry runs of the built binary as JSON, each checked against the schema of plans."""

import json
import subprocess
from pathlib import Path

import jsonschema

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/plan.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
# Nothing but what every Linux has: no agent is installed there.
PATH = "/usr/bin:/bin"


def run(argv, environment, directory="/"):
    """Without a terminal anywhere: in a session of its own, pipes on 0, 1 and 2."""
    return subprocess.run(
        [str(word) for word in argv], env=environment, cwd=directory, stdin=subprocess.DEVNULL,
        capture_output=True, timeout=60, start_new_session=True,
    )


def plan(result):
    """The plan that a dry run printed; its exit status is that of its verdict, or 64 where it refuses."""
    found = json.loads(result.stdout)
    VALIDATOR.validate(found)
    if found["start"] == "unknown":
        expected = 65
        assert found["session"] is None and found["command"] == [] and found["agentCommand"] == []
        assert found["prompt"]["action"] == "none"
    else:
        expected = 64 if "prompt-refused" in codes(found) else 0
    assert result.returncode == expected, result
    return found


def codes(found):
    return [warning["code"] for warning in found["warnings"]]


def trace(folder):
    """Every name below a folder, with its kind, mode, time of modification, bytes and target."""
    result = {}
    for path in [Path(folder), *sorted(Path(folder).rglob("*"))]:
        status = path.lstat()
        content = None
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file():
            content = path.read_bytes()
        result[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, status.st_size, content)
    return result
