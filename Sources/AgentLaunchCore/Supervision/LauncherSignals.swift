import CPseudoTerminal
import Glibc

/// The signals of this process, taken over for a launch: they wait in a descriptor instead of acting.
struct LauncherSignals {
    let descriptor: Int32
    private(set) var inherited = inherited_signals()

    /// Also opens what is closed of 0 to 2, guards against crashes and adopts orphans: everything that has to be in
    /// place before a child is made.
    init() throws(LaunchError) {
        descriptor = signals_take_over(&inherited)
        guard descriptor >= 0 else {
            let error = Errno.last
            signals_give_back(&inherited)
            throw LaunchError(.cannotCreate, "signalfd", "\(error)", "check the sandbox this runs in")
        }
        _ = Descendants.strangers
        crash_guard_install(&inherited)
        processes_adopt_orphans()
    }

    /// What the child is to find at its default even if the caller ignores it.
    mutating func setDefaultInChild(_ numbers: [Int32]) {
        for number in numbers { sigaddset(&inherited.defaulted, number) }
    }

    func next() -> Int32 { signals_next(descriptor) }
}
