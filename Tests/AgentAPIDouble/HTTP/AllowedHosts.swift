/// The Host headers that are answered; ports do not matter.
struct AllowedHosts {
    struct Failure: Error {
        let message: String
    }

    let names: [String]

    init(_ items: [String]) throws(Failure) {
        if items.isEmpty { throw Failure(message: "the list must not be empty") }
        if items.contains("*") {
            names = ["*"]
            return
        }
        try Self.check(items)
        for item in items where item.contains("http://") || item.contains("https://") {
            throw Failure(message: "'\(item)' must not include http:// or https://")
        }
        for item in items where Self.split(item).port != nil {
            throw Failure(message: "'\(item)' must not include a port")
        }
        names = items.map { Self.split($0).name }
    }

    /// What hosts and origins may not have.
    static func check(_ items: [String]) throws(Failure) {
        if items.isEmpty { throw Failure(message: "the list must not be empty") }
        if items.contains("*") { return }
        for item in items {
            if item.contains(where: \.isWhitespace) {
                throw Failure(message: "'\(item)' contains whitespace characters, which are not allowed")
            }
            if item.contains(",") {
                throw Failure(message: "'\(item)' contains comma characters, which are not allowed")
            }
        }
    }

    private static func split(_ host: String) -> (name: String, port: String?) {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            let rest = host[host.index(after: end)...]
            return (
                String(host[host.index(after: host.startIndex)..<end]),
                rest.hasPrefix(":") ? String(rest.dropFirst()) : nil
            )
        }
        let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : nil)
    }

    func allows(_ header: String) -> Bool {
        if names == ["*"] { return true }
        guard !header.isEmpty else { return false }
        let name = Self.split(header).name.lowercased()
        return names.contains { $0.lowercased() == name }
    }
}
