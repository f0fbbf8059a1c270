#!/usr/bin/python3 -BES
"""A stand-in for agentlaunch's reader of goose stores, for the damage campaign itself.

It opens a private copy; with `--ignore-wal` in front it opens the database alone with
`immutable=1`, as a careless reader does: the campaign must find it out.
"""

import json
import os
import sqlite3
import sys
import tempfile


def decide(path, careless, workdir):
    if not os.path.exists(path):
        return "cold", None
    with tempfile.TemporaryDirectory() as folder:
        if careless:
            address = f"file:{path}?immutable=1"
        else:
            for suffix in ("", "-wal", "-journal"):
                if os.path.exists(path + suffix):
                    with open(path + suffix, "rb") as a, open(f"{folder}/s{suffix}", "wb") as b:
                        b.write(a.read())
            address = f"file:{folder}/s"
        try:
            database = sqlite3.connect(address, uri=True)
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'sessions'").fetchone():
                doubtful = os.path.getsize(path) and not careless
                return ("unknown" if doubtful else "cold"), None
            row = database.execute(
                "SELECT id FROM sessions s WHERE working_dir = ? AND session_type = 'user' AND EXISTS"
                " (SELECT 1 FROM messages WHERE session_id = s.id) ORDER BY updated_at DESC", (workdir,)
            ).fetchone()
        except sqlite3.Error:
            return "unknown", None
        return ("warm", row[0]) if row else ("cold", None)


careless = sys.argv[1] == "--ignore-wal"
store = os.environ["HOME"] + "/.local/share/goose/sessions/sessions.db"
verdict, identifier = decide(store, careless, sys.argv[-1])
print(json.dumps({"start": verdict, "session": {"id": identifier} if identifier else None}))
sys.exit(65 if verdict == "unknown" else 0)
