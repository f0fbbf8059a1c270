/// The options of the commands that are no start: lists, and what looks after launchers.
struct CommandOptions: Equatable, Sendable {
    var format: OutputFormat
    /// Of every directory, or every agent.
    var all: Bool
    /// Absolute; links are not resolved. The current directory unless given.
    var workdir: Path
    /// Of `status` and `stop --all` a directory that was given leaves out the others.
    var isWorkdirGiven: Bool
    /// Nil unless given: `stop` and its like then mean the default conversation, `status` all of them.
    var sessionName: String?
    var follow: Bool
    var tail: Int?
    var warnings: [Warning]

    init(
        _ invocation: Invocation,
        environment: Environment,
        currentDirectory: Path
    ) throws(LaunchError) {
        let read = OptionReader(
            options: invocation.options,
            environment: environment,
            currentDirectory: currentDirectory
        )
        format = try read.choice(.format) ?? .text
        all = read.toggle(.all) ?? false
        let given = try read.workdir()
        workdir = given ?? currentDirectory
        isWorkdirGiven = given != nil
        sessionName = try read.sessionName()
        follow = read.toggle(.follow) ?? false
        tail = try read.number(.tail)
        warnings = invocation.warnings
    }
}
