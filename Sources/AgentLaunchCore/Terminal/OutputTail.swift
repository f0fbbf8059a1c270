/// The end of what a program printed, to say what it said when it is given up.
final class OutputTail: TerminalWatcher {
    private static let limit = 8192
    private static let linesShown = 3
    private static let longest = 400
    private var bytes: Bytes = []

    func sawOutput(_ piece: UnsafeRawBufferPointer) {
        bytes += piece.suffix(Self.limit)
        // Not at each piece: they may be short.
        if bytes.count > 2 * Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
    }

    func clear() { bytes.removeAll() }

    /// The last lines that are not empty, as one, without what is meant for a terminal; nil if there is none.
    var words: String? {
        let text = PlainText.of(Bytes(bytes.suffix(Self.limit)))
        let lines = text.split { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
            .map { line in line.split(separator: " ").joined(separator: " ") }
            .filter { !$0.isEmpty }
        let shown = Self.screen(lines).suffix(Self.linesShown).joined(separator: " / ")
        guard !shown.isEmpty else { return nil }
        return shown.count > Self.longest ? "…" + shown.suffix(Self.longest) : shown
    }

    /// agentapi shows the last screen of an agent that failed between two such marks, and talks around it. Its own
    /// log has the agent's whole command line, prompt included.
    private static func screen(_ lines: [String]) -> ArraySlice<String> {
        let mark = "========"
        guard let end = lines.lastIndex(of: mark) else {
            return lines.filter { !$0.hasPrefix("time=") }[...]
        }
        let before = lines[..<end]
        return before[(before.lastIndex { $0.hasSuffix(mark) }.map { $0 + 1 } ?? 0)...]
    }
}

/// What is left of a terminal's bytes when control sequences are taken out.
enum PlainText {
    private enum State {
        case ground
        case escape
        /// `ESC [ …`
        case sequence
        /// `ESC ] …` and the like: up to BEL or `ESC \`.
        case string
    }

    static func of(_ bytes: Bytes) -> String {
        var state = State.ground
        var plain: Bytes = []
        for byte in bytes {
            switch (state, byte) {
            case (_, 0x1b): state = .escape
            case (.ground, 0x09): plain.append(UInt8(ascii: " "))
            case (.ground, 0x0a), (.ground, 0x0d): plain.append(byte)
            case (.ground, 0x00..<0x20), (.ground, 0x7f): break
            case (.ground, _): plain.append(byte)
            case (.escape, UInt8(ascii: "[")): state = .sequence
            case (.escape, UInt8(ascii: "]")), (.escape, UInt8(ascii: "P")), (.escape, UInt8(ascii: "X")),
                (.escape, UInt8(ascii: "^")), (.escape, UInt8(ascii: "_")):
                state = .string
            // `ESC ( B` has bytes between.
            case (.escape, 0x20...0x2f): break
            case (.escape, _): state = .ground
            case (.sequence, 0x40...0x7e): state = .ground
            case (.sequence, _): break
            case (.string, 0x07): state = .ground
            case (.string, _): break
            }
        }
        return plain.lossyText
    }
}
