/// Ids that follow from agent, directory and name, so that nothing needs to be kept to find them again.
struct DerivedID {
    let agent: String
    let workdir: Path
    let name: String

    /// How far beyond the last trace the tries are looked at.
    static let reach = 16

    /// A UUID of version-4 shape from SHA-256 over the parts, joined by NUL.
    func uuid(_ attempt: Int) -> String {
        let parts = [
            Bytes("agentlaunch".utf8), Bytes(agent.utf8), workdir.bytes, Bytes(name.utf8),
            Bytes(String(attempt).utf8),
        ]
        var bytes = Bytes(SHA256.digest(Bytes(parts.joined(separator: [0]))).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = Bytes(hexadecimal(bytes).utf8)
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { Bytes(digits[$0]) }
        return Bytes(groups.joined(separator: [UInt8(ascii: "-")])).lossyText
    }

    /// Whether the id is one of the tries that can have come about.
    func isAttempt(_ id: String) -> Bool { (0..<256).contains { uuid($0) == id } }

    /// Looks at the tries 0 to 15 and at 16 beyond each trace: a session, or an id that a record holds.
    func search(recorded: Set<String>, _ look: (_ id: String) -> Lookup) -> Derivation {
        var result = Derivation()
        var last = -1
        var attempt = 0
        var hasPassedRecord = false
        // Where a folder is closed every try is unreadable: that many in a row end the search.
        var closed = 0
        while attempt <= last + Self.reach, closed < Self.reach {
            let id = uuid(attempt)
            let found = look(id)
            let isRecorded = recorded.contains(id)
            if isRecorded { hasPassedRecord = true }
            closed = if case .unreadable = found { closed + 1 } else { 0 }
            switch found {
            case .absent: if isRecorded { last = attempt }
            case .unreadable(let failure):
                // It may be the newer conversation: what was found before it does not count.
                result = Derivation(failure: failure)
                last = attempt
            case .found(let session):
                switch session.state {
                case .resumable:
                    result = Derivation(resumable: session, isBeyondRecord: hasPassedRecord && !isRecorded)
                case .empty: if result.resumable == nil { result.empty = session }
                case .dead: break
                }
                last = attempt
            }
            attempt += 1
        }
        result.new = NewSession(id: uuid(last + 1))
        return result
    }
}

/// Eight, four, four, four and twelve hexadecimal digits.
func isUUID(_ text: String) -> Bool {
    let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return groups.map(\.count) == [8, 4, 4, 4, 12]
        && groups.joined().allSatisfy {
            switch $0 {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
            default: false
            }
        }
}
