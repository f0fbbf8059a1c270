import CPseudoTerminal
import Glibc

/// A program running on a pseudoterminal of its own.
struct PseudoterminalChild {
    let pid: Int32
    let master: Int32
    /// What makes ^Z stop it, where that is wanted.
    private var anchor: job_anchor

    /// Starts the program; returns once it runs. On failure nothing is left behind.
    init(
        _ program: ChildProgram,
        settings: termios,
        size: WindowSize,
        input: Int32? = nil,
        isJob: Bool = false,
        signals: inherited_signals
    ) throws(LaunchError) {
        let child = program.executable.withCString { executable in
            program.workdir.withCString { workdir in
                withStrings(program.arguments) { arguments in
                    withStrings(program.environment) { environment in
                        var request = pty_request(
                            executable: executable,
                            arguments: arguments,
                            environment: environment,
                            workdir: workdir,
                            settings: settings,
                            size: size.kernelValue,
                            standard_input: input ?? -1,
                            is_job: isJob ? 1 : 0,
                            signals: signals
                        )
                        return pty_spawn(&request)
                    }
                }
            }
        }
        guard child.failed_step == PTY_STEP_NONE else {
            throw program.failure(at: child.failed_step, Errno(code: child.error))
        }
        pid = child.pid
        master = child.master
        anchor = child.anchor
    }

    /// The program has been reaped: what was made only for it goes too.
    mutating func ended() {
        job_anchor_end(anchor)
        anchor = job_anchor()
    }

    /// Another process was reaped; its number may be another's from now on.
    mutating func reaped(_ pid: Int32) {
        if pid == anchor.outside { anchor = job_anchor() }
    }
}
