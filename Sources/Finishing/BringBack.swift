import Imaging
import Vocabulary

/// Lays a result on its original: recognised, in the original's colours, in its size, and completed by it where the result
/// does not reach. Reads from top to bottom as the stages follow one another.
func bringBack(
  _ result: borrowing Image, onto original: borrowing Image, _ options: FinishingOptions,
  _ findings: inout Findings
) throws(ImagingError) -> Image {
  let placements = placements(result.size, original.size, options)
  let map = try align(result, on: original, placements, options, &findings)
  let pair = try ComparedPair(result, original, map)
  let coloured = try match(result, pair, options, &findings)
  // Without an exact size to meet, the result keeps its own resolution.
  let scale = options.fitsSource ? 1 : 1 / abs(placements[0].determinant).squareRoot()
  let frame = options.fitsSource ? original.size : original.size.scaled(by: scale)
  let toFrame = map.then(.stretch(original.size, to: frame))
  let laid = try laid(coloured, by: toFrame, into: frame)
  return try complete(laid, toFrame, result.size, with: original)
}

/// How the result may lie on its original; the first is what is taken when nothing else is known. One of another shape covers
/// the area, so that nothing is stretched, or is stretched to it after all.
private func placements(
  _ result: PixelSize, _ original: PixelSize, _ options: FinishingOptions
) -> [AffineMap] {
  let shown =
    options.shown
    ?? ShownArea(left: 0, top: 0, width: Double(original.width), height: Double(original.height))
  let (width, height) = (Double(result.width), Double(result.height))
  let scale = (x: shown.width / width, y: shown.height / height)
  let covering = max(scale.x, scale.y)
  let isAsShown = covering / min(scale.x, scale.y) <= 1 + mostStretch
  return (isAsShown ? [scale] : [(covering, covering), scale]).map { scale in
    AffineMap(
      xx: scale.x, xy: 0, yx: 0, yy: scale.y, dx: shown.left + (shown.width - scale.x * width) / 2,
      dy: shown.top + (shown.height - scale.y * height) / 2)
  }
}

/// The sizes that models give are whole multiples of something: their shape is near what was asked for, not equal.
private let mostStretch = 0.03

private func align(
  _ result: borrowing Image, on original: borrowing Image, _ placements: [AffineMap],
  _ options: FinishingOptions, _ findings: inout Findings
) throws(ImagingError) -> AffineMap {
  if options.aligns {
    for start in placements {
      let found = try register(result, on: original, startingFrom: start)
      if found.isTrusted || findings.alignment == nil {
        findings.alignment = Findings.Alignment(found, from: start, original.size)
      }
      if found.isTrusted { return found.map }
    }
    findings.warnings.append(.notAligned)
  }
  if placements.count > 1 { findings.warnings.append(.resultCropped) }
  return placements[0]
}

private func match(
  _ result: borrowing Image, _ pair: borrowing ComparedPair, _ options: FinishingOptions,
  _ findings: inout Findings
) throws(ImagingError) -> Image {
  guard options.matchesColour else {
    findings.changed = try pair.changedShare(after: nil)
    return result.shared()
  }
  guard let fit = ColourFit(pair.colours) else {
    findings.warnings.append(.colourNotMatched)
    findings.changed = try pair.changedShare(after: nil)
    return result.shared()
  }
  findings.colour = try pair.change(by: fit)
  findings.changed = try pair.changedShare(after: fit)
  return try result.shared().mixedInLinearLight(fit.weights, offset: fit.offset).realised()
}

/// Where the frame shows beside the result, the original goes on.
private func complete(
  _ laid: consuming Image, _ map: AffineMap, _ result: PixelSize, with original: borrowing Image
) throws(ImagingError) -> Image {
  let frame = laid.size
  guard let covered = CoveredArea(map, result, frame) else { return laid }
  let under = try original.shared().resized(to: frame)
  let bands = max(3, max(laid.bands, under.bands))
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
