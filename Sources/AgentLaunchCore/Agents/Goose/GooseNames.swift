/// The names that goose's sessions of one directory and conversation get: nothing has to be kept to find them again.
struct GooseNames: Equatable, Sendable {
    /// The first try.
    let base: String
    /// The conversation's own name, which a person may have given to goose.
    let plain: String?

    init(workdir: Path, name: String) {
        let folder = workdir.lastComponent.isEmpty ? Bytes("root".utf8) : workdir.lastComponent
        let own = Bytes(folder.map(plainByte)).lossyText
        // A conversation that is named like the directory is another one than the directory's own.
        let hashed = name == own ? workdir.bytes + [0] + Bytes(name.utf8) : workdir.bytes
        let isDefault = name == "default"
        base = (isDefault ? own : name) + "-" + SHA256.hex(isDefault ? workdir.bytes : hashed).prefix(8)
        plain = isDefault ? nil : name
    }

    /// The number of a try counted from 0: `base`, `base-2`, `base-3`; nil for any other name.
    func number(of name: String) -> Int? {
        if name == base { return 0 }
        guard name.hasPrefix(base + "-") else { return nil }
        let digits = name.dropFirst(base.count + 1)
        guard let count = Int(digits), count >= 2, String(count) == digits else { return nil }
        return count - 1
    }

    func name(_ number: Int) -> String { number == 0 ? base : "\(base)-\(number + 1)" }

    /// The tries that are looked at: 0 to 15, and 16 beyond each that left a trace.
    static func reachable(_ traces: Set<Int>) -> (traces: Set<Int>, next: Int) {
        var limit = 15
        var seen: Set<Int> = []
        for number in traces.sorted() where number <= limit {
            seen.insert(number)
            limit = max(limit, number + 16)
        }
        return (seen, (seen.max() ?? -1) + 1)
    }
}

private func plainByte(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        byte
    default: UInt8(ascii: "-")
    }
}
