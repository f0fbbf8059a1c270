import Glibc

/// `agentlaunch logs AGENT [-f] [--tail N]`: the log of a conversation, byte for byte, older parts first.
struct LogsCommand {
    private let conversation: KnownConversation
    private let elsewhere: String?
    private let options: CommandOptions

    init(_ selection: ConversationSelection, agent: String) {
        conversation = selection.one(agent)
        options = selection.options
        elsewhere = conversation.run?.log == nil ? selection.elsewhere(than: conversation) : nil
    }

    func run() throws(LaunchError) -> Int32 {
        guard let path = conversation.run?.log else {
            throw LaunchError(
                .noInput,
                conversation.title,
                "conversation \(conversation.name) has no log",
                elsewhere ?? "start it with --detach or --log-file FILE"
            )
        }
        let files = LogFiles(path)
        let parts = files.open()
        guard let last = parts.last else {
            throw LaunchError(
                .noInput,
                "\(path)",
                "the log of conversation \(conversation.name) is missing or unreadable",
                "start it with --detach or --log-file FILE"
            )
        }
        let start = options.tail.map { files.start(of: $0, in: parts) } ?? .init(part: 0, offset: 0)
        let end = files.copy(parts, from: start) { writeAll($0, to: STDOUT_FILENO) }
        guard options.follow, let end else { return ExitStatus.success.rawValue }
        var follower = LogFollower(files, last, from: end, conversation)
        follower.run { writeAll($0, to: STDOUT_FILENO) }
        return ExitStatus.success.rawValue
    }
}
