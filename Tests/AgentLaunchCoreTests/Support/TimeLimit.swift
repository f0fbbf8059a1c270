import Glibc
import Testing

#if compiler(>=6.3)
    /// Runs before the tests, and ends them after ten minutes: the limit of a suite ends no test that never awaits.
    @section(".init_array") @used
    private let limit: @convention(c) () -> Void = {
        signal(SIGALRM) { _ in
            let message: StaticString = "The unit tests were ended: they took too long.\n"
            write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
            _exit(1)
        }
        _ = alarm(getenv("UNIT_TEST_SECONDS").map { UInt32(atoi($0)) } ?? 600)
    }
#endif

@Suite(
    "Planted for test_time_limits.py",
    .timeLimit(.minutes(1)),
    .enabled(if: getenv("PLANTED_TEST") != nil, "only test_time_limits.py plants it")
)
struct PlantedTests {
    @Test("Never awaits")
    func spins() {
        while true {}
    }
}
