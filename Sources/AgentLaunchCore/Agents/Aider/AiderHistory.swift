/// A chat history file of Aider, as Aider itself reads it back.
///
/// `# ` begins a note of a start, `> ` what the program said, `#### ` each line of what a person said; anything else
/// is the model's answer. A file that is there, but without a `#### `, is what every start leaves.
struct AiderHistory {
    private(set) var state = Session.State.empty
    /// What people said and what was answered.
    private(set) var messages = 0
    private(set) var firstMessage = Session.FirstMessage.none
    private(set) var interrupted: Bool?
    private(set) var contains: Bool? = false
    let modified: Timestamp
    /// Why it is not certain what Aider makes of it.
    private(set) var doubt: String?

    private let task: TaskText?
    private var said: [Bytes] = []
    private var isCut = false
    /// The last thing said is a command, which is a message only if an answer follows …
    private var isCommand = false
    /// … and whether it is the task; nil if it is too long to be compared.
    private var isCommandTask: Bool?
    private var isAnswered = true
    private var hasStrayText = false

    /// Reads the file to its end, or to the first message that is this text if `stopsAtTask`.
    init(_ path: Path, _ task: TaskText?, stopsAtTask: Bool = false) throws(Errno) {
        self.task = task
        let lines = try TextLines(path)
        modified = lines.modified
        while let line = try lines.next() {
            if !line.isText { doubt = "it is not valid UTF-8, so aider would start without it" }
            // More than a line feed ends a line for Python.
            for part in Self.split(line.bytes) { take(TextLines.Line(bytes: Bytes(part), isCut: line.isCut)) }
            if stopsAtTask, contains == true { return }
        }
        endMessage()
        if state == .resumable { interrupted = !isAnswered }
        if state == .empty, hasStrayText, doubt == nil {
            doubt = "it has text, but no message"
        }
    }

    private static func split(_ line: Bytes) -> [ArraySlice<UInt8>] {
        let isPlain = !line.contains { 0x0b...0x0d ~= $0 || 0x1c...0x1e ~= $0 || $0 == 0xc2 || $0 == 0xe2 }
        if isPlain { return [line[...]] }
        var parts: [ArraySlice<UInt8>] = []
        var (start, index) = (0, 0)
        while index < line.count {
            let rest = line[index...]
            let length =
                switch line[index] {
                case 0x0b...0x0d, 0x1c...0x1e: 1
                case 0xc2 where rest.starts(with: [0xc2, 0x85]): 2
                case 0xe2
                where rest.starts(with: [0xe2, 0x80, 0xa8]) || rest.starts(with: [0xe2, 0x80, 0xa9]): 3
                default: 0
                }
            if length > 0 {
                parts.append(line[start..<index])
                start = index + length
            }
            index += max(length, 1)
        }
        return parts + [line[start...]]
    }

    private mutating func take(_ line: TextLines.Line) {
        if line.bytes.starts(with: Bytes("#### ".utf8)) {
            var text = line.bytes.dropFirst(5)
            // Each line is ended by a line break of Markdown.
            if text.suffix(2).elementsEqual("  ".utf8) { text = text.dropLast(2) }
            said.append(Bytes(text))
            isCut = isCut || line.isCut
            return
        }
        endMessage()
        let isNote = ["# ", "> "].contains { line.bytes.starts(with: Bytes($0.utf8)) }
        if isNote || line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { return }
        // `>` alone is an empty line of the program's.
        if line.bytes == [UInt8(ascii: ">")] || line.bytes.isEmpty { return }
        answer()
    }

    private mutating func endMessage() {
        guard !said.isEmpty else { return }
        let text = Bytes(said.joined(separator: [0x0a])).lossyText
        let isTask = task.map { $0.matches(message: text) } ?? false
        let given: Bool? = isTask ? true : isCut ? nil : false
        said = []
        isCut = false
        let trimmed = text.drop { $0.isWhitespace }
        // Return alone is noted too.
        if trimmed.isEmpty || text == "<blank>" { return }
        contains.formOr(given)
        // A slash or shell command is a message only if the model answered it, or if it is the task.
        if !isTask, let first = trimmed.first, first == "/" || first == "!" {
            isCommand = true
            isCommandTask = given
            return
        }
        count(given)
    }

    private mutating func count(_ given: Bool?) {
        if messages == 0 {
            firstMessage = Session.FirstMessage(isTask: task == nil ? nil : given)
        }
        state = .resumable
        messages += 1
        isAnswered = false
        isCommand = false
    }

    private mutating func answer() {
        if isCommand { count(isCommandTask) }
        if state == .resumable {
            if !isAnswered { messages += 1 }
            isAnswered = true
        } else {
            hasStrayText = true
        }
    }
}

extension AiderHistory {
    /// The folder with the `.git` that a directory belongs to.
    static func repository(around directory: Path) -> Path? {
        directory.ancestors.first { (try? fileStatus($0 / ".git")) != nil }
    }

    /// The history that Aider keeps by itself: at the root of the repository, else in the directory.
    static func ofProject(_ query: StoreQuery) -> Path {
        if let named = AiderSettings(query).value(of: "chat-history-file") {
            return Path(bytes: named).absolute(in: query.workdir)
        }
        return (repository(around: query.workdir) ?? query.workdir) / ".aider.chat.history.md"
    }
}
