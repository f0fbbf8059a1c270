/// `--help`, `help AGENT`, `help COMMAND` and `--version`: texts of at most 80 columns, from the table.
enum Help {
    static let width = 80
    private static let column = 28

    static let version = "agentlaunch \(ProductVersion.current)\n"

    static func text(_ topic: HelpTopic) throws(LaunchError) -> String {
        switch topic {
        case .general: return general()
        case .command(let name): return command(name)
        case .agent(let name):
            return agent(try Registry.agent(name))
        }
    }

    /// The whole of it, for `--help`, `-h` and no arguments at all.
    static func general() -> String {
        [
            HelpText.introduction,
            section("Usage:", HelpText.usage),
            HelpText.examples,
            optionGroups(of: CommandName.allCases),
            HelpText.variables,
            HelpText.statuses,
        ].joined(separator: "\n")
    }

    static func command(_ name: CommandName) -> String {
        let usage = HelpText.usage.filter { $0.command == name }
        return [
            section("Usage:", usage),
            optionGroups(of: [name]),
            "agentlaunch --help tells the rest.\n",
        ].joined(separator: "\n")
    }

    /// What this program knows of one agent.
    static func agent(_ agent: Agent) -> String {
        var facts: [(String, String)] = [
            (
                "command line",
                "agentlaunch \(agent.name) [options] "
                    + (agent.programIsFirstArgument ? "-- COMMAND [ARG...]" : "[-- ARG...]")
            )
        ]
        if !agent.aliases.isEmpty { facts.append(("also called", agent.aliases.joined(separator: ", "))) }
        if !agent.executable.isEmpty { facts.append(("program", agent.executable)) }
        let places = ["PATH"] + agent.fallbackDirectories
        facts.append(("looked for in", places.joined(separator: ", ")))
        if !agent.install.isEmpty { facts.append(("to install", agent.install)) }
        facts.append(("under agentapi", "--type \(agent.agentAPIType)"))
        // A program of which nothing is known has no release either.
        if agent.newestKnown > "0" { facts.append(("rules checked with", "release \(agent.newestKnown)")) }
        if !agent.limits.isEmpty { facts.append(("limits", agent.limits)) }
        let refused = agent.refusedArguments.sorted()
        if !refused.isEmpty { facts.append(("not after --", refused.joined(separator: ", "))) }
        let rows = facts.map { row("  \($0.0)", at: 22, $0.1) }
        return "\(agent.title)\n\n" + rows.joined() + "\nagentlaunch --help lists the options.\n"
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

    private static func section(_ title: String, _ usage: [HelpText.Usage]) -> String {
        title + "\n"
            + usage.map { usage in
                let isMissing = usage.command.map { NotYet.commands[$0] != nil } ?? false
                return row(
                    "  agentlaunch \(usage.words)",
                    at: 44,
                    usage.meaning + (isMissing ? " (not yet)" : "")
                )
            }.joined()
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
