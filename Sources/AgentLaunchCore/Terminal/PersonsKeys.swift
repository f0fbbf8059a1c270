/// Whether a person has typed something that is not sent yet: a prompt that is pasted behind it would be another one.
struct PersonsKeys {
    private(set) var areUnsent = false

    /// Keys as they came from the terminal. What begins with ESC is an answer of the terminal's, a mouse or an arrow.
    mutating func typed(_ bytes: UnsafeRawBufferPointer) {
        if bytes.first == 0x1b { return }
        for byte in bytes {
            switch byte {
            // Enter, ^C and ^U leave an empty line.
            case 0x0a, 0x0d, 0x03, 0x15: areUnsent = false
            case 0x20...0x7e, 0x80...: areUnsent = true
            default: break
            }
        }
    }
}
