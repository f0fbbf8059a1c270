import CPseudoTerminal
import Glibc

/// Moves bytes between the agent's pseudoterminal and the caller: as they are, bounded memory, and a
/// side that does not read makes the other wait.
struct Relay {
    /// The caller's input; nil without a terminal, where nobody types.
    private(set) var input: Int32?
    var output: ChildOutput
    private var toAgent = ByteQueue()
    private var modes: TerminalModes?
    private var answers: TerminalAnswers?
    /// What is left to queue of a prompt that is typed.
    private var paste: ArraySlice<UInt8> = []
    /// Answers of a terminal that would have come into the middle of it.
    private var heldAnswers: Bytes = []
    /// Set when the agent has ended: how much may still be read. A process that it left behind may
    /// write for ever, while what the agent wrote itself is at most what the kernel holds.
    private var remaining: Int?
    private var owesModeReset = false

    init(master: Int32, input: Int32?, output: Int32, watchers: [(any TerminalWatcher)?] = []) {
        self.input = input
        self.output = ChildOutput(master: master, to: output, capacity: 65_536, watchers: watchers)
        if input == nil { answers = TerminalAnswers() } else { modes = TerminalModes() }
    }

    var wantsInput: Bool { input != nil && toAgent.room > 0 && remaining == nil }
    var wantsAgent: Bool { output.room > 0 && !output.isClosed && remaining != 0 }
    var hasForAgent: Bool { !isWritten && remaining == nil }
    /// Nothing waits to be written to the agent.
    var isWritten: Bool { toAgent.isEmpty && paste.isEmpty }
    /// The agent has ended and all that it wrote has been passed on.
    var isFinished: Bool { remaining == 0 && output.isEmpty && !owesModeReset }
    /// The agent has ended and the caller does not take the rest of its output.
    var isStuck: Bool { remaining != nil && output.isBlocked }

    // MARK: To the agent

    /// The caller's terminal to the queue; false when there is nothing to come.
    mutating func readInput() -> Bool {
        guard let input else { return false }
        let count = toAgent.append { space in
            let count = read(input, space.baseAddress, space.count)
            if count > 0 {
                let keys = UnsafeRawBufferPointer(rebasing: space[..<count])
                for watcher in output.watchers { watcher.sawKeys(keys) }
            }
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
            let count = toAgent.remove { write(output.master, $0.baseAddress, $0.count) }
            if count > 0 {
                queuePaste()
                continue
            }
            if count == -1, errno == EINTR { continue }
            if count == -1, errno != EAGAIN { toAgent.removeAll() }
            return
        }
    }

    /// The agent reads each key as it is pressed.
    var agentIsRaw: Bool {
        terminalSettings(of: output.master).map { $0.c_lflag & tcflag_t(ICANON) == 0 } ?? false
    }

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
            let count = output.read(atMost: remaining ?? .max, lives: remaining == nil) { piece in
                answer = answers?.replies(to: piece) ?? []
                modesChanged = modes?.observe(piece) ?? false
            }
            guard count > 0 else {
                if remaining != nil { remaining = 0 }
                return
            }
            remaining = remaining.map { $0 - count }
            if modesChanged { guardModes() }
            if !answer.isEmpty { queue(answer: answer) }
        }
    }

    /// Passes on what is queued; the error if the caller's side takes no more, then or ever.
    mutating func writeCaller() -> Errno? {
        queueModeReset()
        return output.write()
    }

    /// The agent has been reaped: what it wrote before is all in the kernel now.
    /// After an abnormal end what it left switched on in the caller's terminal is switched off.
    mutating func finish(isAbnormal: Bool) {
        owesModeReset = isAbnormal && modes != nil
        output.reopen()
        remaining = ChildOutput.mostHeldByKernel
        toAgent.removeAll()
        paste = []
    }

    /// Gives up on output that the caller does not take.
    mutating func abandon() {
        remaining = 0
        output.dropAll()
        _ = writeCaller()
        output.dropAll()
    }

    /// Closes what was opened here; the caller's own descriptors stay.
    mutating func close() {
        output.close()
        if let input, input != STDIN_FILENO { Glibc.close(input) }
    }

    /// After the last of the agent's own output, which may still switch something on.
    private mutating func queueModeReset() {
        guard owesModeReset, remaining == 0, let reset = modes?.reset else { return }
        owesModeReset = !output.append(reset)
    }

    private func guardModes() {
        let reset = modes?.reset ?? []
        crash_guard_modes(output.descriptor, reset, reset.count)
    }
}
