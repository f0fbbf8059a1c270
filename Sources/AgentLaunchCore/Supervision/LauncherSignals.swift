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

    /// Starts the program with the signals as the caller had them.
    func start(
        _ program: ChildProgram,
        settings: termios,
        size: WindowSize,
        input: Int32? = nil,
        isJob: Bool = false
    ) throws(LaunchError) -> PseudoterminalChild {
        try PseudoterminalChild(
            program,
            settings: settings,
            size: size,
            input: input,
            isJob: isJob,
            signals: inherited
        )
    }

    func next() -> Int32 { signals_next(descriptor) }
}
