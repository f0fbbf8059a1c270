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
                ?? (commands.isEmpty ? "see agentlaunch agents" : "see agentlaunch --help")
        )
    }

    func knows(_ word: Bytes) -> Bool { entry(word) != nil }

    private func entry(_ word: Bytes) -> Entry? {
        guard let text = word.text else { return nil }
        return available.first { $0.all.contains(text) }
    }
}
