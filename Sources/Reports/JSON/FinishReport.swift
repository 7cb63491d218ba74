import Batch
public import Editing
import Finishing
import Core

/// What was done to one returned picture, as one JSON object in which the findings stand beside the rest.
public struct FinishReport: Encodable, Sendable {
  public let output: String?
  public let mediaType: String
  public let width: Int
  public let height: Int
  public let bytes: Int
  public let findings: FindingsReport

  private enum CodingKeys: CodingKey { case output, mediaType, width, height, bytes }

  public init(_ result: Finisher.Result, output: String?) {
    self.output = output
    mediaType = result.mediaType.name
    width = result.size.width
    height = result.size.height
    bytes = result.bytes.count
    findings = FindingsReport(result.picture.findings, remedy: .uncovered(isMirrored: nil))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(output, forKey: .output)
    try container.encode(mediaType, forKey: .mediaType)
    try container.encode(width, forKey: .width)
    try container.encode(height, forKey: .height)
    try container.encode(bytes, forKey: .bytes)
    try findings.encode(to: encoder)
  }
}
