/// Where an agent's own configuration names agentapi's address for Coder's MCP server: what stands there wins over the
/// environment that the agent is started with.
struct PinnedURL: Equatable, Sendable {
    static let variable = "CODER_MCP_AI_AGENTAPI_URL"

    var file: Path
    var port: Int

    /// In a text file of whatever syntax: the variable's name, then marks, then an address of this machine.
    static func inText(_ file: Path) -> [PinnedURL] {
        guard let content = try? contentsOfSmallFile(file) else { return [] }
        let name = Bytes(variable.utf8)
        var ports: [Int] = []
        for line in content.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
            var rest = line.drop { $0 == 0x20 || $0 == 0x09 }
            if rest.first == UInt8(ascii: "#") { continue }
            while let start = rest.firstIndex(of: name[0]) {
                rest = rest[start...]
                guard rest.starts(with: name) else {
                    rest = rest.dropFirst()
                    continue
                }
                rest = rest.dropFirst(name.count)
                let marks = Bytes(" \t\"'=:".utf8)
                if let port = port(of: Bytes(rest.drop { marks.contains($0) })) { ports.append(port) }
            }
        }
        return ports.map { PinnedURL(file: file, port: $0) }
    }

    /// In a file, and in those of a folder that end in `.json`.
    static func inFiles(_ file: Path, _ folder: Path) -> [PinnedURL] {
        let names = ((try? namesInDirectory(folder)) ?? []).filter {
            $0.suffix(5).elementsEqual(".json".utf8)
        }
        return ([file] + names.map { folder / $0 }).flatMap(inText)
    }

    /// In files, and in the script that some of Coder's modules put between, where one of the files starts it.
    static func inFiles(_ files: [Path], orScript script: Path) -> [PinnedURL] {
        let usesScript = files.contains { file in
            (try? contentsOfSmallFile(file))?.flatMap(\.text)?.contains(script.description) == true
        }
        return (files + (usesScript ? [script] : [])).flatMap(inText)
    }

    /// The port of an address of this machine; nil for any other.
    static func port(of url: Bytes) -> Int? {
        let hosts = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].map { Bytes("http://\($0):".utf8) }
        guard let host = hosts.first(where: { url.starts(with: $0) }) else { return nil }
        return Int(Bytes(url.dropFirst(host.count).prefix { (0x30...0x39).contains($0) }).lossyText)
    }
}
