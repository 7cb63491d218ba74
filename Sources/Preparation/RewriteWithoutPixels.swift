import Imaging
import PictureFormats
import Core

/// The rungs between a file as it is and one that is encoded anew: packed better, turned by whole blocks, and, where
/// nothing but bytes matters, its coefficients made coarser. None of them decodes the picture to pixels.
extension PreparationWork {
  /// Packing better saves about this share at most.
  private static let packingGain = 1.08

  /// `nil` when the picture has to be decoded after all.
  mutating func rewriteWithoutPixels(_ file: PictureContent) throws(PreparationError) -> EncodedPicture? {
    guard plan.keepsPixels, canBeRewritten(file) else { return nil }
    let bytes = try onPicture { () throws(ImagingError) in try inMemory(file) }
    return structure.format.codec == .jpeg ? rewriteJPEG(bytes) : squeezePNG(bytes)
  }

  private func canBeRewritten(_ file: PictureContent) -> Bool {
    switch structure.format.codec {
    case .jpeg: true
    // What says how the colors are meant would be lost.
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
    // Gray and YCbCr; anything else needs its colors converted.
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

  /// The plan's steps, with what was really done instead of turning and encoding.
  private mutating func done(_ bytes: PictureBytes, _ what: [PreparationStep]) -> EncodedPicture {
    steps = steps.filter { [.strip, .repair, .format].contains($0.kind) } + what
    return EncodedPicture(bytes: bytes, format: structure.format, size: structure.uprightSize)
  }

  private func squeezeStep(_ before: PictureBytes, _ after: PictureBytes) -> PreparationStep {
    PreparationStep(
      .squeeze, "packed better, without loss", before: "\(before.byteCount)", after: "\(after.byteCount)")
  }
}
