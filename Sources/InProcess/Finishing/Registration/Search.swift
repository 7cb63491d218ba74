import Finishing
import Imaging
import PictureFormats
import Core

/// Searches for blocks of a reduced original in a reduced result, at one of several scales, and for the map
/// that most of them agree on.
///
/// - Parameters:
///   - size: the size of the reduced original.
///   - start: the expected position.
///   - scale: the assumed scale of the result relative to `start`.
/// - Returns: a map from the result's pixels to the original's, right to a few pixels of `size`; `nil` if
///   there is none.
func search(
  _ result: borrowing Image, _ original: borrowing Image, _ size: PixelSize,
  startingFrom start: AffineTransform,
  scale: Double
) throws(ImagingError) -> AffineTransform? {
  let toSize = AffineTransform.stretch(original.size, to: size)
  guard let back = toSize.inverse else { return nil }
  let reference = try original.shared().resized(to: size).gray()
  let nominal = start.then(toSize).then(.scaling(by: scale, around: size))
  let warped = try warp(result, by: nominal, into: size).gray()
  return PairFit(pairs(of: reference, with: warped), tolerance: tolerance)
    .map { nominal.then($0.map).then(back) }
}

/// The edge of a block and the tolerance of the fit, in pixels.
private let edge = 24
private let tolerance = 2.0
/// Flat blocks match anywhere.
private let leastContrast = 4.0
private let leastScore = 0.5

/// Pairs of the positions where blocks of the original were found in the result, and where they belong.
private func pairs(of reference: GrayPixels, with warped: GrayPixels) -> [PairFit.Pair] {
  // Covers the shift and scale that such models make.
  let reach = min(64, reference.size.longestEdge * 2 / 15)
  var pairs: [PairFit.Pair] = []
  for top in stride(from: 0, through: reference.size.height - edge, by: edge / 2) {
    for left in stride(from: 0, through: reference.size.width - edge, by: edge / 2) {
      guard reference.contrast(left: left, top: top, edge: edge) >= leastContrast,
        let match = reference.find(left: left, top: top, edge: edge, in: warped, reach: reach),
        match.score >= leastScore
      else { continue }
      let middle = Double(edge) / 2
      let place = PairFit.Point(x: Double(left) + middle, y: Double(top) + middle)
      pairs.append(
        PairFit.Pair(from: PairFit.Point(x: place.x + match.dx, y: place.y + match.dy), to: place))
    }
  }
  return pairs
}

extension AffineTransform {
  /// Scales around the center of a picture.
  fileprivate static func scaling(by factor: Double, around size: PixelSize) -> AffineTransform {
    let (x, y) = (Double(size.width) / 2, Double(size.height) / 2)
    return AffineTransform(xx: factor, xy: 0, yx: 0, yy: factor, dx: x - factor * x, dy: y - factor * y)
  }
}
