extension Findings {
    /// A file or folder whose name is no id: nothing else read from disk reaches a command line.
    mutating func ignore(_ path: Path, namedLikeNo kind: String, _ code: String) {
        saw(path, .ignored, "its name is not a \(kind) ID")
        warn(code, "\(path) is ignored: its name is not a \(kind) ID")
    }

    /// A file that is of another directory; if it cannot be read to its end, that is worth a word.
    mutating func ignore(_ path: Path, ofAnotherDirectory fault: JSONFault?) {
        guard let fault else { return }
        saw(path, .ignored, "\(fault.clause), and it names another directory")
        warn("session-unreadable", "\(path): \(fault.clause); it belongs to another directory")
    }
}
