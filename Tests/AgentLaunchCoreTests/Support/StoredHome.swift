import Glibc

@testable import AgentLaunchCore

/// A home directory as an agent left it, copied, with the promise that reading leaves it as it is.
struct StoredHome {
    /// Everything that reading could change; access times are the kernel's.
    struct Entry: Equatable {
        var path: Path
        var content: Bytes
        var mode: UInt32
        var seconds: Int
        var nanoseconds: Int
    }

    static let fixtures = Path(#filePath).parent.parent.parent / "Fixtures"

    /// Each agent's cases, by name, but those whose project is beside the home: `test_fixtures.py` has them too.
    static let cases = Registry.agents.flatMap { agent in
        ((try? namesInDirectory(fixtures / agent.name)) ?? []).compactMap(\.text)
            .filter { (try? expectation(agent.name, $0))?["workdir"] != "PROJECT" }
            .map { (agent.name, $0) }
    }

    static func expectation(_ agent: String, _ name: String) throws -> JSONValue? {
        try contentsOfSmallFile(fixtures / agent / name / "expect.json").flatMap { JSONValue(parsing: $0) }
    }

    let scratch: ScratchDirectory
    var path: Path { scratch.path / "home" }

    init(_ agent: String, _ name: String) throws {
        scratch = try ScratchDirectory()
        try scratch.makeDirectory(path)
        // git keeps no empty folder: a home that held nothing is not there.
        let home = Self.fixtures / agent / name / "home"
        if try fileStatus(home) != nil { try copy(home, "home") }
    }

    private func copy(_ folder: Path, _ name: String) throws {
        for entry in try namesInDirectory(folder) {
            let inner = name + "/" + entry.lossyText
            if let target = linkTarget(folder / entry) {
                try scratch.link(inner, to: target)
            } else if try fileStatus(folder / entry)?.isDirectory == true {
                try scratch.makeDirectory(scratch.path / inner)
                try copy(folder / entry, inner)
            } else {
                try scratch.write(inner, try contentsOfSmallFile(folder / entry) ?? [])
            }
        }
    }

    func entries() throws -> [Entry] { try Self.entries(below: path) }

    private static func entries(below folder: Path) throws -> [Entry] {
        try namesInDirectory(folder).flatMap { name -> [Entry] in
            let path = folder / name
            // A link that leads nowhere stays as it is: its name is all there is to see.
            guard let status = try fileStatus(path) else {
                return [Entry(path: path, content: [], mode: 0, seconds: 0, nanoseconds: 0)]
            }
            let content = status.isDirectory ? [] : try contentsOfSmallFile(path) ?? []
            let entry = Entry(
                path: path,
                content: content,
                mode: status.st_mode,
                seconds: status.st_mtim.tv_sec,
                nanoseconds: status.st_mtim.tv_nsec
            )
            return [entry] + (status.isDirectory ? try entries(below: path) : [])
        }
    }
}

private func linkTarget(_ path: Path) -> Path? {
    var buffer = Bytes(repeating: 0, count: Int(PATH_MAX))
    let count = path.withCString { name in
        buffer.withUnsafeMutableBytes { readlink(name, $0.baseAddress!, $0.count) }
    }
    return count < 0 ? nil : Path(bytes: buffer[..<count])
}
