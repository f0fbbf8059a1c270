/// A variable for the agent, from `--env` or a line of `--env-file`.
enum ChildVariable: Equatable, Sendable {
    case set(name: Bytes, value: Bytes)
    /// The caller's own value, if it has one.
    case copy(name: Bytes)

    /// `NAME=VALUE` or `NAME`; `spelling` is where it was written. The value is never shown.
    init(_ text: Bytes, _ spelling: String) throws(LaunchError) {
        let equals = text.firstIndex(of: UInt8(ascii: "="))
        let name = Bytes(text[..<(equals ?? text.endIndex)])
        guard !name.isEmpty, !text.contains(0) else {
            let why = name.isEmpty ? "missing variable name" : "the variable contains a NUL byte"
            throw LaunchError(.usage, spelling, why, "use NAME=VALUE or NAME")
        }
        guard !Environment.isOwn(name) else {
            throw LaunchError(
                .usage,
                spelling,
                "\(shown(name)) is reserved for agentlaunch and not passed to agents",
                "choose another name"
            )
        }
        self = equals.map { .set(name: name, value: Bytes(text[($0 + 1)...])) } ?? .copy(name: name)
    }

    /// The lines of a file: empty ones and those that begin with `#` are skipped, nothing is unquoted.
    static func lines(_ content: Bytes, of file: Path) throws(LaunchError) -> [ChildVariable] {
        var result: [ChildVariable] = []
        let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            var text = line.drop { $0 == 0x20 || $0 == 0x09 }
            if text.last == UInt8(ascii: "\r") { text.removeLast() }
            guard !text.isEmpty, text.first != UInt8(ascii: "#") else { continue }
            result.append(try ChildVariable(Bytes(text), "\(file), line \(index + 1)"))
        }
        return result
    }
}
