import Foundation

// A double of coder/agentapi for tests: it keeps to what was observed of the releases up to 0.12.1 and shares no code
// with the program under test. `Knobs` lists what a test can ask of it.

private func assureStandardDescriptors() {
    for number in Int32(0)...2 where fcntl(number, F_GETFD) == -1 { _ = open("/dev/null", O_RDWR) }
}

private func usage() -> String {
    "Usage:\n  agentapi server [agent] [flags]\n\nFlags:\n"
        + release.flags.filter { $0.name != "exit" }
        .map { "  \($0.short.map { "-\($0), " } ?? "    ")--\($0.name)\n" }.joined()
}

private func refuseUsage(_ message: String) -> Never {
    writeAll(2, Array("Error: \(message)\n\(usage())\n".utf8))
    writeAll(1, Array("\(message)\n".utf8))
    exit(1)
}

assureStandardDescriptors()
let environment = RawText.environment
let knobs = Knobs(environment)
let release = Release(knobs.version)
let journal = Journal(knobs.journal)
journal.noteStart(environment)
Signals.beginLikeGo()

let words = Array(RawText.arguments.dropFirst())
if words.isEmpty || ["help", "--help", "-h"].contains(words[0]) {
    writeAll(1, Array(usage().utf8))
    exit(0)
}
if words[0] == "--version" || words[0] == "-v" {
    writeAll(1, Array("agentapi version \(knobs.version)\n".utf8))
    exit(0)
}
guard words[0] == "server" else {
    refuseUsage(
        words[0].hasPrefix("-")
            ? "unknown flag: \(words[0])" : "unknown command \"\(words[0])\" for \"agentapi\""
    )
}

var parser = FlagParser(release.flags)
do throws(FlagParser.Failure) {
    try parser.parse(Array(words.dropFirst()))
} catch {
    if error.message == "help" {
        writeAll(1, Array(usage().utf8))
        exit(0)
    }
    refuseUsage(error.message)
}
if parser.operands.isEmpty { refuseUsage("requires at least 1 arg(s), only received 0") }
let options = Options(
    release: release,
    flags: parser.values,
    command: parser.operands,
    environment: environment
)
if options.exitsAtOnce { exit(0) }
let code = Start(options, knobs: knobs, journal: journal, environment: environment).run()
journal.note("stopped", [("code", .number(Int(code)))])
exit(code)
