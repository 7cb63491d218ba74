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
  _ inspection: ResultInspection, _ findings: inout Findings
) throws(ImagingError) -> RestoredResult {
  let (plan, options) = (inspection.plan, inspection.options)
  let crop = OriginalCrop(options.shown, of: originalImage.size)
  let reference = try originalImage.reference(crop.area)
  let place = try plan.align.apply(result, on: reference, crop, &findings)
  let toReference = AffineTransform.stretch(crop.area.size, to: reference.size)
  var pair = try ComparedPair(result, reference, place.map.then(toReference))
  let permitted = try editableMask(for: pair.size, crop, mask, options, originalImage.size)
  let colored = try plan.matchColor.apply(result, &pair, permitted, &findings)
  pair.judge(permitted, share: crop.share(of: originalImage.size), &findings)
  guard plan.place.warps(isFound: place.isFound, isExceeded: crop.isExceeded) else {
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
  let warped = try plan.place.apply(colored, on: canvas)
  let composed = try plan.compose.apply(warped, on: canvas, limits, over: originalImage)
  let image = try plan.restoreAlpha.apply(composed, on: canvas, originalImage)
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
