/// A thread's file as releases of Amp up to early 2026 wrote it. The thread itself is on the server.
struct AmpThread {
    private static let fields: JSONFields = [
        "role", "content", "content.type", "content.text", "meta.sentAt", "state.type", "state.stopReason",
        "usage.timestamp",
    ]

    let path: Path
    let id: String
    let query: StoreQuery
    /// Why it could not be read to its end.
    let fault: JSONFault?
    /// The folders that it was begun in.
    let trees: [Path]
    private let members: JSONValue
    private let hasMessages: Bool
    private var elements = 0
    private var messages = 0
    private var latest: Timestamp?
    private var isInterrupted: Bool?
    private var firstMessage = Session.FirstMessage.none
    private(set) var contains: Bool? = false

    /// Nil if there is no such file. `text` is what `contains` tells about.
    init?(
        _ path: Path,
        _ id: String,
        _ query: StoreQuery,
        contains text: TaskText? = nil
    ) throws(StoreFailure) {
        self.path = path
        self.id = id
        self.query = query
        var seen = Seen(task: query.task, text: text)
        let file = try JSONArrayFile.read(
            path,
            array: "messages",
            Self.fields,
            members: ["id", "created", "title", "env"]
        ) { seen.take($0) }
        guard let file else { return nil }
        fault = file.fault
        members = file.members
        hasMessages = file.hasArray
        let initial = file.members["env"]?["initial"]?["trees"]?.elements ?? []
        trees = initial.compactMap { $0["uri"]?.text.flatMap(Self.folder) }
        (elements, messages, latest) = (seen.elements, seen.messages, seen.latest)
        (isInterrupted, firstMessage, contains) = (seen.isInterrupted, seen.firstMessage, seen.contains)
    }

    private struct Seen {
        let task: TaskText?
        let text: TaskText?
        var elements = 0
        var messages = 0
        var latest: Timestamp?
        var isInterrupted: Bool?
        var firstMessage = Session.FirstMessage.none
        var contains: Bool? = false

        mutating func take(_ value: JSONValue) -> Bool {
            elements += 1
            let role = value["role"]?.text
            let times = [
                value["meta"]?["sentAt"]?.integer.map { Timestamp(milliseconds: $0) },
                value["usage"]?["timestamp"]?.text.flatMap { Timestamp($0) },
            ]
            latest = (times + [latest]).compactMap(\.self).max()
            if role == "assistant" {
                messages += 1
                isInterrupted =
                    value["state"]?["type"]?.text != "complete"
                    || value["state"]?["stopReason"]?.text == "tool_use"
            } else if role == "user" {
                messages += 1
                isInterrupted = true
                let said = AmpText(value)
                if said.isSpoken, firstMessage == .none {
                    firstMessage = Session.FirstMessage(isTask: task.flatMap(said.isTask))
                }
                if let text { contains.formOr(said.isTask(text)) }
            } else if value == .tooLarge {
                messages += 1
                if firstMessage == .none { firstMessage = .unknown }
                contains.formOr(nil)
            }
            return true
        }
    }

    /// Throws where the file cannot be trusted.
    func session() throws(StoreFailure) -> Session {
        if let fault { throw damaged(fault.clause) }
        guard members["id"]?.text == id else { throw damaged("its ID does not match its file name") }
        guard hasMessages, elements == 0 || messages > 0 else { throw damaged("its messages cannot be read") }
        return Session(
            id: id,
            name: members["title"]?.text,
            directory: trees.first,
            store: path,
            state: messages > 0 ? .resumable : .dead,
            messages: messages,
            startedAt: members["created"]?.integer.map { Timestamp(milliseconds: $0) },
            updatedAt: latest ?? members["created"]?.integer.map { Timestamp(milliseconds: $0) },
            interrupted: isInterrupted,
            firstMessage: firstMessage
        )
    }

    /// `file:///a%20b`; some releases wrote the path without percent signs.
    static func folder(_ uri: String) -> Path? {
        guard uri.hasPrefix("file:///"), var path = Path(fileURL: Bytes(uri.utf8)) else { return nil }
        while path.bytes.count > 1, path.bytes.last == UInt8(ascii: "/") { path.bytes.removeLast() }
        return path
    }

    private func damaged(_ why: String) -> StoreFailure {
        .damaged(path, why, nextStep: "move it away, or name the thread with --resume")
    }
}

/// What a user's message of Amp says: its text blocks. A tool's result is a user's message without one.
private struct AmpText {
    private let texts: [String]
    private let isCut: Bool

    init(_ message: JSONValue) {
        let content = message["content"]
        let blocks = content?.elements ?? []
        texts = (content?.text.map { [$0] } ?? blocks.compactMap { $0["text"]?.text }).filter { !$0.isEmpty }
        isCut = content == .tooLarge || blocks.contains { $0 == .tooLarge || $0["text"]?.isNoText == true }
    }

    var isSpoken: Bool { isCut || !texts.isEmpty }

    func isTask(_ task: TaskText) -> Bool? { task.matches(texts: texts, isCut: isCut) }
}
