"""The real Aider."""

import re

from agents.aider.double import texts
from kinds import Kind
from model_servers.server import ChatServer
from real_agents import RealAgent


class RealAider(RealAgent, Kind):
    name, server_program = "aider", "fake_openai.py"
    own_places = (".aider", ".cache")
    # It asks for no repository, and looks at no files of one.
    agent_arguments = ("--map-tokens", "0")
    options = ("--model", "openai/fake-model")
    ready, is_ready_when_quiet, time_scale = b"\x1b[?2004h", False, "0.5"

    def make_server(self):
        return ChatServer(self.folder, lambda text: text.split("\n\nTo suggest changes")[0].strip())

    def variables(self):
        return {"OPENAI_API_BASE": f"http://127.0.0.1:{self.server.port}/v1", "OPENAI_API_KEY": "not-a-key",
                # It would ask the network for prices of models.
                "LITELLM_LOCAL_MODEL_COST_MAP": "True", "AIDER_GIT": "false", "AIDER_CHECK_UPDATE": "false",
                "AIDER_SHOW_MODEL_WARNINGS": "false", "AIDER_SHOW_RELEASE_NOTES": "false", "AIDER_ANALYTICS": "false"}

    def answer_first_run(self):
        """The variables have done it."""

    def conversations(self):
        files = [*self.home.glob(".local/state/agentlaunch/aider/*/chat*.md"), *self.workdir.glob(".aider.chat.history.md")]
        return {str(file): file for file in files if texts(file)}

    def user_texts(self, file):
        return texts(file)

    def answers(self, file):
        return re.findall("^reply .*", file.read_text(), re.MULTILINE)

    def resumes(self, argv, identity):
        return argv[-3:] == ["--chat-history-file", identity, "--restore-chat-history"]
