/// Looks in an agent's output for the signs that it waits for input.
struct InputMarkers {
    private let wanted: InputReadiness
    private let marks: [Bytes]
    private let longest: Int
    private var scanner = ControlSequenceScanner()
    private var pasteIsOn = false
    private var cursorIsHidden = false
    private var markIsThere = false
    /// The end of the last piece: a mark may be cut in two.
    private var tail: Bytes = []

    init(_ wanted: InputReadiness) {
        self.wanted = wanted
        marks = wanted.marks.map { Bytes($0.utf8) }
        longest = marks.map(\.count).max() ?? 0
    }

    var areThere: Bool {
        markIsThere && (pasteIsOn || !wanted.announcesPaste) && !(cursorIsHidden && wanted.showsCursor)
    }

    mutating func observe(_ bytes: UnsafeRawBufferPointer) {
        var changes: [(ControlSequence, end: Int)] = []
        scanner.scan(bytes) { changes.append(($0, $1)) }
        var start = 0
        for (sequence, end) in changes where sequence.prefix == UInt8(ascii: "?") {
            let isOn = sequence.final == UInt8(ascii: "h")
            guard isOn || sequence.final == UInt8(ascii: "l") else { continue }
            if sequence.parameters.contains(25) { cursorIsHidden = !isOn }
            guard sequence.parameters.contains(2004) else { continue }
            pasteIsOn = isOn
            // What it drew before belongs to another question.
            markIsThere = false
            tail = []
            start = end
        }
        look(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    private mutating func look(_ bytes: UnsafeRawBufferPointer) {
        guard !markIsThere else { return }
        let text = tail + bytes
        markIsThere = marks.contains { text.holds($0) }
        tail = Bytes(text.suffix(max(0, longest - 1)))
    }
}

extension Bytes {
    fileprivate func holds(_ other: Bytes) -> Bool {
        guard let first = other.first, count >= other.count else { return false }
        var rest = self[...]
        while let index = rest.firstIndex(of: first) {
            if rest[index...].starts(with: other) { return true }
            rest = rest[(index + 1)...]
        }
        return false
    }
}
