/// Whether a person has typed something that is not sent yet: a prompt that is pasted behind it would be another one.
struct UserInputState {
    private(set) var areUnsent = false

    /// Something was sent.
    private(set) var wereSent = false
    private var isPasting = false
    private static let (pasteBegins, pasteEnds) = (Bytes("\u{1b}[200~".utf8), Bytes("\u{1b}[201~".utf8))

    /// Keys as they came from the terminal. What begins with ESC is an answer of the terminal's, a mouse or an arrow,
    /// or a paste, whose line breaks send nothing.
    mutating func typed(_ bytes: UnsafeRawBufferPointer) {
        if isPasting || bytes.starts(with: Self.pasteBegins) {
            areUnsent = true
            isPasting = !bytes.indices.contains { bytes[$0...].starts(with: Self.pasteEnds) }
            return
        }
        if bytes.first == 0x1b { return }
        for byte in bytes {
            switch byte {
            // Enter, ^C and ^U leave an empty line.
            case 0x0a, 0x0d:
                wereSent = wereSent || areUnsent
                areUnsent = false
            case 0x03, 0x15: areUnsent = false
            case 0x20...0x7e, 0x80...: areUnsent = true
            default: break
            }
        }
    }
}
