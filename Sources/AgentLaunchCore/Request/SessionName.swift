/// The name of a conversation: part of paths and of agents' own names, hence few characters.
enum SessionName {
    static let fallback = "default"

    static func check(_ name: Bytes, _ spelling: String) throws(LaunchError) -> String {
        guard let text = name.text else {
            throw LaunchError(.usage, spelling, "not valid UTF-8", "use UTF-8")
        }
        guard hasForm(name) else {
            throw LaunchError(
                .usage,
                spelling,
                "invalid name \(shown(name))",
                "use 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit"
            )
        }
        guard !isID(name) else {
            throw LaunchError(.usage, spelling, "\(text) is a session ID", "did you mean --resume \(text)?")
        }
        return text
    }

    /// Whether the bytes have the form of an agent's id: a UUID, `ses_…`, `20261121_3`, `T-` or `sess_` and a UUID.
    static func isID(_ name: Bytes) -> Bool {
        if isUUID(name[...]) || KiroEngine.isWorkspaceID(name.lossyText) { return true }
        if name.starts(with: Bytes("T-".utf8)) { return isUUID(name.dropFirst(2)) }
        if name.starts(with: Bytes("ses_".utf8)) { return name.count > 4 }
        let parts = name.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 8 && !parts[1].isEmpty
            && parts.allSatisfy { $0.allSatisfy(isDigit) }
    }

    private static func hasForm(_ name: Bytes) -> Bool {
        guard let first = name.first, isDigit(first) || isLetter(first), name.count <= 64 else {
            return false
        }
        return name.allSatisfy { isDigit($0) || isLetter($0) || "._-".utf8.contains($0) }
    }

    private static func isUUID(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(isHex) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7a ~= byte | 0x20 }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || 0x61...0x66 ~= byte | 0x20 }
}
