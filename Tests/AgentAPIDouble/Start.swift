import Foundation

/// agentapi's start, in its order: type, sizes, stdin, state settings, pid file, agent, lists, handlers, port.
struct Start {
    private let options: Options
    private let release: Release
    private let knobs: Knobs
    private let journal: Journal
    private let environment: [String: String]

    init(_ options: Options, knobs: Knobs, journal: Journal, environment: [String: String]) {
        self.options = options
        self.knobs = knobs
        self.journal = journal
        self.environment = environment
        release = options.release
    }

    private struct Refusal: Error {
        let message: String
    }

    func run() -> Int32 {
        do throws(Refusal) {
            let type = try checkedType()
            let prompt = readPrompt()
            let (loads, saves) = try stateSettings()
            guard release.hasState, !options.pidFile.isEmpty else {
                return try serve(type, prompt, loads, saves)
            }
            let file = PIDFile(path: options.pidFile)
            do throws(PIDFile.Failure) {
                try file.write()
            } catch {
                throw Refusal(message: "failed to write PID file:\n  - \(error.message)")
            }
            defer { file.remove() }
            return try serve(type, prompt, loads, saves)
        } catch {
            writeAll(2, Array((error.message + "\n").utf8))
            return 1
        }
    }

    private func checkedType() throws(Refusal) -> String {
        guard let type = options.agentType else {
            throw Refusal(
                message: "failed to parse agent type:\n  - invalid agent type: \(options.givenType)"
            )
        }
        if options.width < 10 { throw Refusal(message: "term width must be at least 10") }
        if options.height < 10 { throw Refusal(message: "term height must be at least 10") }
        return type
    }

    /// Blocks until the end of stdin, unless there is a prompt already or stdin is a terminal.
    private func readPrompt() -> String {
        let given = options.initialPrompt
        guard given.isEmpty, release.readsPromptFromStdin, isatty(0) != 1 else { return given }
        let bytes = readAll(0)
        journal.note("stdin", [("bytes", .number(bytes.count)), ("sha256", .text(SHA256.hex(bytes)))])
        if !bytes.isEmpty {
            Log.info("Read initial prompt from stdin", [("bytes", String(bytes.count))])
        }
        return RawText.text(bytes)
    }

    private func stateSettings() throws(Refusal) -> (loads: Bool, saves: Bool) {
        guard release.hasState else { return (false, false) }
        if options.stateFile.isEmpty {
            if options.loadsState == true {
                throw Refusal(message: "--load-state requires --state-file to be set")
            }
            if options.savesState == true {
                throw Refusal(message: "--save-state requires --state-file to be set")
            }
            if options.usesACP { throw Refusal(message: "failed to setup ACP: the double knows no ACP") }
            return (false, false)
        }
        let result = (loads: options.loadsState ?? true, saves: options.savesState ?? true)
        if options.usesACP {
            throw Refusal(
                message: result.loads || result.saves
                    ? "ACP mode doesn't support state persistence"
                    : "failed to setup ACP: the double knows no ACP"
            )
        }
        return result
    }

    private func serve(
        _ type: String,
        _ prompt: String,
        _ loads: Bool,
        _ saves: Bool
    ) throws(Refusal) -> Int32 {
        if options.printsOpenAPI {
            writeAll(1, Array(Routes.openAPI(release).utf8))
            return 0
        }
        let agent = startAgent(type)
        journal.note("agent-started", [("agent", .number(Int(agent.pid)))])
        if !release.hasState { Signals.handle(hangup: false, save: false, secondKills: false) }
        let hosts = try checkedHosts()
        let uploads = try makeUploads()
        let conversation = Conversation(
            Conversation.Settings(
                release: release,
                type: type,
                knobs: knobs,
                state: options.stateFile.isEmpty ? nil : StateFile(path: options.stateFile),
                loads: loads,
                saves: saves
            ),
            agent: agent,
            prompt: prompt,
            journal: journal
        )
        if knobs.pauseBeforeHandlers > 0 { usleep(UInt32(knobs.pauseBeforeHandlers * 1_000_000)) }
        if release.hasState {
            Signals.handle(hangup: true, save: true, secondKills: !knobs.ignoresTerm)
        }
        journal.note("handlers-set")
        let routes = Routes(conversation, hosts: hosts, options: options, type: type)
        let http = HTTPServer(routes, knobs: knobs)
        return Server(conversation, http: http, uploads: uploads, knobs: knobs).run(port: options.port)
    }

    /// Not started: a line on stdout and 1 at once, past every clean-up, so that the pid file stays.
    private func startAgent(_ type: String) -> AgentProcess {
        let command = options.command
        Log.info("Running: \(command[0]) \(command.dropFirst().joined(separator: " "))")
        do throws(AgentProcess.NotStarted) {
            let agent = try AgentProcess(
                command,
                width: options.width,
                height: options.height,
                environment: environment
            )
            if type == "amp" { agent.type([0x20, 0x08]) }
            return agent
        } catch {
            Log.error("Error starting process: \(error.message)")
            exit(1)
        }
    }

    private func checkedHosts() throws(Refusal) -> AllowedHosts {
        do throws(AllowedHosts.Failure) {
            let hosts = try AllowedHosts(options.allowedHosts)
            Log.info("Allowed hosts: \(hosts.names.joined(separator: ", "))")
            try AllowedHosts.check(options.allowedOrigins)
            Log.info("Allowed origins: \(options.allowedOrigins.joined(separator: ", "))")
            return hosts
        } catch {
            throw Refusal(
                message:
                    "failed to create server:\n  - failed to parse allowed hosts or origins:\n  - \(error.message)"
            )
        }
    }

    private func makeUploads() throws(Refusal) -> String {
        let folder = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(folder)/agentapi-uploads-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Refusal(message: "failed to create server:\n  - failed to create temporary directory")
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Log.info("Created temporary directory for uploads", [("tempDir", path)])
        return path
    }
}
