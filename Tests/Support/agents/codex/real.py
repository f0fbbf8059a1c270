"""The real Codex CLI."""

from kinds import Kind
from model_servers.server import json_lines
from real_agents import KEY, RealAgent


class Codex(RealAgent, Kind):
    name, server_program = "codex", "fake_openai.py"

    own_places = (".codex",)

    def variables(self):
        return {"FAKE_KEY": KEY}

    def answer_first_run(self, trusted=True, daemon=False):
        folder = self.home / ".codex"
        folder.mkdir(exist_ok=True)
        trust = f'[projects."{self.workdir}"]\ntrust_level = "trusted"\n' if trusted else ""
        (folder / "config.toml").write_text(f"""\
model = "gpt-5-codex"
model_provider = "fake"
check_for_update_on_startup = false
approval_policy = "never"
sandbox_mode = "danger-full-access"
[features]
daemon_auto_start = {str(daemon).lower()}
[model_providers.fake]
name = "fake"
base_url = "http://127.0.0.1:{self.server.port}/v1"
wire_api = "responses"
env_key = "FAKE_KEY"
request_max_retries = 0
stream_max_retries = 0
[analytics]
enabled = false
{trust}""")

    def conversations(self):
        files = (self.home / ".codex/sessions").glob("*/*/*/rollout-*.jsonl")
        return {f.stem[-36:]: f for f in files}

    @staticmethod
    def messages(file, role):
        payloads = [line["payload"] for line in json_lines(file) if line.get("type") == "response_item"]
        return ["".join(part.get("text", "") for part in p["content"])
                for p in payloads if p.get("type") == "message" and p.get("role") == role]

    def user_texts(self, file):
        return self.messages(file, "user")

    def answers(self, file):
        return self.messages(file, "assistant")

    def resumes(self, argv, identity):
        return argv[-2:] == ["resume", identity]


class CodexUnderAgentAPI(Codex):
    def answer_first_run(self):
        """agentapi up to 0.12.1 looks for Codex's input in the third last line, Codex 0.163 has two lines below it:
        the status line is the one that can be left out."""
        super().answer_first_run()
        with open(self.home / ".codex/config.toml", "a") as config:
            config.write("[tui]\nstatus_line = []\n")
