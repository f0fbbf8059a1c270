import CPseudoTerminal
import Glibc

/// A moment at which a test may end or stop this process, or make it trap; `fault_point.h` says how. Nothing in a release
/// build.
#if FAULT_POINTS
    func faultPoint(_ name: StaticString) {
        name.withUTF8Buffer { text in
            // A literal ends with a NUL.
            let trap = text.withMemoryRebound(to: CChar.self) { fault_point_reached($0.baseAddress) }
            let nothing: Bytes = []
            if trap != 0 { _ = nothing[Int(getpid())] }
        }
    }
#else
    @inline(__always) func faultPoint(_ name: StaticString) {}
#endif
