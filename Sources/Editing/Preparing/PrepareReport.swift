import Base64
package import Preparation
public import Core

/// What was done to one picture, as one JSON object. Absent values are left out.
public struct PrepareReport: Encodable, Sendable {
  public let source: String
  public var output: String?
  public let mediaType: String
  public let width: Int
  public let height: Int
  public let bytes: Int
  public let base64Bytes: Int
  public let sha256: String
  public let passthrough: Bool
  public let encodes: Int
  public let steps: [Step]
  public let geometry: Geometry
  public let warnings: [String]
  public let seconds: Double
  public var dataURI: String?

  public struct Step: Encodable, Sendable {
    public let step: String
    public let reason: String
    public let before: String?
    public let after: String?

    package init(_ step: PreparationStep) {
      self.step = step.kind.rawValue
      reason = step.reason
      before = step.before
      after = step.after
    }
  }

  /// How the prepared picture lies on the upright original: that, scaled by `scaleX` and `scaleY`, has its corner at
  /// (`offsetX`, `offsetY`) of the prepared picture; negative where something was cut off.
  public struct Geometry: Encodable, Sendable {
    public let orientation: Int
    public let sourceWidth: Int
    public let sourceHeight: Int
    public let scaleX: Double
    public let scaleY: Double
    public let offsetX: Int
    public let offsetY: Int
    /// What the prepared picture shows of the upright original, in its pixels.
    public let shown: VisibleArea

    init(_ geometry: ReferenceGeometry) {
      orientation = geometry.orientation
      sourceWidth = geometry.source.width
      sourceHeight = geometry.source.height
      scaleX = Double(geometry.scaled.width) / Double(geometry.source.width)
      scaleY = Double(geometry.scaled.height) / Double(geometry.source.height)
      offsetX = geometry.offset.x
      offsetY = geometry.offset.y
      shown = geometry.shown
    }
  }

  /// - Throws: 66 when a picture that passes as it is has changed since it was prepared.
  public init(_ result: Preparer.Result) throws(PlantainError) {
    let reference = result.reference
    source = result.source.name
    mediaType = reference.mediaType.name
    width = reference.size.width
    height = reference.size.height
    bytes = reference.content.count
    base64Bytes = Base64.encodedLength(of: reference.content.count)
    sha256 = try result.sha256()
    passthrough = reference.isPassthrough
    encodes = reference.encodes
    steps = reference.steps.map(Step.init)
    geometry = Geometry(reference.geometry)
    warnings = reference.warnings.map(\.rawValue)
    seconds = result.elapsed.seconds
  }
}
