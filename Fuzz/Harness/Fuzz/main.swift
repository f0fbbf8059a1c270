import CHarness
import Glibc

@testable import AgentLaunchCore

// fuzz json|wal|... [libFuzzer's arguments]
let targets: [String: (Bytes) -> Void] = [
    "http": HTTPTarget.run, "json": JSONTarget.run, "protobuf": ProtobufTarget.run, "text": TextTarget.run,
    "wal": WALTarget.run,
]
guard CommandLine.argc > 1, let chosen = targets[CommandLine.arguments[1]] else {
    say("usage: fuzz \(targets.keys.sorted().joined(separator: "|")) [libFuzzer's arguments]\n")
    exit(64)
}
let run = chosen
let name = CommandLine.arguments[1]

/// libFuzzer's own mutations; for logs ours behind them, for JSON every other time ours instead.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
    var result: Bytes?
    if name == "json", seed % 2 == 0 {
        var mutator = JSONMutator(seed: seed)
        result = mutator.mutated(Bytes(UnsafeBufferPointer(start: data, count: size)))
    }
    if result == nil {
        let size = LLVMFuzzerMutate(data, size, limit)
        guard name == "wal" else { return size }
        var input = StoreInput(Bytes(UnsafeBufferPointer(start: data, count: size)))
        var mutator = LogMutator(seed: seed)
        mutator.mutate(&input)
        result = input.bytes
    }
    let bytes = (result ?? []).prefix(limit)
    _ = UnsafeMutableBufferPointer(start: data, count: limit).update(fromContentsOf: bytes)
    return bytes.count
}

// libFuzzer takes the name of the program and what is left.
var words = CommandLine.unsafeArgv
words[1] = words[0]
var rest: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = words + 1
var count = CommandLine.argc - 1
exit(
    LLVMFuzzerRunDriver(&count, &rest) { start, count in
        run(Bytes(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
)
