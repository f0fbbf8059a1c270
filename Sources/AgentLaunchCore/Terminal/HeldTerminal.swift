import CPseudoTerminal
import Glibc

/// The other side of a pseudoterminal that no process has open any more, kept open here: whoever opens it again is
/// noticed then by what it writes, and nobody has to look from time to time.
struct HeldTerminal {
    let master: Int32
    private var descriptor: Int32 = -1

    init(master: Int32) { self.master = master }

    /// True if it was not open here and is now.
    mutating func open() -> Bool {
        guard descriptor < 0 else { return false }
        descriptor = pty_hold_open(master)
        return descriptor >= 0
    }

    mutating func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
