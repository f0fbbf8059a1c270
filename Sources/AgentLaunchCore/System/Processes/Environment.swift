import Glibc

/// Environment variables, in order, as bytes. A later entry of the same name replaces an earlier one.
struct Environment: Equatable, Sendable {
    private(set) var entries: [Entry] = []

    struct Entry: Equatable, Sendable {
        var name: Bytes
        var value: Bytes
    }

    init(_ pairs: KeyValuePairs<String, String> = [:]) {
        for (name, value) in pairs { self[name] = Bytes(value.utf8) }
    }

    /// The environment that this process was started with; entries without `=` are dropped.
    static func inherited() -> Environment {
        var result = Environment()
        var next = environ
        while let entry = next.pointee {
            let bytes = UnsafeBufferPointer(start: entry, count: strlen(entry)).map { UInt8(bitPattern: $0) }
            if let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
                result.set(Bytes(bytes[..<equals]), Bytes(bytes[(equals + 1)...]))
            }
            next += 1
        }
        return result
    }

    subscript(_ name: String) -> Bytes? {
        get {
            let key = Bytes(name.utf8)
            return entries.first { $0.name == key }?.value
        }
        set {
            let key = Bytes(name.utf8)
            if let newValue { set(key, newValue) } else { entries.removeAll { $0.name == key } }
        }
    }

    /// The value, or nil if the variable is unset or empty: empty means not given.
    func given(_ name: String) -> Bytes? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    /// A path that counts only if it is absolute, as in the XDG variables.
    func absolutePath(_ name: String) -> Path? {
        given(name).map { Path(bytes: $0) }.flatMap { $0.isAbsolute ? $0 : nil }
    }

    /// A path; one that is not absolute begins in the directory.
    func path(_ name: String, in directory: Path) -> Path? {
        given(name).map { Path(bytes: $0).absolute(in: directory) }
    }

    mutating func set(_ name: Bytes, _ value: Bytes) {
        if let index = entries.firstIndex(where: { $0.name == name }) {
            entries[index].value = value
        } else {
            entries.append(Entry(name: name, value: value))
        }
    }

    mutating func removeAll(where condition: (_ name: Bytes) -> Bool) {
        entries.removeAll { condition($0.name) }
    }

    /// `NAME=VALUE` each, as execve takes them.
    var strings: [Bytes] { entries.map { $0.name + [UInt8(ascii: "=")] + $0.value } }
}

extension Environment {
    static let ownPrefix = "AGENTLAUNCH_"

    /// Whether a variable is agentlaunch's own; no child inherits one.
    static func isOwn(_ name: Bytes) -> Bool { name.starts(with: ownPrefix.utf8) }
}
