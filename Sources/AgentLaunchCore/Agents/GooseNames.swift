/// The names that goose's sessions of one directory and conversation get: nothing has to be kept to find them again.
struct GooseNames: Equatable, Sendable {
    /// The first try.
    let base: String
    /// The conversation's own name, which a person may have given to goose.
    let plain: String?

    init(workdir: Path, name: String) {
        let hash = SHA256.hex(workdir.bytes).prefix(8)
        if name == "default" {
            let folder = workdir.lastComponent.isEmpty ? Bytes("root".utf8) : workdir.lastComponent
            base = Bytes(folder.map(plainByte)).lossyText + "-" + hash
            plain = nil
        } else {
            base = name + "-" + hash
            plain = name
        }
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
