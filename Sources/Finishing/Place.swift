import Imaging
import Vocabulary

/// The part of the original that a result shows, and where the result lies on it. Maps are from the result's pixels to the
/// part's.
struct Field {
  /// In the original.
  let area: PixelArea
  /// What the result shows, in the part's own pixels: it may reach beyond.
  let shown: ShownArea

  /// - Parameter shown: in the original's pixels; `nil`: all of it.
  init(_ shown: ShownArea?, of original: PixelSize) {
    let whole = ShownArea(PixelArea(original))
    let shown = shown ?? whole
    let left = min(max(0, Int(shown.left.rounded(.down))), original.width - 1)
    let top = min(max(0, Int(shown.top.rounded(.down))), original.height - 1)
    let right = min(original.width, Int((shown.left + shown.width).rounded(.up)))
    let bottom = min(original.height, Int((shown.top + shown.height).rounded(.up)))
    area = PixelArea(left: left, top: top, size: PixelSize(width: right - left, height: bottom - top))
    self.shown = ShownArea(
      left: shown.left - Double(left), top: shown.top - Double(top), width: shown.width, height: shown.height)
  }

  /// How a result may lie on it; the first is what is taken when nothing else is known. One of another shape covers what it
  /// should show, so that nothing is stretched; or is stretched to it after all; or lies within it, as a part that was cut out.
  func placements(_ result: PixelSize) -> [AffineMap] {
    let (width, height) = (Double(result.width), Double(result.height))
    let scale = (x: shown.width / width, y: shown.height / height)
    let (covering, contained) = (max(scale.x, scale.y), min(scale.x, scale.y))
    let isAlike = covering / contained <= 1 + Self.mostStretch
    return (isAlike ? [scale] : [(covering, covering), scale, (contained, contained)]).map { scale in
      AffineMap(
        xx: scale.x, xy: 0, yx: 0, yy: scale.y, dx: shown.left + (shown.width - scale.x * width) / 2,
        dy: shown.top + (shown.height - scale.y * height) / 2)
    }
  }

  /// Whether the result shows more than there is: what was added to what was sent.
  var isExceeded: Bool {
    let beyond = max(
      -shown.left, -shown.top, shown.left + shown.width - Double(area.size.width),
      shown.top + shown.height - Double(area.size.height))
    return beyond > 0.5
  }

  /// The sizes that models give are whole multiples of something: their shape is near what was asked for, not equal.
  private static let mostStretch = 0.03
}

/// Where a result lies.
struct Place {
  let map: AffineMap
  /// Where it would lie, had the model not moved it.
  let start: AffineMap
  /// Whether it was recognised there.
  let isFound: Bool
}

/// - Parameter reference: the part of the original that `field` names, small.
func place(
  _ result: borrowing Image, on reference: borrowing Image, _ field: Field, _ options: FinishingOptions,
  _ findings: inout Findings
) throws(ImagingError) -> Place {
  let placements = field.placements(result.size)
  let toReference = AffineMap.stretch(field.area.size, to: reference.size)
  let toField = AffineMap.stretch(reference.size, to: field.area.size)
  if options.looksForPlace {
    for start in placements {
      let found = try register(result, on: reference, startingFrom: start.then(toReference))
      let map = found.map.then(toField)
      if found.isTrusted || findings.alignment == nil {
        let scale = Double(field.area.size.longestEdge) / Double(reference.size.longestEdge)
        findings.alignment = Findings.Alignment(
          map, from: start, field.area.size, residual: found.residual * scale, isTrusted: found.isTrusted)
      }
      if found.isTrusted { return Place(map: map, start: start, isFound: true) }
    }
    findings.warnings.append(.notAligned)
  }
  if placements.count > 1, options.hasOriginalsSize { findings.warnings.append(.resultCropped) }
  return Place(map: placements[0], start: placements[0], isFound: false)
}

extension Findings.Alignment {
  fileprivate init(
    _ map: AffineMap, from start: AffineMap, _ size: PixelSize, residual: Double, isTrusted: Bool
  ) {
    // From where a thing belongs to where it lay, had the result been laid down as it came.
    let drift = map.inverse.map { $0.then(start) } ?? .identity
    let (x, y) = (Double(size.width) / 2, Double(size.height) / 2)
    let middle = drift(x, y)
    self.init(
      dx: middle.x - x, dy: middle.y - y, scale: abs(drift.determinant).squareRoot(),
      rotation: degrees(drift.yx - drift.xy, drift.xx + drift.yy), residual: residual, isTrusted: isTrusted)
  }
}
