"""Aider in the tables of the tests."""

from agents.aider.real import RealAider
from doubles.double import Double
from kinds import doubled

DOUBLE = Double(
    agent="aider", program="aider", environment={"AIDER_GIT": "false"}, typed=True,
    cold=lambda file, workdir: ["--chat-history-file", file, "--restore-chat-history"],
    warm=lambda file, workdir: ["--chat-history-file", file, "--restore-chat-history"],
    unknown=["--resume", "x"], refusal=(2, "unrecognized arguments"),
)
KINDS = {"aider": doubled("aider"), "aider-real": RealAider}
