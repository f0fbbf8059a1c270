extension Agent {
    /// Any other program: always cold; a prompt only under agentapi.
    static let custom = Agent(
        name: "custom",
        title: "Any other program",
        executable: "",
        install: "install it, or give its full path",
        agentAPIType: "custom",
        newestKnown: "0",
        compatibility: Compatibility(),
        limits: "always cold: nothing is known of its conversations",
        isSessionID: { _ in false },
        store: { _ in NoStore() },
        command: { request in
            var command = AgentCommand(arguments: request.extra.map { .text($0) })
            command.delivery = request.hasPrompt ? .agentapi : nil
            return command
        }
    )
}

/// The store of a program that keeps none that we know.
private final class NoStore: SessionStore {
    let root: Path = "/"
    let watched: [Path] = []

    func trouble(_ findings: inout Findings) -> StoreTrouble? { nil }
    func find(_ id: String, _ findings: inout Findings) -> Lookup { .absent }
    func candidates(_ findings: inout Findings) -> Candidates { Candidates() }
    func contains(_ text: TaskText, in session: Session) -> Bool? { nil }
}
