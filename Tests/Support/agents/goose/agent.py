"""Goose in the tables of the tests: its double has a log and a bench of its own."""

from agentapi import lines_of
from agents.goose import bench
from kinds import Kind, asked_so_far


class Goose(Kind):
    """Its double in a scratch home."""

    name, time_scale, ready, is_ready_when_quiet = "goose", "0.1", b"goose is ready", False
    own_places = (".local/share/goose", ".config/goose")

    def __init__(self, folder, binary):
        self.folder, self.binary = folder, binary
        self.bench = bench.Bench(folder)
        self.home, self.workdir, self.server = self.bench.home, self.bench.project, self
        self.environment = self.bench.environment()

    def answer_first_run(self):
        """GOOSE_PROVIDER and GOOSE_TELEMETRY_OFF have done it."""

    def requests(self):
        return asked_so_far(lines_of(self.bench.log_file))

    def conversations(self):
        return {row[0]: row[0] for row in self.bench.sessions() if row[3]}

    def user_texts(self, identity):
        return [text.decode() for text in self.bench.user_texts(identity)]

    def answers(self, identity):
        return [line for line in lines_of(self.bench.log_file) if line["event"] == "answer" and line["session"] == identity]

    def resumes(self, argv, identity):
        return argv == ["session", "--resume", "--session-id", identity]

    def close(self):
        pass


KINDS = {"goose": Goose}
CHAOS = {"goose": {
    "program": "goose", "module": "agents.goose.double",
    "environment": {"GOOSE_PROVIDER": "double", "GOOSE_TELEMETRY_OFF": "1"},
}}
