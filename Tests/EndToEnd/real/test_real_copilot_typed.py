"""The real Copilot CLI 1.0.64 started directly: its prompt is typed, once, into the terminal that nobody sits at."""

import signal
import subprocess

import pytest

import plans
from waiting import HANG, until


class Typed:
    """Starts without a terminal, whose prompt agentlaunch types."""

    def __init__(self, agent):
        self.agent, self.processes = agent, []

    def words(self, task, *options):
        return [self.agent.binary, "copilot", "--direct", *self.agent.options, "--workdir", self.agent.workdir,
                "--prompt", task, *options]

    def planned(self, task):
        return plans.plan(plans.run(self.words(task, "--dry-run", "-o", "json"), self.agent.environment))

    def start(self, task, *options):
        self.processes.append(subprocess.Popen(
            self.words(task, *options), env=self.agent.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))
        return self.processes[-1]

    def said(self):
        return [text for file in self.agent.conversations().values() for text in self.agent.user_texts(file)]

    def answers(self):
        return [answer for file in self.agent.conversations().values() for answer in self.agent.answers(file)]

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        return process.wait(HANG)


@pytest.fixture
def typed(workspaces):
    made = Typed(workspaces("copilot-real"))
    yield made
    for process in made.processes:
        if process.poll() is None:
            made.stop(process)


@pytest.mark.timeout(140)
def test_a_direct_start_types_the_prompt_once_and_only_when_cold(typed):
    task = "it's \"quoted\"\n\n  \u00e9 \U0001fabf `x`\n" + "line\n" * 200 + "end"
    planned = typed.planned(task)
    assert (planned["start"], planned["prompt"]["delivery"]) == ("cold", "typed")
    first = typed.start(task)
    until(typed.answers, "the answer")
    assert typed.said() == [task]
    assert list(typed.agent.conversations()) == [planned["session"]["id"]]
    assert typed.stop(first) == 0

    planned = typed.planned(task)
    assert (planned["start"], planned["prompt"]["given"], planned["prompt"]["action"]) == ("warm", "this", "skip")
    second = typed.start(task, "--resume-prompt", "and now?")
    until(lambda: len(typed.said()) == 2, "the resume prompt")
    assert typed.stop(second) == 0
    assert typed.said() == [task, "and now?"]


@pytest.mark.timeout(90)
def test_a_prompt_whose_tabs_copilot_turned_into_spaces_is_still_the_same_prompt(typed):
    task = "a\tb\n\tc d\t\te"
    first = typed.start(task)
    until(typed.said, "the prompt")
    assert typed.said() == [task.replace("\t", "    ")]
    typed.stop(first)
    assert typed.planned(task)["prompt"]["given"] == "this"
