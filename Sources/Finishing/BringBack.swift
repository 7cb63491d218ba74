import Imaging
import Vocabulary

/// Lays a result on its original: recognised, in the original's colours, in its size, only where it may change something, and
/// completed by it where the result does not reach. Reads from top to bottom as the stages follow one another.
///
/// - Parameter mask: upright and in memory, where the options use one.
func bringBack(
  _ result: borrowing Image, onto ground: borrowing Ground, _ mask: Mask?,
  _ options: FinishingOptions, _ findings: inout Findings
) throws(ImagingError) -> Image {
  let field = Field(options.shown, of: ground.size)
  let reference = try ground.reference(field.area)
  let place = try place(result, on: reference, field, options, &findings)
  let toReference = AffineMap.stretch(field.area.size, to: reference.size)
  var pair = try ComparedPair(result, reference, place.map.then(toReference))
  let permitted = try permission(for: pair.size, field, mask, options, ground.size)
  let coloured = try match(result, &pair, permitted, options, &findings)
  pair.judge(permitted, share: field.share(of: ground.size), &findings)
  // Where only its colours were asked for, or it was not found, nothing else is done to it.
  guard options.hasOriginalsSize || place.isFound || options.restoresAlpha else { return coloured }

  let changes =
    options.keepsUnchanged
    ? try changes(in: coloured, place.map.then(toReference), against: reference, &findings) : nil
  let canvas = Canvas(field, place, ground.size, options)
  let limits = try canvas.limits(result.size, mask, changes, options)
  let laid = try laid(coloured, by: canvas.map, into: canvas.area.size)
  let composed = try canvas.composed(laid, limits, over: ground)
  return options.restoresAlpha ? try canvas.restoringAlpha(of: ground, in: composed) : composed
}

private func match(
  _ result: borrowing Image, _ pair: inout ComparedPair, _ permitted: [UInt8]?,
  _ options: FinishingOptions, _ findings: inout Findings
) throws(ImagingError) -> Image {
  guard options.looksForTint else { return result.shared() }
  // Where it was looked for and not found, there is nothing to hold its colours against.
  let isLost = options.looksForPlace && findings.alignment?.isTrusted != true
  guard !isLost, let fit = ColourFit(pair.colours(beside: permitted)),
    case let change = try pair.change(by: fit),
    change.before <= mostTint
  else {
    findings.warnings.append(.colourNotMatched)
    return result.shared()
  }
  findings.colour = change
  try pair.take(fit)
  return try result.shared().mixedInLinearLight(fit.weights, offset: fit.offset).realised()
}

/// More than models tint a picture by themselves (CIEDE2000): another mood is what was asked for.
private let mostTint = 12.0
