package import Core
package import PictureFormats

/// Rewrites the file without decoding its pixels: recompression, turning by whole blocks and, where only
/// bytes matter, coarser coefficients. It takes the place of the other steps if none of them needs pixels.
package struct Rewrite: Sendable {
  package let structure: PictureStructure
  /// The lossless turn that is planned, if any.
  package let turning: [PreparationStep]

  /// The largest factor by which recompression reduces a file, approximately.
  private static let packingGain = 1.08

  /// Returns `nil` if the picture must be decoded.
  init?(_ facts: PlanningFacts, insteadOf steps: [any PlannedStep]) {
    guard !steps.contains(where: \.needsPixels) else { return nil }
    structure = facts.structure
    turning = steps.flatMap(\.report).filter { $0.kind == .rotateLossless }
  }

  /// Whether a file of that size can be rewritten.
  ///
  /// - Parameter limit: the maximum size.
  package func accepts(_ count: Int, limit: ByteCount) -> Bool {
    switch structure.format.codec {
    case .jpeg: true
    // Recompression would lose the chunks that describe the colors.
    case .png: structure.orientation == 1 && !structure.hasUnknownColors && isNear(count, limit)
    default: false
    }
  }

  package func isNear(_ count: Int, _ limit: ByteCount) -> Bool {
    Double(count) <= Double(limit.bytes) * Self.packingGain
  }

  /// The maximum memory in bytes: the coefficients that are read and those that are written, two bytes each.
  var memory: Int {
    structure.format == .jpeg ? structure.size.pixelCount * (structure.hasReducedChroma ? 8 : 12) : 0
  }

  /// The CPU seconds. A PNG that is recompressed is read and written in one step. Measured: less than 3 s per
  /// megapixel.
  var secondsPerMegapixel: Double { structure.format == .png ? 6 : Decode.secondsPerMegapixel }
}
