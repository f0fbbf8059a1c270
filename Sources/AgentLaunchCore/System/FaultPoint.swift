import CPseudoTerminal

/// A moment at which a test may end or stop this process; `fault_point.h` says how. Nothing in a release build.
#if FAULT_POINTS
    func faultPoint(_ name: StaticString) {
        name.withUTF8Buffer { text in
            // A literal ends with a NUL.
            text.withMemoryRebound(to: CChar.self) { fault_point_reached($0.baseAddress) }
        }
    }
#else
    @inline(__always) func faultPoint(_ name: StaticString) {}
#endif
