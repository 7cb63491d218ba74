import Imaging
import PictureFormats
import Core

/// The part of the original that a result shows, and where the result lies on it. Maps are from the result's pixels to the
/// part's.
struct OriginalCrop {
  /// In the original.
  let area: PixelArea
  /// What the result shows, in the part's own pixels: it may reach beyond.
  let shown: VisibleArea

  /// - Parameter shown: in the original's pixels; `nil`: all of it.
  init(_ shown: VisibleArea?, of original: PixelSize) {
    let whole = VisibleArea(PixelArea(original))
    let shown = shown ?? whole
    let left = min(max(0, Int(shown.left.rounded(.down))), original.width - 1)
    let top = min(max(0, Int(shown.top.rounded(.down))), original.height - 1)
    let right = min(original.width, Int((shown.left + shown.width).rounded(.up)))
    let bottom = min(original.height, Int((shown.top + shown.height).rounded(.up)))
    area = PixelArea(left: left, top: top, size: PixelSize(width: right - left, height: bottom - top))
    self.shown = VisibleArea(
      left: shown.left - Double(left), top: shown.top - Double(top), width: shown.width, height: shown.height)
  }

  /// How a result may lie on it; the first is what is taken when nothing else is known. One of another shape covers what it
  /// should show, so that nothing is stretched; or is stretched to it after all; or lies within it, as a part that was cut out.
  func placements(_ result: PixelSize) -> [AffineTransform] {
    let (width, height) = (Double(result.width), Double(result.height))
    let scale = (x: shown.width / width, y: shown.height / height)
    let (covering, contained) = (max(scale.x, scale.y), min(scale.x, scale.y))
    let isAlike = covering / contained <= 1 + Self.maximumStretch
    return (isAlike ? [scale] : [(covering, covering), scale, (contained, contained)]).map { scale in
      AffineTransform(
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
  private static let maximumStretch = 0.03
}

/// Where a result lies.
struct Placement {
  let map: AffineTransform
  /// Where it would lie, had the model not moved it.
  let start: AffineTransform
  /// Whether it was recognized there.
  let isFound: Bool
}

/// - Parameter reference: the part of the original that `field` names, small.
func place(
  _ result: borrowing Image, on reference: borrowing Image, _ crop: OriginalCrop, _ options: FinishingOptions,
  _ findings: inout Findings
) throws(ImagingError) -> Placement {
  let placements = crop.placements(result.size)
  let toReference = AffineTransform.stretch(crop.area.size, to: reference.size)
  let toCrop = AffineTransform.stretch(reference.size, to: crop.area.size)
  if options.looksForPlace {
    for start in placements {
      let found = try register(result, on: reference, startingFrom: start.then(toReference))
      let map = found.map.then(toCrop)
      if found.isTrusted || findings.alignment == nil {
        let scale = Double(crop.area.size.longestEdge) / Double(reference.size.longestEdge)
        findings.alignment = Findings.Alignment(
          map, from: start, crop.area.size, residual: found.residual * scale, isTrusted: found.isTrusted)
      }
      if found.isTrusted { return Placement(map: map, start: start, isFound: true) }
    }
    findings.warnings.append(.notAligned)
  }
  if placements.count > 1, options.hasOriginalsSize { findings.warnings.append(.resultCropped) }
  return Placement(map: placements[0], start: placements[0], isFound: false)
}

extension Findings.Alignment {
  fileprivate init(
    _ map: AffineTransform, from start: AffineTransform, _ size: PixelSize, residual: Double, isTrusted: Bool
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
