/// Which conversation this start is about: the eight rules of docs/specification.md#decision, in order.
///
/// Reads the store through `ConversationReader` only; launches and writes nothing.
struct Decider {
    let agent: Agent
    let query: StoreQuery
    let store: any ConversationReader
    let options: DecisionOptions
    let record: RecordState
    /// The records of this agent's other conversations.
    let others: [Record]
    /// Those of this directory that run now and have yet to learn their session's id.
    var awaitingID: [Record] = []

    func decide(_ findings: inout Findings) throws(LaunchError) -> Decision {
        var decision = try firstThatApplies(&findings)
        if decision.verdict == .unknown, options.freshWhenUnknown, decision.how != .requested,
            decision.how != .fresh
        {
            findings.warn(
                "unknown-fresh",
                "\(decision.reason) Starting a new conversation, because of --on-unknown fresh."
            )
            decision = try cold(
                .fresh,
                "The state is unknown, and --on-unknown is fresh.",
                &findings
            )
        }
        if decision.verdict == .cold, options.requireResume {
            throw LaunchError(
                .noInput,
                "--require-resume",
                "no \(agent.name) conversation to resume in \(query.workdir)",
                "start once without --require-resume, or choose one with --resume ID"
            )
        }
        return decision
    }

    private func firstThatApplies(_ findings: inout Findings) throws(LaunchError) -> Decision {
        if let id = options.resume { return try requested(id, &findings) }
        if options.fresh { return try cold(.fresh, "A new conversation was requested.", &findings) }
        switch remembered(&findings) {
        case .decided(let decision): return decision
        case .startOver(let empty):
            // What the record names came to nothing, and a start after it could not write its own.
            let derivation = store.derived(&findings)
            if derivation.isBeyondRecord, let session = derivation.resumable {
                return .warm(session, .derived, "A later conversation for this directory and name exists.")
            }
            let reason =
                isFresh
                ? "The requested new conversation has no message yet."
                : "The prompt never reached the last conversation."
            return try cold(isFresh ? .fresh : .derived, reason, reusing: empty, &findings)
        case .goOn: break
        }
        let derivation = store.derived(&findings)
        if let session = derivation.resumable {
            return .warm(session, .derived, "The conversation for this directory and name exists.")
        }
        if let failure = derivation.failure {
            return .unknown(
                failure,
                .derived,
                "The conversation for this directory and name cannot be read reliably."
            )
        }
        if let decision = inherited(&findings) { return decision }
        if let decision = try adopted(&findings) { return decision }
        if let failure = store.failure(&findings) {
            return .unknown(failure, .derived, "The store of \(agent.title) cannot be read.")
        }
        return try cold(
            isFresh ? .fresh : .derived,
            agent.keepsConversations
                ? "\(agent.title) has no conversation for this directory and name."
                : "Custom programs always start cold.",
            &findings
        )
    }

    /// `--fresh` made the conversation of the record: as long as it holds no message, older ones stay behind.
    var isFresh: Bool { record.record?.origin == .fresh }

    // MARK: Rule 1

    private func requested(_ id: String, _ findings: inout Findings) throws(LaunchError) -> Decision {
        guard agent.hasSessionIDs else {
            throw LaunchError(
                .usage,
                "--resume",
                "\(agent.name) conversations have no session IDs",
                "remove it; --session NAME tells conversations apart"
            )
        }
        guard agent.isSessionID(id) else {
            throw LaunchError(
                .usage,
                "--resume \(id)",
                "not a valid \(agent.title) session ID",
                "see agentlaunch sessions \(agent.name)"
            )
        }
        switch store.find(id, &findings) {
        case .found(let session) where session.state == .resumable:
            if let place = otherPlace(session) {
                throw LaunchError(
                    .noInput,
                    "--resume \(id)",
                    "the conversation belongs to \(place), and \(agent.title) \(agent.otherDirectoryProblem ?? "")",
                    "add --workdir \(ShellQuoting.quote(place.description))"
                )
            }
            return .warm(session, .requested, "This conversation was requested by its session ID.")
        case .unreadable(let failure):
            return .unknown(
                failure,
                .requested,
                "The requested conversation cannot be read reliably."
            )
        case .found, .absent: break
        }
        if let failure = store.failure(&findings) {
            return .unknown(failure, .requested, "The store of \(agent.title) cannot be read.")
        }
        let ids = store.candidates(&findings).sessions.sorted(by: newestFirst).map(\.id)
        let known =
            ids.isEmpty
            ? "nothing to resume in \(query.workdir)" : "resumable: " + ids.prefix(10).joined(separator: ", ")
        throw LaunchError(
            .noInput,
            "--resume \(id)",
            "\(agent.title) has no such conversation, or it has no message",
            known
        )
    }

    /// Where the session belongs, if the agent does not go on with it here as it should.
    func otherPlace(_ session: Session) -> Path? {
        guard agent.otherDirectoryProblem != nil, let directory = session.directory else { return nil }
        return WorkdirMatcher(query).isHere(directory) ? nil : directory
    }

    // MARK: Rule 8

    private func cold(
        _ how: Decision.How,
        _ reason: String,
        reusing given: Session? = nil,
        _ findings: inout Findings
    ) throws(LaunchError) -> Decision {
        let derivation = store.derived(&findings)
        if how == .fresh, options.fresh, let failure = derivation.failure {
            return .unknown(
                failure,
                .fresh,
                "The session IDs already used for new conversations cannot be read."
            )
        }
        if let error = options.unreadableTask { throw error }
        if let empty = given ?? (how == .fresh ? nil : derivation.empty) {
            return Decision(verdict: .cold, reason: reason, how: how, start: .reuse(empty))
        }
        return Decision(verdict: .cold, reason: reason, how: how, start: .cold(derivation.new))
    }
}
