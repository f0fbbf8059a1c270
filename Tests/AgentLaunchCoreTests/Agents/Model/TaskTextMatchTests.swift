import Testing

@testable import AgentLaunchCore

@Suite("Comparing messages with a task", .timeLimit(.minutes(1)))
struct TaskTextMatchTests {
    private let task = TaskText("a\nb")

    @Test("Of several texts one is enough, or all together; what is missing leaves it open")
    func texts() {
        #expect(task?.matches(texts: ["x", "a\nb"], isCut: true) == true)
        #expect(task?.matches(texts: ["a", "b"], isCut: false) == true)
        #expect(task?.matches(texts: ["a"], isCut: false) == false)
        #expect(task?.matches(texts: ["a"], isCut: true) == .some(nil))
    }

    @Test("Of several messages one is enough; a missing one leaves it open")
    func messages() {
        #expect(task?.matches(anyOf: [nil, "a\nb"], isComplete: false) == true)
        #expect(task?.matches(anyOf: ["x"], isComplete: true) == false)
        #expect(task?.matches(anyOf: ["x", nil], isComplete: true) == .some(nil))
        #expect(task?.matches(anyOf: ["x"], isComplete: false) == .some(nil))
    }

    @Test("Whether any is so is certain once one is, and open if one cannot be told")
    func threeValued() {
        func any(_ values: Bool?...) -> Bool? { values.reduce(into: Bool?.some(false)) { $0.formOr($1) } }
        #expect(any() == false && any(false, false) == false && any(false, true, nil) == true)
        #expect(any(nil, true) == true && any(nil, false) == nil && any(false, nil) == nil)
    }
}
