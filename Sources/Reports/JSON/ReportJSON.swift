package import Editing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The JSON of reports.
package enum ReportJSON {
  /// Encodes a report as one line of JSON with sorted keys. Numbers that JSON lacks become the texts `NaN`,
  /// `Infinity`, and `-Infinity`.
  ///
  /// - Parameter style: how messages name options. Default: `plain`.
  /// - Throws: `internalError` when the report cannot be encoded.
  package static func encode(
    _ value: some Encodable, style: MessageStyle = .plain
  ) throws(PlantainError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    if let key = MessageStyle.key { encoder.userInfo[key] = style }
    do { return Array(try encoder.encode(value)) } catch { throw .unencodable(error) }
  }
}
