import Glibc

/// Bytes as the kernel has them: arguments, environment values and paths need not be UTF-8.
typealias Bytes = [UInt8]

extension Array where Element == UInt8 {
    /// For people to read: what is not UTF-8 is replaced.
    var lossyText: String { String(decoding: self, as: UTF8.self) }

    /// The text, or nil if the bytes are not UTF-8.
    var text: String? { String(validating: self, as: UTF8.self) }
}

/// A file's path: bytes, never normalised unless asked.
struct Path: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    var bytes: Bytes

    init(bytes: some Sequence<UInt8>) { self.bytes = Bytes(bytes) }
    init(_ text: String) { bytes = Bytes(text.utf8) }
    init(stringLiteral value: String) { self.init(value) }

    var description: String { bytes.lossyText }
    var isAbsolute: Bool { bytes.first == UInt8(ascii: "/") }

    func absolute(in directory: Path) -> Path { isAbsolute ? self : directory / bytes }

    /// The part after the last `/`; `/` itself has an empty one.
    var lastComponent: Bytes {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes }
        return Bytes(bytes[(slash + 1)...])
    }

    /// Everything before the last component; the parent of `/a` and of `/` is `/`, that of `a` is `.`.
    var parent: Path {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == 0 ? "/" : Path(bytes: bytes[..<slash])
    }

    /// Itself and the folders above it, the nearest first.
    var ancestors: some Sequence<Path> { sequence(first: self) { $0.parent == $0 ? nil : $0.parent } }

    /// Below a folder, at whatever depth.
    func isInside(_ folder: Path) -> Bool { bytes.starts(with: (folder / "").bytes) }

    static func / (folder: Path, name: String) -> Path { folder / Bytes(name.utf8) }

    static func / (folder: Path, name: Bytes) -> Path {
        Path(
            bytes: folder.bytes.last == UInt8(ascii: "/")
                ? folder.bytes + name : folder.bytes + [UInt8(ascii: "/")] + name
        )
    }

    /// The path with a suffix on its last component, as in `sessions.db` + `-wal`.
    static func + (path: Path, suffix: String) -> Path { Path(bytes: path.bytes + Bytes(suffix.utf8)) }

    static func < (a: Path, b: Path) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }

    func withCString<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
        return try body(terminated)
    }
}
