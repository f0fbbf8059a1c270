import Glibc

/// The program: what was typed goes in, an exit status comes out.
public enum AgentLaunch {
    public static func main() -> Int32 {
        _ = StandardDescriptors.closedAtStart
        let arguments = Array(CommandLine.byteArguments.dropFirst())
        var diagnostics = Diagnostics(guessedFrom: arguments, .inherited())
        do {
            try checkProcesses()
            let invocation = try Invocation.parse(arguments: arguments, environment: .inherited())
            diagnostics = try Diagnostics(invocation)
            return try run(invocation, diagnostics)
        } catch {
            diagnostics.report(error)
            return error.status.rawValue
        }
    }

    /// Swift reads argv from there too, and without it would see none: a request for help.
    private static func checkProcesses() throws(LaunchError) {
        guard CommandLine.argc == 0 else { return }
        throw LaunchError(
            .unavailable,
            "/proc",
            "not mounted, so arguments and processes cannot be read",
            "mount it: mount -t proc proc /proc"
        )
    }

    private static func run(_ invocation: Invocation, _ diagnostics: Diagnostics) throws(LaunchError) -> Int32
    {
        switch invocation.command {
        case .help(let topic): print(try Help.text(topic))
        case .version: print(Help.version)
        case .start:
            let processContext = try ProcessContext.ofThisProcess()
            let request = try Request(
                invocation,
                environment: processContext.environment,
                currentDirectory: processContext.currentDirectory
            )
            return try StartCommand(request, processContext, diagnostics).run()
        case .agents:
            warn(invocation, diagnostics)
            print(try AgentsCommand(invocation, ProcessContext.ofThisProcess()).text())
        case .sessions(let agent):
            warn(invocation, diagnostics)
            return try SessionsCommand(invocation, ProcessContext.ofThisProcess(), agent: agent).run(
                diagnostics
            )
        case .status(let agent):
            return StatusCommand(try selection(invocation, agent, diagnostics)).run()
        case .wait(let agent):
            return try WaitCommand(selection(invocation, agent, diagnostics), agent: agent, diagnostics).run()
        case .stop(let agent):
            return StopCommand(try selection(invocation, agent, diagnostics), diagnostics).run()
        case .logs(let agent):
            return try LogsCommand(selection(invocation, agent, diagnostics), agent: agent).run()
        case .doctor, .completions:
            throw LaunchError(.bug, "agentlaunch", "command not implemented", "report this")
        }
        return ExitStatus.success.rawValue
    }

    private static func selection(
        _ invocation: Invocation,
        _ agent: String?,
        _ diagnostics: Diagnostics
    ) throws(LaunchError) -> ConversationSelection {
        warn(invocation, diagnostics)
        return try ConversationSelection(invocation, ProcessContext.ofThisProcess(), agent: agent)
    }

    /// Of what was typed, and of the variables. A start has them in its plan.
    private static func warn(_ invocation: Invocation, _ diagnostics: Diagnostics) {
        for warning in invocation.warnings { diagnostics.warn(warning) }
    }

    private static func print(_ text: String) { writeAll(Bytes(text.utf8), to: STDOUT_FILENO) }
}

extension CommandLine {
    /// The arguments as the kernel gave them; `arguments` replaces what is not UTF-8.
    static var byteArguments: [Bytes] {
        (0..<Int(argc)).compactMap { index in
            unsafeArgv[index].map { word in
                UnsafeBufferPointer(start: word, count: strlen(word)).map { UInt8(bitPattern: $0) }
            }
        }
    }
}
