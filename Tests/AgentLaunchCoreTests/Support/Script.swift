import Foundation

/// The repository's root, found from this file.
let repositoryRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// What a Python script in `Tests/Support` prints as JSON.
func runScript<Result: Decodable>(_ name: String, _ arguments: [String], as: Result.Type) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [repositoryRoot.path + "/Tests/Support/" + name] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try JSONDecoder().decode(Result.self, from: data)
}

/// Every name below a folder with its kind, bytes and time of modification: what must not change,
/// with the owner and the time of the last change of any of these.
func trace(of folder: String) throws -> [String: String] {
    var result: [String: String] = [:]
    for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: folder)) {
        let path = folder + "/" + name
        var status = stat()
        lstat(path, &status)
        let time = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        let change = "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec) \(status.st_uid)"
        let isFile = status.st_mode & S_IFMT == S_IFREG
        let bytes = isFile ? try Data(contentsOf: URL(fileURLWithPath: path)).base64EncodedString() : ""
        result[name] = "\(status.st_mode) \(status.st_ino) \(time) \(change) \(bytes)"
    }
    return result
}
