/// The plan for people, in 80 columns: what will happen, why, and what was looked at.
extension LaunchPlan {
    func text(showPrompt: Bool) -> String {
        var lines: [String] = []
        lines += field("\(agent.name)", headline)
        lines += field("because", decision.reason)
        lines += field("conversation", conversation)
        lines += field("prompt", promptLine)
        lines += field("runs in", workdir.description)
        if !command.isEmpty {
            let words = zip(command, shown(command, showPrompt: showPrompt)).map { argument, text in
                if case .text = argument { return ShellQuoting.quote(text) }
                return showPrompt ? ShellQuoting.quote(text) : text
            }
            lines += field("command", pieces: words, continued: " \\")
        }
        for setting in environment.set {
            lines += field("sets", "\(setting.name)=\(ShellQuoting.quote(setting.shown))")
        }
        if !environment.unset.isEmpty { lines += field("removes", environment.unset.joined(separator: " ")) }
        for entry in findings.evidence {
            lines += field("\(entry.status.tick) looked at", "\(entry.source): \(entry.finding)")
        }
        for warning in findings.warnings { lines += field("! \(warning.code)", warning.message) }
        if let next = decision.trouble?.nextStep { lines += field("next", next) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var headline: String {
        switch decision.verdict {
        case .cold: "cold start, \(transportText)"
        case .warm: "warm start, \(transportText)"
        case .unknown: "unknown: nothing is started"
        }
    }

    private var transportText: String {
        transport == .agentapi ? "under agentapi" : "directly on a terminal of its own"
    }

    private var conversation: String {
        switch decision.start {
        case nil: return "-"
        case .cold(let new):
            guard let token = new.id ?? new.name else { return "new; \(agent.title) chooses the id" }
            return "\(token), new"
        case .reuse(let session): return "\(session.name ?? session.id), there without a message"
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
            switch prompt.delivery {
            case .argument: "as an argument"
            case .file: "by a file"
            case .stdin: "by agentapi's standard input"
            case .agentapi: "by agentapi"
            case .typed: "typed into the terminal"
            case nil: ""
            }
        switch prompt.action {
        case .send: return "given: \(size), \(way)"
        case .resumePrompt: return "the resume prompt is given: \(size), \(way)"
        case .none: return "none"
        case .skip:
            return switch prompt.given {
            case .this: "left out: the conversation has been given it"
            case .unknown: "left out: it cannot be told whether the conversation was given it"
            default: "left out, though the conversation was not given it"
            }
        }
    }

    /// A label in a column of its own, and the text beside it, broken at spaces.
    private func field(_ label: String, _ text: String) -> [String] {
        field(
            label,
            pieces: text.split(separator: " ", omittingEmptySubsequences: false).map(String.init),
            continued: ""
        )
    }

    /// Broken between the pieces only; what a line that goes on ends with lets a shell read a command as one.
    private func field(_ label: String, pieces: [String], continued: String) -> [String] {
        let indent = 15
        var lines: [String] = []
        var line = ""
        for piece in pieces {
            if !line.isEmpty, line.count + 1 + piece.count + continued.count > 79 - indent {
                lines.append(line + continued)
                line = piece
            } else {
                line += (line.isEmpty ? "" : " ") + piece
            }
        }
        lines.append(line)
        return lines.enumerated().map { index, line in
            let head = index == 0 ? label : ""
            return head + String(repeating: " ", count: max(1, indent - head.count)) + line
        }
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
