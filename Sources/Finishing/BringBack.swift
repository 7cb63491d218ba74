import Imaging
import Vocabulary

/// Lays a result on its original: recognised, in the original's colours, in its size, only where it may change something, and
/// completed by it where the result does not reach. Reads from top to bottom as the stages follow one another.
///
/// - Parameter mask: upright and in memory, where the options use one.
func bringBack(
  _ result: borrowing Image, onto ground: borrowing Ground, _ mask: Mask?,
  _ options: FinishingOptions, _ findings: inout Findings
) throws(ImagingError) -> BroughtBack {
  let field = Field(options.shown, of: ground.size)
  let reference = try ground.reference(field.area)
  let place = try place(result, on: reference, field, options, &findings)
  let toReference = AffineMap.stretch(field.area.size, to: reference.size)
  var pair = try ComparedPair(result, reference, place.map.then(toReference))
  let permitted = try permission(for: pair.size, field, mask, options, ground.size)
  let coloured = try match(result, &pair, permitted, options, &findings)
  pair.judge(permitted, share: field.share(of: ground.size), &findings)
  // Where only its colours were asked for, or it was not found, nothing else is done to it, unless something was added to what was
  // sent.
  let isLaid = options.hasOriginalsSize || place.isFound || options.restoresAlpha
  guard isLaid || options.looksForPlace && field.isExceeded else {
    return BroughtBack(image: coloured, pair: pair, kept: nil, area: field.area)
  }

  let changes =
    options.keepsUnchanged
    ? try changes(in: coloured, place.map.then(toReference), against: reference, &findings) : nil
  let canvas = Canvas(field, place, ground.size, options)
  let limits = try canvas.limits(result.size, mask, changes, options)
  findings.uncovered = try canvas.uncovered(result.size, mask, changes, options)
  let isLimited = options.region != nil || mask != nil || changes != nil
  let kept = isLimited ? try canvas.kept(limits?.shared(), pair.size) : nil
  let laid = try laid(coloured, by: canvas.map, into: canvas.area.size)
  let composed = try canvas.composed(laid, limits, over: ground)
  let image = options.restoresAlpha ? try canvas.restoringAlpha(of: ground, in: composed) : composed
  return BroughtBack(image: image, pair: pair, kept: kept, area: field.area)
}

/// A result laid on its original, and what its file is held against.
struct BroughtBack: ~Copyable {
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
  // Where it was looked for and not found, there is nothing to hold its colours against.
  let isLost = options.looksForPlace && findings.alignment?.isTrusted != true
  switch isLost ? .failure(.notRecognised) : ColourFit.finding(pair.colours(beside: permitted)) {
  case .success(let fit):
    let change = try pair.change(by: fit)
    guard change.before > mostTint else {
      findings.colour = change
      try pair.take(fit)
      return try result.shared().mixedInLinearLight(fit.weights, offset: fit.offset).realised()
    }
    findings.tintFailure = .strong(change.before, most: mostTint)
  case .failure(let failure): findings.tintFailure = failure
  }
  findings.warnings.append(.colourNotMatched)
  return result.shared()
}

/// More than models tint a picture by themselves (CIEDE2000): another mood is what was asked for.
private let mostTint = 12.0
