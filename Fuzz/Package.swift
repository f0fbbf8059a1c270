// swift-tools-version: 6.2
import PackageDescription

// The product's own sources, by a link, and of them what the readers need: it builds in seconds, and the edges that
// libFuzzer counts are theirs; the harness is not instrumented for coverage.
let package = Package(
    name: "fuzz",
    targets: [
        .systemLibrary(name: "CSQLite", path: "Product/CSQLite"),
        .target(name: "CHarness", path: "Harness/CHarness", cSettings: [.define("_GNU_SOURCE")]),
        .target(
            name: "CPseudoTerminal",
            path: "Product/CPseudoTerminal",
            cSettings: [.define("_GNU_SOURCE")]
        ),
        .target(
            name: "AgentLaunchCore",
            dependencies: ["CSQLite", "CPseudoTerminal"],
            path: "Product/AgentLaunchCore",
            sources: ["Readers", "System"],
            swiftSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]
        ),
        .executableTarget(
            name: "fuzz",
            dependencies: ["AgentLaunchCore", "CHarness"],
            path: "Harness/Fuzz",
            swiftSettings: [.unsafeFlags(["-sanitize=address"])],
            // lld takes our main and leaves libFuzzer's in its archive; gold does not.
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
        ),
    ],
    swiftLanguageModes: [.v6]
)
