import Preparation
import Imaging
import PictureFormats
import Core

/// The options between an unchanged file and one that is encoded again. None of them decodes the picture to
/// pixels.
extension Rewrite {
  /// Returns `nil` when the picture must be decoded after all.
  func apply(
    _ file: PictureContent, _ work: inout PreparationWork
  ) throws(PreparationError) -> EncodedPicture? {
    guard accepts(file.count, limit: work.limit) else { return nil }
    let bytes = try onPicture { () throws(ImagingError) in try inMemory(file) }
    return structure.format.codec == .jpeg ? rewriteJPEG(bytes, &work) : squeezePNG(bytes, &work)
  }

  private func squeezePNG(_ file: PictureBytes, _ work: inout PreparationWork) -> EncodedPicture? {
    let packed = squeezedPNG(file)
    work.encodes += 1
    guard let packed, packed.byteCount <= work.limit else { return nil }
    return done(packed, [squeezeStep(file, packed)], &work)
  }

  private func rewriteJPEG(_ file: PictureBytes, _ work: inout PreparationWork) -> EncodedPicture? {
    // Gray and YCbCr only; other color models need conversion.
    guard let coefficients = JPEGCoefficients(file),
      coefficients.canTurn(structure.orientation)
    else { return nil }
    ImagingRuntime.noteDecoded()
    let limit = work.limit
    if !turning.isEmpty || isNear(file.count, limit) {
      work.encodes += 1
      let whole = coefficients.written(file, structure, within: limit, quality: nil)
      guard let whole else { return nil }
      if whole.byteCount <= limit {
        let squeezing =
          file.byteCount > limit || turning.isEmpty ? [squeezeStep(file, whole)] : []
        return done(whole, turning + squeezing, &work)
      }
    }
    guard let rounding = coefficients.rounded(file, structure, within: limit) else { return nil }
    work.encodes += rounding.encodes
    guard let best = rounding.best else {
      work.atFloor = rounding.smallest
      return nil
    }
    let coarsening = PreparationStep(
      .quality, "at most \(work.options.maximumBytes); the coefficients were rounded, not decoded",
      before: structure.estimatedQuality.map { "\($0)" }, after: "\(best.quality)")
    return done(best.file, turning + [coarsening], &work)
  }

  /// Replaces the planned turning and encoding by the steps that were really done.
  private func done(
    _ bytes: PictureBytes, _ what: [PreparationStep], _ work: inout PreparationWork
  ) -> EncodedPicture {
    work.steps = work.steps.filter { [.strip, .repair, .format].contains($0.kind) } + what
    return EncodedPicture(bytes: bytes, format: structure.format, size: structure.uprightSize)
  }

  private func squeezeStep(_ before: PictureBytes, _ after: PictureBytes) -> PreparationStep {
    PreparationStep(
      .squeeze, "recompressed losslessly", before: "\(before.byteCount)", after: "\(after.byteCount)")
  }
}
