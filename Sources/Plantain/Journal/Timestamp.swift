#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A moment as ISO 8601 in UTC, to the second: `2026-11-23T18:06:15Z`.
struct Timestamp: CustomStringConvertible {
  let milliseconds: Int

  var description: String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
  }
}
