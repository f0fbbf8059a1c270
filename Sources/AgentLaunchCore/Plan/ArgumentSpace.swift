import Glibc

/// What the kernel takes as argv and environment of a program. Over it nothing is started; the error comes before
/// anything runs, and says what is too long.
struct ArgumentSpace {
    /// One string: 128 KiB with its NUL.
    static let string = 131_071

    /// All strings with their NULs and pointers: a quarter of the stack's limit, at most 6 MiB.
    var total = min(6 << 20, max(128 << 10, sysconf(Int32(_SC_ARG_MAX))))

    func check(
        _ program: Path,
        _ arguments: [Bytes],
        _ environment: Environment
    ) throws(LaunchError) {
        let what = program.description
        if let longest = arguments.map(\.count).max(), longest > Self.string {
            throw LaunchError(
                .usage,
                what,
                "argument too long: \(longest) bytes, at most \(Self.string)",
                "shorten it, or pass it in a file"
            )
        }
        for entry in environment.entries {
            let count = entry.name.count + 1 + entry.value.count
            if count <= Self.string { continue }
            throw LaunchError(
                .usage,
                shown(entry.name),
                "variable too long: \(count) bytes with its name, at most \(Self.string)",
                "unset or shorten it"
            )
        }
        let count = Self.cost(program, arguments, environment)
        guard count <= total else {
            throw LaunchError(
                .usage,
                what,
                "arguments and environment too long: \(count) bytes, at most \(total)",
                "shorten them, or raise the stack limit (ulimit -s), a quarter of which is the limit"
            )
        }
    }

    /// Every string with its NUL and a pointer; the program's path is kept too.
    static func cost(_ program: Path, _ arguments: [Bytes], _ environment: Environment) -> Int {
        (arguments + environment.strings).reduce(program.bytes.count + 1) {
            $0 + $1.count + 1 + MemoryLayout<Int>.size
        }
    }
}
