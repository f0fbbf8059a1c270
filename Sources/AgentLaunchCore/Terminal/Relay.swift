import CPseudoTerminal
import Glibc

/// Moves bytes between the agent's pseudoterminal and the caller: as they are, bounded memory, and a
/// side that does not read makes the other wait.
struct Relay {
    private let master: Int32
    /// The caller's input; nil without a terminal, where nobody types.
    private(set) var input: Int32?
    private let output: OutputSink
    /// Keeps a copy of what the agent prints.
    private let log: RotatingLog?
    private let tail: OutputTail?
    private var toAgent = ByteQueue()
    private var toCaller = ByteQueue()
    private var modes: TerminalModes?
    private var answers: TerminalAnswers?
    /// A prompt that is typed when the agent is ready for it.
    private var typing: PromptTyping?
    /// What is left of it to queue.
    private var paste: ArraySlice<UInt8> = []
    /// Answers of a terminal that would have come into the middle of it.
    private var heldAnswers: Bytes = []
    private var outputFailed = false
    /// Set when the agent has ended: how much may still be read. A process that it left behind may
    /// write for ever, while what the agent wrote itself is at most what the kernel holds.
    private var remaining: Int?
    private var owesModeReset = false
    private var isBlocked = false

    /// Bytes that the caller has taken.
    private(set) var passedOn = 0
    private var held: HeldTerminal
    /// No process has the pseudoterminal open, and nothing will tell when one opens it again (`/dev/tty`).
    private(set) var isClosed = false
    private static let mostHeldByKernel = 262_144

    init(
        master: Int32,
        input: Int32?,
        output: Int32,
        log: RotatingLog? = nil,
        tail: OutputTail? = nil,
        typing: PromptTyping? = nil
    ) {
        self.master = master
        self.typing = typing
        self.input = input
        self.output = OutputSink(output)
        self.log = log
        held = HeldTerminal(master: master)
        self.tail = tail
        if input == nil { answers = TerminalAnswers() } else { modes = TerminalModes() }
    }

    var wantsInput: Bool {
        input != nil && toAgent.room > 0 && remaining == nil && typing?.holdsKeys != true
    }
    var wantsAgent: Bool { toCaller.room > 0 && !isClosed && remaining != 0 }
    var hasForAgent: Bool { !(toAgent.isEmpty && paste.isEmpty) && remaining == nil }
    var hasForCaller: Bool { !toCaller.isEmpty }
    var outputDescriptor: Int32 { output.descriptor }
    /// The agent has ended and all that it wrote has been passed on.
    var isFinished: Bool { remaining == 0 && toCaller.isEmpty && !owesModeReset }
    /// The agent has ended and the caller does not take the rest of its output.
    var isStuck: Bool { remaining != nil && isBlocked }

    /// The caller's terminal to the queue; false when there is nothing to come.
    mutating func readInput() -> Bool {
        guard let input else { return false }
        let count = toAgent.append { space in
            let count = read(input, space.baseAddress, space.count)
            if count > 0 { typing?.sawKeys(UnsafeRawBufferPointer(rebasing: space[..<count])) }
            return count
        }
        if count > 0 { return true }
        if count == -1, errno == EAGAIN || errno == EINTR { return true }
        return false
    }

    mutating func closeInput() { input = nil }

    mutating func writeAgent() {
        queuePaste()
        while !toAgent.isEmpty {
            let count = toAgent.remove { write(master, $0.baseAddress, $0.count) }
            if count > 0 {
                queuePaste()
                continue
            }
            if count == -1, errno == EINTR { continue }
            if count == -1, errno != EAGAIN { toAgent.removeAll() }
            return
        }
    }

    // MARK: A prompt that is typed

    /// When `typingStep` is to be asked again if nothing happens before.
    func typingDeadline(now: Int64) -> Int64? { remaining == nil ? typing?.deadline(now: now) : nil }
    var personHasSent: Bool { typing?.personHasSent == true }

    mutating func typingStep(now: Int64) -> PromptTyping.Step {
        guard remaining == nil else { return .none }
        let isRaw = { terminalSettings(of: master).map { $0.c_lflag & tcflag_t(ICANON) == 0 } ?? false }
        return typing?.next(now: now, isRaw: isRaw, isWritten: toAgent.isEmpty && paste.isEmpty) ?? .none
    }

    mutating func cancelTyping() { typing?.cancel() }

    /// Behind what is queued already, and in front of any key to come.
    mutating func type(_ text: Bytes) {
        paste = (Bytes("\u{1b}[200~".utf8) + text + Bytes("\u{1b}[201~".utf8))[...]
        writeAgent()
    }

    mutating func pressEnter() {
        _ = toAgent.append([UInt8(ascii: "\r")])
        writeAgent()
    }

    private mutating func queuePaste() {
        if !paste.isEmpty {
            let piece = paste.prefix(toAgent.room)
            if toAgent.append(Bytes(piece)) { paste = paste.dropFirst(piece.count) }
        }
        if paste.isEmpty, !heldAnswers.isEmpty, toAgent.append(heldAnswers) { heldAnswers = [] }
    }

    private mutating func queue(answer: Bytes) {
        // An agent that asks without reading gets no more replies than the queue holds.
        if paste.isEmpty {
            _ = toAgent.append(answer)
        } else if heldAnswers.count < 4096 {
            heldAnswers += answer
        }
    }

    // MARK: To the caller

    /// The agent's output to the queue, as far as there is room.
    mutating func readAgent() {
        while wantsAgent {
            var answer = Bytes()
            var modesChanged = false
            let count = toCaller.append { space in
                let count = read(master, space.baseAddress, min(space.count, remaining ?? space.count))
                if count > 0 {
                    let bytes = UnsafeRawBufferPointer(rebasing: space[..<count])
                    log?.write(bytes)
                    typing?.sawOutput(bytes, now: monotonicMilliseconds())
                    tail?.write(bytes)
                    answer = answers?.replies(to: bytes) ?? []
                    modesChanged = modes?.observe(bytes) ?? false
                }
                return count
            }
            if count > 0 {
                remaining = remaining.map { $0 - count }
                if modesChanged { guardModes() }
                if !answer.isEmpty { queue(answer: answer) }
                if outputFailed { toCaller.removeAll() }
            } else if count == -1, errno == EINTR {
                continue
            } else {
                // EIO: nobody has it open. That is the end only if the agent has ended.
                if count == 0 || errno != EAGAIN {
                    if remaining == nil, held.open() { continue }
                    isClosed = true
                }
                if remaining != nil { remaining = 0 }
                return
            }
        }
    }

    /// Passes on what is queued; the error if the caller's side takes no more, then or ever.
    mutating func writeCaller() -> Errno? {
        isBlocked = false
        queueModeReset()
        while !toCaller.isEmpty {
            var outcome = OutputSink.Outcome.wouldBlock
            _ = toCaller.remove { bytes in
                outcome = output.write(bytes)
                if case .wrote(let count) = outcome { return count }
                return 0
            }
            switch outcome {
            case .wrote(let count) where count > 0: passedOn += count
            case .wrote, .wouldBlock:
                isBlocked = true
                return nil
            case .failed(let error):
                toCaller.removeAll()
                // From now on what is read is dropped, so this is said once.
                outputFailed = true
                return error
            }
        }
        return nil
    }

    /// Looks again whether somebody has opened the pseudoterminal.
    mutating func reopen() { isClosed = false }

    /// The agent has been reaped: what it wrote before is all in the kernel now.
    /// After an abnormal end what it left switched on in the caller's terminal is switched off.
    mutating func finish(isAbnormal: Bool) {
        owesModeReset = isAbnormal && modes != nil
        isClosed = false
        remaining = Self.mostHeldByKernel
        toAgent.removeAll()
        paste = []
    }

    /// Gives up on output that the caller does not take.
    mutating func abandon() {
        remaining = 0
        toCaller.removeAll()
        _ = writeCaller()
        toCaller.removeAll()
    }

    /// Closes what was opened here; the caller's own descriptors stay.
    mutating func close() {
        held.close()
        if let input, input != STDIN_FILENO { Glibc.close(input) }
        if output.descriptor != STDOUT_FILENO { Glibc.close(output.descriptor) }
    }

    /// After the last of the agent's own output, which may still switch something on.
    private mutating func queueModeReset() {
        guard owesModeReset, remaining == 0, let reset = modes?.reset else { return }
        owesModeReset = !toCaller.append(reset)
    }

    private func guardModes() {
        let reset = modes?.reset ?? []
        crash_guard_modes(output.descriptor, reset, reset.count)
    }
}
