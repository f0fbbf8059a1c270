"""A scratch world for the goose double: a home, a PATH with the double, its store and its log."""

import json
import os
import subprocess
from pathlib import Path

import pexpect

from agentapi import lines_of
from doubles import agent_double


class Bench:
    def __init__(self, root):
        self.root = Path(root).resolve()
        self.home = self.root / "home"
        self.home.mkdir()
        self.log_file = self.root / "double.log"
        self.goose = agent_double.install(self.root / "bin", "goose", "agents.goose.double")
        self.store = self.home / ".local/share/goose/sessions/sessions.db"
        self.project = self.directory("project")

    def directory(self, name):
        path = self.root / name
        path.mkdir()
        return path

    def environment(self, **extra):
        """What a start sees; a value of None takes the variable away."""
        variables = {
            "HOME": str(self.home), "PATH": f"{self.root / 'bin'}:/usr/bin:/bin", "LANG": "C.UTF-8",
            "TERM": "xterm-256color", "GOOSE_DOUBLE_LOG": str(self.log_file),
            "GOOSE_PROVIDER": "double", "GOOSE_TELEMETRY_OFF": "1",
            "XDG_RUNTIME_DIR": str(self.root), **extra,
        }
        return {name: value for name, value in variables.items() if value is not None}

    def on_terminal(self, argv, directory=None, **extra):
        """Starts argv on a PTY of its own."""
        return pexpect.spawn(
            str(argv[0]), [os.fspath(word) for word in argv[1:]], cwd=str(directory or self.project),
            env=self.environment(**extra), timeout=20, echo=False, dimensions=(24, 200),
        )

    def without_terminal(self, argv, directory=None, stdin=subprocess.DEVNULL, **extra):
        return subprocess.run(
            [os.fspath(word) for word in argv], cwd=directory or self.project, timeout=20,
            env=self.environment(**extra), stdin=stdin, capture_output=True, start_new_session=True,
        )

    def log(self, event=None):
        return [line for line in lines_of(self.log_file) if event in (None, line["event"])]

    def rows(self, query):
        """Reads a private copy: the tests leave no trace in the store either."""
        return agent_double.rows(self.store, query)

    def sessions(self):
        """(id, name, directory, messages) of every row."""
        return self.rows(
            "SELECT id, name, working_dir, (SELECT COUNT(*) FROM messages WHERE session_id = s.id)"
            " FROM sessions s ORDER BY CAST(SUBSTR(id, 10) AS INTEGER)"
        )

    def user_texts(self, identifier=None):
        """Every user message, byte for byte, oldest first."""
        rows = self.rows("SELECT session_id, content_json FROM messages WHERE role = 'user' ORDER BY id")
        return [
            json.loads(content)[0]["text"].encode()
            for session, content in rows if identifier in (None, session)
        ]
