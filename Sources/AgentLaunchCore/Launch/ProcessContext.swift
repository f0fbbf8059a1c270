import Glibc

/// What this process was given: the only place that asks for it.
struct ProcessContext {
    var environment: Environment
    var currentDirectory: Path
    var home: Path
    var terminals: Transport.Terminals
    var isRoot: Bool

    static func ofThisProcess() throws(LaunchError) -> ProcessContext {
        let environment = Environment.inherited()
        let directory: Path
        do throws(Errno) {
            directory = try Path.currentDirectory()
        } catch {
            throw LaunchError(
                .noInput,
                "current directory",
                "\(error)",
                "change to one that exists"
            )
        }
        return ProcessContext(
            environment: environment,
            currentDirectory: directory,
            home: environment.given("HOME").map { Path(bytes: $0) } ?? "/",
            terminals: .init(
                input: isatty(STDIN_FILENO) == 1,
                output: isatty(STDOUT_FILENO) == 1,
                error: isatty(STDERR_FILENO) == 1
            ),
            isRoot: geteuid() == 0
        )
    }

    /// Every agent keeps its store under the home directory unless told otherwise.
    func checkHome() throws(LaunchError) {
        guard home.isAbsolute, environment.given("HOME") != nil else {
            throw LaunchError(
                .usage,
                "HOME",
                "unset or not absolute, so no agent's store can be found",
                "set HOME"
            )
        }
    }
}
