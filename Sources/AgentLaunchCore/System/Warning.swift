/// Something the user should know that does not stop the start. Codes are lower case words joined by `-`.
struct Warning: Equatable, Sendable {
    var code: String
    var message: String

    init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }
}
