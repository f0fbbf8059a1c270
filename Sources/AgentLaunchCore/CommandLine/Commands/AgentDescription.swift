/// One agent in `agentlaunch agents`, for people: a line for each thing that is known, in 80 columns.
struct AgentDescription {
    private static let column = 19
    private static let width = 80

    let text: String

    init(_ agent: Agent, installed: Path?) {
        let row = agent.coderMatrix
        var facts = [(agent.name, Self.title(agent))]
        if !agent.executable.isEmpty {
            facts.append(("installed", installed?.description ?? "not found"))
        }
        if let module = row.module { facts.append(("module", Self.module(module, row))) }
        if !row.sessionData.isEmpty {
            facts.append(("sessions", row.sessionData.map(\.text).joined(separator: ", ")))
        }
        if let storage = row.minimumStorage { facts.append(("storage", "at least " + storage.text)) }
        if let oldest = agent.oldestKnown {
            facts.append(("releases", "\(oldest) or newer; tested up to \(agent.newestKnown)"))
        }
        if let proof = agent.proof {
            facts.append(("verified against", "\(proof.kind.rawValue): \(proof.what)"))
        }
        facts.append(("limits", agent.limits))
        text = facts.enumerated().map { index, fact in
            Self.entry(index == 0 ? fact.0 : "  " + fact.0, fact.1)
        }.joined()
    }

    private static func title(_ agent: Agent) -> String {
        agent.aliases.isEmpty
            ? agent.title : "\(agent.title); aliases: \(agent.aliases.joined(separator: ", "))"
    }

    private static func module(_ name: String, _ row: CoderMatrix) -> String {
        var words = [name + (row.moduleVersion.map { " \($0) or newer" } ?? "")]
        if let support = row.support {
            words.append("resumes by itself: \(support.rawValue)")
        }
        if let issue = row.issue { words.append("coder/registry#\(issue)") }
        return words.joined(separator: "; ")
    }

    private static func entry(_ label: String, _ value: String) -> String {
        let margin = String(repeating: " ", count: column)
        let lines = wrapped(value, to: width - column).map { margin + $0 }
        return lines.enumerated().map { index, line in
            (index == 0 ? label + line.dropFirst(label.count) : line) + "\n"
        }.joined()
    }
}
