extension Agent {
    /// Any other program: always cold; a prompt only under agentapi.
    /// Facts: docs/agents/custom.md.
    static let custom = Agent(
        // At a glance
        name: "custom",
        title: "Custom program",
        executable: "",
        install: "install it, or give its full path",
        agentAPIType: "custom",
        newestKnown: "0",
        coderMatrix: CoderMatrix(),
        limits: "always cold, because its conversations are unknown; no --model, no --allow-all",

        // Store
        keepsConversations: false,
        store: { _ in NoStore() },
        isSessionID: { _ in false },
        hasSessionIDs: false,

        // Command line
        programIsFirstArgument: true,
        command: { (request) throws(LaunchError) in
            for (option, isGiven) in [("--model", request.model != nil), ("--allow-all", request.allowAll)]
            where isGiven {
                throw LaunchError(
                    .usage,
                    option,
                    "the program's options are unknown",
                    "remove it, and pass the program's own option after --"
                )
            }
            return AgentCommand(arguments: request.extra.map { .text($0) })
        },

        // Prompt
        // By agentapi only.

        // Resume
        // Never.

        // Screen
        // Not known.
        needsTerminal: false
    )
}

// MARK: - Store

/// The store of a program that keeps none that we know.
private final class NoStore: SessionStore {
    let root: Path = "/"
    let watched: [Path] = []

    func failure(_ findings: inout Findings) -> StoreFailure? { nil }
    func find(_ id: String, _ findings: inout Findings) -> Lookup { .absent }
    func candidates(_ findings: inout Findings) -> Candidates { Candidates() }
    func contains(_ text: TaskText, in session: Session) -> Bool? { nil }
}
