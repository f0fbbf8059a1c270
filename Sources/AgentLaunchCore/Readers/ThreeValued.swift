extension Bool? {
    /// Whether any of several things is so: nil if none is for certain and one cannot be told.
    mutating func formOr(_ other: Bool?) {
        if self != true, other != false { self = other }
    }
}
