import Finishing
import Imaging
import PictureFormats
import Core

/// Looks for blocks of a small original in a small result, at one of several scales, and for the map that most of them agree on.
///
/// - Parameters:
///   - size: at which it is done, of the original.
///   - start: how the result should lie.
///   - scale: how much larger than that the result is taken for.
/// - Returns: a map from the result's pixels to the original's that may be right to some pixels of `size`; `nil` without one.
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

/// In pixels.
private let edge = 24
private let tolerance = 2.0
/// Flat blocks lie anywhere.
private let leastContrast = 4.0
private let leastScore = 0.5

/// Where blocks of the original were found in the result, and where they belong.
private func pairs(of reference: GrayPixels, with warped: GrayPixels) -> [PairFit.Pair] {
  // The whole shift and scale that such models make.
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
  /// Larger or smaller, with the middle of a picture where it is.
  fileprivate static func scaling(by factor: Double, around size: PixelSize) -> AffineTransform {
    let (x, y) = (Double(size.width) / 2, Double(size.height) / 2)
    return AffineTransform(xx: factor, xy: 0, yx: 0, yy: factor, dx: x - factor * x, dy: y - factor * y)
  }
}
