import Imaging
import PictureFormats
package import Preparation
import Core

/// What one picture is, and what would be done to it, as one JSON object.
public struct InspectReport: Encodable, Sendable {
  public let source: String
  public let mediaType: String
  /// As stored, before the orientation is applied.
  public let width: Int
  public let height: Int
  /// EXIF orientation, 1…8.
  public let orientation: Int
  public let bytes: Int
  public let color: Color
  /// Kinds of private or superfluous blocks.
  public let metadata: [String]
  public let plan: [PrepareReport.Step]
  public let warnings: [String]

  public struct Color: Encodable, Sendable {
    /// The embedded profile's description, or `sRGB` where there is none.
    public let profile: String
    public let bits: Int
    public let channels: Int
    public let alpha: Bool
  }

  package init(_ inspection: PictureInspection, source: String, isMislabeled: Bool) {
    let structure = inspection.structure
    self.source = source
    mediaType = structure.format.mediaType.name
    width = structure.size.width
    height = structure.size.height
    orientation = structure.orientation
    bytes = inspection.source.count
    let base =
      switch structure.color {
      case .gray: 1
      case .rgb, .palette, .lab: 3
      case .cmyk: 4
      }
    color = Color(
      profile: structure.hdr?.name ?? structure.profile.map { ICCProfile($0).name }
        ?? ([.cmyk, .lab].contains(structure.color) ? "none" : "sRGB"),
      bits: structure.bitsPerChannel, channels: base + (structure.hasAlpha ? 1 : 0), alpha: structure.hasAlpha
    )
    metadata = structure.metadata.map(\.rawValue)
    plan = inspection.plan.steps.map(PrepareReport.Step.init)
    warnings = (inspection.plan.warnings + (isMislabeled ? [.labelWrong] : [])).map(\.rawValue)
  }
}
