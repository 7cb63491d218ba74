import Finishing
import Imaging
import PictureFormats
import Core

/// The placement of a result on the original.
struct Placement {
  let map: AffineTransform
  /// The placement that the result would have if the model had not moved it.
  let start: AffineTransform
  /// Whether the result was located there by registration.
  let isFound: Bool
}

extension Align {
  /// Locates a result on the original by registration, if that is planned.
  ///
  /// - Parameter reference: the part of the original that `crop` names, reduced.
  func apply(
    _ result: borrowing Image, on reference: borrowing Image, _ crop: OriginalCrop,
    _ findings: inout Findings
  ) throws(ImagingError) -> Placement {
    let placements = crop.placements(result.size)
    if needsPixels {
      for start in placements {
        if let found = try registered(result, on: reference, crop, from: start, &findings) { return found }
      }
      findings.warnings.append(.notAligned)
    }
    if placements.count > 1, isCovering { findings.warnings.append(.resultCropped) }
    return Placement(map: placements[0], start: placements[0], isFound: false)
  }

  /// - Returns: `nil` when the registration is not trusted.
  private func registered(
    _ result: borrowing Image, on reference: borrowing Image, _ crop: OriginalCrop,
    from start: AffineTransform, _ findings: inout Findings
  ) throws(ImagingError) -> Placement? {
    let toReference = AffineTransform.stretch(crop.area.size, to: reference.size)
    let toCrop = AffineTransform.stretch(reference.size, to: crop.area.size)
    let found = try register(result, on: reference, startingFrom: start.then(toReference))
    let map = found.map.then(toCrop)
    if found.isTrusted || findings.alignment == nil {
      let scale = Double(crop.area.size.longestEdge) / Double(reference.size.longestEdge)
      findings.alignment = Findings.Alignment(
        map, from: start, crop.area.size, residual: found.residual * scale, isTrusted: found.isTrusted)
    }
    return found.isTrusted ? Placement(map: map, start: start, isFound: true) : nil
  }
}

extension Findings.Alignment {
  fileprivate init(
    _ map: AffineTransform, from start: AffineTransform, _ size: PixelSize, residual: Double, isTrusted: Bool
  ) {
    // From where a point belongs to where it was in the result as it arrived.
    let drift = map.inverse.map { $0.then(start) } ?? .identity
    let (x, y) = (Double(size.width) / 2, Double(size.height) / 2)
    let middle = drift(x, y)
    self.init(
      dx: middle.x - x, dy: middle.y - y, scale: abs(drift.determinant).squareRoot(),
      rotation: degrees(drift.yx - drift.xy, drift.xx + drift.yy), residual: residual, isTrusted: isTrusted)
  }
}
