/// One exchange of an Auggie session: what was asked, what was answered, and where.
struct AuggieExchange {
    static let fields: JSONFields = [
        "exchange.request_message", "exchange.response_text", "exchange.request_nodes.text_node.content",
        "exchange.response_nodes.content",
        "exchange.request_nodes.ide_state_node.workspace_folders.folder_root",
        "exchange.request_nodes.ide_state_node.current_terminal.current_working_directory",
        "completed", "finishedAt",
    ]

    private let exchange: JSONValue?
    private let value: JSONValue

    init(_ value: JSONValue) {
        self.value = value
        exchange = value["exchange"]
    }

    /// Something was said, by a person or by the agent; an exchange too large to be kept counts.
    var isTurn: Bool {
        isCut || isAsked || exchange?["response_text"]?.text?.isEmpty == false
            || texts("response_nodes", "content").contains { !$0.isEmpty }
    }

    /// A person or a launcher said something: not a tool's result.
    var isAsked: Bool { isCut || !asked.isEmpty }

    var isFinished: Bool { value["completed"]?.flag == true }
    var finishedAt: Timestamp? { value["finishedAt"]?.text.flatMap { Timestamp($0) } }

    /// The folders that it worked in, as far as this exchange names them: it does only when they change.
    var folders: [Path] {
        ideStates.flatMap { $0["workspace_folders"]?.elements ?? [] }.compactMap {
            $0["folder_root"]?.text.map { Path($0) }
        }
    }

    var terminal: Path? {
        ideStates.compactMap { $0["current_terminal"]?["current_working_directory"]?.text }.first.map {
            Path($0)
        }
    }

    /// Whether it was asked this; nil if that cannot be told.
    func isTask(_ task: TaskText) -> Bool? {
        if asked.contains(where: task.matches(message:)) { return true }
        return isCut ? nil : false
    }

    private var asked: [String] {
        ([exchange?["request_message"]?.text].compactMap(\.self)
            + nodes.compactMap { $0["text_node"]?["content"]?.text }).filter { !$0.isEmpty }
    }

    private var nodes: [JSONValue] { exchange?["request_nodes"]?.elements ?? [] }
    private var ideStates: [JSONValue] { nodes.compactMap { $0["ide_state_node"] } }

    /// A part was too long to be kept, or holds no text where one should be.
    private var isCut: Bool {
        value == .tooLarge || exchange == .tooLarge || exchange?["request_message"]?.isNoText == true
            || exchange?["request_nodes"] == .tooLarge
            || nodes.contains { $0["text_node"]?["content"]?.isNoText == true }
    }

    private func texts(_ list: String, _ name: String) -> [String] {
        (exchange?[list]?.elements ?? []).compactMap { $0[name]?.text }
    }
}
