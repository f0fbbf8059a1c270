/// Which conversation this start is about: the eight rules of the contract's section 4, in order.
///
/// Reads the store through `SessionStore` only; launches and writes nothing.
struct Decider {
    let agent: Agent
    let query: StoreQuery
    let store: any SessionStore
    let wishes: Wishes
    let record: RecordState
    /// The records of this agent's other conversations.
    let others: [Record]

    func decide(_ findings: inout Findings) throws(LaunchError) -> Decision {
        let decision = try firstThatApplies(&findings)
        switch decision.verdict {
        case .unknown:
            if wishes.freshWhenUnknown, decision.how != .requested, decision.how != .fresh {
                findings.warn(
                    "unknown-fresh",
                    "\(decision.reason) A new conversation is started, as --on-unknown fresh says."
                )
                return try cold(
                    .fresh,
                    "The state is unknown, and --on-unknown fresh asks for a new conversation.",
                    &findings
                )
            }
        case .cold where wishes.requireResume:
            throw LaunchError(
                .noInput,
                "--require-resume",
                "there is no conversation of \(agent.name) to resume in \(query.workdir)",
                "start once without --require-resume, or name one with --resume ID"
            )
        case .cold, .warm: break
        }
        return decision
    }

    private func firstThatApplies(_ findings: inout Findings) throws(LaunchError) -> Decision {
        if let id = wishes.resume { return try requested(id, &findings) }
        if wishes.fresh { return try cold(.fresh, "A new conversation was asked for.", &findings) }
        switch remembered(&findings) {
        case .decided(let decision): return decision
        case .startOver(let empty):
            return try cold(
                .derived,
                "The prompt never reached the last conversation.",
                reusing: empty,
                &findings
            )
        case .goOn: break
        }
        let derivation = store.derived(&findings)
        if let session = derivation.resumable {
            return .warm(session, .derived, "The conversation of this directory and name is there.")
        }
        if let trouble = derivation.trouble {
            return .unknown(
                trouble,
                .derived,
                "The conversation of this directory and name cannot be read with certainty."
            )
        }
        if let decision = inherited(&findings) { return decision }
        if let decision = try adopted(&findings) { return decision }
        if let trouble = store.trouble(&findings) {
            return .unknown(trouble, .derived, "The store of \(agent.title) cannot be read.")
        }
        return try cold(
            .derived,
            "\(agent.title) holds no conversation of this directory and name.",
            &findings
        )
    }

    // MARK: Rule 1

    private func requested(_ id: String, _ findings: inout Findings) throws(LaunchError) -> Decision {
        guard agent.isSessionID(id) else {
            throw LaunchError(
                .usage,
                "--resume \(id)",
                "this has not the form of an id of \(agent.title)",
                "`agentlaunch sessions \(agent.name)` lists the ids"
            )
        }
        switch store.find(id, &findings) {
        case .found(let session) where session.state == .resumable:
            return .warm(session, .requested, "This conversation was asked for by its id.")
        case .unreadable(let trouble):
            return .unknown(
                trouble,
                .requested,
                "The conversation that was asked for cannot be read with certainty."
            )
        case .found, .absent: break
        }
        if let trouble = store.trouble(&findings) {
            return .unknown(trouble, .requested, "The store of \(agent.title) cannot be read.")
        }
        let ids = store.candidates(&findings).sessions.sorted(by: newestFirst).map(\.id)
        let known =
            ids.isEmpty
            ? "none is there for \(query.workdir)" : "there are: " + ids.prefix(10).joined(separator: ", ")
        throw LaunchError(
            .noInput,
            "--resume \(id)",
            "\(agent.title) holds no such conversation with a message",
            known
        )
    }

    // MARK: Rule 3

    private enum Remembered {
        case decided(Decision)
        /// Rule 8 at once, in the empty conversation if there is one.
        case startOver(Session?)
        case goOn
    }

    private func remembered(_ findings: inout Findings) -> Remembered {
        guard case .present(let record) = record else { return .goOn }
        if record.hasNoSession { return captured(record, &findings) }
        var empty: Session?
        if let id = record.sessionID, agent.isSessionID(id) {
            switch store.find(id, &findings) {
            case .found(let session) where session.state == .resumable:
                return .decided(.warm(session, .record, "The conversation that was started here is there."))
            case .unreadable(let trouble):
                let reason = "The conversation that was started here cannot be read with certainty."
                return .decided(.unknown(trouble, .record, reason))
            case .found(let session): empty = session.state == .empty ? session : nil
            case .absent: break
            }
        } else if record.sessionName != nil {
            let derivation = store.derived(&findings)
            if let session = derivation.resumable, session.name == record.sessionName {
                return .decided(.warm(session, .record, "The conversation that was started here is there."))
            }
            if let trouble = derivation.trouble {
                let reason = "The conversation that was started here cannot be read with certainty."
                return .decided(.unknown(trouble, .record, reason))
            }
            empty = derivation.empty.flatMap { $0.name == record.sessionName ? $0 : nil }
        }
        if record.wasDelivered, let trouble = missingStore(record, &findings) {
            return .decided(
                .unknown(trouble, .record, "A prompt was delivered here, and the store is not where it was.")
            )
        }
        let neverDelivered = !record.prompts.isEmpty && !record.wasDelivered
        if record.origin == .fresh || neverDelivered {
            if let trouble = store.trouble(&findings) {
                return .decided(.unknown(trouble, .record, "The store of \(agent.title) cannot be read."))
            }
            return .startOver(empty)
        }
        if empty == nil, !record.prompts.isEmpty {
            findings.warn(
                "conversation-lost",
                "conversation \(record.sessionID ?? record.sessionName ?? "") of this directory is no longer in \(store.root)"
            )
        }
        return .goOn
    }

    /// The launcher ended before it learnt the id: ours is the only session that began since.
    private func captured(_ record: Record, _ findings: inout Findings) -> Remembered {
        let since = store.candidates(&findings).sessions.filter { session in
            session.startedAt.map { $0 >= record.startedAt } ?? false
        }
        let isAnothers =
            query.task.map { record.holds($0.sha256) != nil && since.first?.firstMessage == .isOther }
            ?? false
        guard since.count == 1, !isAnothers, !isHeld(since[0]) else { return .goOn }
        return .decided(
            .warm(since[0], .record, "The only conversation since the start that was recorded here.")
        )
    }

    private func missingStore(_ record: Record, _ findings: inout Findings) -> StoreTrouble? {
        guard record.store == store.root else {
            return StoreTrouble(
                path: record.store,
                kind: .unreadable,
                why: "it held the conversation, but now \(store.root) is the store",
                nextStep: "start with the environment of that time (HOME, …), or pass --fresh"
            )
        }
        if (try? fileStatus(store.root)) != nil { return nil }
        findings.saw(store.root, .absent, "the store that held the conversation")
        return StoreTrouble(
            path: store.root,
            kind: .unreadable,
            why: "it held the conversation and is missing",
            nextStep: "mount the volume that holds it, or pass --fresh"
        )
    }

    // MARK: Rule 8

    private func cold(
        _ how: Decision.How,
        _ reason: String,
        reusing given: Session? = nil,
        _ findings: inout Findings
    ) throws(LaunchError) -> Decision {
        let derivation = store.derived(&findings)
        if how == .fresh, wishes.fresh, let trouble = derivation.trouble {
            return .unknown(trouble, .fresh, "The ids already used for new conversations cannot be read.")
        }
        if let error = wishes.unreadableTask { throw error }
        if how != .fresh, let empty = given ?? derivation.empty {
            return Decision(verdict: .cold, reason: reason, how: .derived, start: .reuse(empty))
        }
        return Decision(verdict: .cold, reason: reason, how: how, start: .cold(derivation.new))
    }
}
