/// Is shown what passes between a child's terminal and the caller, and has no say in it: the log, the end of the
/// output, a prompt that waits to be typed.
protocol TerminalWatcher: AnyObject {
    /// A piece of what the child prints.
    func sawOutput(_ piece: UnsafeRawBufferPointer)
    /// What a person has typed, on its way to the child.
    func sawKeys(_ piece: UnsafeRawBufferPointer)
}

extension TerminalWatcher {
    func sawKeys(_ piece: UnsafeRawBufferPointer) {}
}

extension RotatingLog: TerminalWatcher {
    func sawOutput(_ piece: UnsafeRawBufferPointer) { write(piece) }
}
