/// Where Cursor's CLI keeps its chats: which folder it is depends on the release, and nothing says which.
struct CursorDirectories: Sendable {
    /// The `chats` folders in which a chat may be, the likeliest first.
    let roots: [Path]
    /// Those that CURSOR_CONFIG_DIR leaves out.
    let otherRoots: [Path]
    /// `auth.json` may be in any of them.
    let configurations: [Path]
    private let data: Path
    private let workdir: Path

    init(_ query: StoreQuery) {
        func folder(_ name: String) -> Path? { query.environment.path(name, in: query.workdir) }
        let usual = [
            folder("XDG_CONFIG_HOME").map { $0 / "cursor" }, query.home / ".config" / "cursor",
            query.home / ".cursor",
        ].compactMap(\.self).unique
        let chosen = folder("CURSOR_CONFIG_DIR")
        roots = (chosen.map { [$0] } ?? usual).map { $0 / "chats" }
        otherRoots = chosen.map { chosen in usual.filter { $0 != chosen }.map { $0 / "chats" } } ?? []
        configurations = ([chosen].compactMap(\.self) + usual).unique
        data = folder("CURSOR_DATA_DIR") ?? query.home / ".cursor"
        workdir = query.workdir
    }

    /// The name of a directory's folder of chats.
    static func key(_ directory: Path) -> String { MD5.hex(directory.bytes) }

    /// Where the chats of the directory would be.
    func chats(of directory: Path) -> [Path] { roots.map { $0 / Self.key(directory) } }

    /// The root that holds this directory's chats, else one that holds any, else the likeliest.
    var root: Path {
        let here = zip(roots, chats(of: workdir)).first { isThere($0.1) }?.0
        return here ?? roots.first(where: isThere) ?? roots[0]
    }

    /// In the MCP configuration, or in the script that Coder's module puts between.
    var pinnedURLs: [PinnedURL] {
        PinnedURL.inFiles(configurations.map { $0 / "mcp.json" }, orScript: "/tmp/mcp-hack.sh")
    }

    /// What cursor-agent leaves once the directory is trusted.
    var trustMarker: Path {
        let name = workdir.bytes.split(separator: UInt8(ascii: "/")).joined(separator: [UInt8(ascii: "-")])
        return data / "projects" / Bytes(name) / ".workspace-trusted"
    }
}

private func isThere(_ path: Path) -> Bool { (try? fileStatus(path)) != nil }

extension [Path] {
    fileprivate var unique: [Path] {
        reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
