/// What was read from files, each for as long as it does not change.
struct FileCache<Value> {
    private var known: [Path: (stamp: FileStamp, value: Value)] = [:]

    subscript(path: Path) -> Value? { known[path]?.value }

    mutating func value(
        _ path: Path,
        _ stamp: FileStamp,
        _ value: @autoclosure () throws(Errno) -> Value
    ) throws(StoreFailure) -> Value {
        if let entry = known[path], entry.stamp == stamp { return entry.value }
        let value = try reading(path, try value())
        known[path] = (stamp, value)
        return value
    }
}
