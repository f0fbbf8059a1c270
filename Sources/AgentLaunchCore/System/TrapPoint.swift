import Glibc

/// A moment at which a test may make this process trap, as an error of our own in Swift would: `TRAP_POINT` names it.
/// Nothing in a release build.
#if FAULT_POINTS
    func trapPoint(_ name: StaticString) {
        guard let wanted = getenv("TRAP_POINT"), strcmp(wanted, name.utf8Start) == 0 else { return }
        let nothing: Bytes = []
        _ = nothing[Int(getpid())]
    }
#else
    @inline(__always) func trapPoint(_ name: StaticString) {}
#endif
