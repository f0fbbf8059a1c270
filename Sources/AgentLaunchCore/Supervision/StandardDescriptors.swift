import CPseudoTerminal
import Glibc

/// Descriptors 0 to 2 of the program as it was started.
enum StandardDescriptors {
    /// A bit for each that was closed. The first look opens /dev/null there, so it has to come before
    /// anything else is opened.
    static let closedAtStart = descriptors_assure_standard()

    /// A log takes it all where there is no standard output.
    static func noteClosedOutput(_ log: RotatingLog?, _ note: (String) -> Void) {
        if log == nil, closedAtStart & (1 << UInt32(STDOUT_FILENO)) != 0 {
            note(discardedOutput("it is closed"))
        }
    }
}

func discardedOutput(_ why: String) -> String {
    "standard output: \(why); the agent continues, and its output is discarded"
}
