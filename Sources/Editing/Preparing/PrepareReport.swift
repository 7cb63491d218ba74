import Base64
package import Preparation
package import Core

/// What preparation did to one picture, as one JSON object. Absent values are left out.
package struct PrepareReport: Encodable, Sendable {
  /// The original picture's name.
  package let source: String
  /// The path that was written; absent if none was.
  package var output: String?
  /// The media type of the prepared file.
  package let mediaType: String
  /// The width of the prepared picture, in pixels.
  package let width: Int
  /// The height of the prepared picture, in pixels.
  package let height: Int
  /// The size of the prepared file in bytes.
  package let bytes: Int
  /// Its size as base64 text.
  package let base64Bytes: Int
  /// Its SHA-256, as 64 hexadecimal digits.
  package let sha256: String
  /// Whether the original file is used unchanged.
  package let passthrough: Bool
  /// How many times the picture was encoded.
  package let encodes: Int
  /// The steps that were taken, in order.
  package let steps: [Step]
  /// The position of the prepared picture relative to the original.
  package let geometry: Geometry
  /// The codes of the warnings.
  package let warnings: [String]
  /// The elapsed time in seconds.
  package let seconds: Double
  /// The prepared file as a data URI; absent if it was not requested.
  package var dataURI: String?

  /// One step of the preparation.
  package struct Step: Encodable, Sendable {
    /// The step's code.
    package let step: String
    /// Why the step was taken.
    package let reason: String
    /// The state before the step, if applicable.
    package let before: String?
    /// The state after the step, if applicable.
    package let after: String?

    package init(_ step: PreparationStep) {
      self.step = step.kind.rawValue
      reason = step.reason
      before = step.before
      after = step.after
    }
  }

  /// The position of the prepared picture relative to the upright original: the original, scaled by `scaleX`
  /// and `scaleY`, has its top left corner at (`offsetX`, `offsetY`) of the prepared picture. A negative
  /// offset means that something was cropped.
  package struct Geometry: Encodable, Sendable {
    /// The original's EXIF orientation, 1…8.
    package let orientation: Int
    /// The width of the upright original, in pixels.
    package let sourceWidth: Int
    /// The height of the upright original, in pixels.
    package let sourceHeight: Int
    /// The horizontal scale.
    package let scaleX: Double
    /// The vertical scale.
    package let scaleY: Double
    /// The left edge of the scaled original, in pixels of the prepared picture.
    package let offsetX: Int
    /// The top edge of the scaled original, in pixels of the prepared picture.
    package let offsetY: Int
    /// The area of the upright original that the prepared picture shows, in the original's pixels.
    package let shown: VisibleArea

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

  /// Creates the report of a prepared picture.
  ///
  /// - Throws: `unreadable` when a passed-through picture has changed since it was prepared.
  package init(_ result: Preparer.Result) throws(PlantainError) {
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
