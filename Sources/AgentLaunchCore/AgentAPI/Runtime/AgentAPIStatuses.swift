import Glibc

/// What each agentapi says to `/status` by the deadline; nil: nothing, which is no sign that it is dead. All are asked
/// at once, so none waits for another.
func agentAPIStatuses(of addresses: [LoopbackAddress], milliseconds: Int64) -> [ChatAnswer?] {
    let deadline = monotonicMilliseconds() + milliseconds
    let exchanges = addresses.map { HTTPExchange(ChatRequest.status.http(), to: $0) }
    var answers = [ChatAnswer?](repeating: nil, count: exchanges.count)
    while true {
        for (index, exchange) in exchanges.enumerated() where answers[index] == nil {
            switch exchange.advance() {
            case .waiting: break
            case .answered(let http): answers[index] = ChatAnswer(http, to: .status)
            case .failed(let failure): answers[index] = ChatAnswer(failure, wasSent: exchange.wasSent)
            }
        }
        var interests = exchanges.compactMap(\.interest)
        let rest = deadline - monotonicMilliseconds()
        guard !interests.isEmpty, rest > 0 else { return answers }
        poll(&interests, nfds_t(interests.count), Int32(min(rest, 3_600_000)))
    }
}
