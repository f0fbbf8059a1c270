import Glibc

@testable import AgentLaunchCore

/// Ends the process, which is how libFuzzer learns of a disagreement and keeps the input.
func require(_ isTrue: Bool, _ what: @autoclosure () -> String) {
    if isTrue { return }
    say("\nfuzz: \(what())\n")
    abort()
}

func say(_ text: String) { _ = Bytes(text.utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) } }
