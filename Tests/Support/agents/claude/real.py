"""The real Claude Code."""

import hashlib
import json
import os
import re

from kinds import Kind
from model_servers.server import json_lines
from real_agents import KEY, RealAgent


class Claude(RealAgent, Kind):
    name, server_program = "claude", "fake_anthropic.py"

    own_places = (".claude", ".cache/claude", ".local/share/applications/claude-code-url-handler.desktop")

    def variables(self):
        return {
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{self.server.port}", "ANTHROPIC_API_KEY": KEY,
            "DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        }

    def answer_first_run(self, trusted=True):
        settings = {"hasCompletedOnboarding": True, "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []}}
        if trusted:
            settings["projects"] = {str(self.home): {"hasTrustDialogAccepted": True}}
        (self.home / ".claude.json").write_text(json.dumps(settings))

    def project_folder(self, workdir=None):
        """Claude's folder for a directory whose encoded path is short: every other character is a dash."""
        encoded = re.sub("[^A-Za-z0-9]", "-", os.path.realpath(workdir or self.workdir))
        return self.home / ".claude/projects" / encoded

    def conversations(self):
        return {f.stem: f for f in (self.home / ".claude/projects").glob("*/*.jsonl")}

    @staticmethod
    def user_texts(file):
        texts = []
        for line in json_lines(file):
            if line.get("type") == "user" and not line.get("isSidechain") and not line.get("isMeta"):
                content = line["message"]["content"]
                blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
                texts += [b["text"] for b in blocks if b.get("type") == "text"]
        return texts

    @staticmethod
    def answers(file):
        return [line for line in json_lines(file) if line.get("type") == "assistant"]

    def derived_id(self, attempt, session="default"):
        """docs/specification.md#derived-ids: the rule for ids that nothing has to remember."""
        seed = ["agentlaunch", "claude", os.path.realpath(self.workdir), session, str(attempt)]
        raw = bytearray(hashlib.sha256("\0".join(seed).encode()).digest()[:16])
        raw[6] = raw[6] & 0x0F | 0x40
        raw[8] = raw[8] & 0x3F | 0x80
        h = raw.hex()
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def resumes(self, argv, identity):
        return argv[-2:] == ["--resume", identity]
