extension Findings {
    /// A file or folder whose name is no id: nothing else read from disk reaches a command line.
    mutating func ignore(_ path: Path, namedLikeNo kind: String, _ code: String) {
        saw(path, .ignored, "its name is no \(kind)'s id")
        warn(code, "\(path) is no \(kind): its name is not of the form of an id")
    }

    /// A file that is of another directory; if it cannot be read to its end, that is worth a word.
    mutating func ignore(_ path: Path, ofAnotherDirectory fault: JSONFault?) {
        guard let fault else { return }
        saw(path, .ignored, "\(fault.clause), and it names another directory")
        warn("session-unreadable", "\(path): \(fault.clause); it is another directory's")
    }
}
