#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A parser for `Retry-After` (RFC 9110, 10.2.3) and similar values.
package enum RetryAfter {
  /// Parses a number of seconds or a date.
  ///
  /// - Parameter now: The reply's `Date` header, which avoids errors by clocks that differ; `nil` uses the
  ///   local clock.
  /// - Returns: The time to wait, which is zero for a date in the past; `nil` if the value is invalid or more
  ///   than a day.
  package static func parse(_ header: String, now: String? = nil) -> Duration? {
    if let duration = seconds(header) { return duration }
    guard let then = date(header) else { return nil }
    let wait = then - (now.flatMap(date) ?? time(nil))
    return wait <= longest ? .seconds(max(0, wait)) : nil
  }

  /// The maximum wait, in seconds. A wait of more than a day is not a useful hint.
  private static let longest = 86_400

  static func seconds(_ text: String) -> Duration? {
    guard let value = Double(text), value >= 0, value <= Double(longest) else { return nil }
    return .milliseconds(Int(value * 1_000))
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Parses the only date format that senders may use (RFC 9110, 5.6.7), such as `Sun, 06 Nov 1994 08:49:37
  /// GMT`.
  ///
  /// - Returns: Seconds since 1970.
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
