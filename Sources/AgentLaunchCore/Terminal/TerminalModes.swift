/// Which modes of the terminal the agent has switched on, read off its output, so that after a
/// crash exactly those are switched off.
struct TerminalModes {
    private var scanner = ControlSequenceScanner()
    private var enabled: Set<Int> = []
    /// Keyboard protocol levels pushed; the main and the alternate screen have a stack each.
    private var keyboardLevels = (main: 0, alternate: 0)
    private var keyboardSet = false
    private var modifyOtherKeys = false
    private var cursorHidden = false

    private static let alternateScreens: Set<Int> = [47, 1047, 1049]
    /// Application cursor keys, X10 and later mouse reports, focus, paste brackets, synchronised output.
    private static let others: Set<Int> = [
        1, 9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004, 2026,
    ]

    private var onAlternateScreen: Bool { !enabled.isDisjoint(with: Self.alternateScreens) }

    /// Reads output that is on its way to the terminal; true if something changed.
    mutating func observe(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var sequences: [ControlSequence?] = []
        scanner.scan(bytes, reset: { sequences.append(nil) }, found: { found, _ in sequences.append(found) })
        for sequence in sequences {
            if let sequence { apply(sequence) } else { clear() }
        }
        return !sequences.isEmpty
    }

    /// What switches off all that is on; empty if nothing is.
    var reset: Bytes {
        var text = ""
        if keyboardSet { text += "\u{1b}[=0u" }
        if modifyOtherKeys { text += "\u{1b}[>4;0m" }
        if keyboardLevels.alternate > 0 { text += "\u{1b}[<\(keyboardLevels.alternate)u" }
        for mode in enabled.subtracting(Self.alternateScreens).sorted() { text += "\u{1b}[?\(mode)l" }
        for mode in enabled.intersection(Self.alternateScreens).sorted() { text += "\u{1b}[?\(mode)l" }
        if keyboardLevels.main > 0 { text += "\u{1b}[<\(keyboardLevels.main)u" }
        if cursorHidden { text += "\u{1b}[?25h" }
        return Bytes(text.utf8)
    }

    private mutating func apply(_ sequence: ControlSequence) {
        let first = sequence.parameters.first ?? 0
        switch (sequence.prefix, sequence.final) {
        case (UInt8(ascii: "?"), UInt8(ascii: "h")): for mode in sequence.parameters { set(mode, on: true) }
        case (UInt8(ascii: "?"), UInt8(ascii: "l")): for mode in sequence.parameters { set(mode, on: false) }
        case (UInt8(ascii: ">"), UInt8(ascii: "u")): changeLevels { min($0 + 1, 99) }
        case (UInt8(ascii: "<"), UInt8(ascii: "u")): changeLevels { max(0, $0 - max(1, first)) }
        case (UInt8(ascii: "="), UInt8(ascii: "u")): keyboardSet = first != 0
        case (UInt8(ascii: ">"), UInt8(ascii: "m")) where first == 4:
            modifyOtherKeys = sequence.parameters.count > 1 && sequence.parameters[1] != 0
        default: break
        }
    }

    private mutating func set(_ mode: Int, on: Bool) {
        if mode == 25 {
            cursorHidden = !on
        } else if Self.others.contains(mode) || Self.alternateScreens.contains(mode) {
            if on { enabled.insert(mode) } else { enabled.remove(mode) }
        }
    }

    private mutating func changeLevels(_ change: (Int) -> Int) {
        if onAlternateScreen {
            keyboardLevels.alternate = change(keyboardLevels.alternate)
        } else {
            keyboardLevels.main = change(keyboardLevels.main)
        }
    }

    private mutating func clear() {
        enabled = []
        keyboardLevels = (0, 0)
        keyboardSet = false
        modifyOtherKeys = false
        cursorHidden = false
    }
}
