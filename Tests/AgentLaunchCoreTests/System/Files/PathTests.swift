import Testing

@testable import AgentLaunchCore

@Suite("A path", .timeLimit(.minutes(1)))
struct PathTests {
    @Test("The folders above a path are told up to the root, or to the directory it begins in")
    func ancestors() {
        #expect(Array(Path("/a/b").ancestors) == ["/a/b", "/a", "/"])
        #expect(Array(Path("a/b").ancestors) == ["a/b", "a", "."])
    }

    @Test("Below a folder is what has its whole name in front")
    func inside() {
        #expect(Path("/a/b").isInside("/a") && Path("/a/b").isInside("/a/") && Path("/a").isInside("/"))
        #expect(!Path("/ab").isInside("/a") && !Path("/a").isInside("/a"))
    }

    @Test("A variable that has to be absolute does not count otherwise; others begin in the directory")
    func variables() {
        let environment = Environment(["A": "/x", "R": "x", "E": ""])
        #expect(environment.absolutePath("A") == "/x")
        #expect(["R", "E", "NONE"].allSatisfy { environment.absolutePath($0) == nil })
        #expect(environment.path("A", in: "/w") == "/x" && environment.path("R", in: "/w") == "/w/x")
        #expect(environment.path("E", in: "/w") == nil)
    }

    @Test("The part of a name is what both ends leave, and nothing if one is missing or they overlap")
    func part() {
        #expect("chat-2.md".part(after: "chat-", before: ".md") == "2" && ".json".part(before: ".json") == "")
        #expect("chat-2".part(after: "chat-", before: ".md") == nil)
        #expect("aba".part(after: "ab", before: "ba") == nil)
    }
}
