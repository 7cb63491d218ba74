import PictureFormats
public import Preparation
import Core

/// What one picture is, and what preparation would do to it.
public struct InspectReport: Encodable, Sendable {
  /// The picture's name: its path as given, or another name for pictures that are not files.
  public let source: String
  /// The media type, by the bytes.
  public let mediaType: String
  /// The width as stored, before the orientation is applied, in pixels.
  public let width: Int
  /// The height as stored, in pixels.
  public let height: Int
  /// EXIF orientation, 1…8.
  public let orientation: Int
  /// The size of the file in bytes.
  public let bytes: Int
  /// The color space, depth, and channels.
  public let color: Color
  /// The kinds of private or superfluous metadata blocks.
  public let metadata: [String]
  /// The steps that preparation would take.
  public let plan: [PreparationStep]
  /// The codes of the warnings.
  public let warnings: [String]

  /// The color space, depth, and channels of a picture.
  public struct Color: Encodable, Sendable {
    /// The name of the HDR encoding or the embedded profile; without either, `sRGB`, or `none` for CMYK and
    /// Lab.
    public let profile: String
    /// Bits per channel.
    public let bits: Int
    /// The number of channels, including alpha.
    public let channels: Int
    /// Whether there is an alpha channel.
    public let alpha: Bool
  }

  private enum CodingKeys: CodingKey {
    case source, mediaType, width, height, orientation, bytes, color, metadata, plan, warnings
  }

  /// Encodes the properties by their names, and the steps as those of a prepared picture.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(source, forKey: .source)
    try container.encode(mediaType, forKey: .mediaType)
    try container.encode(width, forKey: .width)
    try container.encode(height, forKey: .height)
    try container.encode(orientation, forKey: .orientation)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(color, forKey: .color)
    try container.encode(metadata, forKey: .metadata)
    try container.encode(plan.map(PrepareReport.Step.init), forKey: .plan)
    try container.encode(warnings, forKey: .warnings)
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
    plan = inspection.plan.steps
    warnings = (inspection.plan.warnings + (isMislabeled ? [.labelWrong] : [])).map(\.rawValue)
  }
}
