import Core

/// How a picture for HDR screens is coded (ITU-R BT.2100; code points of ITU-T H.273), and what an SDR screen shows of it: with
/// SDR's white at 203 cd/m² (ITU-R BT.2408), and what is brighter rolled off.
package struct HDRDescription: Equatable, Sendable {
  package enum Curve: String, Sendable {
    case pq = "PQ"
    case hlg = "HLG"
  }

  package let curve: Curve
  /// By the light of its primaries.
  package let space: ColorDescription

  /// `nil` for curves of SDR and for primaries that are not known.
  package init?(primaries: Int, transfer: Int) {
    guard let curve = [16: Curve.pq, 18: .hlg][transfer],
      let space = ColorDescription(primaries: primaries, transfer: ColorDescription.linear)
    else { return nil }
    (self.curve, self.space) = (curve, space)
  }

  package var name: String { "\(curve.rawValue), \(space.name)" }
}
