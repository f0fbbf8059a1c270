/// Answers for an agent whose output goes to no terminal: many ask where the cursor is, or what the
/// terminal can do, and wait for the reply before they draw anything.
struct TerminalAnswers {
    private var scanner = ControlSequenceScanner()

    /// The replies to the queries that end in this piece of output.
    mutating func replies(to bytes: UnsafeRawBufferPointer) -> Bytes {
        var text = ""
        scanner.scan(bytes) { query, _ in
            switch (query.prefix, query.parameters, query.final) {
            // Device status: no malfunction.
            case (0, [5], UInt8(ascii: "n")): text += "\u{1b}[0n"
            // Where the cursor is: nobody draws, so at the top left.
            case (0, [6], UInt8(ascii: "n")): text += "\u{1b}[1;1R"
            // Primary device attributes: a VT100 with advanced video.
            case (0, [], UInt8(ascii: "c")), (0, [0], UInt8(ascii: "c")): text += "\u{1b}[?1;2c"
            default: break
            }
        }
        return Bytes(text.utf8)
    }
}
