#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds the quota that caused a 429, from the details of Google's error (`google.rpc.QuotaFailure`) or from
/// the message that a relay passes on.
struct QuotaViolation {
  /// The period of a quota, from the shortest to the longest.
  enum Period: Int, Comparable {
    case minute, day
    /// The quota is zero, so waiting never helps.
    case never

    static func < (left: Period, right: Period) -> Bool { left.rawValue < right.rawValue }
  }

  /// Returns the period of the exceeded quota.
  ///
  /// - Parameters:
  ///   - details: The `details` of the error.
  ///   - message: The message of the error.
  /// - Returns: The longest period if there are several; `nil` if no quota is named.
  static func period(_ details: [JSONValue], _ message: String) -> Period? {
    let violations = details.flatMap { $0["violations"]?.elements ?? [] }
    let named = violations.compactMap { violation -> Period? in
      if violation["quotaValue"]?.int == 0 { return .never }
      return period(of: violation["quotaId"]?.string ?? violation["quotaMetric"]?.string ?? "")
    }
    let isNothing = message.firstMatch(of: nothing) != nil
    return (named + [isNothing ? .never : nil, period(of: message)].compactMap(\.self)).max()
  }

  private static func period(of name: String) -> Period? {
    let name = name.lowercased()
    if name.contains("perday") || name.contains("per day") { return .day }
    return name.contains("perminute") || name.contains("per minute") ? .minute : nil
  }

  // Safe: regular expressions have no mutable state.
  private nonisolated(unsafe) static let nothing = /limit:\s*0(?![.,]?\d)/

  /// The time until Google's daily quotas reset, which is midnight Pacific time.
  ///
  /// - Parameter now: Seconds since 1970.
  static func untilEndOfDay(_ now: Int) -> Duration {
    let local = now + pacificOffset(now)
    let midnight = local - local.remainder(86_400) + 86_400
    let end = midnight - pacificOffset(midnight - pacificOffset(now))
    return .seconds(max(1, end - now))
  }

  /// The offset of Pacific time from UTC, in seconds. Daylight saving time lasts from the second Sunday of
  /// March to the first Sunday of November, and changes at 2 a.m.
  private static func pacificOffset(_ now: Int) -> Int {
    var moment = time_t(now)
    var parts = tm()
    gmtime_r(&moment, &parts)
    let begin = sunday(2, ofMonth: 2, parts.tm_year) + 10 * 3_600
    let end = sunday(1, ofMonth: 10, parts.tm_year) + 9 * 3_600
    return (begin..<end).contains(now) ? -7 * 3_600 : -8 * 3_600
  }

  /// Midnight (UTC) of the nth Sunday of a month, in seconds since 1970.
  private static func sunday(_ number: Int, ofMonth month: Int32, _ year: Int32) -> Int {
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year, month, 1)
    let first = timegm(&parts)
    gmtime_r([first], &parts)
    return first + ((7 - Int(parts.tm_wday)) % 7 + 7 * (number - 1)) * 86_400
  }
}

extension Int {
  /// The remainder, which is 0 or more even if the number is negative.
  fileprivate func remainder(_ divisor: Int) -> Int { (self % divisor + divisor) % divisor }
}
