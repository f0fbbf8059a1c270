"""A model server in a process of its own, and what it was asked."""

import json
import subprocess
import sys
from pathlib import Path

from digests import sha256
from waiting import until

FOLDER = Path(__file__).parent


def json_lines(path):
    for line in path.read_bytes().split(b"\n"):
        try:
            yield json.loads(line)
        except ValueError:
            continue


class ModelServer:
    """A model server of its own process; what it was asked stands in its log."""

    def __init__(self, program, folder):
        self.log = folder / "requests.jsonl"
        self.log.touch()
        port_file = folder / "port"
        self.process = subprocess.Popen(
            [sys.executable, FOLDER / program, "--port-file", port_file, "--log", self.log],
            stdout=subprocess.DEVNULL,
        )
        until(port_file.exists, "the model server's port")
        self.port = int(port_file.read_text())

    def requests(self):
        """The requests that carry a conversation: the agents' own (titles, probes) offer no tools."""
        return [r for r in json_lines(self.log) if r.get("m") == "POST" and r.get("tools")]

    def stop(self):
        self.process.kill()
        self.process.wait()


class ChatServer(ModelServer):
    """A model server whose users' texts are looked at without what the agent adds to them."""

    def __init__(self, folder, without):
        super().__init__("fake_openai.py", folder)
        self.without = without

    def requests(self):
        posts = [line for line in json_lines(self.log) if line.get("m") == "POST"]
        return [{"texts": [{"sha256": sha256(self.without(text))} for text in post.get("said", [])]} for post in posts]


def items(request):
    """The SHA-256 of every user text of a request, in order."""
    flat = [t for entry in request["texts"] for t in (entry if isinstance(entry, list) else [entry])]
    return [text["sha256"] for text in flat]
