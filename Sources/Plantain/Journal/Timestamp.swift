#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A moment as ISO 8601 in UTC, to the second: `2026-11-23T18:06:15Z`.
///
/// By the C library: Foundation looks a time zone up in ICU's tables at every start, and the command is
/// built without them (CShims/CNoLocales).
struct Timestamp: CustomStringConvertible {
  let milliseconds: Int

  var description: String {
    var seconds = time_t((Double(milliseconds) / 1_000).rounded(.down))
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      let count = strftime(text.baseAddress, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
      return String(decoding: text[..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
