/// The terminal's cells, one scalar each, and what a program may do to them. Every line is as wide as the screen, as
/// in agentapi's messages.
struct Screen {
    typealias Cell = Unicode.Scalar

    let width: Int
    let height: Int
    private var rows: [[Cell]]
    private var otherRows: [[Cell]]?
    private var texts: [String?]
    private(set) var x = 0
    private(set) var y = 0
    private var saved = (x: 0, y: 0)
    private var savedBeforeAlternate = (x: 0, y: 0)
    private var top = 0
    private var bottom: Int
    /// The cursor stands behind the last column: the next character begins a new line.
    private var wrapIsPending = false
    var wraps = true
    var originIsRegion = false

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        rows = Array(repeating: Array(repeating: " ", count: width), count: height)
        texts = Array(repeating: nil, count: height)
        bottom = height - 1
    }

    /// The lines; only those that changed are made anew.
    mutating func lines() -> [String] {
        for index in 0..<height where texts[index] == nil {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: rows[index])
            texts[index] = String(text)
        }
        return texts.map { $0 ?? "" }
    }

    mutating func put(_ cell: Cell) {
        if wrapIsPending, wraps {
            x = 0
            lineFeed()
        }
        rows[y][x] = cell
        texts[y] = nil
        wrapIsPending = x == width - 1
        if x < width - 1 { x += 1 }
    }

    mutating func move(x newX: Int? = nil, y newY: Int? = nil) {
        if let newX { x = min(max(newX, 0), width - 1) }
        if let newY {
            y = originIsRegion ? min(max(newY, top), bottom) : min(max(newY, 0), height - 1)
        }
        wrapIsPending = false
    }

    /// An absolute position, from 0.
    mutating func place(x: Int, y: Int) { move(x: x, y: originIsRegion ? y + top : y) }

    mutating func tab() { move(x: (x / 8 + 1) * 8) }

    mutating func lineFeed() {
        if y == bottom { scrollUp(from: top, by: 1) } else { move(y: y + 1) }
        wrapIsPending = false
    }

    mutating func reverseLineFeed() {
        if y == top { scrollDown(from: top, by: 1) } else { move(y: y - 1) }
    }

    private var blank: [Cell] { Array(repeating: " ", count: width) }

    mutating func scrollUp(from first: Int? = nil, by count: Int) {
        let first = first ?? top
        guard first <= bottom else { return }
        for _ in 0..<min(count, bottom - first + 1) {
            rows.remove(at: first)
            rows.insert(blank, at: bottom)
            texts.remove(at: first)
            texts.insert(nil, at: bottom)
        }
    }

    mutating func scrollDown(from first: Int? = nil, by count: Int) {
        let first = first ?? top
        guard first <= bottom else { return }
        for _ in 0..<min(count, bottom - first + 1) {
            rows.remove(at: bottom)
            rows.insert(blank, at: first)
            texts.remove(at: bottom)
            texts.insert(nil, at: first)
        }
    }

    mutating func insertLines(_ count: Int) {
        if (top...bottom).contains(y) { scrollDown(from: y, by: count) }
    }

    mutating func deleteLines(_ count: Int) {
        if (top...bottom).contains(y) { scrollUp(from: y, by: count) }
    }

    mutating func insertCells(_ count: Int) {
        for _ in 0..<min(count, width - x) {
            rows[y].removeLast()
            rows[y].insert(" ", at: x)
        }
        texts[y] = nil
    }

    mutating func deleteCells(_ count: Int) {
        for _ in 0..<min(count, width - x) {
            rows[y].remove(at: x)
            rows[y].append(" ")
        }
        texts[y] = nil
    }

    mutating func eraseCells(_ count: Int) { erase(row: y, x..<min(x + count, width)) }

    /// 0: to the end, 1: from the beginning, 2 and more: all.
    mutating func eraseLine(_ part: Int) {
        erase(row: y, part == 0 ? x..<width : part == 1 ? 0..<x + 1 : 0..<width)
    }

    mutating func eraseScreen(_ part: Int) {
        if part <= 1 { eraseLine(part) }
        let whole = part == 0 ? y + 1..<height : part == 1 ? 0..<y : 0..<height
        for row in whole { erase(row: row, 0..<width) }
    }

    private mutating func erase(row: Int, _ columns: Range<Int>) {
        for column in columns { rows[row][column] = " " }
        texts[row] = nil
        wrapIsPending = false
    }

    mutating func setRegion(top newTop: Int, bottom newBottom: Int) {
        let last = min(newBottom, height - 1)
        guard newTop >= 0, newTop < last else { return }
        top = newTop
        bottom = last
        place(x: 0, y: 0)
    }

    mutating func save() { saved = (x, y) }
    mutating func restore() { move(x: saved.x, y: saved.y) }

    mutating func showAlternate(_ shown: Bool) {
        guard shown != (otherRows != nil) else { return }
        if shown {
            savedBeforeAlternate = (x, y)
            otherRows = rows
            eraseScreen(2)
        } else if let rows = otherRows {
            self.rows = rows
            otherRows = nil
            move(x: savedBeforeAlternate.x, y: savedBeforeAlternate.y)
        }
        texts = Array(repeating: nil, count: height)
    }

    mutating func reset() { self = Screen(width: width, height: height) }
}
