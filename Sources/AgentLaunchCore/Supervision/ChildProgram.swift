/// What to run: nothing here is searched, expanded or read again.
struct ChildProgram: Equatable, Sendable {
    /// Absolute: it is looked up after the change to `workdir`.
    var executable: Path
    /// All of argv, with the program's name first.
    var arguments: [Bytes]
    /// `NAME=VALUE` each.
    var environment: [Bytes]
    var workdir: Path

    /// `PWD` names the working directory; `LINES` and `COLUMNS` would outlive a change of the
    /// terminal's size and are left out.
    init(executable: Path, arguments: [Bytes], environment: Environment, workdir: Path) {
        self.executable = executable
        self.arguments = arguments
        self.workdir = workdir
        var environment = environment
        environment["PWD"] = workdir.bytes
        environment["LINES"] = nil
        environment["COLUMNS"] = nil
        self.environment = environment.strings
    }
}
