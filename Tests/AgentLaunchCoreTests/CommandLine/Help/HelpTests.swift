import Testing

@testable import AgentLaunchCore

@Suite("Help", .timeLimit(.minutes(1)))
struct HelpTests {
    private static var texts: [String] {
        [Help.general(), Help.version] + CommandName.allCases.map(Help.command)
    }

    @Test("No line is longer than 80 columns or ends in a space")
    func width() {
        for line in Self.texts.flatMap({ $0.split(separator: "\n", omittingEmptySubsequences: false) }) {
            #expect(line.count <= 80, "\(line)")
            #expect(line.last != " ", "\(line)")
        }
    }

    @Test("The whole help names every option, command, status and its default")
    func complete() {
        let help = Help.general()
        for spec in OptionTable.options {
            #expect(help.contains("  \(spec.short.map { "-\(UnicodeScalar($0)), " } ?? "")\(spec.name.flag)"))
        }
        for command in CommandName.typed { #expect(help.contains("  agentlaunch \(command.rawValue)")) }
        for status in [64, 65, 66, 69, 70, 73, 75, 126, 127] { #expect(help.contains(" \(status)  ")) }
        for spec in OptionTable.options {
            guard let fallback = spec.fallback else { continue }
            let joined = Help.lines(spec).joined(separator: " ")
            #expect(joined.contains("default: \(fallback)"), "\(spec.name.flag)")
        }
    }

    @Test("What is not there yet is marked")
    func notYet() {
        let lines = Help.general().split(separator: "\n").filter { $0.contains("  agentlaunch ") }
        #expect(lines.filter { $0.contains("(not yet)") }.count == NotYet.commands.count)
    }

    @Test("A command's help has its own options only")
    func ofCommand() {
        #expect(Help.command(.sessions).contains("--all"))
        #expect(!Help.command(.sessions).contains("--prompt"))
        #expect(Help.command(.start).contains("--prompt-file FILE"))
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

    @Test("Nothing is near to nothing, to noise or to a text")
    func nothing() {
        #expect(nearest(to: [], among: ["a"]) == nil)
        #expect(nearest(to: bytes("zzzz"), among: ["model"]) == nil)
        #expect(nearest(to: Bytes(repeating: 0x61, count: 1_000_000), among: ["model"]) == nil)
        #expect(nearest(to: bytes("mod"), among: ["model-two", "model"]) == "model")
        #expect(nearest(to: bytes("DRY-RUN"), among: ["direct", "dry-run"]) == "dry-run")
    }
}
