/// Where a lock may be: beside what it protects, or where that is not writable among the files of the login session.
struct LockPlaces: Sendable {
    /// In the order in which they are tried.
    let paths: [Path]

    init(_ path: Path, _ environment: Environment) {
        let runtime = environment.given("XDG_RUNTIME_DIR").map { Path(bytes: $0) }
        paths =
            [path] + (runtime.map { [$0 / "agentlaunch-\(SHA256.hex(path.bytes).prefix(32)).lock"] } ?? [])
    }

    /// Who holds it now, in whichever place.
    var holder: Int32? { held?.pid }

    /// The place that is held, and by whom.
    var held: (pid: Int32, path: Path)? {
        for path in paths { if let pid = FileLock.holder(path) { return (pid, path) } }
        return nil
    }
}
