/// `workspace.yaml` beside a session's events. Copilot resumes without it too.
struct CopilotWorkspace {
    /// Where the session was started, or moved to with `-C`.
    let directory: Path?

    init(_ path: Path) {
        let content = (try? contentsOfSmallFile(path, limit: 1 << 20)) ?? nil
        let mark = Bytes("cwd:".utf8)
        let line = content?.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }).first {
            $0.starts(with: mark)
        }
        let value = line.map { Self.scalar(Bytes($0.dropFirst(mark.count))) }
        directory = value.flatMap { $0.first == UInt8(ascii: "/") ? Path(bytes: $0) : nil }
    }

    /// A plain scalar, or a quoted one without escapes beyond the doubled quote.
    private static func scalar(_ text: Bytes) -> Bytes {
        var rest = text.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        guard let quote = rest.first, quote == 0x22 || quote == 0x27, rest.count > 1, rest.last == quote
        else {
            return Bytes(rest)
        }
        let inner = Bytes(rest.dropFirst().dropLast())
        if quote == 0x22 {
            return JSONValue(parsing: [0x22] + inner + [0x22])?.text.map { Bytes($0.utf8) } ?? []
        }
        return Bytes(
            inner.split(separator: [0x27, 0x27] as Bytes, omittingEmptySubsequences: false).joined(
                separator: [0x27] as Bytes
            )
        )
    }
}
