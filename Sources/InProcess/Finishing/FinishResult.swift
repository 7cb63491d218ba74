package import Finishing
import Imaging
import PictureFormats
package import Core

/// Turns the bytes that a model returned into the requested file.
///
/// The format is read from the bytes, because the labels of these APIs are unreliable. The model's own bytes
/// are kept whenever nothing has to be done to them, so that marks of provenance stay valid.
///
/// One synchronous function from bytes to bytes, for a thread of the worker pool.
package func finishResult(
  _ bytes: PictureBytes, beside pictures: FinishingPictures = FinishingPictures(), options: FinishingOptions
) throws(FinishingError) -> FinishedPicture {
  try finishResult(inspectResult(bytes, beside: pictures, options: options))
}

/// Finishes a picture that was already inspected.
package func finishResult(_ inspection: ResultInspection) throws(FinishingError) -> FinishedPicture {
  let structure = inspection.structure
  var findings = Findings(warnings: inspection.warnings)
  if let untouched = FinishedPicture(withoutDecoder: inspection) { return untouched }
  if let packed = inspection.plan.encode.packed(inspection, findings) { return packed }
  let result = try on(FinishingError.picture) { () throws(ImagingError) in
    try decodeUpright(inspection.bytes, structure)
  }
  guard inspection.options.looksAtOriginal, let original = inspection.original else {
    return try inspection.plan.encode.apply(result, inspection, findings)
  }
  if inspection.plan.restoreAlpha.expectsTransparency, try isCheckered(result) {
    findings.warnings.append(.paintedCheckerboard)
  }
  let originalImage = try on(FinishingError.original) { () throws(ImagingError) in
    try OriginalImage(original, as: inspection.plan.compose.numbers)
  }
  let edits = inspection.options.maskEdits ?? .white
  let mask = try on(FinishingError.mask) { () throws(ImagingError) in try Mask(inspection.mask, edits) }
  if let mask {
    findings.mask = edits
    if mask.isEmpty { findings.warnings.append(.maskEmpty) }
    if mask.coversAll { findings.warnings.append(.maskCoversAll) }
  }
  let finished = try on(FinishingError.picture) { () throws(ImagingError) in
    try restoreOntoOriginal(result, onto: originalImage, mask, inspection, &findings)
  }
  var picture: FinishedPicture
  if let untouched = inspection.untouched {
    picture = FinishedPicture(untouched: untouched, structure, findings)
  } else {
    picture = try inspection.plan.encode.apply(finished.image.shared(), inspection, findings)
  }
  picture.note(
    try on(FinishingError.picture) { () throws(ImagingError) in
      try finished.drift(of: picture, originalImage.size, inspection.options)
    })
  if inspection.options.compares {
    let area = OriginalCrop(inspection.options.shown, of: originalImage.size).area
    picture.comparison = try on(FinishingError.picture) { () throws(ImagingError) in
      try comparison(of: picture, with: originalImage, area, longest: inspection.options.comparisonEdge)
    }
  }
  return picture
}

private func isCheckered(_ result: borrowing Image) throws(FinishingError) -> Bool {
  do throws(ImagingError) {
    guard try result.isOpaque() else { return false }
    return try hasPaintedCheckerboard(result)
  } catch {
    throw .picture(error)
  }
}

/// Decodes a picture into memory, upright and in 8-bit sRGB.
func decodeUpright(_ bytes: PictureBytes, _ structure: PictureStructure) throws(ImagingError) -> Image {
  let image = try openInSRGB(bytes, structure).copiedToMemory()
  guard structure.orientation != 1 else { return image }
  return try image.oriented(structure.orientation).copiedToMemory()
}
