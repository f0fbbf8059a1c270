"""Direct starts of one agent on a terminal of their own, with the looks of a ModuleRun."""

import os

from processes import arguments
from real_agents import Terminal
from runs.agent_run import AgentRun
from waiting import until


class DirectRun(AgentRun):
    transport = "direct"

    def __init__(self, agent, *options, **where):
        super().__init__(agent, *options, **where)
        self.mark, self.terminal = b"HOME=" + os.fsencode(agent.home), None

    def begin(self, prompt=None, **extra):
        before, after = self.arguments()
        argv = [self.agent.binary, self.agent.name, "--direct", *before]
        if prompt is not None:
            file = self.agent.folder / "prompt"
            file.write_text(prompt)
            argv += ["--prompt-file", file]
        self.close()
        self.terminal = Terminal([*argv, *after], self.agent.home, {**self.agent.environment, **self.agent.direct_variables, **extra})

    def agent_argv(self):
        """The agent's words, once it runs; a look at its version is no start."""
        def found():
            words = [arguments(pid, self.agent.program) for pid in self.terminal.descendants()]
            return [w for w in words if w is not None and w not in (["--version"], ["threads", "new"])]
        return until(found, lambda: f"a start of the agent\n{self.seen()}")[0]

    def start(self, prompt=None, **extra):
        self.begin(prompt, **extra)
        words = self.agent_argv()
        until(lambda: self.agent.ready in self.terminal.output, lambda: f"a ready agent\n{self.seen()}")
        if self.agent.is_ready_when_quiet:
            self.terminal.wait_quiet()
        return words

    def say(self, text):
        """Typed by a person and answered; the model's request with it."""
        count = self.answers()
        self.type(text)
        request = self.asked(text)
        until(lambda: self.answers() > count, lambda: f"the answer\n{self.seen()}")
        return request

    def type(self, text):
        self.terminal.say(text)

    def seen(self):
        return self.terminal.text()[-3000:]

    def shut_down(self):
        self.terminal.stop()
        until(lambda: not self.processes(), "the end of everything")

    def close(self):
        if self.terminal:
            self.terminal.close()
            self.terminal = None
