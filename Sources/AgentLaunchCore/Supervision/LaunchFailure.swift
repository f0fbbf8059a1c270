import CPseudoTerminal
import Glibc

extension ChildProgram {
    /// What a person reads when the program could not be started.
    func failure(at step: pty_step, _ error: Errno) -> LaunchError {
        switch step {
        case PTY_STEP_WORKDIR:
            return LaunchError(
                .noInput,
                "\(workdir)",
                "cannot enter this directory: \(error)",
                "create it, or use another --workdir"
            )
        case PTY_STEP_INPUT:
            return LaunchError(.bug, "standard input", "\(error)", "report this")
        case PTY_STEP_EXEC: return executionFailure(error)
        case PTY_STEP_SESSION:
            return LaunchError(
                .cannotCreate,
                "pseudoterminal",
                "cannot create a session with a controlling terminal",
                "check the sandbox this runs in"
            )
        case PTY_STEP_FORK:
            return LaunchError(
                .cannotCreate,
                "pseudoterminal",
                "\(error)",
                "check /dev/pts and the limit on processes (ulimit -u)"
            )
        default:
            return LaunchError(
                .cannotCreate,
                "pipe",
                "\(error)",
                "check the limit on open files (ulimit -n)"
            )
        }
    }

    private func executionFailure(_ error: Errno) -> LaunchError {
        let name = "\(executable)"
        switch error.code {
        case ENOENT where exists: return badInterpreter
        case ENOENT, ENOTDIR:
            return LaunchError(.notFound, name, "not found", "install it, or correct its path")
        case E2BIG: return tooLong
        case EACCES:
            return LaunchError(
                .notExecutable,
                name,
                "not executable (\(error))",
                "check it, and chmod +x it"
            )
        case ENOEXEC:
            return LaunchError(
                .notExecutable,
                name,
                "neither a program for this machine nor a script with a #! line",
                "name its interpreter in the first line"
            )
        default:
            return LaunchError(.notExecutable, name, "cannot be executed: \(error)", "check the file")
        }
    }

    private var exists: Bool { (try? fileStatus(executable)) != nil }

    /// The kernel says "no such file" of a script too whose interpreter is not there.
    private var badInterpreter: LaunchError {
        let head = (try? ReadOnlyFile(executable).read(256, at: 0)) ?? []
        let line = head.prefix { $0 != UInt8(ascii: "\n") }.dropFirst(2)
        let space: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
        let interpreter = line.drop { space.contains($0) }.prefix { !space.contains($0) }
        let isScript = head.starts(with: Bytes("#!".utf8))
        return LaunchError(
            .notExecutable,
            "\(executable)",
            isScript
                ? "its interpreter \(Bytes(interpreter).lossyText) does not exist"
                : "its dynamic loader does not exist",
            isScript ? "install the interpreter or correct the #! line" : "install a build for this system"
        )
    }

    private var tooLong: LaunchError {
        // The kernel's limit on one string, with its terminating NUL.
        let limit = 131_072
        if let longest = arguments.map(\.count).max(), longest >= limit {
            return LaunchError(
                .usage,
                "\(executable)",
                "argument too long: \(longest) bytes, at most 131,071",
                "shorten it, or pass it in a file"
            )
        }
        if let longest = environment.map(\.count).max(), longest >= limit {
            return LaunchError(
                .usage,
                "\(executable)",
                "variable too long: \(longest) bytes with its name, at most 131,071",
                "unset or shorten it"
            )
        }
        let total = (arguments + environment).reduce(0) { $0 + $1.count + 1 + MemoryLayout<Int>.size }
        return LaunchError(
            .usage,
            "\(executable)",
            "arguments and environment too long: \(total) bytes, at most "
                + "\(sysconf(Int32(_SC_ARG_MAX)))",
            "shorten them"
        )
    }
}
