/// `--help`, `help AGENT`, `help COMMAND` and `--version`: texts of at most 80 columns, from the table.
enum Help {
    static let width = 80
    private static let column = 28

    static let version = "agentlaunch \(ProductVersion.current)\n"

    static func text(_ topic: HelpTopic) throws(LaunchError) -> String {
        switch topic {
        case .general: return general()
        case .command(let name): return NotYet.commands[name] == nil ? command(name) : general()
        case .agent(let name):
            return agent(try Registry.agent(name))
        }
    }

    /// The whole of it, for `--help`, `-h` and no arguments at all.
    static func general() -> String {
        [
            HelpText.introduction,
            usage(HelpText.starts.map { ($0.words, $0.meaning) } + [("COMMAND [options]", "run a command")]),
            "Commands:\n" + HelpText.commands.map { row("  \($0.words)", at: column, $0.meaning) }.joined(),
            "Agents:\n" + row("", at: 2, Registry.agents.map(\.name).joined(separator: ", ")),
            HelpText.examples,
            optionGroups(of: CommandName.allCases),
            HelpText.variables,
            HelpText.statuses,
        ].joined(separator: "\n")
    }

    /// One command with its own options.
    static func command(_ name: CommandName) -> String {
        let lines = (HelpText.starts + HelpText.commands).filter { $0.command == name }
        return [
            usage(lines.map { ($0.words + (name == .start ? "" : " [options]"), $0.meaning) }),
            optionGroups(of: [name]),
            "See 'agentlaunch --help' for variables and exit statuses.\n",
        ].joined(separator: "\n")
    }

    /// What concerns one agent.
    static func agent(_ agent: Agent) -> String {
        let words =
            agent.name + " [options] "
            + (agent.programIsFirstArgument ? "-- COMMAND [ARG...]" : "[-- ARG...]")
        let example =
            agent.programIsFirstArgument
            ? "\(agent.name) --workdir ~/project -- my-agent --verbose"
            : "\(agent.name) --workdir ~/project --prompt-file task.md"
        return [
            "\(agent.title)\n",
            "Usage:\n  agentlaunch \(words)\n",
            facts(agent).map { row("  \($0)", at: 17, $1) }.joined(),
            "Common options:\n" + commonOptions(agent).map { entry($0.spec) }.joined(),
            "Example:\n  agentlaunch \(example)\n",
            "See 'agentlaunch --help' for all options.\n",
        ].joined(separator: "\n")
    }

    private static func facts(_ agent: Agent) -> [(String, String)] {
        var facts: [(String, String)] = []
        if !agent.aliases.isEmpty { facts.append(("aliases", agent.aliases.joined(separator: ", "))) }
        if !agent.executable.isEmpty {
            let places = ["PATH"] + agent.fallbackDirectories
            facts.append(("program", "\(agent.executable), from \(joinedList(places, "or"))"))
            facts.append(("install", agent.install))
        }
        facts.append(("agentapi type", agent.agentAPIType))
        // A program of which nothing is known has no release either.
        if let oldest = agent.oldestKnown {
            facts.append(("releases", "\(oldest) or newer; tested up to \(agent.newestKnown)"))
        }
        let stores = agent.coderMatrix.sessionData
        if !stores.isEmpty { facts.append(("sessions", stores.map(\.text).joined(separator: ", "))) }
        if agent.hasSessionIDs {
            facts.append(("session IDs", "listed by 'agentlaunch sessions \(agent.name)'"))
        }
        if !agent.limits.isEmpty { facts.append(("limits", agent.limits)) }
        let refused = agent.refusedArguments.sorted()
        if !refused.isEmpty { facts.append(("not after --", refused.joined(separator: ", "))) }
        return facts
    }

    private static func commonOptions(_ agent: Agent) -> [OptionName] {
        let common: [OptionName] = [.promptFile, .workdir, .session, .resume, .unattended, .detach, .dryRun]
        return common.filter {
            switch $0 {
            case .session: !agent.hasOneConversationPerDirectory
            case .resume: agent.hasSessionIDs
            default: true
            }
        }
    }

    /// One option as help shows it; the lines of its text never exceed the width.
    static func entry(_ spec: OptionSpec) -> String {
        let metavar = spec.metavar.map { " " + $0 } ?? ""
        let short = spec.short.map { "-\(UnicodeScalar($0)), " } ?? ""
        return row("  \(short)\(spec.name.flag)\(metavar)", at: column, description(spec))
    }

    /// The lines of an option's text, for help and for the test that they are two at most.
    static func lines(_ spec: OptionSpec) -> [String] { wrapped(description(spec), to: width - column) }

    private static func description(_ spec: OptionSpec) -> String {
        spec.help + (spec.fallback.map { " (default: \($0))" } ?? "")
    }

    private static func optionGroups(of commands: [CommandName]) -> String {
        OptionSpec.Group.allCases.compactMap { group -> String? in
            let options = OptionTable.options.filter {
                $0.group == group && !$0.commands.isDisjoint(with: commands)
            }
            return options.isEmpty ? nil : "\(group.rawValue):\n" + options.map(entry).joined()
        }.joined(separator: "\n")
    }

    private static func usage(_ lines: [(words: String, meaning: String)]) -> String {
        "Usage:\n" + lines.map { row("  agentlaunch \($0.words)", at: 46, $0.meaning) }.joined()
    }

    /// A term and its text; the text begins on the next line where the term is too long.
    private static func row(_ term: String, at column: Int, _ text: String) -> String {
        let indent = String(repeating: " ", count: column)
        var lines = wrapped(text, to: width - column).map { indent + $0 }
        if term.count + 2 <= column, let first = lines.first {
            lines[0] = term + first.dropFirst(term.count)
        } else {
            lines.insert(term, at: 0)
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

/// Breaks at spaces; a word longer than the width stays whole.
func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > width {
            lines.append(line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
}
