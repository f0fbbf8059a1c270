/// Numbers that a seed decides.
struct Random {
    private var state: UInt64

    init(seed: UInt32) { state = UInt64(seed) &+ 0x9e37_79b9_7f4a_7c15 }

    /// From 0; 0 too where nothing is below.
    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return limit < 1 ? 0 : Int((state >> 33) % UInt64(limit))
    }

    mutating func of<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
