import Testing

@testable import AgentLaunchCore

@Suite("The table of options", .timeLimit(.minutes(1)))
struct OptionTableTests {
    /// The table of docs/specification.md#options, in its order.
    static let specified = [
        "prompt", "prompt-file", "prompt-env", "prompt-base64-env", "report-tasks", "on-new-prompt",
        "resume-prompt", "resume-prompt-file", "resume-when", "workdir", "session", "resume", "fresh",
        "require-resume", "adopt", "on-unknown", "agentapi", "direct", "port", "term-width", "term-height",
        "module-dir", "state-persistence", "wrapper", "model", "allow-all", "env", "env-file", "attended",
        "unattended", "agent-version", "dry-run", "show-prompt", "stop-timeout", "restart", "detach",
        "wait-ready", "log-file", "quiet", "verbose", "log-format",
    ]

    @Test("Every option of the specification is there for starts, in its order")
    func completeAndOrdered() {
        let starts = OptionTable.options(of: .start).map(\.name.rawValue)
        #expect(starts.filter(Self.specified.contains) == Self.specified)
        #expect(starts.filter { !Self.specified.contains($0) } == ["format", "help", "version"])
    }

    @Test("Every name has one entry")
    func uniqueNames() {
        #expect(OptionTable.options.count == OptionName.allCases.count)
        #expect(Set(OptionTable.options.map(\.name)) == Set(OptionName.allCases))
    }

    @Test("Every short name is one option's")
    func uniqueShortNames() {
        let shorts = OptionTable.options.compactMap(\.short)
        #expect(Set(shorts).count == shorts.count)
        #expect(Set(shorts) == Set("ofh".utf8))
    }

    @Test("Groups are contiguous and in their order")
    func groups() {
        var seen: [OptionSpec.Group] = []
        for spec in OptionTable.options where seen.last != spec.group { seen.append(spec.group) }
        #expect(seen == OptionSpec.Group.allCases)
    }

    @Test("Every option of the specification has its variable, and only opposite switches share one")
    func variables() {
        let pairs: Set = ["agentapi", "direct", "attended", "unattended"]
        for name in Self.specified where !pairs.contains(name) {
            let capitals = name.uppercased().split(separator: "-").joined(separator: "_")
            #expect(OptionName(rawValue: name)?.spec.variable == "AGENTLAUNCH_" + capitals)
        }
        let all = OptionTable.options.compactMap(\.variable)
        let shared = Set(all.filter { name in all.filter { $0 == name }.count > 1 })
        #expect(shared == ["AGENTLAUNCH_TRANSPORT", "AGENTLAUNCH_ATTENDED"])
        #expect(Set(all.filter { all.firstIndex(of: $0) == all.lastIndex(of: $0) }).count == all.count - 4)
    }

    @Test(
        "What belongs to one command line has no variable",
        arguments: ["all", "follow", "tail", "help", "version"]
    )
    func noVariable(_ name: String) {
        #expect(OptionName(rawValue: name)?.spec.variable == nil)
    }

    @Test("Opposite switches name each other")
    func opposites() {
        #expect(OptionName.direct.spec.key == .agentapi)
        #expect(OptionName.unattended.spec.key == .attended)
    }

    @Test("Every option has one or two lines of help", arguments: OptionName.allCases)
    func help(_ name: OptionName) {
        let lines = Help.lines(name.spec)
        #expect((1...2).contains(lines.count), "\(name.flag): \(lines)")
        #expect(!name.spec.help.isEmpty)
    }

    @Test("Every option belongs to a command")
    func commands() {
        for spec in OptionTable.options { #expect(!spec.commands.isEmpty, "\(spec.name.flag)") }
    }

    @Test("Lists take the format, and the supervising commands directory and name")
    func commandOptions() {
        for command in [CommandName.agents, .sessions, .doctor, .status] {
            #expect(OptionName.format.spec.commands.contains(command))
        }
        for command in [CommandName.status, .wait, .stop, .logs] {
            #expect(OptionName.workdir.spec.commands.contains(command))
            #expect(OptionName.session.spec.commands.contains(command))
        }
    }
}
