/// The name of a conversation: part of paths and of agents' own names, hence few characters.
enum SessionName {
    static let fallback = "default"

    static func check(_ name: Bytes, _ spelling: String) throws(LaunchError) -> String {
        guard let text = name.text else {
            throw LaunchError(.usage, spelling, "not UTF-8", "write it in UTF-8")
        }
        guard hasForm(name) else {
            throw LaunchError(
                .usage,
                spelling,
                "\(shown(name)) is not a name of 1 to 64 letters, digits, '.', '_' and '-' "
                    + "that begins with a letter or digit",
                "choose another name"
            )
        }
        guard !isID(text) else {
            throw LaunchError(.usage, spelling, "\(text) is a session's id", "did you mean --resume \(text)?")
        }
        return text
    }

    /// Whether it has the form of any agent's session ID.
    private static func isID(_ name: String) -> Bool {
        Registry.agents.contains { ($0.resemblesSessionID ?? $0.isSessionID)(name) }
    }

    private static func hasForm(_ name: Bytes) -> Bool {
        guard let first = name.first, isDigit(first) || isLetter(first), name.count <= 64 else {
            return false
        }
        return name.allSatisfy { isDigit($0) || isLetter($0) || "._-".utf8.contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7a ~= byte | 0x20 }
}
