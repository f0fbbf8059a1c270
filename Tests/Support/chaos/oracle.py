"""What must hold, whatever was killed. Each check returns sentences about what is wrong; none = well."""

import hashlib
import json

import agentapi

from . import entry

# Of a conversation's own directory; a clean start leaves nothing else.
OWN_FILES = ("record.json", "run.json", "lock", "agentapi-state.json", "agentapi.pid", "agent-settings.json",
             "backup", "log", "agentlaunch.log", "agentapi.log")


def repeats(bench):
    """No prompt twice in any conversation, nor in a second one."""
    found = []
    for task in bench.tasks:
        if (count := bench.count(task)) > 1:
            found.append(f"{count} times in the store: {task!r}: {bench.conversations()}")
    return found


def received(bench, task):
    """How often the double itself took it."""
    digest = hashlib.sha256(task.encode()).hexdigest()
    lines = agentapi.lines_of(bench.log_file)
    return sum(line["event"] == "prompt" and line["sha256"] == digest for line in lines)


def received_twice(bench):
    """Amazon Q and Kiro v1 know nothing of a prompt whose answer was cut off: theirs are counted apart."""
    if not bench.agent.stores_prompt_first:
        return []
    return [f"the agent took {task!r} {count} times" for task in bench.tasks
            if (count := received(bench, task)) > 1]


def lost(bench):
    """After a clean start. A later task of a conversation may be left out where agentlaunch says that it cannot tell
    (prompt-unknown)."""
    if bench.agent.pinned:
        return []
    return [f"{bench.count(task)} times in the store after a clean start: {task!r}: {bench.conversations()}"
            for task in bench.tasks if bench.count(task) != 1 and task not in bench.doubted]


def without_it(bench):
    """Conversations in which somebody said something, but not the task."""
    return [f"a conversation without the task: {key}: {texts}" for key, texts in bench.conversations()
            if texts and bench.tasks[0] not in texts]


def broken_records(bench):
    found = []
    for folder in bench.folders():
        for name in ("record.json", "run.json"):
            file = folder / name
            if file.exists():
                try:
                    schema = json.loads(file.read_bytes())["schema"]
                    if not schema.startswith("agentlaunch."):
                        found.append(f"{name}: {schema}")
                except (ValueError, KeyError, TypeError) as error:
                    found.append(f"{name} is broken: {error}: {file.read_bytes()[:200]}")
    return found


def leftovers(bench):
    """Temporary files and prompts' files after a clean start."""
    found = []
    for file in (bench.home / ".local/state/agentlaunch").rglob("*"):
        if file.is_file() and (file.name.endswith(".tmp") or file.name.startswith("prompt-")):
            found.append(f"left after a clean start: {file.name}")
    return found + [f"left in the temporary folder: {file.name}" for file in bench.installation.temporary.iterdir()
                    if file.name.startswith("agentlaunch")]


def touched(bench, before, since):
    """The store as the next agent found it is the store as the last one left it."""
    for line in bench.seen()[since:][:1]:
        if line["files"] != before:
            names = sorted(name for name in {*before, *line["files"]}
                           if before.get(name) != line["files"].get(name))
            return [f"changed while only agentlaunch ran: {names}"]
    return []


def store(bench):
    return entry.digests(bench.home)


def plan(bench, transport):
    """What the next start would do, held against what the store holds."""
    try:
        status, found = bench.dry(transport)
    except AssertionError as error:
        return [str(error)]
    if status != 0:
        return [f"the dry run ends with {status}: {json.dumps(found)[:1500]}"]
    if bench.agent.pinned:
        return []  # its server's threads are not to be seen
    count, action = bench.count(bench.tasks[-1]), found["prompt"]["action"]
    if count == 1 and (found["start"], action) != ("warm", "skip"):
        return [f"{found['start']}, {action}, though the store has the prompt: {found['reason']}"]
    if len(bench.tasks) > 1 and found["prompt"]["given"] == "unknown":
        return []  # a message to a conversation that goes on: in doubt, and said so
    if count == 0 and action != "send":
        return [f"{found['start']}, {action}, though the store has no such prompt: {found['reason']}"]
    return []
