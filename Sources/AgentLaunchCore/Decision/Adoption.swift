/// Rules 5 to 7: taking over a conversation that was not started under this name.
extension Decider {
    func inherited(_ findings: inout Findings) -> Decision? {
        guard query.name == "default", options.adopt != .never, notBefore == nil else { return nil }
        switch store.legacy(&findings) {
        case .found(let session) where session.state == .resumable:
            return .warm(session, .legacy, "An older start script left this conversation.")
        case .unreadable(let failure):
            return .unknown(
                failure,
                .legacy,
                "What an older start script left cannot be read reliably."
            )
        case .found, .absent: return nil
        }
    }

    // MARK: Rule 6 and 7

    func adopted(_ findings: inout Findings) throws(LaunchError) -> Decision? {
        let candidates = store.candidates(&findings)
        let free = candidates.sessions.filter { !isHeld($0) && isRecent($0) }.sorted(by: newestFirst)
        var unreadable = candidates.failures
        switch options.adopt {
        case .never: break
        case .newest:
            if let newest = free.first {
                return warm(
                    newest,
                    .adopted,
                    "Adopted the newest conversation of this directory.",
                    despite: unreadable,
                    &findings
                )
            }
        case .match where query.task == nil && options.unreadableTask == nil:
            if query.name == "default", let newest = free.first {
                return warm(
                    newest,
                    .adopted,
                    "Adopted the newest conversation of this directory.",
                    despite: unreadable,
                    &findings
                )
            }
        case .match:
            if let error = options.unreadableTask, !free.isEmpty { throw error }
            if let match = free.first(where: { $0.firstMessage == .isTask }) {
                return warm(
                    match,
                    .matched,
                    "A conversation of this directory began with this prompt.",
                    despite: unreadable,
                    &findings
                )
            }
            unreadable += free.filter { $0.firstMessage == .unknown }.map {
                StoreFailure(
                    path: $0.store,
                    kind: .damaged,
                    why: "its first message cannot be read",
                    nextStep: "resume it with --resume \($0.id), or pass --fresh"
                )
            }
        }
        if let failure = unreadable.first {
            return .unknown(
                failure,
                .adopted,
                "A file that may hold this directory's conversation cannot be read."
            )
        }
        if case .damaged(let failure) = record, !free.isEmpty || agent.pinsThread {
            // A pinned thread is on a server: nothing but the record names it.
            let reason =
                free.isEmpty
                ? "The record is damaged, and nothing else names the conversation of this directory."
                : "The record is damaged, and one of the conversations here may be the recorded one."
            return .unknown(failure, .record, reason)
        }
        return nil
    }

    private func warm(
        _ session: Session,
        _ how: Decision.How,
        _ reason: String,
        despite failures: [StoreFailure],
        _ findings: inout Findings
    ) -> Decision {
        for failure in failures { findings.warn("session-unreadable", "\(failure.path): \(failure.why)") }
        return .warm(session, how, reason)
    }

    /// After `--fresh`, what was there before must not come back, even if the new session's id was never learnt.
    private var notBefore: Timestamp? {
        guard let record = record.record, record.origin == .fresh, record.hasNoSession else { return nil }
        return record.startedAt
    }

    private func isRecent(_ session: Session) -> Bool {
        guard let notBefore else { return true }
        return session.startedAt.map { $0 >= notBefore } ?? false
    }

    /// Whether the session belongs to a conversation of another name.
    func isHeld(_ session: Session) -> Bool {
        let names = Set(others.filter { $0.workdir == query.workdir }.map(\.name)).union(["default"])
            .subtracting([query.name])
        return others.contains { $0.owns(session.id) } || awaitingID.contains { $0.isAbout(session) }
            || names.contains { store.isDerived(session, from: $0) }
    }
}
