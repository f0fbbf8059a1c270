/// `agentlaunch status [AGENT]`: what runs, and how what does not has ended.
struct StatusCommand {
    static let schema = "agentlaunch.status/1"

    private let selection: ConversationSelection

    private static let notRunning: Int32 = 3

    init(_ selection: ConversationSelection) { self.selection = selection }

    func run() -> Int32 {
        let conversations = selection.all()
        let phases = LaunchPhase.of(conversations, selection.finder.environment)
        let rows = zip(conversations, phases).map(Row.init)
        switch selection.options.format {
        case .json:
            writeAll(
                JSONWriter.pretty([
                    "schema": .string(Self.schema), "conversations": .array(rows.map(\.json)),
                ]),
                to: 1
            )
        case .text:
            let header = ["AGENT", "SESSION", "STATE", "PID", "ADDRESS", "SINCE", "DIRECTORY"]
            writeAll(Bytes(TextTable(header, rows.map(\.cells)).text.utf8), to: 1)
        }
        return conversations.contains { $0.state == .running } ? ExitStatus.success.rawValue : Self.notRunning
    }

    private struct Row {
        let conversation: KnownConversation
        let phase: LaunchPhase?

        /// Of what runs only what its own launcher wrote.
        private var run: Run? {
            conversation.state == .running ? conversation.current : conversation.run
        }
        private var isLive: Bool { conversation.state != .ended }
        private var pid: Int32? {
            switch conversation.state {
            case .running: conversation.launcher?.process.pid
            case .ending: conversation.run?.child?.pid
            case .ended: nil
            }
        }
        private var url: String? { isLive ? run?.port.map { "http://localhost:\($0)" } : nil }
        private var child: Int32? {
            isLive && run?.restartDue == nil ? run?.child?.pid : nil
        }
        /// When it was started; of a launcher that wrote nothing, when its process was.
        private var since: Timestamp? {
            run?.startedAt ?? conversation.launcher.flatMap { ProcessStatus($0.process.pid)?.started }
        }
        private var end: Run.End? { conversation.state == .ended ? run?.end : nil }

        var json: JSONValue {
            [
                "agent": .string(conversation.agent),
                "session": .string(conversation.name),
                "workdir": .optional(conversation.workdir?.description),
                "state": .string(conversation.state.rawValue),
                "phase": .optional(phase?.rawValue),
                "transport": .optional(run?.transport.rawValue),
                "pid": pid.map { .integer($0) } ?? .null,
                "childPid": child.map { .integer($0) } ?? .null,
                "port": isLive ? run?.port.map { .integer($0) } ?? .null : .null,
                "url": .optional(url),
                "startedAt": .optional(since?.rfc3339),
                "restarts": run.map { .integer($0.restarts) } ?? .null,
                "log": .optional(run?.log?.description),
                "end": end.map { ["status": .integer($0.status), "at": .string($0.at.rfc3339)] } ?? .null,
            ]
        }

        var cells: [String] {
            let state =
                switch conversation.state {
                case .running: phase.map { "running, \($0.rawValue)" } ?? "running"
                case .ending: "ending"
                case .ended: end.map { "ended, \($0.status)" } ?? "ended, killed"
                }
            return [
                conversation.agent, conversation.name, state, pid.map(String.init) ?? "-", url ?? "-",
                (end?.at ?? since)?.rfc3339 ?? "-", conversation.workdir?.description ?? "-",
            ]
        }
    }
}
