"""Conversations as the agents write them, and stand-ins for the agents that write them.

The shapes are those of transcripts, rollouts and databases of the real programs, as short as they can be.
"""

import contextlib
import datetime
import json
import re
import signal
import sqlite3
import sys
import time
import uuid
from pathlib import Path

from agents.goose import database as goose_double_store

AGENTS = ("claude", "codex", "goose")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def rfc3339(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def append(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def claude(home, workdir, texts, token=None, at=None, answered=True):
    """Adds one turn for each text; makes the transcript if it is not there. Returns the id."""
    token, at = token or str(uuid.uuid4()), at or now()
    folder = re.sub("[^A-Za-z0-9]", "-", str(workdir))
    path = Path(home) / ".claude/projects" / folder / f"{token}.jsonl"
    lines = [{"type": "permission-mode", "permissionMode": "default", "sessionId": token}]
    for text in texts:
        common = {"sessionId": token, "cwd": str(workdir), "version": "2.1.329", "isSidechain": False,
                  "userType": "external", "timestamp": rfc3339(at)}
        user, answer = str(uuid.uuid4()), str(uuid.uuid4())
        lines.append({**common, "type": "user", "uuid": user, "parentUuid": None,
                      "message": {"role": "user", "content": text}})
        if answered:
            lines.append({**common, "type": "assistant", "uuid": answer, "parentUuid": user, "message": {
                "id": f"msg_{answer}", "type": "message", "role": "assistant", "stop_reason": "end_turn",
                "content": [{"type": "text", "text": "Done."}]}})
    append(path, lines)
    return token


def codex(home, workdir, texts, token=None, at=None, answered=True):
    at = at or now()
    token = token or uuid7()
    root = Path(home) / ".codex/sessions"
    known = list(root.rglob(f"rollout-*-{token}.jsonl"))
    stamp = rfc3339(at)
    lines = []
    if not known:
        lines.append({"timestamp": stamp, "type": "session_meta", "payload": {
            "id": token, "timestamp": stamp, "cwd": str(workdir), "originator": "codex-tui",
            "cli_version": "0.163.0", "source": "cli", "thread_source": "user", "model_provider": "openai"}})
    path = known[0] if known else root / at.strftime(f"%Y/%m/%d/rollout-%Y-%m-%dT%H-%M-%S-{token}.jsonl")
    for text in texts:
        lines.append({"timestamp": stamp, "type": "turn_context", "payload": {"cwd": str(workdir)}})
        lines.append({"timestamp": stamp, "type": "response_item", "payload": {
            "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}})
        if answered:
            lines.append({"timestamp": stamp, "type": "response_item", "payload": {
                "type": "message", "role": "assistant",
                "content": [{"type": "output_text", "text": "Done."}]}})
            lines.append({"timestamp": stamp, "type": "event_msg", "payload": {"type": "task_complete"}})
    append(path, lines)
    return token


def goose(home, workdir, texts, token=None, at=None, answered=True, name="New session"):
    """The token is an id; a new row gets the next one of the day."""
    at = at or now()
    path = Path(home) / ".local/share/goose/sessions/sessions.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = at.strftime("%Y-%m-%d %H:%M:%S")
    with contextlib.closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("BEGIN IMMEDIATE")
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'sessions'").fetchone():
            for statement in goose_double_store.schema_statements(15):
                database.execute(statement)
        if token is None or not database.execute("SELECT 1 FROM sessions WHERE id = ?", [token]).fetchone():
            count = database.execute("SELECT COUNT(*) FROM sessions").fetchone()[0]
            token = token or f"{at:%Y%m%d}_{count + 1}"
            database.execute(
                "INSERT INTO sessions(id, name, working_dir, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
                [token, name, str(workdir), stamp, stamp])
        for text in texts:
            for role, said in [("user", text), ("assistant", "Done.")][:2 if answered else 1]:
                database.execute(
                    "INSERT INTO messages(message_id, session_id, role, content_json, created_timestamp)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [str(uuid.uuid4()), token, role, json.dumps([{"type": "text", "text": said}]),
                     int(at.timestamp())])
        database.execute("UPDATE sessions SET updated_at = ? WHERE id = ?", [stamp, token])
        database.execute("COMMIT")
    return token


def uuid7():
    digits = f"{int(time.time() * 1000):012x}" + uuid.uuid4().hex[12:]
    return str(uuid.UUID(digits[:12] + "7" + digits[13:16] + "8" + digits[17:]))


WRITERS = {"claude": claude, "codex": codex, "goose": goose}


# A stand-in: writes what its arguments say and ends, as the agent would that was stopped after its first turn.

def after(words, flag):
    return words[words.index(flag) + 1] if flag in words else None


def stand_in(agent, words, environment, directory):
    if "--version" in words:
        print({"claude": "2.1.329 (Claude Code)", "codex": "codex-cli 0.163.0", "goose": " 1.45.0"}[agent])
        return 0
    append(Path(environment["STAND_IN_LOG"]), [{"agent": agent, "argv": words, "cwd": directory}])
    mute = environment.get("STAND_IN") == "silent"
    home = environment["HOME"]
    options = {"answered": environment.get("STAND_IN") != "interrupted"}
    if agent == "goose":
        prompt = after(words, "-i") and Path(after(words, "-i")).read_text()
        texts = [prompt] if prompt and not mute else []
        # Goose makes the row before anything else.
        goose(home, directory, texts, after(words, "--session-id"), name=after(words, "--name"), **options)
        return stay(environment)
    texts = words[words.index("--") + 1:] if "--" in words else []
    if agent == "claude":
        token = after(words, "--session-id") or after(words, "--resume")
    else:
        token = after(words, "resume")
    if texts and not mute:
        token = WRITERS[agent](home, directory, texts, token, **options)
    # Codex has the rollout of its thread open as long as it runs.
    rollouts = Path(home, ".codex/sessions").rglob(f"*-{token}.jsonl") if agent == "codex" else []
    with contextlib.ExitStack() as held:
        for rollout in rollouts:
            held.enter_context(open(rollout, "a"))
        return stay(environment)


def stay(environment):
    """Until a signal, if the test wants an agent that runs."""
    while environment.get("STAND_IN") == "waits":
        signal.pause()
    return 0


def install(folder, agent):
    """A program of the agent's name that is the stand-in."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / agent
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import agent_stores\n"
        f"sys.exit(agent_stores.stand_in({agent!r}, sys.argv[1:], os.environ, os.getcwd()))\n"
    )
    program.chmod(0o755)
