import Glibc

/// A control sequence `ESC [ prefix parameters final`: `ESC [ ? 1049 h` has prefix `?`, parameters
/// `1049` and final byte `h`.
struct ControlSequence: Equatable {
    /// One of `<=>?`, or 0.
    var prefix: UInt8
    var parameters: [Int]
    var final: UInt8
}

/// Finds control sequences in output that passes by in pieces of any size; keeps only the one that
/// is under way. What is longer than any sequence of interest is skipped.
struct ControlSequenceScanner {
    private enum State {
        case ground
        case escape
        case sequence
    }

    private var state = State.ground
    private var pending: Bytes = []
    private static let escape: UInt8 = 0x1b
    private static let longest = 64

    /// Calls `found` for each sequence that ends in `bytes`, with the offset behind it; `reset` for each full reset
    /// (`ESC c`).
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer,
        reset: () -> Void = {},
        found: (ControlSequence, _ end: Int) -> Void
    ) {
        var index = 0
        while index < bytes.count {
            if state == .ground {
                guard let next = memchr(bytes.baseAddress! + index, Int32(Self.escape), bytes.count - index)
                else { return }
                index = UnsafeRawPointer(next) - bytes.baseAddress! + 1
                state = .escape
                continue
            }
            let byte = bytes[index]
            index += 1
            switch (state, byte) {
            case (_, Self.escape): state = .escape
            case (.escape, UInt8(ascii: "[")):
                state = .sequence
                pending.removeAll(keepingCapacity: true)
            case (.escape, _):
                if byte == UInt8(ascii: "c") { reset() }
                state = .ground
            case (.sequence, 0x20...0x3f) where pending.count < Self.longest: pending.append(byte)
            case (.sequence, 0x40...0x7e):
                state = .ground
                if let sequence = parse(final: byte) { found(sequence, index) }
            default: state = .ground
            }
        }
    }

    private func parse(final: UInt8) -> ControlSequence? {
        var text = pending[...]
        var prefix: UInt8 = 0
        if let first = text.first, 0x3c...0x3f ~= first {
            prefix = first
            text = text.dropFirst()
        }
        // Intermediate bytes make it another sequence: `ESC [ ! p` is no `ESC [ p`.
        guard !text.contains(where: { 0x20...0x2f ~= $0 }) else { return nil }
        let parameters = text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        return ControlSequence(prefix: prefix, parameters: text.isEmpty ? [] : parameters, final: final)
    }
}
