/// What one `events.jsonl` holds. It is always read whole: one line that is no JSON makes every resume fail.
struct CopilotTranscript: Equatable {
    /// The first line that Copilot refuses or may refuse.
    struct Fault: Equatable {
        var line: Int
        var why: String
    }

    private(set) var hasUserMessage = false
    private var hasStarted = false
    private(set) var fault: Fault?
    private(set) var directory: Path?
    private(set) var messages = 0
    private(set) var startedAt: Timestamp?
    private(set) var updatedAt: Timestamp?
    private(set) var interrupted: Bool?
    private(set) var firstMessage = Session.FirstMessage.none

    /// Deeper than any event; what the agent does with more is not known.
    private static let deepest = 100

    init(_ path: Path, _ task: TaskText?) throws(Errno) {
        let lines = try JSONLines(path)
        var asksForTools = false
        while let record = try lines.next(CopilotEvent.fields) {
            let isLast = lines.head >= lines.size
            guard let event = try event(record, lines, isLast: isLast) else { return }
            if let time = event.timestamp {
                if startedAt == nil { startedAt = time }
                updatedAt = max(updatedAt ?? time, time)
            }
            if directory == nil { directory = event.directory }
            if event.isMessage { messages += 1 }
            switch event.type {
            case "user.message":
                if !hasUserMessage {
                    firstMessage = Session.FirstMessage(isTask: task.flatMap(event.matches))
                }
                hasUserMessage = true
                interrupted = true
            case "assistant.message": asksForTools = event.asksForTools
            case "assistant.turn_end": interrupted = asksForTools
            default: break
            }
        }
        // What a crash of the machine leaves in place of a conversation.
        if !hasStarted, try lines.endsInNUL() { fault = Fault(line: 1, why: "contains only NULs") }
    }

    /// Whether any user message is this text; nil if that cannot be told.
    static func matches(_ path: Path, _ task: TaskText) -> Bool? {
        try? JSONLines(path).contains(CopilotEvent.fields) { record in
            record.value.flatMap { CopilotEvent($0) }.map { $0.matches(task) } ?? false
        }
    }

    private mutating func event(
        _ record: JSONRecord,
        _ lines: JSONLines,
        isLast: Bool
    ) throws(Errno) -> CopilotEvent? {
        let why: String
        // A crash of the machine leaves NULs at the end; elsewhere Copilot refuses them.
        var isPadded = record.padded
        if isPadded, isLast { isPadded = try !lines.endsInNUL() }
        switch record.outcome {
        case .torn: why = "is cut off"
        case .malformed: why = "is not valid JSON"
        case _ where isPadded: why = "has NULs or a byte order mark around it"
        case _ where record.depth > Self.deepest: why = "is nested too deeply"
        case .value(let value):
            if let event = CopilotEvent(value), hasStarted || event.type == "session.start" {
                hasStarted = true
                return event
            }
            why = hasStarted ? "is not a Copilot event" : "does not begin a session"
        case .blank: why = "is blank"
        }
        fault = Fault(line: try lines.lineNumber(at: record.offset), why: why)
        return nil
    }
}
