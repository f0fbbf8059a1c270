import CPseudoTerminal
import Glibc

/// The terminal's settings; nil if the descriptor is no terminal.
func terminalSettings(of descriptor: Int32) -> termios? {
    var settings = termios()
    return tcgetattr(descriptor, &settings) == 0 ? settings : nil
}

func sameTerminal(_ a: Int32, _ b: Int32) -> Bool {
    var first = stat()
    var second = stat()
    return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_rdev == second.st_rdev
}

extension termios {
    func isAlike(_ other: termios) -> Bool {
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
