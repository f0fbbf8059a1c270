import CPseudoTerminal
import Glibc

/// The caller's terminal while an agent is shown on it: raw, and giving its size, while this job is in its foreground;
/// put back afterwards. While another job is in the foreground it is not touched, which would stop this process
/// (SIGTTOU), but watched for the way back.
struct CallerTerminal {
    private let descriptor: Int32
    /// What to go back to.
    private var saved: termios?
    private(set) var isRaw = false
    private var foreground = ForegroundWatch()
    /// What the pseudoterminal has been told.
    private var size: WindowSize

    init(descriptor: Int32, size: WindowSize) {
        self.descriptor = descriptor
        self.size = size
    }

    /// A terminal that does not control this process knows no background.
    var isForeground: Bool {
        let group = tcgetpgrp(descriptor)
        return group == -1 ? errno == ENOTTY : group == getpgrp()
    }

    /// Goes raw if in the foreground; the settings of this moment are those that come back.
    mutating func enter() {
        guard !isRaw, isForeground, var settings = terminalSettings(of: descriptor) else { return }
        // A shell may have put back what it found when this job was stopped while raw; and a SIGCONT
        // may come without a stop. Going back to that would leave the terminal raw.
        if let saved, settings.isAlike(raw(saved)) { settings = saved }
        // Armed first: a crash between the two calls restores what is already there.
        crash_guard_terminal(descriptor, &settings)
        guard apply(raw(settings)) else { return crash_guard_terminal(descriptor, nil) }
        saved = settings
        isRaw = true
    }

    /// Puts the settings back unless the terminal belongs to another job by now.
    mutating func leave() {
        guard isRaw, let saved else { return }
        if isForeground { _ = apply(saved) }
        forget()
    }

    /// Another job may have the terminal, or have had it: `enter` looks anew.
    mutating func forget() {
        isRaw = false
        crash_guard_terminal(descriptor, nil)
    }

    private func raw(_ settings: termios) -> termios {
        var raw = settings
        cfmakeraw(&raw)
        // Where output goes to another terminal, this one keeps its own line ends.
        if !sameTerminal(STDIN_FILENO, STDOUT_FILENO) { raw.c_oflag = settings.c_oflag }
        return raw
    }

    private func apply(_ settings: termios) -> Bool {
        var settings = settings
        return (try? retrying { tcsetattr(descriptor, TCSADRAIN, &settings) }) != nil
    }

    /// Tells the pseudoterminal if the size has changed.
    mutating func resize(_ master: Int32) {
        guard let current = WindowSize(of: descriptor), current != size else { return }
        size = current
        current.apply(to: master)
    }

    // MARK: In the background

    /// To be polled for: something happens on the terminal that is not ours.
    var events: Int32 { foreground.descriptor }

    /// When to look whether it is ours again; nil: when something has happened.
    func deadline(now: Int64) -> Int64? { foreground.deadline(now: now) }

    mutating func watch(isBackground: Bool, now: Int64) {
        foreground.update(isBackground: isBackground, terminal: descriptor, now: now)
    }

    mutating func noticed(now: Int64) { foreground.noticed(now: now) }
}
