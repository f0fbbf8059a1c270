/// What to run: nothing here is searched, expanded or read again.
struct ChildProgram: Equatable, Sendable {
    /// Absolute: it is looked up after the change to `workdir`.
    var executable: Path
    /// All of argv, with the program's name first.
    var arguments: [Bytes]
    /// `NAME=VALUE` each.
    var environment: [Bytes]
    var workdir: Path

    init(executable: Path, arguments: [Bytes], environment: Environment, workdir: Path) {
        self.executable = executable
        self.arguments = arguments
        self.workdir = workdir
        self.environment = environment.strings
    }
}
