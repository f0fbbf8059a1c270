"""The real Copilot CLI."""

import atexit
import functools
import json
import re
import tempfile

from kinds import Kind
from model_servers.server import ChatServer, json_lines
from real_agents import RealAgent


@functools.cache
def unpacked_copilot():
    """Where the programs of this process find what Copilot unpacks."""
    folder = tempfile.TemporaryDirectory(prefix="copilot-")
    atexit.register(folder.cleanup)
    return folder.name


class RealCopilot(RealAgent, Kind):
    name, server_program = "copilot", "fake_openai.py"
    own_places = (".copilot", ".cache/copilot", ".cache/mesa", ".config/gh")
    options, takes_the_dead_for_living = ("--unattended", "--allow-all"), True
    # It shows its input some seconds before it reads it, and what is pasted meanwhile spoils all that comes after.
    ready, time_scale, stable_seconds = "❯".encode(), "1", "5"

    def make_server(self):
        return ChatServer(self.folder, lambda text: re.sub(
            r"\A<current_datetime(?:/>|>.*?</current_datetime>)\s*|\s*<system_reminder>.*", "", text, flags=re.DOTALL))

    def variables(self):
        return {"COPILOT_OFFLINE": "true", "COPILOT_PROVIDER_BASE_URL": f"http://127.0.0.1:{self.server.port}/v1",
                "COPILOT_PROVIDER_API_KEY": "sk-fake", "COPILOT_MODEL": "gpt-4o"}

    def answer_first_run(self):
        """Trusted; and unpacked, which takes it some seconds in every new home."""
        (self.home / ".cache").mkdir()
        (self.home / ".cache/copilot").symlink_to(unpacked_copilot())
        (self.home / ".copilot").mkdir()
        (self.home / ".copilot/config.json").write_text(json.dumps({"trustedFolders": [str(self.workdir)]}))

    def events(self, file, kind):
        return [line["data"] for line in json_lines(file) if line.get("type") == kind]

    def conversations(self):
        return {file.parent.name: file for file in self.home.glob(".copilot/session-state/*/events.jsonl")}

    def user_texts(self, file):
        return [data["content"] for data in self.events(file, "user.message")]

    def answers(self, file):
        return self.events(file, "assistant.turn_end")

    def resumes(self, argv, identity):
        return argv == ["--allow-all-tools", f"--resume={identity}"]
