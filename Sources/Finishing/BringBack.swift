import Imaging
import Vocabulary

/// Lays a result on its original: recognised, in the original's colours, in its size, and completed by it where the result
/// does not reach. Reads from top to bottom as the stages follow one another.
func bringBack(
  _ result: borrowing Image, onto original: borrowing Image, _ options: FinishingOptions,
  _ findings: inout Findings
) throws(ImagingError) -> Image {
  let place = try place(result, on: original, options, &findings)
  let pair = try ComparedPair(result, original, place.map)
  let coloured = try match(result, pair, options, &findings)
  // Where only its colours were asked for, or it was not found, nothing else is done to it.
  guard options.fitsSource || place.isFound else { return coloured }
  // Without an exact size to meet, it keeps its own resolution.
  let frame =
    options.fitsSource
    ? original.size : original.size.scaled(by: 1 / abs(place.start.determinant).squareRoot())
  let toFrame = place.map.then(.stretch(original.size, to: frame))
  let laid = try laid(coloured, by: toFrame, into: frame)
  return try complete(laid, toFrame, result.size, with: original)
}

/// Where a result lies.
private struct Place {
  let map: AffineMap
  /// Where it would lie, had the model not moved it.
  let start: AffineMap
  /// Whether it was recognised there.
  let isFound: Bool
}

/// How the result may lie on its original; the first is what is taken when nothing else is known. One of another shape covers
/// it, so that nothing is stretched; or is stretched to it after all; or lies within it, as a part that was cut out.
private func placements(
  _ result: PixelSize, _ original: PixelSize
) -> [AffineMap] {
  let (width, height) = (Double(result.width), Double(result.height))
  let ground = (width: Double(original.width), height: Double(original.height))
  let scale = (x: ground.width / width, y: ground.height / height)
  let (covering, contained) = (max(scale.x, scale.y), min(scale.x, scale.y))
  let isAlike = covering / contained <= 1 + mostStretch
  return (isAlike ? [scale] : [(covering, covering), scale, (contained, contained)]).map { scale in
    AffineMap(
      xx: scale.x, xy: 0, yx: 0, yy: scale.y, dx: (ground.width - scale.x * width) / 2,
      dy: (ground.height - scale.y * height) / 2)
  }
}

/// The sizes that models give are whole multiples of something: their shape is near what was asked for, not equal.
private let mostStretch = 0.03

private func place(
  _ result: borrowing Image, on original: borrowing Image, _ options: FinishingOptions,
  _ findings: inout Findings
) throws(ImagingError) -> Place {
  let placements = placements(result.size, original.size)
  if options.aligns {
    for start in placements {
      let found = try register(result, on: original, startingFrom: start)
      if found.isTrusted || findings.alignment == nil {
        findings.alignment = Findings.Alignment(found, from: start, original.size)
      }
      if found.isTrusted { return Place(map: found.map, start: start, isFound: true) }
    }
    findings.warnings.append(.notAligned)
  }
  if placements.count > 1, options.fitsSource { findings.warnings.append(.resultCropped) }
  return Place(map: placements[0], start: placements[0], isFound: false)
}

private func match(
  _ result: borrowing Image, _ pair: borrowing ComparedPair, _ options: FinishingOptions,
  _ findings: inout Findings
) throws(ImagingError) -> Image {
  guard options.matchesColour else {
    findings.changed = try pair.changedShare(after: nil)
    return result.shared()
  }
  // Where it was looked for and not found, there is nothing to hold its colours against.
  let isLost = options.aligns && findings.alignment?.isTrusted != true
  guard !isLost, let fit = ColourFit(pair.colours), case let change = try pair.change(by: fit),
    change.before <= mostTint
  else {
    findings.warnings.append(.colourNotMatched)
    findings.changed = try pair.changedShare(after: nil)
    return result.shared()
  }
  findings.colour = change
  findings.changed = try pair.changedShare(after: fit)
  return try result.shared().mixedInLinearLight(fit.weights, offset: fit.offset).realised()
}

/// More than models tint a picture by themselves (CIEDE2000): another mood is what was asked for.
private let mostTint = 12.0

/// Where the frame shows beside the result, the original goes on.
private func complete(
  _ laid: consuming Image, _ map: AffineMap, _ result: PixelSize, with original: borrowing Image
) throws(ImagingError) -> Image {
  let frame = laid.size
  guard let covered = CoveredArea(map, result, frame) else { return laid }
  let under = try original.shared().resized(to: frame)
  let bands = laid.hasAlpha || under.hasAlpha ? 4 : 3
  let over = try laid.widened(toBands: bands)
  let ground = try under.widened(toBands: bands)
  let mask = try Image.mask(
    frame, left: covered.left, top: covered.top, size: covered.size, feather: covered.feather)
  return try over.blended(over: ground, mask: mask).realised()
}

extension Findings.Alignment {
  fileprivate init(_ found: Registration, from start: AffineMap, _ size: PixelSize) {
    // From where a thing belongs to where it lay, had the result been laid down as it came.
    let drift = found.map.inverse.map { $0.then(start) } ?? .identity
    let (x, y) = (Double(size.width) / 2, Double(size.height) / 2)
    let middle = drift(x, y)
    self.init(
      dx: middle.x - x, dy: middle.y - y, scale: abs(drift.determinant).squareRoot(),
      rotation: degrees(drift.yx - drift.xy, drift.xx + drift.yy), residual: found.residual,
      isTrusted: found.isTrusted)
  }
}
