import Finishing
import Imaging
import PictureFormats
import Core

/// Lays a result on its original: recognized, in the original's colors, in its size, only where it may change something, and
/// completed by it where the result does not reach. Reads from top to bottom as the stages follow one another.
///
/// - Parameter mask: upright and in memory, where the options use one.
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
  // Where only its colors were asked for, or it was not found, nothing else is done to it, unless something was added to what was
  // sent.
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

/// A result laid on its original, and what its file is held against.
struct RestoredResult: ~Copyable {
  let image: Image
  let pair: ComparedPair
  /// Where nothing of the result shows, in the pair's pixels; `nil` where it may show everywhere.
  let kept: [Bool]?
  /// What the pair shows of the original.
  let area: PixelArea
}

private func match(
  _ result: borrowing Image, _ pair: inout ComparedPair, _ permitted: [UInt8]?,
  _ options: FinishingOptions, _ findings: inout Findings
) throws(ImagingError) -> Image {
  guard options.looksForTint else { return result.shared() }
  // Where it was looked for and not found, there is nothing to hold its colors against.
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

/// More than models tint a picture by themselves (CIEDE2000): another mood is what was asked for.
private let maximumTint = 12.0
