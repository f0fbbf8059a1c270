// swift-tools-version: 6.2
import PackageDescription

// A warning is an error in Swift and in C; the linker's notes on static glibc are not warnings of ours.
// FAULT_POINTS: moments at which tests end or stop a debug build, Sources/CPseudoTerminal/include/fault_point.h.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .define("FAULT_POINTS", .when(configuration: .debug)),
]
let strictC: [CSetting] = [
    .treatAllWarnings(as: .error),
    .define("_GNU_SOURCE"),
    .define("FAULT_POINTS", .when(configuration: .debug)),
]

let package = Package(
    name: "agentlaunch",
    products: [.executable(name: "agentlaunch", targets: ["agentlaunch"])],
    targets: [
        .systemLibrary(name: "CSQLite"),
        .target(name: "CPseudoTerminal", cSettings: strictC),
        .target(
            name: "AgentLaunchCore",
            dependencies: ["CSQLite", "CPseudoTerminal"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "agentlaunch",
            dependencies: ["AgentLaunchCore"],
            swiftSettings: strict
        ),
        // The tests' agentapi: an oracle, so it shares no code with what it checks.
        .executableTarget(
            name: "agentapi-double",
            path: "Tests/AgentAPIDouble",
            swiftSettings: strict
        ),
        .testTarget(
            name: "AgentLaunchCoreTests",
            dependencies: ["AgentLaunchCore"],
            swiftSettings: [.treatAllWarnings(as: .error)]
        ),
    ],
    swiftLanguageModes: [.v6]
)
