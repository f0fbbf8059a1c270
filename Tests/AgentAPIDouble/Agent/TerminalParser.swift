/// Reads what the agent writes: UTF-8 text and the sequences of a VT100 that move, erase and scroll. Questions about
/// the cursor and the terminal are answered, because programs wait for the answers.
struct TerminalParser {
    private enum State {
        case text
        case escape
        case charset
        case hash
        case control
        case string
        case stringEscape
    }

    private var screen: Screen
    /// For the agent to read.
    var answers: [UInt8] = []
    private var state = State.text
    private var parameters = ""
    private var decoder: [UInt8] = []
    private var drawsLines = false

    init(width: Int, height: Int) {
        screen = Screen(width: width, height: height)
    }

    mutating func lines() -> [String] { screen.lines() }

    mutating func feed(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if byte < 0x80 {
                decoder = []
                take(Unicode.Scalar(byte))
            } else {
                if byte >= 0xC0 { decoder = [] }
                decoder.append(byte)
                takeDecoded()
            }
        }
    }

    /// A character in several bytes, once all are there.
    private mutating func takeDecoded() {
        guard let first = decoder.first else { return }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
        guard decoder.count >= length else { return }
        let text = String(decoding: decoder, as: UTF8.self)
        decoder = []
        for scalar in text.unicodeScalars { take(scalar) }
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        switch state {
        case .text: takeText(scalar)
        case .escape: takeEscape(scalar)
        case .charset:
            drawsLines = scalar == "0"
            state = .text
        case .hash: state = .text
        case .control: takeControl(scalar)
        case .string:
            if scalar == "\u{07}" { state = .text }
            if scalar == "\u{1B}" { state = .stringEscape }
        case .stringEscape:
            state = .text
            if scalar != "\\" { takeEscape(scalar) }
        }
    }

    private mutating func takeText(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\u{1B}": state = .escape
        case "\r": screen.move(x: 0)
        case "\n", "\u{0B}", "\u{0C}": screen.lineFeed()
        case "\u{08}": screen.move(x: screen.x - 1)
        case "\t": screen.tab()
        default:
            guard scalar.value >= 0x20, scalar.value != 0x7F else { return }
            screen.put(drawsLines ? Self.lineDrawing[scalar] ?? scalar : scalar)
        }
    }

    private static let lineDrawing: [Unicode.Scalar: Unicode.Scalar] = [
        "q": "─", "x": "│", "l": "┌", "k": "┐", "m": "└", "j": "┘", "t": "├", "u": "┤",
    ]

    private mutating func takeEscape(_ scalar: Unicode.Scalar) {
        state = .text
        switch scalar {
        case "[":
            parameters = ""
            state = .control
        case "]", "P", "^", "_", "X", "k": state = .string
        case "(": state = .charset
        case ")", "*", "+", "#": state = .hash
        case "7": screen.save()
        case "8": screen.restore()
        case "D": screen.lineFeed()
        case "E":
            screen.move(x: 0)
            screen.lineFeed()
        case "M": screen.reverseLineFeed()
        case "Z": answers += Array("\u{1B}[?6c".utf8)
        case "c": screen.reset()
        default: break
        }
    }

    private mutating func takeControl(_ scalar: Unicode.Scalar) {
        if scalar == "\u{1B}" {
            state = .escape
        } else if scalar.value < 0x20 {
            takeText(scalar)
        } else if scalar.value < 0x40 {
            if parameters.count < 256 { parameters.unicodeScalars.append(scalar) }
        } else {
            state = .text
            run(scalar)
        }
    }

    private mutating func run(_ command: Unicode.Scalar) {
        // Private ones that are no modes (key protocols and the like) do nothing here.
        if let first = parameters.first, "<=>?".contains(first) {
            if first == "?", command == "h" || command == "l" {
                for mode in parameters.dropFirst().split(separator: ";") { setMode(mode, command == "h") }
            }
            return
        }
        guard !parameters.contains(where: { " !\"#$%&'*".contains($0) }) else { return }
        let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let first = numbers.first ?? 0
        let count = min(max(first, 1), 65535)
        switch command {
        case "A": screen.move(y: screen.y - count)
        case "B", "e": screen.move(y: screen.y + count)
        case "C", "a": screen.move(x: screen.x + count)
        case "D": screen.move(x: screen.x - count)
        case "E":
            screen.move(x: 0)
            screen.move(y: screen.y + count)
        case "F":
            screen.move(x: 0)
            screen.move(y: screen.y - count)
        case "G", "`": screen.move(x: count - 1)
        case "d": screen.place(x: screen.x, y: count - 1)
        case "H", "f":
            screen.place(x: max(numbers.count > 1 ? numbers[1] : 1, 1) - 1, y: count - 1)
        case "J": screen.eraseScreen(first)
        case "K": screen.eraseLine(first)
        case "L": screen.insertLines(count)
        case "M": screen.deleteLines(count)
        case "P": screen.deleteCells(count)
        case "@": screen.insertCells(count)
        case "X": screen.eraseCells(count)
        case "S": screen.scrollUp(by: count)
        case "T": screen.scrollDown(by: count)
        case "r":
            let last = numbers.count > 1 && numbers[1] > 0 ? numbers[1] : screen.height
            screen.setRegion(top: count - 1, bottom: last - 1)
        case "s": screen.save()
        case "u": screen.restore()
        case "c": answers += Array("\u{1B}[?6c".utf8)
        case "n" where first == 5: answers += Array("\u{1B}[0n".utf8)
        case "n" where first == 6: answers += Array("\u{1B}[\(screen.y + 1);\(screen.x + 1)R".utf8)
        default: break
        }
    }

    private mutating func setMode(_ mode: Substring, _ on: Bool) {
        switch mode {
        case "6": screen.originIsRegion = on
        case "7": screen.wraps = on
        case "47", "1047", "1049": screen.showAlternate(on)
        default: break
        }
    }
}
