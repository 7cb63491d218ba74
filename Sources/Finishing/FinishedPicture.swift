package import PictureFormats
package import Core

/// The gap between the panels of a comparison, in pixels.
package let comparisonGap = 8

/// A finished picture, ready to be written.
package struct FinishedPicture: Sendable {
  package let bytes: PictureBytes
  package private(set) var facts: Facts
  /// A PNG of the original, the result, and their difference side by side, if requested.
  package var comparison: PictureBytes?

  package init(bytes: PictureBytes, facts: Facts, comparison: PictureBytes? = nil) {
    self.bytes = bytes
    self.facts = facts
    self.comparison = comparison
  }

  /// What is known of a finished picture apart from its bytes.
  package struct Facts: Sendable, Codable {
    package var format: PictureFormat
    package var size: PixelSize
    package var returned: PictureFormat
    package var isConverted: Bool
    package var findings = Findings()

    package init(
      format: PictureFormat, size: PixelSize, returned: PictureFormat, isConverted: Bool,
      findings: Findings = Findings()
    ) {
      (self.format, self.size, self.returned) = (format, size, returned)
      (self.isConverted, self.findings) = (isConverted, findings)
    }
  }

  package var format: PictureFormat { facts.format }
  package var size: PixelSize { facts.size }
  /// The format that the model returned, by its bytes.
  package var returned: PictureFormat { facts.returned }
  /// Whether the pixels were encoded again; otherwise the bytes are the model's own.
  package var isConverted: Bool { facts.isConverted }
  /// The findings from comparing the picture with the original.
  package var findings: Findings { facts.findings }

  package mutating func note(_ drift: Findings.WrittenDrift?) {
    facts.findings.written = drift
  }

  /// The outcome of finishing without its files, which another process can send beside it.
  package enum Answer: Sendable, Codable {
    case finished(Facts)
    case failed(FinishingError)
  }
}

extension FinishedPicture {
  /// The model's own file, as it is encoded.
  package init(untouched bytes: PictureBytes, _ structure: PictureStructure, _ findings: Findings) {
    self.init(
      bytes: bytes,
      facts: Facts(
        format: structure.format, size: structure.uprightSize, returned: structure.format, isConverted: false,
        findings: findings))
  }

  /// The model's picture, if no decoder has to see it.
  package init?(withoutDecoder inspection: ResultInspection) {
    guard let untouched = inspection.untouched, !inspection.options.looksAtOriginal else { return nil }
    self.init(
      untouched: untouched, inspection.structure, Findings(warnings: inspection.warnings))
  }
}

/// The findings from comparing a result with its original.
package struct Findings: Sendable, Codable {
  package var alignment: Alignment?
  package var color: ColorChange?
  /// The share of the original that differs visibly after alignment and color matching, where it may, 0…1.
  package var changed: Double?
  /// The mean CIEDE2000 difference of the result, after alignment and color matching, from its original where
  /// it must not change. If it may change everywhere, that of the three fifths that differ least.
  package var drift: Double?
  /// The drift of the written file.
  package var written: WrittenDrift?
  /// The edges where the result may show but does not reach; `nil` if it reaches everywhere.
  package var uncovered: Uncovered?
  /// Why no tint was removed; `nil` if it was, or was not looked for.
  package var tintFailure: TintFailure?
  /// What in the mask marks the area to edit; `nil` without a mask.
  package var mask: MaskEdits?
  package var warnings: [FinishingWarning] = []

  package init(warnings: [FinishingWarning] = []) { self.warnings = warnings }

  /// How far a written file is from its original.
  package struct WrittenDrift: Sendable, Codable, Equatable {
    /// The mean CIEDE2000.
    package var value: Double
    package var scope: Scope

    package init(value: Double, scope: Scope) { (self.value, self.scope) = (value, scope) }

    package enum Scope: String, Sendable, Codable {
      /// Where the original stays: beyond region and mask, and where the result has changed nothing.
      case outsideChange
      /// The three fifths that differ least, if everything may change.
      case leastChanged
    }
  }

  /// In pixels of the finished picture, from the edges of the area where the result may show.
  package struct Uncovered: Sendable, Codable, Equatable {
    package var left = 0
    package var top = 0
    package var right = 0
    package var bottom = 0

    package init(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) {
      (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }
  }

  /// Why a tint is not removed.
  package enum TintFailure: Error, Codable, Equatable {
    /// The result was not located in the original, so its colors cannot be compared.
    case notRecognized
    /// The number of colors that can be compared, and the number that is needed.
    case fewColors(Int, least: Int)
    /// The share of the compared colors that the best tint fits, 0…1, and the share that is needed.
    case littleAgreement(Double, least: Double)
    /// The change that most colors share mixes channels, or halves or doubles one.
    case otherColors
    /// The difference that the tint makes (CIEDE2000), which exceeds what models tint by.
    case strong(Double, maximum: Double)
  }

  /// The position of the result relative to its original.
  package struct Alignment: Sendable, Codable {
    /// Shift of the center of what the result shows, in the original's pixels: positive if it was too far
    /// right or too low.
    package var dx: Double
    package var dy: Double
    /// Above 1 if the result showed things larger.
    package var scale: Double
    /// Rotation, clockwise, in degrees.
    package var rotation: Double
    /// The remaining displacement of blocks that agree: root mean square, in the original's pixels.
    package var residual: Double
    /// Whether the measurement was trusted, and the position corrected.
    package var isTrusted: Bool

    package init(
      dx: Double, dy: Double, scale: Double, rotation: Double, residual: Double, isTrusted: Bool
    ) {
      (self.dx, self.dy, self.scale, self.rotation) = (dx, dy, scale, rotation)
      (self.residual, self.isTrusted) = (residual, isTrusted)
    }
  }

  /// The median difference of unchanged pixels, as CIEDE2000.
  package struct ColorChange: Sendable, Codable {
    package var before: Double
    package var after: Double

    package init(before: Double, after: Double) { (self.before, self.after) = (before, after) }
  }
}
