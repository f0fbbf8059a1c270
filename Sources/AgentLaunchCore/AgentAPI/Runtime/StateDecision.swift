/// Whether this start's agentapi loads a chat, and what has to be done to the files first. Only reads: a dry run
/// and a start make the same one.
struct StateDecision: Equatable, Sendable {
    /// Where the chat of the session that is resumed is now.
    enum Chat: Equatable, Sendable {
        case none
        /// At the path already.
        case inPlace
        /// In the conversation's own directory: it was moved there, or a run wrote its own over it.
        case kept(Path)
        /// Where this or another conversation had it at its last start.
        case elsewhere(Path)
    }

    /// What stands at the path and is not the chat to be loaded.
    enum Occupant: Equatable, Sendable {
        case none
        /// Of this conversation, and nobody said anything in it.
        case worthless
        /// It goes to a new name in this conversation's own directory.
        case aside(StateFile.Reason, token: String?)
        /// Another session's, of this conversation or of another one.
        case anothers(token: String, conversation: Path)
    }

    let file: StateFile
    var chat = Chat.none
    var occupant = Occupant.none
    /// The session's chat that was found and is not loaded, away from the path.
    var rejected: Path?
    var rejectedFor = StateFile.Reason.unusable
    /// The session that the file at the path belongs to from this start on; nil while its id is not known.
    var session: String?
    /// The name under which the loaded chat is kept during the run.
    var token: String?
    /// A chat of another session that the record still claims at the path of an earlier start.
    var abandoned: Path?
    var abandonedBy = ""
    /// Copies of this session's chat that this start outdates because it does not load them.
    var outdated: [Path] = []
    /// Other records that say something about the path or the chat, which this start makes untrue.
    var claims: [StateClaim] = []
    /// Neither agentapi nor we can write there.
    var isReadOnly = false
    var warnings: [Warning] = []

    /// agentapi's `LOAD_STATE`.
    var loads: Bool { chat != .none }
}

/// What the decision goes by.
struct StateSituation {
    let file: StateFile
    /// The agent's.
    let agent: String
    /// The conversation's record as the last start left it.
    let record: Record?
    /// Of all other conversations.
    let claims: [StateClaim]
    /// A conversation without a record cannot claim a file.
    var isRecorded = true
    /// This start has a prompt for the conversation that agentapi must take as a message.
    var sendsMessage = false

    func decide(_ decision: Decision) -> StateDecision {
        var result = StateDecision(file: file)
        guard let start = decision.start else { return result }
        result.session = start.reference.id
        let tokens = [start.reference.id, start.reference.name].compactMap(\.self)
        if case .warm(let session) = start { find(session, tokens, &result) }
        if result.chat != .inPlace { look(at: decision.start, &result) }
        if !result.loads {
            result.token = tokens.first
            result.outdated = tokens.map { file.kept($0) }.filter { isFile($0) && $0 != result.rejected }
        }
        abandon(decision.start, &result)
        result.claims += claims.filter { $0.record.claims(file.path) && !result.claims.contains($0) }
        if let why = whyUntouchable { keepToReading(why, &result) }
        return result
    }

    // MARK: The chat of the session that is resumed

    private func find(_ session: Session, _ tokens: [String], _ result: inout StateDecision) {
        let kept = tokens.map { file.kept($0) }.first { isFile($0) }
        var claimed: Path?
        if let record, let place = record.stateFile, record.claimsState(of: session), exists(place) {
            claimed = place
        } else if kept == nil {
            let other = claims.first { claim in
                claim.record.agent == agent && claim.record.claimsState(of: session)
                    && claim.record.stateFile.map(exists) == true
            }
            claimed = other?.record.stateFile
            if let other { result.claims.append(other) }
        }
        if let place = claimed, let kept, place != kept, case .chat = SavedChat.read(kept),
            !SavedChat.isContinued(kept, by: place)
        {
            // The run that should have gone on with it never loaded it.
            claimed = kept
        }
        guard let found = claimed ?? kept else { return }
        result.token = session.id
        switch SavedChat.read(found) {
        case .absent: break
        case .chat(let chat) where chat.hasUnsentPrompt:
            reject(found, as: .unsentPrompt, why: "it contains a prompt that agentapi would send", &result)
        case .chat(let chat) where chat.isUnanswered && sendsMessage:
            reject(
                found,
                as: .unanswered,
                why: "its last message has no answer, so agentapi might not take the prompt",
                &result
            )
        case .chat:
            result.chat = found == file.path ? .inPlace : found == kept ? .kept(found) : .elsewhere(found)
        case .unusable(let why): reject(found, as: .unusable, why: why, &result)
        }
    }

    private func reject(
        _ path: Path,
        as reason: StateFile.Reason,
        why: String,
        _ result: inout StateDecision
    ) {
        result.warnings.append(
            Warning("state-not-loaded", "\(path): not loading the saved chat: \(why); setting it aside")
        )
        result.rejectedFor = reason
        if path == file.path {
            result.occupant = .aside(reason, token: result.token)
        } else {
            result.rejected = path
        }
    }

    // MARK: What else is at the path

    private func look(at start: CommandRequest.Start?, _ result: inout StateDecision) {
        guard exists(file.path), result.occupant == .none else { return }
        let others = claims.filter { $0.record.claims(file.path) }
        let own = record.flatMap { $0.claims(file.path) ? $0 : nil }
        switch (own, others.first) {
        case (let own?, nil): result.occupant = own.isOfSame(start) ? ownOne(own) : parked(own)
        case (nil, let other?) where others.count == 1:
            result.occupant = .anothers(token: other.token ?? "unknown", conversation: other.conversation)
        case (nil, nil) where !isRecorded: result.occupant = ownOne(nil)
        default:
            result.occupant = .aside(.unclaimed, token: nil)
            result.warnings.append(
                Warning(
                    "state-unclaimed",
                    "\(file.path): unknown which conversation saved this chat; setting it aside "
                        + "in \(file.conversation), not loading it"
                )
            )
        }
    }

    /// A chat of this conversation that is not loaded: worth keeping if somebody said something in it.
    private func ownOne(_ record: Record?) -> StateDecision.Occupant {
        switch SavedChat.read(file.path) {
        case .chat(let chat) where chat.hasUserMessage: .aside(.earlier, token: record?.stateToken)
        case .chat, .absent: .worthless
        case .unusable: .aside(.unusable, token: record?.stateToken)
        }
    }

    private func parked(_ record: Record) -> StateDecision.Occupant {
        .anothers(token: record.stateToken ?? "unknown", conversation: file.conversation)
    }

    /// The record is about to claim the path; what it claimed before is not forgotten.
    private func abandon(_ start: CommandRequest.Start?, _ result: inout StateDecision) {
        guard let record, let place = record.stateFile, place != file.path, !record.isOfSame(start),
            place != file.kept(record.stateToken ?? "unknown"), exists(place)
        else { return }
        result.abandoned = place
        result.abandonedBy = record.stateToken ?? "unknown"
    }

    private var whyUntouchable: String? {
        if let status = (try? fileStatus(file.path)) ?? nil, !status.isRegularFile {
            return "\(file.path): not a regular file"
        }
        return file.isWritable ? nil : "\(file.path.parent): read-only"
    }

    /// Nothing can be moved, and agentapi cannot save either: what is there stays there.
    private func keepToReading(_ why: String, _ result: inout StateDecision) {
        let isRejected = result.warnings.contains { $0.code == "state-not-loaded" }
        result = StateDecision(
            file: file,
            chat: result.chat == .inPlace ? .inPlace : .none,
            session: result.session,
            token: result.token,
            isReadOnly: true,
            warnings: [Warning("state-not-kept", "\(why); agentapi cannot save the chat")]
        )
        if isRejected {
            result.warnings.append(
                Warning("state-not-loaded", "\(file.path): not loading the saved chat")
            )
        }
    }

    private func isFile(_ path: Path) -> Bool {
        ((try? fileStatus(path)) ?? nil)?.isRegularFile == true
    }

    private func exists(_ path: Path) -> Bool { ((try? fileStatus(path)) ?? nil) != nil }
}

extension Record {
    /// Whether this start is about the conversation whose chat the file holds, as far as either is known.
    fileprivate func isOfSame(_ start: CommandRequest.Start?) -> Bool {
        switch start {
        case .warm(let session), .reuse(let session): return claimsState(of: session)
        case .cold(let new):
            guard let stateToken else { return new == NewSession() }
            return stateToken == new.id || stateToken == new.name
        case nil: return false
        }
    }
}
