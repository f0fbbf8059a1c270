extension Agent {
    /// Its program, or another of the given name, as a start would find it.
    func find(
        _ name: Bytes,
        environment: Environment,
        home: Path,
        relativeTo directory: Path
    ) -> Executable {
        var places = fallbackDirectories.map {
            $0.hasPrefix("~/") ? home / String($0.dropFirst(2)) : Path($0)
        }
        if !places.isEmpty { places += NodeVersionManager.folders(environment: environment, home: home) }
        return Executable.find(name, places: places, environment: environment, relativeTo: directory)
    }
}
