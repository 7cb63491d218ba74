package import PictureFormats
package import Core

/// Between the three, in pixels.
package let comparisonGap = 8

/// A returned picture, ready to be written.
package struct FinishedPicture: Sendable {
  package let bytes: PictureBytes
  package private(set) var facts: Facts
  /// Original, result and difference side by side, as a PNG, where that was asked for.
  package var comparison: PictureBytes?

  package init(bytes: PictureBytes, facts: Facts, comparison: PictureBytes? = nil) {
    self.bytes = bytes
    self.facts = facts
    self.comparison = comparison
  }

  /// What is known of it beside its bytes.
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
  /// What came, by its bytes.
  package var returned: PictureFormat { facts.returned }
  /// The pixels were encoded anew; otherwise the bytes are the model's own.
  package var isConverted: Bool { facts.isConverted }
  /// What was found by holding it against the original.
  package var findings: Findings { facts.findings }

  package mutating func note(_ drift: Findings.WrittenDrift?) {
    facts.findings.written = drift
  }

  /// A finishing's outcome without its bytes, which another process can send beside it.
  package enum Answer: Sendable, Codable {
    case finished(Facts)
    case failed(FinishingError)
  }
}

extension FinishedPicture {
  /// The model's own, as it is coded.
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

/// What was found by holding a result against its original.
package struct Findings: Sendable, Codable {
  package var alignment: Alignment?
  package var color: ColorChange?
  /// The share of the original that differs visibly from it once both are done, 0…1, where it may.
  package var changed: Double?
  /// How far the result, once both are done, is from its original where it must not change it: the mean CIEDE2000. Where it
  /// may change everything, of the three fifths that differ least.
  package var drift: Double?
  /// The same of the file that is written.
  package var written: WrittenDrift?
  /// Where the result may show, but does not reach; `nil`: it reaches everywhere.
  package var uncovered: Uncovered?
  /// Why the tint was left; `nil`: it was not, or was not looked for.
  package var tintFailure: TintFailure?
  /// What in the mask said where the result may change its original; `nil` without one.
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
      /// Where the original stays: beyond region and mask, and what the result has not changed.
      case outsideChange
      /// The three fifths that differ least, where everything may change.
      case leastChanged
    }
  }

  /// In pixels of the finished picture, from the edges of where the result may show.
  package struct Uncovered: Sendable, Codable, Equatable {
    package var left = 0
    package var top = 0
    package var right = 0
    package var bottom = 0

    package init(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) {
      (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }
  }

  /// Why a tint is not taken back.
  package enum TintFailure: Error, Codable, Equatable {
    /// The result was not recognized, so there is nothing to hold its colors against.
    case notRecognized
    /// So few colors can be compared; so many have to be.
    case fewColors(Int, least: Int)
    /// The best tint fits so much of what was compared, 0…1; so much has to agree.
    case littleAgreement(Double, least: Double)
    /// What most colors agree on mixes channels, or halves or doubles one.
    case otherColors
    /// It is such a difference (CIEDE2000), more than models tint by.
    case strong(Double, maximum: Double)
  }

  /// How the result lay on its original.
  package struct Alignment: Sendable, Codable {
    /// Of the middle of what the result shows, in the original's pixels: positive where it lay too far to the right, or below.
    package var dx: Double
    package var dy: Double
    /// Above 1 where the result showed things larger.
    package var scale: Double
    /// Clockwise, in degrees.
    package var rotation: Double
    /// How far blocks that agree still lie from their places: root of the mean square, in the original's pixels.
    package var residual: Double
    /// Whether it was corrected.
    package var isTrusted: Bool

    package init(
      dx: Double, dy: Double, scale: Double, rotation: Double, residual: Double, isTrusted: Bool
    ) {
      (self.dx, self.dy, self.scale, self.rotation) = (dx, dy, scale, rotation)
      (self.residual, self.isTrusted) = (residual, isTrusted)
    }
  }

  /// The middle difference of what is unchanged, as CIEDE2000.
  package struct ColorChange: Sendable, Codable {
    package var before: Double
    package var after: Double

    package init(before: Double, after: Double) { (self.before, self.after) = (before, after) }
  }
}
