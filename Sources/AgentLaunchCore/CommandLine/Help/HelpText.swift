/// The parts of help that no table holds.
enum HelpText {
    /// A command with its arguments and what it does.
    struct Usage: Sendable {
        var command: CommandName
        var words: String
        var meaning: String
    }

    static let introduction = """
        agentlaunch starts a terminal coding agent so that it resumes its conversation
        after a restart, and is given its prompt only once.

        """

    static let starts: [Usage] = [
        Usage(command: .start, words: "AGENT [options] [-- ARG...]", meaning: "start or resume an agent"),
        Usage(command: .start, words: "custom [options] -- COMMAND", meaning: "start any other program"),
    ]

    static let commands: [Usage] = [
        Usage(command: .agents, words: "agents", meaning: "list the supported agents"),
        Usage(
            command: .sessions,
            words: "sessions [AGENT]",
            meaning: "list conversations that can be resumed"
        ),
        Usage(
            command: .status,
            words: "status [AGENT]",
            meaning: "show what is running, and how other runs ended"
        ),
        Usage(
            command: .wait,
            words: "wait AGENT",
            meaning: "wait until the agent exits; return its exit status"
        ),
        Usage(command: .stop, words: "stop AGENT|--all", meaning: "stop the agent and wait for it to exit"),
        Usage(command: .logs, words: "logs AGENT", meaning: "print the agent's output"),
        Usage(
            command: .help,
            words: "help [AGENT|COMMAND]",
            meaning: "show help for an agent or a command"
        ),
    ]

    static let examples = """
        Examples:
          agentlaunch claude --prompt-file task.md
          agentlaunch goose --workdir ~/project --prompt 'Fix the tests' --dry-run
          agentlaunch codex --session review --resume-prompt 'Go on'
          agentlaunch claude --detach --prompt-file task.md
          agentlaunch logs claude -f
          agentlaunch sessions --format json

        """

    static let variables = """
        Environment:
          Every option for starting an agent has a variable: --some-name is
          AGENTLAUNCH_SOME_NAME. Options take precedence, and any --prompt... option
          overrides all AGENTLAUNCH_PROMPT... variables. An empty variable counts as
          unset. Switches take true, false, yes, no, 1 or 0; options that can be
          repeated take one value per line. Opposite switches share a variable:
          AGENTLAUNCH_TRANSPORT=agentapi|direct, AGENTLAUNCH_ATTENDED=true|false.
          The agent inherits none of them. A leading ~/ or $HOME/ in a path is the
          home directory.

          agentapi's variables AGENTAPI_PORT, AGENTAPI_CHAT_BASE_PATH,
          AGENTAPI_ALLOWED_HOSTS, AGENTAPI_ALLOWED_ORIGINS, AGENTAPI_STATE_FILE,
          AGENTAPI_PID_FILE, AGENTAPI_SAVE_STATE, AGENTAPI_TERM_WIDTH and
          AGENTAPI_TERM_HEIGHT are used unless an option overrides them.

        """

    static let statuses = """
        Exit status:
          The status of the agent or of agentapi, or:
            0   success; also a dry run with a verdict, a start in the background,
                and nothing to stop
            3   status: nothing is running; wait: nothing was ever run
           64   usage error, or a prompt that cannot be delivered
           65   a session store is damaged or unreadable
           66   the session, prompt file, directory or log does not exist
           69   port in use, agentapi or the agent not ready in time, or a launcher
                that cannot be signalled or left no exit status
           70   bug in agentlaunch
           73   a required file cannot be written
           75   already running
          126   the agent, agentapi or the wrapper is not executable
          127   the agent, agentapi or the wrapper is not found

        """
}
