import Finishing
import Imaging
import PictureFormats
import Core

/// Restores a result onto its original: aligned, in the original's colors and size, only where it may change
/// something, and completed by the original where it does not reach. The stages follow from top to bottom.
///
/// - Parameter mask: upright and in memory, if the options use one.
func restoreOntoOriginal(
  _ result: borrowing Image, onto originalImage: borrowing OriginalImage, _ mask: Mask?,
  _ options: FinishingOptions, _ findings: inout Findings
) throws(ImagingError) -> RestoredResult {
  let crop = OriginalCrop(options.shown, of: originalImage.size)
  let reference = try originalImage.reference(crop.area)
  let place = try place(result, on: reference, crop, options, &findings)
  let toReference = AffineTransform.stretch(crop.area.size, to: reference.size)
  var pair = try ComparedPair(result, reference, place.map.then(toReference))
  let permitted = try editableMask(for: pair.size, crop, mask, options, originalImage.size)
  let colored = try match(result, &pair, permitted, options, &findings)
  pair.judge(permitted, share: crop.share(of: originalImage.size), &findings)
  // If only colors were to be matched, or the result was not located, it is not warped, unless padding was
  // added to the sent picture.
  let isLaid = options.hasOriginalsSize || place.isFound || options.restoresAlpha
  guard isLaid || options.looksForPlace && crop.isExceeded else {
    return RestoredResult(image: colored, pair: pair, kept: nil, area: crop.area)
  }

  let changes =
    options.keepsUnchanged
    ? try changes(in: colored, place.map.then(toReference), against: reference, &findings) : nil
  let canvas = Canvas(crop, place, originalImage.size, options)
  let limits = try canvas.limits(result.size, mask, changes, options)
  findings.uncovered = try canvas.uncovered(result.size, mask, changes, options)
  let isLimited = options.region != nil || mask != nil || changes != nil
  let kept = isLimited ? try canvas.kept(limits?.shared(), pair.size) : nil
  let warped = try warp(colored, by: canvas.map, into: canvas.area.size)
  let composed = try canvas.composed(warped, limits, over: originalImage)
  let image = options.restoresAlpha ? try canvas.restoringAlpha(of: originalImage, in: composed) : composed
  return RestoredResult(image: image, pair: pair, kept: kept, area: crop.area)
}

/// A result composited over its original, and what its file is compared with.
struct RestoredResult: ~Copyable {
  let image: Image
  let pair: ComparedPair
  /// Where nothing of the result shows, in the pair's pixels; `nil` if it may show everywhere.
  let kept: [Bool]?
  /// The area of the original that the pair shows.
  let area: PixelArea
}

private func match(
  _ result: borrowing Image, _ pair: inout ComparedPair, _ permitted: [UInt8]?,
  _ options: FinishingOptions, _ findings: inout Findings
) throws(ImagingError) -> Image {
  guard options.looksForTint else { return result.shared() }
  // If registration failed, there is nothing to compare the colors with.
  let isLost = options.looksForPlace && findings.alignment?.isTrusted != true
  switch isLost ? .failure(.notRecognized) : ColorFit.finding(pair.colors(beside: permitted)) {
  case .success(let fit):
    let change = try pair.change(by: fit)
    guard change.before > maximumTint else {
      findings.color = change
      try pair.take(fit)
      return try result.shared().mixedInLinearLight(fit.weights, offset: fit.offset).copiedToMemory()
    }
    findings.tintFailure = .strong(change.before, maximum: maximumTint)
  case .failure(let failure): findings.tintFailure = failure
  }
  findings.warnings.append(.colorNotMatched)
  return result.shared()
}

/// A larger CIEDE2000 difference is more than models tint a picture by themselves: another mood is the
/// requested edit.
private let maximumTint = 12.0
