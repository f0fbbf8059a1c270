"""The store of Amazon Q, and of Kiro's first engine after it: SQLite, one JSON value for each conversation.

By docs/agents/amazonq.md and docs/agents/kiro.md: the tables that the migrations 000
to 007 make, Kiro's 008, and the members of a conversation.
"""

import datetime
import json
import sqlite3
import uuid

# amazonq.md, "Tables by migrations 000-007".
TABLES = [
    "CREATE TABLE migrations (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, migration_time INTEGER NOT NULL)",
    "CREATE TABLE history (id INTEGER PRIMARY KEY, command TEXT, shell TEXT, pid INTEGER, session_id TEXT,"
    " cwd TEXT, start_time INTEGER, hostname TEXT, exit_code INTEGER, end_time INTEGER, duration INTEGER)",
    "CREATE TABLE state (key TEXT PRIMARY KEY, value BLOB)",
    "CREATE TABLE auth_kv (key TEXT PRIMARY KEY, value TEXT)",
]
CONVERSATIONS = "CREATE TABLE conversations (key TEXT PRIMARY KEY, value TEXT)"
# kiro.md, row "v1" of the table of engines.
CONVERSATIONS_V2 = [
    "CREATE TABLE conversations_v2 (key TEXT NOT NULL, conversation_id TEXT NOT NULL, value TEXT NOT NULL,"
    " created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (key, conversation_id))",
    "CREATE INDEX idx_conversations_v2_key_updated ON conversations_v2 (key, updated_at DESC)",
    "CREATE INDEX idx_conversations_v2_updated_at ON conversations_v2 (updated_at DESC)",
]
def identifier():
    return str(uuid.uuid4())


AMAZONQ, KIRO, KIRO_LEGACY, BEFORE = "amazonq", "kiro", "kiro-legacy", "before-1.10"


def make_tables(run, kind):
    statements = list(TABLES)
    if kind != BEFORE:
        statements.append(CONVERSATIONS)
    if kind == KIRO:
        statements += CONVERSATIONS_V2
    for statement in statements:
        run(statement)
    for version in range({AMAZONQ: 8, KIRO: 9, KIRO_LEGACY: 8, BEFORE: 7}[kind]):
        run("INSERT INTO migrations (version, migration_time) VALUES (?, 1776938400)", (version,))
    token = "codewhisperer:odic:token" if kind in (AMAZONQ, BEFORE) else "kirocli:odic:token"
    run("INSERT INTO auth_kv VALUES (?, ?)", (token, '{"access_token": "not-a-token"}'))


def connect(path, kind):
    """The database, made if it is not there; for one process at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, timeout=10, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone():
        make_tables(database.execute, kind)
    database.execute("COMMIT")
    path.chmod(0o600)  # amazonq.md, "file mode forced 0600"
    return database


def rfc3339(moment):
    return moment.astimezone(datetime.timezone.utc).isoformat(timespec="microseconds")


def user(workdir, content, at):
    return {
        "additional_context": "", "env_context": {"env_state": {
            "operating_system": "linux", "current_working_directory": str(workdir), "environment_variables": []}},
        "content": content, "timestamp": at and rfc3339(at), "images": None,
    }


def answer(text, tool=None):
    if tool is None:
        return {"Response": {"message_id": identifier(), "content": text}}
    use = {"id": "tooluse_" + identifier()[:8], "name": tool, "orig_name": tool, "args": {"command": "ls"},
           "orig_args": {"command": "ls"}}
    return {"ToolUse": {"message_id": identifier(), "content": text, "tool_uses": [use]}}


def turn(workdir, text, reply="Done.", at=None, tool=None):
    at = at or datetime.datetime.now(datetime.timezone.utc)
    return {"user": user(workdir, {"Prompt": {"prompt": text}}, at), "assistant": answer(reply, tool),
            "request_metadata": None}


def results(workdir, reply="Done."):
    """amazonq.md, history item: what a tool gave, sent in a user's name."""
    given = [{"tool_use_id": "tooluse_1", "content": [{"Text": "a\nb"}], "status": "Success"}]
    return {"user": user(workdir, {"ToolUseResults": {"tool_use_results": given}}, None), "assistant": answer(reply),
            "request_metadata": None}


def conversation(turns, token=None):
    said = []
    for item in turns:
        content = item["user"]["content"]
        if "Prompt" in content:
            said.append("> " + content["Prompt"]["prompt"].replace("\n", "> \n"))
        said.append(next(iter(item["assistant"].values()))["content"])
    return {
        "conversation_id": token or identifier(), "next_message": None, "history": list(turns),
        "valid_history_range": [0, len(turns)], "transcript": said, "tools": {}, "context_manager": None,
        "context_message_length": None, "latest_summary": None,
        "model_info": {"model_name": "m", "model_id": "m", "context_window_tokens": 200000},
        "file_line_tracker": {}, "checkpoint_manager": None, "mcp_enabled": True,
    }


def is_conversation(text):
    """amazonq.md, "Warm rule": whether the agent's parser takes it, as far as its own members go."""
    try:
        value = json.loads(text)
        return (isinstance(value["conversation_id"], str) and isinstance(value["transcript"], list)
                and len(value["valid_history_range"]) == 2 and isinstance(value["tools"], dict)
                and all(item["user"]["content"] and item["assistant"] for item in value["history"]))
    except (ValueError, TypeError, KeyError):
        return False


def replace(run, workdir, value):
    """amazonq.md, "INSERT OR REPLACE": one conversation for a directory."""
    run("INSERT OR REPLACE INTO conversations VALUES (?, ?)", (str(workdir), json.dumps(value)))
