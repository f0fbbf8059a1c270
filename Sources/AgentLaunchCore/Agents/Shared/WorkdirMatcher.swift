/// Whether a directory that an agent wrote down is the one where this start is to run.
///
/// Agents store the path that their process ran in; a person may have moved it behind a link since.
final class WorkdirMatcher {
    private let query: StoreQuery
    private var physical: [Path: Path] = [:]

    init(_ query: StoreQuery) { self.query = query }

    /// Always, where the sessions of every directory are asked for.
    func isHere(_ directory: Path) -> Bool {
        if query.everywhere || directory == query.workdir { return true }
        guard directory.isAbsolute else { return false }
        if physical[directory] == nil { physical[directory] = (try? directory.resolved()) ?? directory }
        return physical[directory] == query.workdir
    }
}
