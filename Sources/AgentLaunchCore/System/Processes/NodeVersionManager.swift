import Glibc

/// Where nvm keeps the programs of its current node, without running nvm.
enum NodeVersionManager {
    static func folders(environment: Environment, home: Path) -> [Path] {
        if let bin = environment.given("NVM_BIN") { return [Path(bytes: bin)] }
        let root = environment.given("NVM_DIR").map { Path(bytes: $0) } ?? home / ".nvm"
        let alias = (try? contentsOfSmallFile(root / "alias/default", limit: 4096)) ?? nil
        guard let wanted = alias?.lossyText.split(whereSeparator: \.isWhitespace).first else { return [] }
        let prefix = wanted.hasPrefix("v") ? String(wanted) : "v\(wanted)"
        let versions = (try? namesInDirectory(root / "versions/node")) ?? []
        let matching = versions.map(\.lossyText).filter { $0 == prefix || $0.hasPrefix(prefix + ".") }
        let newest = matching.max { (Version(in: $0) ?? "0") < (Version(in: $1) ?? "0") }
        return newest.map { [root / "versions/node/\($0)/bin"] } ?? []
    }
}
