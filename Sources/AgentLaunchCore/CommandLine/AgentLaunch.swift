import CPseudoTerminal
import Glibc

/// The program: what was typed goes in, an exit status comes out.
public enum AgentLaunch {
    public static func main() -> Int32 {
        _ = StandardDescriptors.closedAtStart
        do {
            return dieAs(try directLaunch().run(observer: nil))
        } catch {
            writeLine("agentlaunch: \(error)")
            return error.status.rawValue
        }
    }

    /// `custom --direct [--stop-timeout N] [--workdir D] -- COMMAND ARGS...`
    private static func directLaunch() throws(LaunchError) -> DirectLaunch {
        var words = CommandLine.byteArguments.dropFirst()
        var stopTimeout = 15
        var workdir = currentDirectory()
        func usage(_ why: String) -> LaunchError {
            LaunchError(.usage, "command line", why, "agentlaunch custom --direct -- COMMAND [ARG...]")
        }
        while let word = words.popFirst(), word != Bytes("--".utf8) {
            switch word.lossyText {
            case "custom", "--direct": break
            case "--stop-timeout": stopTimeout = words.popFirst().flatMap { Int($0.lossyText) } ?? 15
            case "--workdir": workdir = words.popFirst().map(Path.init) ?? workdir
            default: throw usage("unknown word \(word.lossyText)")
            }
        }
        guard let command = words.first else { throw usage("no command") }
        let environment = Environment.inherited()
        return DirectLaunch(
            child: ChildProgram(
                executable: try executable(command, environment),
                arguments: Array(words),
                environment: environment,
                workdir: workdir
            ),
            stopTimeout: stopTimeout
        )
    }

    private static func executable(_ command: Bytes, _ environment: Environment) throws(LaunchError) -> Path {
        if command.contains(UInt8(ascii: "/")) { return Path(bytes: command) }
        var found: Path?
        for folder in (environment["PATH"] ?? []).split(separator: UInt8(ascii: ":")) {
            let candidate = Path(bytes: folder) / command
            guard let status = try? fileStatus(candidate), status.isRegularFile else { continue }
            if candidate.withCString({ access($0, X_OK) }) == 0 { return candidate }
            found = found ?? candidate
        }
        if let found { return found }
        throw LaunchError(.notFound, command.lossyText, "not found on PATH", "install it")
    }

    private static func currentDirectory() -> Path {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        return getcwd(&buffer, buffer.count) == nil
            ? "." : Path(bytes: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }
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
