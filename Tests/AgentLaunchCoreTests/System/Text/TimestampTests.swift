import Testing

@testable import AgentLaunchCore

@Suite("Timestamps", .timeLimit(.minutes(1)))
struct TimestampTests {
    @Test(
        "What agents write is read, and written as RFC 3339 in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("2026-11-21 02:14:57", "2026-11-21T02:14:57Z"),
            ("2026-11-21T02:14:57.120+02:00", "2026-11-21T00:14:57.120Z"),
            ("2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z"),
            ("2000-03-01T00:00:00+00:00", "2000-03-01T00:00:00Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
        ]
    )
    func readsAndWrites(_ text: String, _ expected: String) {
        #expect(Timestamp(text)?.rfc3339 == expected)
    }

    @Test(
        "Anything else is not a timestamp",
        arguments: ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21T02:14:57Zx"]
    )
    func refuses(_ text: String) {
        #expect(Timestamp(text) == nil)
    }
}
