/// Puts agentapi's state files in order before a start, and again after it.
///
/// A chat that agentapi loads is kept under its session's name as long as the run lasts: agentapi saves also where
/// it never loaded, and then writes one screen over the whole chat. Called under the conversation's lock.
struct StateArrangement {
    let decision: StateDecision
    /// Where agentlaunch keeps what it remembers.
    let root: Path
    var warn: (Warning) -> Void = { _ in }

    private var file: StateFile { decision.file }

    /// What has to be held while agentapi runs: nil if nobody else can name the file.
    func arrange() throws(LaunchError) -> FileLock? {
        if decision.isReadOnly { return nil }
        var lock: FileLock?
        if file.path.parent != file.conversation {
            lock = try take(StateFile.lock(file.path, root: root), file.path)
        }
        removeLeftovers()
        var path = file.path
        do throws(Errno) {
            if let rejected = decision.rejected {
                path = rejected
                try moveFile(rejected, to: aside(decision.rejectedFor, decision.token))
            }
            for outdated in decision.outdated {
                path = outdated
                try dropOrSetAside(outdated, .earlier, decision.token, in: file.conversation)
            }
        } catch { throw failure(path, error) }
        if let abandoned = decision.abandoned {
            // One that cannot be moved is no danger where it is.
            try? moveFile(abandoned, to: file.kept(decision.abandonedBy))
        }
        try clearPath()
        try keepAndPutBack()
        for claim in decision.claims { try withdraw(claim) }
        return lock
    }

    /// The record as it has to be while agentapi runs with this file.
    func claim(_ record: inout Record) {
        if decision.isReadOnly { return }
        record.stateFile = file.path
        record.stateSession = decision.session
    }

    /// agentapi has ended and was reaped.
    func settle() {
        guard decision.loads, !decision.isReadOnly, let token = decision.token else { return }
        let kept = file.kept(token)
        guard ((try? fileStatus(kept)) ?? nil) != nil else { return }
        do throws(Errno) {
            if SavedChat.isContinued(kept, by: file.path) {
                try removeFile(kept)
            } else {
                try dropOrSetAside(file.path, .replaced, token, in: file.conversation)
                try moveFile(kept, to: file.path)
            }
        } catch {
            warn(
                Warning(
                    "state-not-put-back",
                    "\(file.path): \(error); the chat is in \(kept), and the next start restores it"
                )
            )
        }
    }

    // MARK: Before the start

    private func clearPath() throws(LaunchError) {
        do throws(Errno) {
            switch decision.occupant {
            case .none: break
            case .worthless: try removeFile(file.path)
            case .aside(let reason, let token):
                try moveFile(file.path, to: aside(reason, token))
            case .anothers: break
            }
        } catch { throw failure(file.path, error) }
        guard case .anothers(let token, let conversation) = decision.occupant else { return }
        let lock = conversation == file.conversation ? nil : try takeConversation(conversation)
        do throws(Errno) { try park(token, in: conversation) } catch { throw failure(file.path, error) }
        _ = consume lock
    }

    /// Moves another session's chat to its own conversation's directory.
    private func park(_ token: String, in conversation: Path) throws(Errno) {
        let kept = StateFile.kept(token, in: conversation)
        if try fileStatus(kept) != nil, !SavedChat.isContinued(kept, by: file.path) {
            try dropOrSetAside(file.path, .replaced, token, in: conversation)
        } else {
            try moveFile(file.path, to: kept)
        }
    }

    private func keepAndPutBack() throws(LaunchError) {
        guard let token = decision.token else { return }
        let kept = file.kept(token)
        var source = file.path
        do throws(Errno) {
            switch decision.chat {
            case .none: break
            case .inPlace: try copyFile(file.path, to: kept)
            case .kept(let path):
                source = path
                if path != kept { try moveFile(path, to: kept) }
                try copyFile(kept, to: file.path)
            case .elsewhere(let path):
                source = path
                try copyFile(path, to: kept)
                try copyFile(kept, to: file.path)
                try removeFile(path)
            }
        } catch { throw failure(source, error) }
    }

    /// Another record's claim on the path or on the chat is no longer true.
    private func withdraw(_ claim: StateClaim) throws(LaunchError) {
        let lock = try takeConversation(claim.conversation)
        // It may have run since it was looked at.
        if var record = StateClaim(claim.conversation)?.record, record.stateFile == claim.record.stateFile {
            let kept = record.stateToken.map { StateFile.kept($0, in: claim.conversation) }
            let isKept = kept.map { ((try? fileStatus($0)) ?? nil) != nil } ?? false
            record.stateSession = isKept ? record.stateToken : nil
            record.stateFile = isKept ? kept : nil
            let file = RecordFile(conversation: claim.conversation)
            do throws(Errno) { try file.write(record) } catch { throw failure(file.path, error) }
        }
        _ = consume lock
    }

    /// What nobody will miss is removed; a chat in which somebody said something is not.
    private func dropOrSetAside(
        _ path: Path,
        _ reason: StateFile.Reason,
        _ token: String?,
        in conversation: Path
    ) throws(Errno) {
        if case .chat(let chat) = SavedChat.read(path), chat.hasUserMessage {
            try moveFile(path, to: try StateFile.aside(reason, token, in: conversation))
        } else {
            try removeFile(path)
        }
    }

    private func aside(_ reason: StateFile.Reason, _ token: String?) throws(Errno) -> Path {
        try StateFile.aside(reason, token, in: file.conversation)
    }

    /// Copies that a killed launcher began.
    private func removeLeftovers() {
        for name in (try? namesInDirectory(file.conversation)) ?? [] {
            let text = name.lossyText
            if text.hasPrefix("agentapi-state."), text.hasSuffix(".tmp"), text != "agentapi-state.json.tmp" {
                try? removeFile(file.conversation / name)
            }
        }
    }

    // MARK: Locks

    private func takeConversation(_ conversation: Path) throws(LaunchError) -> FileLock? {
        try take(conversation / StateDirectory.lock, file.path)
    }

    /// A place where no lock can be written is no reason to stop.
    private func take(_ path: Path, _ what: Path) throws(LaunchError) -> FileLock? {
        var holder: Int32?
        do throws(Errno) {
            try makeDirectories(path.parent, mode: 0o700)
            switch try FileLock.take(path) {
            case .held(let lock): return lock
            case .taken(let pid): holder = pid
            }
        } catch { return nil }
        throw LaunchError(
            .alreadyRunning,
            "\(what)",
            "in use by another running conversation, pid \(holder.map(String.init) ?? "unknown")",
            "wait for it or stop it; or give each its own AGENTAPI_STATE_FILE"
        )
    }

    private func failure(_ path: Path, _ error: Errno) -> LaunchError {
        LaunchError(
            .cannotCreate,
            "\(path)",
            "cannot back up the chat that is saved there to \(file.conversation): \(error)",
            "make both writable, or use --state-persistence=false"
        )
    }
}
