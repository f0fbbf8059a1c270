/// What is known of a conversation before anything is decided: its record, the agent's store, and the records of the
/// conversations beside it.
struct StoreInspection {
    let query: StoreQuery
    let store: any SessionStore
    let record: RecordState
    /// The records of this agent's other conversations.
    private let others: [Record]
    /// Those of this directory that run now and have yet to learn their session's id.
    private let awaitingID: [Record]
    private let agent: Agent

    /// - Parameter ownRecord: in place of the one on disk.
    init(
        _ context: StartContext,
        _ conversation: ConversationFiles,
        _ task: TaskText?,
        ownRecord: Record?,
        _ findings: inout Findings
    ) {
        record = ownRecord.map(RecordState.present) ?? conversation.recordFile.read(&findings)
        query = StoreQuery(
            environment: context.environment,
            home: context.home,
            workdir: context.workdir,
            name: context.request.sessionName,
            conversation: conversation.directory,
            recorded: record.record?.tokens ?? [],
            task: task
        )
        agent = context.agent
        store = agent.store(query)
        others = conversation.others
        awaitingID = conversation.awaitingID(others)
    }

    func decide(_ options: DecisionOptions, _ findings: inout Findings) throws(LaunchError) -> Decision {
        let decider = Decider(
            agent: agent,
            query: query,
            store: store,
            options: options,
            record: record,
            others: others,
            awaitingID: awaitingID
        )
        return try decider.decide(&findings)
    }
}

extension DecisionOptions {
    init(_ request: Request, unreadableTask: LaunchError?) {
        self.init(
            adopt: request.adopt,
            freshWhenUnknown: request.onUnknown == .fresh,
            unreadableTask: unreadableTask
        )
        switch request.conversation {
        case .automatic: break
        case .resume(let id): resume = id
        case .fresh: fresh = true
        case .requireResume: requireResume = true
        }
    }
}
