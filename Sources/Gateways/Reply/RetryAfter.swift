/// `Retry-After` (RFC 9110, 10.2.3) and its relatives.
package enum RetryAfter {
  /// Reads a number of seconds. Dates are not read: they would need a clock. Nonsense, negative and endless waits
  /// are `nil`.
  package static func parse(_ header: String) -> Duration? {
    seconds(header)
  }

  /// A wait above a day is nonsense rather than advice.
  static func seconds(_ text: String) -> Duration? {
    guard let value = Double(text), value >= 0, value <= 86_400 else { return nil }
    return .milliseconds(Int(value * 1_000))
  }
}
