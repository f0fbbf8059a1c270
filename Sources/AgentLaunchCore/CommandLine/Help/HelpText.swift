/// The parts of help that no table holds.
enum HelpText {
    /// A line of the usage; `command` is nil for what `--help` and `--version` do.
    struct Usage: Sendable {
        var command: CommandName?
        var words: String
        var meaning: String
    }

    static let introduction = """
        agentlaunch starts a terminal coding agent in a workspace. After a restart the
        agent goes on with its conversation, and the task is not given a second time.

        """

    static let usage: [Usage] = [
        Usage(
            command: .start,
            words: "AGENT [options] [-- ARG...]",
            meaning: "start, or go on with, an agent"
        ),
        Usage(
            command: .start,
            words: "custom [options] -- COMMAND",
            meaning: "any other program, always new"
        ),
        Usage(command: .agents, words: "agents", meaning: "the agents that it knows"),
        Usage(command: .sessions, words: "sessions [AGENT] [--all]", meaning: "the conversations on disk"),
        Usage(command: .doctor, words: "doctor [AGENT...]", meaning: "what may stop a start"),
        Usage(command: .status, words: "status [AGENT]", meaning: "what runs, and how the rest ended"),
        Usage(command: .wait, words: "wait AGENT", meaning: "until it has ended, with its status"),
        Usage(command: .stop, words: "stop AGENT|--all", meaning: "end it, and wait for its end"),
        Usage(command: .logs, words: "logs AGENT [-f] [--tail N]", meaning: "what it printed"),
        Usage(command: .completions, words: "completions bash|zsh|fish", meaning: "for your shell"),
        Usage(command: .help, words: "help [AGENT|COMMAND]", meaning: "about one of them"),
        Usage(command: nil, words: "--help | -h | --version", meaning: "this text; the release"),
    ]

    static let examples = """
        Examples:
          agentlaunch claude --direct --prompt-file task.md
          agentlaunch goose --workdir ~/project --prompt 'Fix the tests' --dry-run
          agentlaunch codex --session review --resume-prompt 'Go on'
          agentlaunch sessions --format json
          agentlaunch claude --detach --prompt-file task.md
          agentlaunch logs claude -f

        """

    static let variables = """
        Variables:
          Every option --some-name that belongs to a start has the variable
          AGENTLAUNCH_SOME_NAME; an option wins over its variable, and any --prompt...
          option over all AGENTLAUNCH_PROMPT... variables. Empty means not given.
          Switches take true, false, yes, no, 1 and 0; options that can be repeated
          one value a line. Two pairs of switches have one variable each:
          AGENTLAUNCH_TRANSPORT=agentapi|direct and AGENTLAUNCH_ATTENDED=true|false.
          The agent inherits none of them. A leading ~/ or $HOME/ in a path is the
          home directory.
          Of agentapi's own variables PORT, CHAT_BASE_PATH, ALLOWED_HOSTS,
          ALLOWED_ORIGINS, STATE_FILE, PID_FILE, SAVE_STATE, TERM_WIDTH and
          TERM_HEIGHT (each AGENTAPI_...) are kept, below the options.

        """

    static let statuses = """
        Exit status:
          that of the agent, or of agentapi; else
            0   done; a dry run decided; help; it runs, or there was nothing to stop
            3   status: nothing runs; wait: nothing ever ran
           64   wrong use, or a prompt that cannot be delivered
           65   a session store is damaged or cannot be read
           66   the session, prompt file, directory or log is not there
           69   agentapi's port is taken, or it did not become ready, or the agent was
                not ready for its prompt; a launcher that may not be signalled, or was
                killed and left no status
           70   a bug in agentlaunch
           73   a file that the start needs could not be written
           75   already running
          126   the agent, agentapi or the wrapper is not executable
          127   it was not found

        """
}
