/// Types a prompt once the agent waits for input: a bracketed paste, and Enter when the agent has taken it in. Only
/// decides when; its times are monotonic milliseconds.
struct PromptTyping {
    enum Step: Equatable {
        case none, paste, enter
        /// It has not been ready for too long: nothing was typed, and nothing will be.
        case giveUp
    }

    private enum State: Equatable {
        /// Ready since then, as far as can be seen.
        case waiting(readySince: Int64?)
        /// The paste is on its way; all of it was written then.
        case pasted(writtenAt: Int64?)
        case done
    }

    /// A start may have to load a lot, and a person may have to answer a dialog.
    static let patience: Int64 = 120_000
    /// As long as agentapi takes a screen that does not change for ready.
    static let quiet: Int64 = 2000
    /// Some are never quiet: they blink and twinkle while they wait.
    static let restless: Int64 = 15_000
    /// Enter in one piece with a paste would belong to it: so long after the last echo, or after the paste.
    static let echo: Int64 = 500
    static let longestEcho: Int64 = 5000
    /// Nothing tells that a terminal has become raw.
    private static let lookAgain: Int64 = 100

    private var signs: InputMarkers
    private var keys = UserInputState()
    private var state = State.waiting(readySince: nil)
    private let startedAt: Int64
    private var lastOutput: Int64

    init(_ readiness: InputReadiness, now: Int64) {
        signs = InputMarkers(readiness)
        startedAt = now
        lastOutput = now
    }

    /// From the paste to Enter a person's keys have to wait.
    var holdsKeys: Bool { if case .pasted = state { true } else { false } }
    private var isWaiting: Bool { if case .waiting = state { true } else { false } }

    mutating func sawOutput(_ bytes: UnsafeRawBufferPointer, now: Int64) {
        signs.observe(bytes)
        lastOutput = now
    }

    /// A person has sent something: it may be the prompt.
    var personHasSent: Bool { keys.wereSent }

    mutating func sawKeys(_ bytes: UnsafeRawBufferPointer) { keys.typed(bytes) }

    /// The prompt has come another way.
    mutating func cancel() {
        if isWaiting { state = .done }
    }

    /// What is to be done now. `isRaw` is the agent's terminal, `isWritten` says that nothing waits to be written there.
    mutating func next(now: Int64, isRaw: () -> Bool, isWritten: Bool) -> Step {
        switch state {
        case .done: return .none
        case .waiting(let since):
            guard signs.areThere, !keys.areUnsent, isRaw() else {
                state = .waiting(readySince: nil)
                return lapsed(now)
            }
            let ready = since ?? now
            state = .waiting(readySince: ready)
            guard now >= settled(ready) else { return lapsed(now) }
            state = .pasted(writtenAt: nil)
            return .paste
        case .pasted(let written):
            guard isWritten else { return .none }
            let end = written ?? now
            state = .pasted(writtenAt: end)
            guard now >= taken(end) else { return .none }
            state = .done
            return .enter
        }
    }

    /// When `next` is to be asked again if nothing happens before.
    func deadline(now: Int64) -> Int64? {
        switch state {
        case .done: nil
        case .waiting(let ready?): min(settled(ready), startedAt + Self.patience)
        case .waiting(nil):
            min(signs.areThere ? now + Self.lookAgain : .max, startedAt + Self.patience)
        case .pasted(let written?): taken(written)
        // What is still to be written wakes the loop.
        case .pasted(nil): nil
        }
    }

    private mutating func lapsed(_ now: Int64) -> Step {
        guard now >= startedAt + Self.patience else { return .none }
        state = .done
        return .giveUp
    }

    private func settled(_ ready: Int64) -> Int64 {
        min(max(ready, lastOutput) + Self.quiet, ready + Self.restless)
    }

    private func taken(_ written: Int64) -> Int64 {
        min(max(written, lastOutput) + Self.echo, written + Self.longestEcho)
    }
}
