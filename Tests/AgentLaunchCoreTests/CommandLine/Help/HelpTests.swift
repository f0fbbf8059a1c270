import Testing

@testable import AgentLaunchCore

@Suite("Help", .timeLimit(.minutes(1)))
struct HelpTests {
    private static var texts: [String] {
        [Help.general(), Help.version] + CommandName.allCases.map(Help.command)
            + Registry.agents.map(Help.agent)
    }

    @Test("No line is longer than 80 columns, but for an address, or ends in a space")
    func width() {
        for line in Self.texts.flatMap({ $0.split(separator: "\n", omittingEmptySubsequences: false) }) {
            #expect(line.count <= 80 || line.contains("https://"), "\(line)")
            #expect(line.last != " ", "\(line)")
        }
    }

    @Test("The whole help names every option, command, status and its default")
    func complete() {
        let help = Help.general()
        for spec in OptionTable.options {
            #expect(help.contains("  \(spec.short.map { "-\(UnicodeScalar($0)), " } ?? "")\(spec.name.flag)"))
        }
        for command in CommandName.typed where NotYet.commands[command] == nil {
            #expect(help.contains("\n  \(command.rawValue) "))
        }
        for agent in Registry.agents { #expect(help.contains(" \(agent.name)")) }
        for status in [64, 65, 66, 69, 70, 73, 75, 126, 127] { #expect(help.contains(" \(status)  ")) }
        for spec in OptionTable.options {
            guard let fallback = spec.fallback else { continue }
            let joined = Help.lines(spec).joined(separator: " ")
            #expect(joined.contains("default: \(fallback)"), "\(spec.name.flag)")
        }
    }

    @Test("Commands that are not available are not mentioned")
    func notYet() throws {
        for command in NotYet.commands.keys {
            #expect(!Help.general().contains(command.rawValue))
            #expect(try Help.text(.command(command)) == Help.general())
        }
    }

    @Test("A command's or an agent's help has its own options only")
    func ofCommand() {
        #expect(Help.command(.sessions).contains("--all"))
        #expect(!Help.command(.sessions).contains("--prompt"))
        #expect(Help.command(.start).contains("--prompt-file FILE"))
    }

    @Test("An agent's help has what concerns it, not every option")
    func ofAgent() throws {
        let help = try Help.text(.agent("goose"))
        for part in ["agentlaunch goose [options]", "--resume ID", "cannot create named sessions"] {
            #expect(help.contains(part))
        }
        for part in ["--term-width", "Exit status", "--follow"] { #expect(!help.contains(part)) }
        #expect(try !Help.text(.agent("aider")).contains("--resume ID"))
        #expect(try !Help.text(.agent("amazonq")).contains("--session NAME"))
    }

    @Test("The version is one line")
    func version() {
        #expect(Help.version == "agentlaunch 0.1.0\n")
    }

    @Test("Text breaks at spaces and keeps long words whole")
    func wrapping() {
        #expect(wrapped("aa bb cc", to: 5) == ["aa bb", "cc"])
        #expect(wrapped("aaaaaaaa b", to: 5) == ["aaaaaaaa", "b"])
        #expect(wrapped("", to: 5) == [])
    }
}

@Suite("Near misses", .timeLimit(.minutes(1)))
struct EditDistanceTests {
    @Test(
        "Inserted, deleted, replaced and swapped bytes count one each",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1),
            ("ca", "abc", 3),
            ("prompt", "promt", 1), ("prompt", "prompt", 0), ("abcd", "acbd", 1),
        ]
    )
    func distances(_ a: String, _ b: String, _ distance: Int) {
        #expect(editDistance(bytes(a), bytes(b)) == distance)
        #expect(editDistance(bytes(b), bytes(a)) == distance)
    }

    @Test("An empty word, noise and a long text have no near match")
    func nothing() {
        #expect(nearest(to: [], among: ["a"]) == nil)
        #expect(nearest(to: bytes("zzzz"), among: ["model"]) == nil)
        #expect(nearest(to: Bytes(repeating: 0x61, count: 1_000_000), among: ["model"]) == nil)
        #expect(nearest(to: bytes("mod"), among: ["model-two", "model"]) == "model")
        #expect(nearest(to: bytes("DRY-RUN"), among: ["direct", "dry-run"]) == "dry-run")
    }
}
