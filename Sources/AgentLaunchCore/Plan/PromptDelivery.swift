/// How the text of a start travels, and what is too long for any way.
extension Planner {
    /// One argv string of Linux: 128 KiB with its NUL.
    static let argumentLimit = ArgumentSpace.string
    /// The longest prompt that goes to agentapi as an argument.
    static let initialPromptLimit = 120 << 10

    /// The command with its prompt in a place that holds it, or the start fails before anything runs.
    func command(_ start: CommandRequest.Start, _ text: Bytes?) throws(LaunchError) -> AgentCommand {
        var command = try context.agent.command(commandRequest(start, text))
        guard let text else { return command }
        if command.delivery == .argument, text.count + prefixLength(command) > Self.argumentLimit {
            guard context.transport == .agentapi else {
                throw undeliverable(
                    "\(text.count) bytes are more than the \(Self.argumentLimit) that one argument may have",
                    "shorten it, or use --agentapi"
                )
            }
            command = try context.agent.command(commandRequest(start, nil))
            command.delivery = .agentapi
        }
        guard command.delivery == .agentapi else { return command }
        guard context.transport == .agentapi else {
            guard context.agent.inputReadiness != nil else {
                throw undeliverable(
                    "\(context.agent.name) takes this prompt only under agentapi",
                    "use --agentapi, or leave the prompt out"
                )
            }
            try checkTyped(text)
            command.delivery = .typed
            return command
        }
        if Self.sendsMessage(context.agent, start) {
            guard ChatRequest.canSend(text) else {
                throw undeliverable(
                    "as a message it is longer than the \(ChatRequest.longestBody) bytes that agentapi reads",
                    "shorten it"
                )
            }
            return command
        }
        if text.count > Self.initialPromptLimit { command.delivery = .stdin }
        return command
    }

    /// A message to a conversation that goes on: agentapi would drop an initial prompt that it knows already. And to
    /// a thread whose store cannot tell whether a prompt has reached it: the record has to know when it is sent.
    static func sendsMessage(_ agent: Agent, _ start: CommandRequest.Start) -> Bool {
        if case .warm = start { true } else { agent.pinsThread }
    }

    /// Whether this text is such a message, and not an argument of the agent.
    func sendsMessage(_ start: CommandRequest.Start, _ text: Bytes?) throws(LaunchError) -> Bool {
        let delivery = try command(start, text).delivery
        return delivery == .agentapi && Self.sendsMessage(context.agent, start)
    }

    /// What agentapi itself has to take of this start's prompt.
    static func feature(_ delivery: AgentCommand.Delivery?, isMessage: Bool) -> AgentAPIFeature? {
        switch delivery {
        case .stdin: .promptInput
        case .agentapi where !isMessage: .promptArgument
        default: nil
        }
    }

    func checkDelivery(_ plan: LaunchPlan) throws(LaunchError) {
        try checkPaste(plan.prompt)
        guard let feature = Self.feature(plan.prompt.delivery, isMessage: plan.sendsMessage),
            !agentAPI.can(feature)
        else { return }
        let bytes = plan.prompt.text?.count ?? 0
        let way = feature == .promptInput ? "on its standard input" : "as an argument"
        throw undeliverable(
            "agentapi \(agentAPI.release) takes no prompt of \(bytes) bytes \(way): that began with \(feature.since)",
            "update agentapi to \(feature.since) or newer"
        )
    }

    /// agentapi pastes it into the agent's terminal: what follows the mark of a paste's end would be typed keys.
    private func checkPaste(_ prompt: LaunchPlan.Prompt) throws(LaunchError) {
        guard prompt.action != .skip, prompt.delivery == .agentapi || prompt.delivery == .stdin,
            let text = prompt.text
        else { return }
        let end = Bytes("[201~".utf8)
        for (offset, byte) in text.enumerated() where byte == 0x1b {
            guard text[(offset + 1)...].starts(with: end) else { continue }
            throw undeliverable(
                "at offset \(offset) it holds the sequence that ends a paste, and agentapi would type the rest",
                "remove the sequence ESC [201~"
            )
        }
    }

    /// Typed, any other character would be a key of its own.
    private func checkTyped(_ text: Bytes) throws(LaunchError) {
        guard let (offset, scalar) = unprintable(text) else { return }
        let name = "U+" + String(scalar.value, radix: 16, uppercase: true).leftPadded(to: 4)
        throw undeliverable(
            "at offset \(offset) it holds \(name), and this prompt is typed into the terminal: only line breaks, "
                + "tabs and printing characters can be",
            "remove that character, or use --agentapi"
        )
    }

    private func undeliverable(_ why: String, _ nextStep: String) -> LaunchError {
        let request = context.request
        return LaunchError(
            .usage,
            (request.task ?? request.resumePrompt)?.spelling ?? "--prompt",
            why,
            nextStep
        )
    }

    private func prefixLength(_ command: AgentCommand) -> Int {
        for case .prompt(let prefix) in command.arguments { return prefix.utf8.count }
        return 0
    }
}

extension LaunchPlan {
    /// The prompt is a message that is sent when the agent is up: see `Planner.sendsMessage`.
    var sendsMessage: Bool {
        guard prompt.delivery == .agentapi, let start = decision.start else { return false }
        return Planner.sendsMessage(agent, start)
    }

    /// It is given while the agent runs, and is not in the record before.
    var givesPromptLater: Bool { sendsMessage || prompt.delivery == .typed }
}

/// The first character that is neither a line break, a tab nor a printing one, and its offset in bytes.
private func unprintable(_ text: Bytes) -> (Int, Unicode.Scalar)? {
    var offset = 0
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control where scalar != "\n" && scalar != "\t", .lineSeparator, .paragraphSeparator:
            return (offset, scalar)
        default: offset += UTF8.width(scalar)
        }
    }
    return nil
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: "0", count: max(0, width - count)) + self
    }
}
