import Glibc

/// Where agentapi's state file of a conversation is, and where copies of it are kept: all in the conversation's own
/// directory, readable by its owner only.
struct StateFile: Equatable, Sendable {
    /// Absolute; its folder is physical, so that two spellings are one file.
    let path: Path
    let conversation: Path

    init(_ path: Path, workdir: Path, conversation: Path) {
        // agentapi is started in the workdir and takes a relative path from there.
        let absolute = path.absolute(in: workdir)
        let folder = (try? absolute.parent.physical()) ?? absolute.parent
        self.path = folder / absolute.lastComponent
        self.conversation = conversation
    }

    /// The chat of a session that is not at its path, or as it was before the run that uses it now.
    func kept(_ token: String) -> Path { Self.kept(token, in: conversation) }

    static func kept(_ token: String, in conversation: Path) -> Path {
        conversation / "agentapi-state.\(word(token)).json"
    }

    /// Why a chat is put aside for a person to find: the word is part of its name.
    enum Reason: String, Sendable {
        /// agentapi would send a prompt that it holds.
        case unsentPrompt = "unsent-prompt"
        /// agentapi could take no message after it.
        case unanswered
        /// agentapi could not load it.
        case unusable
        /// Nobody knows whose it is.
        case unclaimed
        /// A new conversation begins where this one was.
        case earlier
        /// A run that did not load the chat wrote its own over it.
        case replaced
    }

    /// A new name for a chat that is put aside.
    static func aside(_ reason: Reason, _ token: String?, in conversation: Path) throws(Errno) -> Path {
        let session = token.map { ".\(word($0))" } ?? ""
        return try freeName(in: conversation, "agentapi-state\(session).\(reason.rawValue)", ".json")
    }

    /// Ids and names of sessions are names of files; what is not, by its digest.
    private static func word(_ token: String) -> String {
        let isPlain = token.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let isReason = Reason(rawValue: token) != nil
        return isPlain && !isReason && 1...100 ~= token.utf8.count
            ? token : "id-\(SHA256.hex(Bytes(token.utf8)).prefix(32))"
    }

    /// Held while a run uses a state file that other conversations may name too.
    static func lock(_ path: Path, root: Path) -> Path {
        root / "state-files" / "\(SHA256.hex(path.bytes).prefix(32)).lock"
    }

    /// Whether agentapi could write its file there; it makes folders that are missing.
    var isWritable: Bool { canMakeFiles(in: path.parent) }
}

/// A record that says whose chat is at a path.
struct StateClaim: Equatable, Sendable {
    var conversation: Path
    var record: Record

    /// The session whose chat it is, by its id, else by its name.
    var token: String? { record.stateToken }

    /// The claims of all other conversations of all agents.
    static func others(than own: Path, root: Path) -> [StateClaim] {
        StateDirectory.conversations(in: root).filter { $0 != own }.compactMap { StateClaim($0) }
    }

    /// What the record of a conversation claims now; nil if there is none or it claims nothing.
    init?(_ conversation: Path) {
        guard let record = RecordFile(conversation: conversation).read(), record.stateFile != nil else {
            return nil
        }
        self.conversation = conversation
        self.record = record
    }
}

extension Record {

    func claims(_ path: Path) -> Bool { stateFile == path }

    /// Whether the chat at `stateFile` is this session's.
    func claimsState(of session: Session) -> Bool {
        guard stateFile != nil else { return false }
        guard let stateSession else { return isAbout(session) }
        return stateSession == session.id || stateSession == session.name
    }
}
