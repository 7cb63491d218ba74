import Batch
package import Editing
import Finishing
import Core

/// The finishing of one returned picture as a JSON object, with the findings as members of the same object.
package struct FinishReport: Encodable, Sendable {
  /// The path that it was written to; `nil` when it was not written to a file.
  package let output: String?
  /// Its media type, such as `image/png`.
  package let mediaType: String
  /// In pixels.
  package let width: Int
  /// In pixels.
  package let height: Int
  /// The size of the file, in bytes.
  package let bytes: Int
  /// The findings of the comparison with the original.
  package let findings: FindingsReport

  private enum CodingKeys: CodingKey { case output, mediaType, width, height, bytes }

  /// Creates the report of a finished picture.
  package init(_ result: Finisher.Result, output: String?) {
    self.output = output
    mediaType = result.mediaType.name
    width = result.size.width
    height = result.size.height
    bytes = result.bytes.count
    findings = FindingsReport(result.picture.findings, remedy: .uncovered(isMirrored: nil))
  }

  /// Encodes the members, and those of the findings beside them.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(output, forKey: .output)
    try container.encode(mediaType, forKey: .mediaType)
    try container.encode(width, forKey: .width)
    try container.encode(height, forKey: .height)
    try container.encode(bytes, forKey: .bytes)
    try findings.encode(to: encoder)
  }
}
