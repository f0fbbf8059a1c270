/// The names that agents answer to on the command line.
struct AgentNames: Sendable {
    struct Entry: Equatable, Sendable {
        let name: String
        let aliases: [String]

        init(_ name: String, _ aliases: [String] = []) {
            self.name = name
            self.aliases = aliases
        }

        var all: [String] { [name] + aliases }
    }

    let available: [Entry]

    /// The agents of this release.
    static let registered = AgentNames(available: Registry.agents.map { Entry($0.name, $0.aliases) })

    /// The name itself for a name or an alias.
    func resolve(_ word: Bytes, alsoMeant commands: [String] = []) throws(LaunchError) -> String {
        if let entry = entry(word) { return entry.name }
        let all = available.flatMap(\.all) + commands
        throw LaunchError(
            .usage,
            shown(word),
            commands.isEmpty ? "unknown agent" : "unknown agent or command",
            nearest(to: word, among: all).map { "did you mean \($0)?" }
                ?? "agentlaunch agents lists the agents"
        )
    }

    func knows(_ word: Bytes) -> Bool { entry(word) != nil }

    private func entry(_ word: Bytes) -> Entry? {
        guard let text = word.text else { return nil }
        return available.first { $0.all.contains(text) }
    }
}

/// A mistyped word as an error may show it. A word that does not look like a name may be somebody's prompt,
/// and prompts are never written to a log.
func shown(_ word: Bytes) -> String {
    let isName = { (byte: UInt8) in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
    return !word.isEmpty && word.count <= 40 && word.allSatisfy(isName)
        ? word.lossyText : "<\(word.count) bytes>"
}
