/// The plan for people, in 80 columns: what will happen, why, and what was looked at.
extension LaunchPlan {
    func text(showPrompt: Bool) -> String {
        var lines: [String] = []
        lines += field("\(agent.name)", headline)
        lines += field("because", decision.reason)
        lines += field("conversation", conversation)
        lines += field("prompt", promptLine)
        lines += field("directory", workdir.description)
        if !command.isEmpty {
            lines += beside("command", commandLines(showPrompt: showPrompt))
        }
        if isRestarted, !command.isEmpty {
            lines += field(
                "on failure",
                "restart warm, at most \(RestartThrottle.most) times in "
                    + "\(RestartThrottle.window / 60_000) minutes, without the prompt"
            )
        }
        for setting in environment.set {
            lines += field("sets", "\(setting.name)=\(ShellQuoting.quote(setting.shown))")
        }
        if !environment.unset.isEmpty { lines += field("unsets", environment.unset.joined(separator: " ")) }
        for entry in findings.evidence {
            lines += field("\(entry.status.tick) checked", "\(entry.source): \(entry.finding)")
        }
        for warning in findings.warnings { lines += field("! \(warning.code)", warning.message) }
        if let next = decision.failure?.nextStep { lines += field("next", next) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var headline: String {
        switch decision.verdict {
        case .cold: "cold start, \(transportText)"
        case .warm: "warm start, \(transportText)"
        case .unknown: "unknown: would not start"
        }
    }

    private var transportText: String {
        transport == .agentapi ? "under agentapi" : "directly on its own terminal"
    }

    private var conversation: String {
        switch decision.start {
        case nil: return "-"
        case .cold(let new):
            guard let token = new.id ?? new.name else { return "new; \(agent.title) chooses the session ID" }
            return "\(token), new"
        case .reuse(let session): return "\(session.name ?? session.id), exists, empty"
        case .warm(let session):
            let count = session.messages.map { ", \($0) messages" } ?? ""
            let moment = session.updatedAt.map { ", last active \($0.rfc3339)" } ?? ""
            let state = session.interrupted == true ? ", interrupted" : ""
            return "\(session.name.map { "\($0), " } ?? "")\(session.id)\(count)\(moment)\(state)"
        }
    }

    private var promptLine: String {
        let size = prompt.text.map { "\($0.count) bytes" } ?? ""
        let way =
            switch prompt.route {
            case .argument: "as an argument"
            case .file: "in a file"
            case .stdin: "on agentapi's standard input"
            case .initialPrompt, .message: "through agentapi"
            case .typed: "typed into the terminal"
            case nil: ""
            }
        switch prompt.action {
        case .send: return "given: \(size), \(way)"
        case .resumePrompt: return "resume prompt given: \(size), \(way)"
        case .none: return "none"
        case .skip:
            return switch prompt.given {
            case .this: "not given: the conversation already has it"
            case .unknown: "not given: cannot tell whether the conversation already has it"
            default: "not given, although the conversation does not have it"
            }
        }
    }

    // MARK: Columns

    private static let indent = 15
    private static let width = 80 - indent

    /// A label, and the text beside it, broken at spaces.
    private func field(_ label: String, _ text: String) -> [String] {
        var lines = [""]
        for word in oneLine(text).split(separator: " ", omittingEmptySubsequences: false).flatMap(Self.parts)
        {
            let line = lines[lines.count - 1]
            if line.count + word.count <= Self.width {
                lines[lines.count - 1] = line + word
            } else {
                lines.append(word)
            }
        }
        return beside(label, lines)
    }

    /// A word and the space behind it; one that is longer than a line in pieces, after a `/` if there is one.
    private static func parts(_ word: Substring) -> [String] {
        var rest = word
        var parts: [String] = []
        while rest.count > width {
            let end = rest.index(rest.startIndex, offsetBy: width)
            let cut = rest[..<end].lastIndex(of: "/").map { rest.index(after: $0) } ?? end
            parts.append(String(rest[..<cut]))
            rest = rest[cut...]
        }
        return parts + [rest + " "]
    }

    /// One command for a shell, however many lines: each but the last ends with a backslash, and a word is never
    /// broken, however long it is. A placeholder is not for a shell: it is broken like text, and a digest that fills
    /// the line has no backslash.
    private func commandLines(showPrompt: Bool) -> [String] {
        var lines = [""]
        var isAfterWord = true
        for (argument, text) in zip(command, shown(command, showPrompt: showPrompt)) {
            let isWord = if case .text = argument { true } else { showPrompt && argument != .promptFile }
            let pieces = isWord ? [ShellQuoting.quote(text)] : text.split(separator: " ").map(String.init)
            for (index, piece) in pieces.enumerated() {
                let line = lines[lines.count - 1]
                if line.isEmpty || line.count + piece.count + 3 <= Self.width {
                    lines[lines.count - 1] = line + (line.isEmpty ? "" : " ") + piece
                } else {
                    if index == 0, isAfterWord || line.count + 2 <= Self.width {
                        lines[lines.count - 1] += " \\"
                    }
                    lines.append(piece)
                }
            }
            isAfterWord = isWord
        }
        return lines
    }

    private func beside(_ label: String, _ lines: [String]) -> [String] {
        let margin = String(repeating: " ", count: Self.indent)
        let isShort = label.count < Self.indent
        let texts = (isShort ? lines : [""] + lines).map { line in
            String((margin + line).reversed().drop { $0 == " " }.reversed())
        }
        return [label + texts[0].dropFirst(label.count)] + texts.dropFirst()
    }
}

extension Evidence.Status {
    fileprivate var tick: String {
        switch self {
        case .ok: "✓"
        case .absent: "–"
        case .ignored: "·"
        case .unreadable, .damaged: "✗"
        }
    }
}
