#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `Retry-After` (RFC 9110, 10.2.3) and its relatives.
package enum RetryAfter {
  /// Reads a number of seconds, or a date. Nonsense and endless waits are `nil`; a date that has passed is no wait.
  ///
  /// - Parameter now: the reply's own `Date`, so that clocks which disagree do no harm; `nil`: ours.
  package static func parse(_ header: String, now: String? = nil) -> Duration? {
    if let duration = seconds(header) { return duration }
    guard let then = date(header) else { return nil }
    let wait = then - (now.flatMap(date) ?? time(nil))
    return wait <= longest ? .seconds(max(0, wait)) : nil
  }

  /// A wait above a day is nonsense rather than advice.
  private static let longest = 86_400

  static func seconds(_ text: String) -> Duration? {
    guard let value = Double(text), value >= 0, value <= Double(longest) else { return nil }
    return .milliseconds(Int(value * 1_000))
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970 of the one form of dates that may be sent (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func date(_ text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]), let year = Int32(words[3]),
      (1_970...9_999).contains(year),
      let month = months.firstIndex(where: { $0 == words[2] })
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3 else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, Int32(month), day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (clock[0], clock[1], clock[2])
    return timegm(&parts)
  }
}
