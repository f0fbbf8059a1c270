import Foundation

/// Arguments, variables and paths are bytes. Here they are text in which a byte that is no UTF-8 stands as a scalar
/// of the last private plane, so that it can be given on as it came.
enum RawText {
    private static let plane: UInt32 = 0x10FF00

    static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = (1...min(4, rest.count)).first {
                String(validating: rest.prefix($0), as: UTF8.self) != nil
            }
            if let length, let text = String(validating: rest.prefix(length), as: UTF8.self) {
                scalars.append(contentsOf: text.unicodeScalars)
            } else if let scalar = Unicode.Scalar(plane + UInt32(rest[rest.startIndex])) {
                scalars.append(scalar)
            }
            rest = rest.dropFirst(length ?? 1)
        }
        return String(scalars)
    }

    static func bytes(_ text: String) -> [UInt8] {
        guard text.unicodeScalars.contains(where: { $0.value >= plane }) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            scalar.value >= plane ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
        }
    }

    /// For a call that takes a path or an argument; the caller frees it.
    static func copy(_ text: String) -> UnsafeMutablePointer<CChar>? {
        (bytes(text) + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { $0.baseAddress.flatMap { strdup($0) } }
        }
    }

    /// A call with a path.
    static func with<Result>(_ path: String, _ call: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes(path) + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { pointer in
                var empty: CChar = 0
                return pointer.baseAddress.map(call) ?? call(&empty)
            }
        }
    }

    /// What a file or a client gets: such a byte as Go writes it.
    static func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value >= plane }) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value >= plane ? "\u{FFFD}" : $0 })
        )
    }

    static var arguments: [String] {
        CommandLine.unsafeArgv.withMemoryRebound(to: UnsafeMutablePointer<CChar>?.self, capacity: 1) {
            list($0)
        }
    }

    /// Of a name that is there twice, the first.
    static var environment: [String: String] {
        var result: [String: String] = [:]
        for entry in list(environ) {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, result[String(parts[0])] == nil else { continue }
            result[String(parts[0])] = String(parts[1])
        }
        return result
    }

    private static func list(_ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
        guard let pointers else { return [] }
        var result: [String] = []
        while let pointer = pointers[result.count] {
            result.append(text(Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))))
        }
        return result
    }
}
