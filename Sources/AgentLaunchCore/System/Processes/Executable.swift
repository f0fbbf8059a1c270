import Glibc

/// Where a program was found, as a shell would look for it and then in its installer's usual places.
enum Executable: Equatable, Sendable {
    /// `isOnPath`: the bare name is enough.
    case found(Path, isOnPath: Bool)
    case notExecutable(Path)
    case missing

    var isFound: Bool { if case .found = self { true } else { false } }

    static func find(
        _ name: Bytes,
        places: [Path],
        environment: Environment,
        relativeTo directory: Path
    ) -> Executable {
        if name.contains(UInt8(ascii: "/")) {
            return judge(
                Path(bytes: name).absolute(in: directory),
                isOnPath: true,
                isNamed: true
            )
        }
        var blocked: Executable = .missing
        let path = environment["PATH"] ?? Bytes("/usr/local/bin:/usr/bin:/bin".utf8)
        let folders = path.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
            $0.isEmpty ? directory : Path(bytes: $0).absolute(in: directory)
        }
        for (index, folder) in (folders + places).enumerated() {
            switch judge(folder / name, isOnPath: index < folders.count) {
            case .found(let path, let isOnPath): return .found(path, isOnPath: isOnPath)
            case .notExecutable(let path): if blocked == .missing { blocked = .notExecutable(path) }
            case .missing: break
            }
        }
        return blocked
    }

    private static func judge(_ path: Path, isOnPath: Bool, isNamed: Bool = false) -> Executable {
        do throws(Errno) {
            guard let status = try fileStatus(path) else { return .missing }
            if status.isRegularFile {
                return path.withCString { access($0, X_OK) } == 0
                    ? .found(path, isOnPath: isOnPath) : .notExecutable(path)
            }
        } catch {
            if !isNamed { return .missing }
        }
        // What was named and is there is not missing: a directory, a file behind a folder that may not be searched.
        return isNamed ? .notExecutable(path) : .missing
    }
}
