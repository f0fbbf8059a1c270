/// `agentlaunch agents`: what is known of each agent, and whether it is installed.
struct AgentsCommand {
    private let options: CommandOptions
    private let processContext: ProcessContext

    init(_ invocation: Invocation, _ processContext: ProcessContext) throws(LaunchError) {
        self.processContext = processContext
        options = try CommandOptions(
            invocation,
            environment: processContext.environment,
            currentDirectory: processContext.currentDirectory
        )
    }

    func text() throws(LaunchError) -> String {
        switch options.format {
        case .json: JSONWriter.pretty(.array(Registry.agents.map(json))).lossyText
        case .text:
            Registry.agents.map { AgentDescription($0, installed: installed($0)).text }.joined(
                separator: "\n"
            )
        }
    }

    private func json(_ agent: Agent) -> JSONValue {
        let row = agent.coderMatrix
        return [
            "name": .string(agent.name),
            "title": .string(agent.title),
            "aliases": .array(agent.aliases.map(JSONValue.string)),
            "executable": .optional(agent.executable.isEmpty ? nil : agent.executable),
            "installed": .optional(installed(agent)?.description),
            "agentAPIType": .string(agent.agentAPIType),
            "module": .optional(row.module),
            "moduleVersion": .optional(row.moduleVersion?.description),
            "support": .optional(row.support?.rawValue),
            "trackingIssue": row.issue.map { .integer(Int64($0)) } ?? .null,
            "sessionData": .array(
                row.sessionData.map { ["path": .string($0.value), "note": .optional($0.note)] }
            ),
            "minimumStorage": row.minimumStorage.map {
                ["size": .string($0.value), "note": .optional($0.note)]
            } ?? .null,
            "agentVersion": [
                "needed": .optional(agent.oldestKnown?.description),
                "known": .optional(agent.oldestKnown.map { _ in agent.newestKnown.description }),
            ],
            "proof": agent.proof.map { ["kind": .string($0.kind.rawValue), "what": .string($0.what)] }
                ?? .null,
            "limits": .string(agent.limits),
        ]
    }

    private func installed(_ agent: Agent) -> Path? {
        guard !agent.executable.isEmpty else { return nil }
        let found = agent.find(
            Bytes(agent.executable.utf8),
            environment: processContext.environment,
            home: processContext.home,
            relativeTo: processContext.currentDirectory
        )
        if case .found(let path, _) = found { return path }
        return nil
    }
}
