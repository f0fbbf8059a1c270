import CPseudoTerminal
import Glibc

/// The caller's terminal, switched to raw while the agent has it and put back afterwards. While
/// another job is in the foreground it is not touched: that would stop this process (SIGTTOU).
struct RawMode {
    let descriptor: Int32
    /// What to go back to.
    private var saved: termios?
    private(set) var isRaw = false

    init(descriptor: Int32) { self.descriptor = descriptor }

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
        if let saved, settings.isAlike(Self.raw(saved)) { settings = saved }
        // Armed first: a crash between the two calls restores what is already there.
        crash_guard_terminal(descriptor, &settings)
        guard apply(Self.raw(settings)) else { return crash_guard_terminal(descriptor, nil) }
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

    private static func raw(_ settings: termios) -> termios {
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
}

/// The terminal's settings; nil if the descriptor is no terminal.
func terminalSettings(of descriptor: Int32) -> termios? {
    var settings = termios()
    return tcgetattr(descriptor, &settings) == 0 ? settings : nil
}

private func sameTerminal(_ a: Int32, _ b: Int32) -> Bool {
    var first = stat()
    var second = stat()
    return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_rdev == second.st_rdev
}

extension termios {
    fileprivate func isAlike(_ other: termios) -> Bool {
        c_iflag == other.c_iflag && c_oflag == other.c_oflag && c_cflag == other.c_cflag
            && c_lflag == other.c_lflag
    }

    /// For an agent whose output goes to a pipe or a file: nothing is added to it, neither carriage
    /// returns nor an echo of the answers that a terminal gives.
    static var plain: termios {
        var settings = termios()
        settings.c_iflag = tcflag_t(ICRNL | IXON | IUTF8)
        settings.c_cflag = tcflag_t(CS8 | CREAD)
        settings.c_lflag = tcflag_t(ISIG | ICANON | IEXTEN)
        cfsetspeed(&settings, speed_t(B38400))
        withUnsafeMutableBytes(of: &settings.c_cc) { characters in
            let control = [
                VINTR: 0x03, VQUIT: 0x1c, VERASE: 0x7f, VKILL: 0x15, VEOF: 0x04, VSTART: 0x11, VSTOP: 0x13,
                VSUSP: 0x1a, VREPRINT: 0x12, VWERASE: 0x17, VLNEXT: 0x16, VDISCARD: 0x0f, VMIN: 1,
            ]
            for (index, value) in control { characters[Int(index)] = UInt8(value) }
        }
        return settings
    }
}
