import Glibc

/// What agentapi prints, on its way to the caller. agentapi must never wait for a reader, least of all while it
/// shuts down: what the caller does not take is kept up to a limit, then dropped and counted.
struct Drain {
    private let master: Int32
    private let output: OutputSink
    /// Keeps a copy of all of it.
    private let log: RotatingLog?
    private let tail: OutputTail?
    private var queue = ByteQueue(capacity: 1 << 20)
    private var outputFailed = false
    private var lines = LineScanner()

    /// Bytes that nobody took.
    private(set) var dropped = 0
    private var held: HeldTerminal
    /// No process has the pseudoterminal open, and nothing will tell when one opens it again.
    private(set) var isClosed = false
    /// agentapi has said that it is shutting down.
    private(set) var saidShutdown = false

    private static let mostHeldByKernel = 262_144
    /// What releases from 0.12.0 on say, and those before. Prompts are printed too, as part of the agent's command
    /// line, but with their quotes escaped.
    private static let shutdownLines = ["msg=\"Received shutdown signal\"", "msg=\"Closing process\""]
        .map { Bytes($0.utf8) }

    init(master: Int32, output: Int32, log: RotatingLog? = nil, tail: OutputTail? = nil) {
        self.master = master
        self.output = OutputSink(output)
        self.log = log
        held = HeldTerminal(master: master)
        self.tail = tail
    }

    var outputDescriptor: Int32 { output.descriptor }
    var hasForCaller: Bool { !queue.isEmpty }

    /// Everything that is there to be read now.
    mutating func read() {
        var left = Self.mostHeldByKernel
        while left > 0, !isClosed {
            if queue.room == 0 { makeRoom() }
            var chunk = Bytes()
            let count = queue.append { space in
                let count = Glibc.read(master, space.baseAddress, space.count)
                if count > 0 { chunk = Bytes(UnsafeRawBufferPointer(rebasing: space[..<count])) }
                return count
            }
            if count > 0 {
                left -= count
                chunk.withUnsafeBytes {
                    log?.write($0)
                    tail?.write($0)
                }
                if !saidShutdown { saidShutdown = lines.finds(Self.shutdownLines, in: chunk) }
                if outputFailed { queue.removeAll() }
            } else if count == -1, errno == EINTR {
                continue
            } else {
                // EIO: nobody has it open.
                if count == 0 || errno != EAGAIN {
                    if held.open() { continue }
                    isClosed = true
                }
                return
            }
        }
    }

    /// Passes on what is queued; the error if the caller's side takes no more. True if something was taken.
    mutating func write() -> (moved: Bool, failure: Errno?) {
        var moved = false
        while !queue.isEmpty {
            var outcome = OutputSink.Outcome.wouldBlock
            _ = queue.remove { bytes in
                outcome = output.write(bytes)
                if case .wrote(let count) = outcome { return count }
                return 0
            }
            switch outcome {
            case .wrote(let count) where count > 0: moved = true
            case .wrote, .wouldBlock: return (moved, nil)
            case .failed(let error):
                queue.removeAll()
                // From now on what is read is dropped, so this is said once.
                outputFailed = true
                return (moved, error)
            }
        }
        return (moved, nil)
    }

    /// Looks again whether somebody has opened the pseudoterminal.
    mutating func reopen() { isClosed = false }

    mutating func close() {
        held.close()
        if output.descriptor != STDOUT_FILENO { Glibc.close(output.descriptor) }
    }

    /// The oldest goes: the end of a log tells more than its middle.
    private mutating func makeRoom() {
        dropped += queue.remove { min($0.count, 1 << 16) }
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
