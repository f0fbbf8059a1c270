/// What a cold start would make the agent overwrite or delete: saved before it, as the agent itself could load it again.
struct OldConversation: Equatable, Sendable {
    /// Nil if it cannot be read so far, or if there are several.
    var id: String?
    /// One that is no file of its own.
    var content: Bytes = []
    var files: [Path] = []
    /// What will happen to it, as in "will overwrite conversation X".
    var fate: String

    init(id: String? = nil, content: Bytes) {
        self.id = id
        self.content = content
        fate = "will overwrite conversation \(id ?? "of this directory")"
    }

    init(files: [Path], fate: String) {
        self.files = files
        self.fate = fate
    }
}
