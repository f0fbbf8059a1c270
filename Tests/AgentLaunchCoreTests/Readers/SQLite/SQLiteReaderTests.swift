import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("SQLite stores", .timeLimit(.minutes(1)))
struct SQLiteReaderTests {
    struct State: Decodable {
        var path: String
        var expected: String
        var rows: Rows?

        /// A count, or why there is none.
        enum Rows: Decodable, Equatable {
            case count(Int64)
            case reason(String)

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let count = try? value.decode(Int64.self) {
                    self = .count(count)
                } else {
                    self = .reason(try value.decode(String.self))
                }
            }
        }
    }

    @Test(
        "Every state of a store is read as SQLite itself would, or not at all, and nothing in its folder changes"
    )
    func readsWithoutATrace() throws {
        let scratch = try ScratchDirectory()
        let states = try runScript("sqlite_states.py", [scratch.text], as: [State].self)
        #expect(states.count > 20)
        for state in states {
            let before = try trace(of: scratch.text)
            let found = read(Path(state.path))
            switch state.expected {
            case "read": #expect(.count(found.rows ?? -1) == state.rows, "\(state.path): \(found)")
            case "doubt": #expect(found.doubt != nil, "\(state.path): \(found)")
            case "trouble": #expect(found.failure != nil, "\(state.path): \(found)")
            case "doubt or trouble": #expect(found.doubt ?? found.failure != nil, "\(state.path): \(found)")
            default: #expect(found.other == state.expected, "\(state.path): \(found)")
            }
            if state.expected == "read" { #expect(found.doubt == nil, "\(state.path): \(found)") }
            let after = try trace(of: scratch.text)
            #expect(
                before == after,
                "\(state.path) was changed: \(Set(before.keys).symmetricDifference(after.keys))"
            )
        }
    }

    @Test("No private copy is left behind, and without a place for one the answer is trouble")
    func removesItsCopies() throws {
        let scratch = try ScratchDirectory()
        let states = try runScript("sqlite_states.py", [scratch.text + "/states"], as: [State].self)
        let hot = try #require(states.first { $0.path.contains("hot_journal") })
        let place = try ScratchDirectory()
        let empty = try trace(of: place.text).keys.sorted()
        #expect(read(Path(hot.path), copies: [Path(place.text)]).rows == 20)
        #expect(try trace(of: place.text).keys.sorted() == empty)
        let refused = read(Path(hot.path), copies: [Path(place.text) / "missing"])
        #expect(refused.failure?.contains("no temporary directory") == true)
    }

    @Test("A database cut to one byte beside its hot journal is damaged, not locked by somebody")
    func isNotKeptWaitingByItsOwnLock() throws {
        let scratch = try ScratchDirectory()
        let states = try runScript("sqlite_states.py", [scratch.text], as: [State].self)
        let hot = try #require(states.first { $0.path.contains("hot_journal") })
        #expect(hot.path.withCString { truncate($0, 1) } == 0)
        #expect(read(Path(hot.path)).failure?.contains("its header is damaged or cut off") == true)
    }

    struct Found {
        var rows: Int64?
        var doubt: String?
        var failure: String?
        var other: String?
    }

    private func read(_ path: Path, copies: [Path] = ["/tmp"]) -> Found {
        var reader = SQLiteReader(path)
        reader.temporaryFolders = copies
        do {
            let answer = try reader.read { (database) throws(SQLiteFailure) in
                try database.rows("SELECT count(*) FROM t") { row in row.integer(0) }.first
            }
            switch answer {
            case .absent: return Found(other: "absent")
            case .empty: return Found(other: "empty")
            case .read(let count, let sidecars): return Found(rows: count, doubt: sidecars.doubt?.why)
            }
        } catch {
            return Found(failure: error.why)
        }
    }
}
