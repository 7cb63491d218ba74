import Finishing
import Imaging
import PictureFormats
import Core

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
