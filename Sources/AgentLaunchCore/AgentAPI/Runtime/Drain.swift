import Glibc

/// What agentapi prints, on its way to the caller. agentapi must never wait for a reader, least of all while it
/// shuts down: what the caller does not take is kept up to a limit, then dropped and counted.
struct Drain {
    var output: ChildOutput
    private var lines = LineScanner()

    /// Bytes that nobody took.
    private(set) var dropped = 0
    /// agentapi has said that it is shutting down.
    private(set) var saidShutdown = false

    /// What releases from 0.12.0 on say, and those before. Prompts are printed too, as part of the agent's command
    /// line, but with their quotes escaped.
    private static let shutdownLines = ["msg=\"Received shutdown signal\"", "msg=\"Closing process\""]
        .map { Bytes($0.utf8) }

    init(master: Int32, output: Int32, watchers: [(any TerminalWatcher)?] = []) {
        self.output = ChildOutput(master: master, to: output, capacity: 1 << 20, watchers: watchers)
    }

    /// Everything that is there to be read now.
    mutating func read() {
        var left = ChildOutput.mostHeldByKernel
        while left > 0, !output.isClosed {
            // The oldest goes: the end of a log tells more than its middle.
            if output.room == 0 { dropped += output.drop(atMost: 1 << 16) }
            let count = output.read { piece in
                if !saidShutdown { saidShutdown = lines.finds(Self.shutdownLines, in: Bytes(piece)) }
            }
            guard count > 0 else { return }
            left -= count
        }
    }
}

/// Finds texts in what agentapi says of itself, which comes in pieces.
private struct LineScanner {
    /// Behind such a line agentapi shows the last screen of an agent that failed. What it holds are the agent's words,
    /// whatever they are.
    private static let screen = Bytes("========\n".utf8)

    private var tail = Bytes()
    private var isScreen = false

    /// Whether one of them ends in this piece.
    mutating func finds(_ texts: [Bytes], in piece: Bytes) -> Bool {
        guard !isScreen else { return false }
        let stream = tail + piece
        let end = stream.position(of: Self.screen)
        isScreen = end != nil
        tail = Bytes(stream.suffix((texts.map(\.count).max() ?? 1) - 1))
        return texts.contains { text in
            stream.position(of: text).map { $0 < end ?? .max } ?? false
        }
    }
}

extension Bytes {
    fileprivate func position(of text: Bytes) -> Int? {
        withUnsafeBytes { stream in
            text.withUnsafeBytes { text in
                var start = 0
                // A start in the last bytes would have no room for the rest.
                while stream.count - start >= text.count,
                    let next = memchr(
                        stream.baseAddress! + start,
                        Int32(text[0]),
                        stream.count - start - text.count + 1
                    )
                {
                    let position = UnsafeRawPointer(next) - stream.baseAddress!
                    if memcmp(next, text.baseAddress!, text.count) == 0 { return position }
                    start = position + 1
                }
                return nil
            }
        }
    }
}
