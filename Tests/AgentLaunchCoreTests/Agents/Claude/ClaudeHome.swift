@testable import AgentLaunchCore

/// A home directory with transcripts, and the store that reads it.
final class ClaudeHome {
    let scratch: ScratchDirectory
    var query: StoreQuery

    static let id = "0000000a-0000-4000-8000-000000000000"

    init(
        workdir: Path = "/w/project",
        task: String? = "do the task",
        _ environment: Environment = Environment()
    ) throws {
        scratch = try ScratchDirectory()
        query = StoreQuery(
            environment: environment,
            home: scratch.path,
            workdir: workdir,
            name: "default",
            task: task.flatMap { TaskText($0) }
        )
    }

    var store: ClaudeStore { ClaudeStore(query) }
    var folder: String { ".claude/projects/\(ClaudeDirectories.names(query.workdir)[0])/" }

    @discardableResult
    func write(_ id: String = ClaudeHome.id, _ lines: String...) throws -> Path {
        try scratch.write(folder + id + ".jsonl", lines.map { $0 + "\n" }.joined())
    }

    func session(_ id: String = ClaudeHome.id) -> Session? {
        var findings = Findings()
        guard case .found(let session) = store.find(id, &findings) else { return nil }
        return session
    }

    static func user(_ content: JSONValue, _ more: KeyValuePairs<String, JSONValue> = [:]) -> String {
        line("user", content, [:], more)
    }

    static func answer(
        _ text: String,
        _ message: KeyValuePairs<String, JSONValue> = ["stop_reason": "end_turn"]
    ) -> String {
        line("assistant", [["type": "text", "text": .string(text)]], message, [:])
    }

    private static func line(
        _ type: String,
        _ content: JSONValue,
        _ message: KeyValuePairs<String, JSONValue>,
        _ more: KeyValuePairs<String, JSONValue>
    ) -> String {
        let inner = message.map { JSONValue.Member($0.key, $0.value) } + [.init("content", content)]
        let members: [JSONValue.Member] = [
            .init("isSidechain", false), .init("cwd", "/w/project"), .init("type", .string(type)),
            .init("message", .object(inner)), .init("timestamp", "2026-11-21T02:00:00.000Z"),
        ]
        let added = more.map { JSONValue.Member($0.key, $0.value) }
        return JSONWriter.compact(.object(members + added)).lossyText
    }
}
