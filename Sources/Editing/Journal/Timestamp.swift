#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A point in time. Its description is ISO 8601 in UTC, to the second: `2026-11-23T18:06:15Z`.
public struct Timestamp: Sendable, CustomStringConvertible {
  // It is formatted by the C library: Foundation looks up the time zone in ICU's tables at every start, and
  // the command is built without them (CShims/CNoLocales).

  /// Milliseconds since 1970.
  package let milliseconds: Int

  package init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// The current time.
  public static var now: Timestamp { Timestamp(milliseconds: .now) }

  /// ISO 8601 in UTC, to the second.
  public var description: String { text("%Y-%m-%dT%H:%M:%SZ", gmtime_r) }

  /// The day in local time, such as `2026-11-29`.
  package var localDay: String { text("%Y-%m-%d", localtime_r) }

  /// A short form in local time, such as `29 Nov 16:59`, or `29 Nov  2025` if it is not in this year.
  package var localShort: String {
    let isOfThisYear = localDay.prefix(4) == Timestamp.now.localDay.prefix(4)
    return text(isOfThisYear ? "%e %b %H:%M" : "%e %b  %Y", localtime_r)
  }

  /// A long form in local time, such as `29 November 2026, 16:59`.
  package var localLong: String {
    let text = text("%e %B %Y, %H:%M", localtime_r)
    return String(text.drop { $0 == " " })
  }

  private func text(
    _ format: String, _ split: (UnsafePointer<time_t>, UnsafeMutablePointer<tm>) -> UnsafeMutablePointer<tm>?
  ) -> String {
    var seconds = time_t((Double(milliseconds) / 1_000).rounded(.down))
    var parts = tm()
    _ = split(&seconds, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      let count = strftime(text.baseAddress, text.count, format, &parts)
      return String(decoding: text[..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

extension Timestamp {
  /// Parses an age before now (`30m`, `2h`, `7d`, `2w`), `today`, `yesterday`, or a day with an optional time
  /// (`2026-11-01`, `2026-11-01T08:30`). Days and times are in local time, or in UTC with a `Z` at the end.
  /// Returns `nil` for any other text.
  ///
  /// - Parameters:
  ///   - text: the text to parse, in any case.
  ///   - now: the current time. Default: `.now`.
  package init?(since text: String, now: Timestamp = .now) {
    switch text.lowercased() {
    case "today": self.init(midnight: 0, before: now)
    case "yesterday": self.init(midnight: 1, before: now)
    case let text:
      guard let moment = Timestamp(age: text, before: now) ?? Timestamp(date: text) else { return nil }
      self = moment
    }
  }

  private init?(age text: String, before now: Timestamp) {
    let number = text.prefix { $0.isASCII && $0.isNumber }
    let minutes = ["m": 1, "h": 60, "d": 1_440, "w": 10_080]
    guard (1...6).contains(number.count), let amount = Int(number),
      let factor = minutes[String(text.dropFirst(number.count))]
    else { return nil }
    milliseconds = max(0, now.milliseconds - amount * factor * 60_000)
  }

  private init(midnight days: Int, before now: Timestamp) {
    var seconds = time_t(now.milliseconds / 1_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    (parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_isdst) = (0, 0, 0, -1)
    parts.tm_mday -= Int32(days)
    milliseconds = Int(mktime(&parts)) * 1_000
  }

  private init?(date text: String) {
    let isUTC = text.hasSuffix("z")
    let parts = (isUTC ? text.dropLast() : text[...]).split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == "t" || $0 == " " })
    let day = Self.numbers(parts.first, "-", [4, 2, 2])
    let time = parts.count == 1 ? [0, 0, 0] : Self.numbers(parts.last, ":", [2, 2, 2])
    guard let day, day.count == 3, let time, time.count > 1 else { return nil }
    guard (1970...9999).contains(day[0]), time[0] < 24, time[1] < 60, time.count < 3 || time[2] < 60 else {
      return nil
    }
    var moment = tm()
    (moment.tm_year, moment.tm_mon, moment.tm_mday) = (day[0] - 1900, day[1] - 1, day[2])
    (moment.tm_hour, moment.tm_min, moment.tm_sec, moment.tm_isdst) = (
      time[0], time[1], time.count < 3 ? 0 : time[2], -1
    )
    let seconds = isUTC ? timegm(&moment) : mktime(&moment)
    // The C library would turn the 31st of June into the 1st of July.
    guard moment.tm_mon == day[1] - 1, moment.tm_mday == day[2] else { return nil }
    milliseconds = Int(seconds) * 1_000
  }

  /// Parses groups of digits with exactly the given lengths. The last groups may be missing.
  private static func numbers(_ text: Substring?, _ separator: Character, _ lengths: [Int]) -> [Int32]? {
    guard let groups = text?.split(separator: separator, omittingEmptySubsequences: false),
      groups.count <= lengths.count
    else { return nil }
    let numbers = zip(groups, lengths).compactMap { group, length in
      group.count == length && group.allSatisfy { $0.isASCII && $0.isNumber } ? Int32(group) : nil
    }
    return numbers.count == groups.count ? numbers : nil
  }
}
