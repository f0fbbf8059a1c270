@testable import AgentLaunchCore

/// Codex homes written line by line, in the forms of the rollouts that the real one left.
struct CodexThreads {
    static let workdir: Path = "/home/coder/project"

    let scratch: ScratchDirectory
    var environment = Environment()
    var home: Path { scratch.path }

    init() throws { scratch = try ScratchDirectory() }

    var query: StoreQuery {
        StoreQuery(environment: environment, home: home, workdir: Self.workdir, name: "default")
    }

    func store(_ task: String? = nil, workdir: Path = Self.workdir) -> CodexStore {
        var query = query
        query.workdir = workdir
        query.task = task.flatMap(TaskText.init)
        return CodexStore(query)
    }

    static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "01a1fc00-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    static func file(_ id: String) -> String {
        ".codex/sessions/2026/11/21/rollout-2026-11-21T03-00-00-\(id).jsonl"
    }

    @discardableResult
    func write(_ id: String, _ lines: [JSONValue], to file: String? = nil) throws -> Path {
        let bytes = Bytes(lines.map { JSONWriter.compact($0) + Bytes([0x0a]) }.joined())
        return try scratch.write(file ?? Self.file(id), bytes)
    }

    static func meta(
        _ id: String,
        directory: String = workdir.description,
        version: String = "0.163.0",
        instructions: Int = 21_000
    ) -> JSONValue {
        line(
            "session_meta",
            [
                "id": .string(id), "timestamp": "2026-11-21T03:00:00.000Z", "cwd": .string(directory),
                "originator": "codex-tui", "cli_version": .string(version), "source": "cli",
                "thread_source": "user",
                "base_instructions": ["text": .string(String(repeating: "x", count: instructions))],
            ]
        )
    }

    static func turn(_ directory: String = workdir.description) -> JSONValue {
        line("turn_context", ["cwd": .string(directory), "model": "gpt-5-codex"])
    }

    static func message(_ role: String, _ texts: String..., kinds: [String]? = nil) -> JSONValue {
        var payload: [JSONValue.Member] = [
            .init("type", "message"), .init("role", .string(role)),
            .init("content", .array(texts.map { ["type": "input_text", "text": .string($0)] })),
        ]
        if let kinds {
            let passed: JSONValue = ["content_item_kinds": .array(kinds.map { .string($0) })]
            payload.append(.init("internal_chat_message_metadata_passthrough", passed))
        }
        return line("response_item", .object(payload))
    }

    static func event(_ type: String) -> JSONValue { line("event_msg", ["type": .string(type)]) }
    static func item(_ type: String) -> JSONValue { line("response_item", ["type": .string(type)]) }

    static func line(
        _ type: String,
        _ payload: JSONValue,
        _ time: String = "2026-11-21T03:00:01.000Z"
    ) -> JSONValue {
        ["timestamp": .string(time), "type": .string(type), "payload": payload]
    }
}
