import Glibc
import Testing

@testable import AgentLaunchCore

/// Not a test of its own: the end-to-end tests run it as another user, in another mount namespace or beside a
/// writer, and read the lines it prints. `STORE_PROBE` is `DATABASE|TIMES|PATIENCE`.
@Suite("Store probe")
struct StoreProbe {
    static let request = getenv("STORE_PROBE").map { String(cString: $0) }

    @Test("Decides many times and prints what came of it", .enabled(if: request != nil))
    func decide() throws {
        let parts = try #require(Self.request).split(separator: "|").map(String.init)
        var reader = SQLiteReader(Path(parts[0]))
        reader.patience = try #require(Int64(parts[2]))
        for turn in 0..<(try #require(Int(parts[1]))) {
            let name = turn % 2 == 0 ? "target" : "absent"
            print("PROBE \(name) \(decide(reader, name))")
        }
    }

    private func decide(_ reader: SQLiteReader, _ name: String) -> String {
        do {
            let answer = try reader.read { (database) throws(SQLiteFailure) in
                let halves = try database.rows(
                    "SELECT id FROM sessions WHERE NOT EXISTS (SELECT 1 FROM messages WHERE session_id = sessions.id)"
                ) { (row) throws(SQLiteFailure) in try row.text(0) }
                let found = try database.rows(
                    "SELECT id FROM sessions WHERE name = ? AND EXISTS"
                        + " (SELECT 1 FROM messages WHERE session_id = sessions.id)",
                    [.text(name)]
                ) { (row) throws(SQLiteFailure) in try row.text(0) }
                return halves.isEmpty ? found : ["half a transaction: \(halves)"]
            }
            switch answer {
            case .absent, .empty: return "cold"
            case .read(let ids, let sidecars):
                if let id = ids.first { return "warm \(id)" }
                return sidecars.doubt.map { "unknown \($0.why)" } ?? "cold"
            }
        } catch {
            return "unknown \(error.kind) \(error.why)"
        }
    }
}
