import Core

/// The coding of an HDR picture (ITU-R BT.2100; code points of ITU-T H.273). An SDR screen shows it with SDR
/// white at 203 cd/m² (ITU-R BT.2408) and brighter light tone-mapped.
/// The transfer functions of HDR pictures.
package struct HDRDescription: Equatable, Sendable {
  package enum Curve: String, Sendable {
    case pq = "PQ"
    case hlg = "HLG"
  }

  package let curve: Curve
  /// Its primaries, with linear light.
  package let space: ColorDescription

  /// `nil` for SDR transfer functions and for unknown primaries.
  package init?(primaries: Int, transfer: Int) {
    guard let curve = [16: Curve.pq, 18: .hlg][transfer],
      let space = ColorDescription(primaries: primaries, transfer: ColorDescription.linear)
    else { return nil }
    (self.curve, self.space) = (curve, space)
  }

  package var name: String { "\(curve.rawValue), \(space.name)" }
}
