/// Decides how the prompt of a start travels, and refuses a text that no route holds: before anything is asked or run.
struct PromptRouter {
    /// The longest prompt that goes to agentapi as an argument, in bytes.
    static let initialPromptLimit = 120 << 10

    let context: StartContext
    let prompt: StartPrompt

    /// Nil where nothing is started or sent.
    func route(_ start: CommandRequest.Start?) throws(LaunchError) -> PromptRoute? {
        guard let start, prompt.willBeSent, let text = prompt.text else { return nil }
        return try route(text, start)
    }

    private func route(_ text: Bytes, _ start: CommandRequest.Start) throws(LaunchError) -> PromptRoute {
        switch context.agent.promptIntake(start, text) {
        case .file: return .file
        case .argument(let prefix):
            if prefix.utf8.count + text.count <= ArgumentSpace.string { return .argument }
            guard context.transport == .agentapi else {
                throw context.undeliverable(
                    prompt,
                    "prompt too long for an argument: \(text.count) bytes, at most \(ArgumentSpace.string)",
                    "shorten it, or use --agentapi"
                )
            }
        case .input: break
        }
        guard context.transport == .agentapi else {
            guard context.agent.inputReadiness != nil else {
                throw context.undeliverable(
                    prompt,
                    "\(context.agent.name) takes this prompt only under agentapi",
                    "use --agentapi, or remove the prompt"
                )
            }
            try checkTyped(text)
            return .typed
        }
        try checkPaste(text)
        guard isMessage(start) else { return text.count > Self.initialPromptLimit ? .stdin : .initialPrompt }
        guard ChatRequest.canSend(text) else {
            throw context.undeliverable(
                prompt,
                "prompt too long for a message: agentapi reads at most \(ChatRequest.longestBody) bytes",
                "shorten it"
            )
        }
        return .message
    }

    /// To a conversation that goes on: agentapi would drop an initial prompt that it knows already. And to a thread
    /// whose store cannot tell whether a prompt has reached it: the record has to know when it is sent.
    private func isMessage(_ start: CommandRequest.Start) -> Bool {
        if case .warm = start { true } else { context.agent.pinsThread }
    }

    /// agentapi pastes it into the agent's terminal: what follows the mark of a paste's end would be typed keys.
    private func checkPaste(_ text: Bytes) throws(LaunchError) {
        let end = Bytes("[201~".utf8)
        for (offset, byte) in text.enumerated() where byte == 0x1b {
            guard text[(offset + 1)...].starts(with: end) else { continue }
            throw context.undeliverable(
                prompt,
                "the prompt contains the end-of-paste sequence at offset \(offset), and agentapi would type the rest",
                "remove the sequence ESC [201~"
            )
        }
    }

    /// Typed, any other character would be a key of its own.
    private func checkTyped(_ text: Bytes) throws(LaunchError) {
        guard let (offset, scalar) = unprintable(text) else { return }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        throw context.undeliverable(
            prompt,
            "the prompt contains \(name) at offset \(offset), and is typed into the terminal, where only line breaks, "
                + "tabs and printable characters are allowed",
            "remove that character, or use --agentapi"
        )
    }
}

extension StartContext {
    /// The prompt cannot travel: named as it was given.
    func undeliverable(_ prompt: StartPrompt, _ why: String, _ nextStep: String) -> LaunchError {
        let source = prompt.action == .resumePrompt ? request.resumePrompt : request.task
        return LaunchError(.usage, source?.spelling ?? "--prompt", why, nextStep)
    }
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
