/// What a store holds as a whole: read at the first question, and kept for those that follow.
struct StoreSnapshot<Value> {
    private var result: Result<Value, StoreFailure>?

    /// A failure is noted once.
    mutating func load(
        _ findings: inout Findings,
        _ read: (inout Findings) throws(StoreFailure) -> Value
    ) -> Result<Value, StoreFailure> {
        if let result { return result }
        let result = Result { () throws(StoreFailure) in try read(&findings) }
        if case .failure(let failure) = result { findings.saw(failure) }
        self.result = result
        return result
    }
}
