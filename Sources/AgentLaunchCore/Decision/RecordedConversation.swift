/// Rule 3: the conversation that the record names.
extension Decider {
    enum RecordedConversation {
        case decided(Decision)
        /// Rule 8 at once, in the empty conversation if there is one.
        case startOver(Session?)
        case goOn
    }

    func remembered(_ findings: inout Findings) -> RecordedConversation {
        guard case .present(let record) = record else { return .goOn }
        if record.hasNoSession {
            let captured = captured(record, &findings)
            // Agents that store a prompt with its answer: agentapi may have seen it arrive all the same.
            guard case .goOn = captured, record.wasDelivered, let failure = missingStore(record, &findings)
            else { return captured }
            return .decided(.unknown(failure, .record, Self.storeIsGone))
        }
        var empty: Session?
        if let id = record.sessionID, agent.isSessionID(id) {
            switch store.find(id, &findings) {
            // Made for a prompt that has never been given: not even that the thread was used can be seen.
            case .found(let session) where record.owesPrompt: return .startOver(session)
            case .found(let session) where session.state == .resumable:
                if let place = otherPlace(session) {
                    return .decided(
                        .unknown(
                            moved(session, place),
                            .record,
                            "The recorded conversation has moved to another directory."
                        )
                    )
                }
                return .decided(.warm(session, .record, "The recorded conversation exists."))
            case .unreadable(let failure):
                let reason = "The recorded conversation cannot be read reliably."
                return .decided(.unknown(failure, .record, reason))
            case .found(let session): empty = session.state == .empty ? session : nil
            case .absent: break
            }
        } else if record.sessionName != nil {
            let derivation = store.derived(&findings)
            if let session = derivation.resumable, session.name == record.sessionName {
                return .decided(.warm(session, .record, "The recorded conversation exists."))
            }
            if let failure = derivation.failure {
                let reason = "The recorded conversation cannot be read reliably."
                return .decided(.unknown(failure, .record, reason))
            }
            empty = derivation.empty.flatMap { $0.name == record.sessionName ? $0 : nil }
        }
        if record.wasDelivered, let failure = missingStore(record, &findings) {
            return .decided(
                .unknown(failure, .record, Self.storeIsGone)
            )
        }
        if record.wasDelivered { findings.warn("conversation-lost", lost(record, empty)) }
        let neverDelivered = !record.prompts.isEmpty && !record.wasDelivered
        if isFresh || neverDelivered {
            if let failure = store.failure(&findings) {
                return .decided(.unknown(failure, .record, "The store of \(agent.title) cannot be read."))
            }
            return .startOver(empty)
        }
        return .goOn
    }

    private static let storeIsGone = "A prompt was delivered here, but the store is no longer where it was."

    private func moved(_ session: Session, _ place: Path) -> StoreFailure {
        StoreFailure(
            path: session.store,
            kind: .unreadable,
            why: "conversation \(session.id) of this directory now belongs to \(place)",
            nextStep: "add --workdir \(ShellQuoting.quote(place.description)), or pass --fresh"
        )
    }

    private func lost(_ record: Record, _ empty: Session?) -> String {
        let token = record.sessionID ?? record.sessionName ?? ""
        return empty == nil
            ? "conversation \(token) of this directory is no longer in \(record.store)"
            : "conversation \(token) of this directory was given a prompt and no longer has a message"
    }

    /// The launcher ended before it learnt the id: ours is the only session that began since.
    private func captured(_ record: Record, _ findings: inout Findings) -> RecordedConversation {
        let since = store.candidates(&findings).sessions.filter { session in
            session.startedAt.map { $0 >= record.startedAt } ?? false
        }
        guard since.count == 1, !isHeld(since[0]) else { return .goOn }
        // It had our task, and what is there had not: also not behind something that a person said first.
        if let task = query.task, record.holds(task.sha256) != nil, since[0].firstMessage == .isOther,
            store.contains(task, in: since[0]) == false
        {
            return .goOn
        }
        return .decided(
            .warm(since[0], .record, "The only conversation since the recorded start.")
        )
    }

    private func missingStore(_ record: Record, _ findings: inout Findings) -> StoreFailure? {
        guard store.places.contains(record.store) else {
            return StoreFailure(
                path: record.store,
                kind: .unreadable,
                why: "it held the conversation, but the store is now \(store.root)",
                nextStep: "start with the same environment as then (HOME, …), or pass --fresh"
            )
        }
        if (try? fileStatus(record.store)) != nil { return nil }
        findings.saw(record.store, .absent, "the store that held the conversation")
        return StoreFailure(
            path: record.store,
            kind: .unreadable,
            why: "it held the conversation and is missing",
            nextStep: "mount the volume that holds it, or pass --fresh"
        )
    }
}
