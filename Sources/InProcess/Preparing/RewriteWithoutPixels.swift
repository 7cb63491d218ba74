import Preparation
import Imaging
import PictureFormats
import Core

/// The options between an unchanged file and one that is encoded again: recompression, turning by whole
/// blocks and, where only bytes matter, coarser coefficients. None of them decodes the picture to pixels.
extension PreparationWork {
  /// The largest factor by which recompression reduces a file, approximately.
  private static let packingGain = 1.08

  /// Returns `nil` when the picture must be decoded after all.
  mutating func rewriteWithoutPixels(_ file: PictureContent) throws(PreparationError) -> EncodedPicture? {
    guard plan.keepsPixels, canBeRewritten(file) else { return nil }
    let bytes = try onPicture { () throws(ImagingError) in try inMemory(file) }
    return structure.format.codec == .jpeg ? rewriteJPEG(bytes) : squeezePNG(bytes)
  }

  private func canBeRewritten(_ file: PictureContent) -> Bool {
    switch structure.format.codec {
    case .jpeg: true
    // Recompression would lose the chunks that describe the colors.
    case .png: structure.orientation == 1 && !structure.hasUnknownColors && isNearTheLimit(file.count)
    default: false
    }
  }

  private func isNearTheLimit(_ count: Int) -> Bool {
    Double(count) <= Double(limit.bytes) * Self.packingGain
  }

  private mutating func squeezePNG(_ file: PictureBytes) -> EncodedPicture? {
    let packed = squeezedPNG(file)
    count(1)
    guard let packed, packed.byteCount <= limit else { return nil }
    return done(packed, [squeezeStep(file, packed)])
  }

  private mutating func rewriteJPEG(_ file: PictureBytes) -> EncodedPicture? {
    // Gray and YCbCr only; other color models need conversion.
    guard let coefficients = JPEGCoefficients(file),
      coefficients.canTurn(structure.orientation)
    else { return nil }
    ImagingRuntime.noteDecoded()
    let turning = plan.steps.filter { $0.kind == .rotateLossless }
    if !turning.isEmpty || isNearTheLimit(file.count) {
      count(1)
      let whole = coefficients.written(file, structure, within: limit, quality: nil)
      guard let whole else { return nil }
      if whole.byteCount <= limit {
        let squeezing =
          file.byteCount > limit || turning.isEmpty ? [squeezeStep(file, whole)] : []
        return done(whole, turning + squeezing)
      }
    }
    guard let rounding = coefficients.rounded(file, structure, within: limit) else { return nil }
    count(rounding.encodes)
    guard let best = rounding.best else {
      atFloor = rounding.smallest
      return nil
    }
    let coarsening = PreparationStep(
      .quality, "at most \(options.maximumBytes); the coefficients were rounded, not decoded",
      before: structure.estimatedQuality.map { "\($0)" }, after: "\(best.quality)")
    return done(best.file, turning + [coarsening])
  }

  private mutating func count(_ more: Int) {
    encodes += more
    encodedPixels += more * structure.size.pixelCount
  }

  /// Replaces the planned turning and encoding by the steps that were really done.
  private mutating func done(_ bytes: PictureBytes, _ what: [PreparationStep]) -> EncodedPicture {
    steps = steps.filter { [.strip, .repair, .format].contains($0.kind) } + what
    return EncodedPicture(bytes: bytes, format: structure.format, size: structure.uprightSize)
  }

  private func squeezeStep(_ before: PictureBytes, _ after: PictureBytes) -> PreparationStep {
    PreparationStep(
      .squeeze, "recompressed losslessly", before: "\(before.byteCount)", after: "\(after.byteCount)")
  }
}
