/// `agentlaunch agents`: what is known of each agent, and whether it is installed.
struct AgentsCommand {
    private let options: CommandOptions
    private let surroundings: Surroundings

    init(_ invocation: Invocation, _ surroundings: Surroundings) throws(LaunchError) {
        self.surroundings = surroundings
        options = try CommandOptions(
            invocation,
            environment: surroundings.environment,
            currentDirectory: surroundings.currentDirectory
        )
    }

    func text() throws(LaunchError) -> String {
        switch options.format {
        case .json: JSONWriter.pretty(.array(Registry.agents.map(json))).lossyText
        case .text: table()
        }
    }

    private func json(_ agent: Agent) -> JSONValue {
        [
            "name": .string(agent.name),
            "title": .string(agent.title),
            "aliases": .array(agent.aliases.map(JSONValue.string)),
            "executable": .string(agent.executable),
            "installed": .optional(installed(agent)?.description),
            "agentAPIType": .string(agent.agentAPIType),
            "checkedWith": .string(agent.newestKnown.description),
            "limits": .string(agent.limits),
        ]
    }

    private func table() -> String {
        let rows = Registry.agents.map { agent in
            [
                agent.name, agent.title,
                agent.name == "custom" ? "-" : installed(agent)?.description ?? "not installed", agent.limits,
            ]
        }
        return TextTable(["AGENT", "PROGRAM", "INSTALLED", "LIMITS"], rows).text
    }

    private func installed(_ agent: Agent) -> Path? {
        guard !agent.executable.isEmpty else { return nil }
        let found = agent.find(
            Bytes(agent.executable.utf8),
            surroundings.environment,
            surroundings.home,
            surroundings.currentDirectory
        )
        if case .found(let path, _) = found { return path }
        return nil
    }
}
