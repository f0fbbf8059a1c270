/// `agentlaunch sessions [AGENT]`: the conversations of this directory, or of all, that could be resumed.
struct SessionsCommand {
    private let options: CommandOptions
    private let processContext: ProcessContext
    private let agents: [Agent]

    init(_ invocation: Invocation, _ processContext: ProcessContext, agent: String?) throws(LaunchError) {
        self.processContext = processContext
        try processContext.checkHome()
        options = try CommandOptions(
            invocation,
            environment: processContext.environment,
            currentDirectory: processContext.currentDirectory
        )
        agents = Registry.agents.filter { agent == nil ? $0.keepsConversations : $0.name == agent }
    }

    private struct Row {
        var agent: Agent
        var session: Session
        /// The name under which it was started here.
        var name: String?

        /// Nil for an agent that knows a conversation by its file alone.
        var id: String? { agent.isSessionID(session.id) ? session.id : nil }
    }

    func run(_ diagnostics: Diagnostics) throws(LaunchError) -> Int32 {
        let workdir: Path
        do throws(Errno) { workdir = try options.workdir.physical() } catch {
            throw LaunchError(.noInput, "\(options.workdir)", "\(error)", "use another --workdir")
        }
        let state = StateDirectory(environment: processContext.environment, home: processContext.home)
        var rows: [Row] = []
        var failure: StoreFailure?
        for agent in agents {
            let records = RecordFile.records(
                of: StateDirectory.conversations(in: state.root, of: Bytes(agent.name.utf8))
            )
            let query = StoreQuery(
                environment: processContext.environment,
                home: processContext.home,
                workdir: workdir,
                name: SessionName.fallback,
                everywhere: options.all,
                otherConversations: records.map {
                    let path = state.conversation(agent: agent.name, name: $0.name, workdir: $0.workdir)
                    return ConversationDirectory(path: path, workdir: $0.workdir)
                }
            )
            var findings = Findings()
            let candidates = agent.store(query).candidates(&findings)
            for warning in findings.warnings { diagnostics.warn(warning) }
            for found in candidates.failures {
                diagnostics.warn(Warning("session-unreadable", "\(found.path): \(found.why)"))
                failure = failure ?? found
            }
            rows += candidates.sessions.sorted(by: newestFirst).map { session in
                Row(
                    agent: agent,
                    session: session,
                    name: records.first { $0.sessionID == session.id }?.name
                )
            }
        }
        writeAll(Bytes(text(rows).utf8), to: 1)
        return (failure == nil ? ExitStatus.success : .unknown).rawValue
    }

    private func text(_ rows: [Row]) -> String {
        switch options.format {
        case .json:
            let list = rows.map { row -> JSONValue in
                [
                    "agent": .string(row.agent.name), "id": .optional(row.id),
                    "name": .optional(row.session.name),
                    "session": .optional(row.name),
                    "directory": .optional(row.session.directory?.description),
                    "messages": row.session.messages.map { .integer($0) } ?? .null,
                    "updatedAt": .optional(row.session.updatedAt?.rfc3339),
                    "interrupted": row.session.interrupted.map { .bool($0) } ?? .null,
                    "store": .string(row.session.store.description),
                ]
            }
            return JSONWriter.pretty(.array(list)).lossyText
        case .text:
            let header =
                ["AGENT", "ID", "SESSION", "MESSAGES", "LAST ACTIVE"] + (options.all ? ["DIRECTORY"] : [])
            let lines = rows.map { row in
                [
                    row.agent.name, row.id ?? "(\(row.session.store.lastComponent.lossyText))",
                    row.name ?? "-", row.session.messages.map(String.init) ?? "-",
                    row.session.updatedAt?.rfc3339 ?? "-",
                ] + (options.all ? [row.session.directory?.description ?? "-"] : [])
            }
            return TextTable(header, lines).text
        }
    }
}
