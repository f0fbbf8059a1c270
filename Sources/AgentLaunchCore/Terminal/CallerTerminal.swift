/// The caller's terminal while an agent is shown on it: raw, and giving its size, while this job is in its foreground;
/// watched for the way back while it is not.
struct CallerTerminal {
    private var mode: RawMode
    private var foreground = ForegroundWatch()
    /// What the pseudoterminal has been told.
    private var size: WindowSize

    init(descriptor: Int32, size: WindowSize) {
        mode = RawMode(descriptor: descriptor)
        self.size = size
    }

    var isRaw: Bool { mode.isRaw }
    var isForeground: Bool { mode.isForeground }

    mutating func enter() { mode.enter() }
    mutating func leave() { mode.leave() }
    /// Another job may have, or have had, the terminal: `enter` looks anew.
    mutating func forget() { mode.forget() }

    /// Tells the pseudoterminal if the size has changed.
    mutating func resize(_ master: Int32) {
        guard let current = WindowSize(of: mode.descriptor), current != size else { return }
        size = current
        current.apply(to: master)
    }

    /// To be polled for: something happens on the terminal that is not ours.
    var events: Int32 { foreground.descriptor }

    /// When to look whether it is ours again; nil: when something has happened.
    func deadline(now: Int64) -> Int64? { foreground.deadline(now: now) }

    mutating func watch(isBackground: Bool, now: Int64) {
        foreground.update(isBackground: isBackground, terminal: mode.descriptor, now: now)
    }

    mutating func noticed(now: Int64) { foreground.noticed(now: now) }
}
