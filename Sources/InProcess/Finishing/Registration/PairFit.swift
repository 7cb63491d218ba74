import PictureFormats
import Imaging
import Finishing
import Core

/// A fit of the shift, scale, and rotation that most pairs of points agree on (RANSAC). The others are what
/// the model has changed.
struct PairFit {
  /// A point and its target.
  struct Pair {
    let from: Point
    let to: Point
  }

  struct Point {
    let x: Double
    let y: Double
  }

  let map: AffineTransform

  private static let draws = 400
  private static let leastPairs = 2

  /// - Parameter tolerance: the maximum distance of a point from where the map leads, in pixels.
  /// - Returns: `nil` when there are too few pairs, or none agree.
  init?(_ pairs: [Pair], tolerance: Double) {
    guard pairs.count > Self.leastPairs else { return nil }
    // The same draws for the same picture, so that the result is deterministic.
    var random = SplitMix64(state: UInt64(pairs.count))
    var best: [Int] = []
    for _ in 0..<Self.draws {
      let drawn = (0..<Self.leastPairs).map { _ in Int.random(in: 0..<pairs.count, using: &random) }
      guard Set(drawn).count == drawn.count, let map = Self.solve(drawn.map { pairs[$0] }),
        (0.5...2).contains(map.determinant)
      else { continue }
      let agreeing = Self.agreeing(pairs, map, tolerance)
      if agreeing.count > best.count { best = agreeing }
    }
    // Pairs that agree with the few that were drawn need not agree with the fit of all, so the fit is
    // repeated.
    var settled: AffineTransform?
    for _ in 0..<3 {
      guard best.count > Self.leastPairs, let map = Self.solve(best.map { pairs[$0] }) else { return nil }
      settled = map
      best = Self.agreeing(pairs, map, tolerance)
    }
    guard let settled, !best.isEmpty else { return nil }
    map = settled
  }

  private static func agreeing(_ pairs: [Pair], _ map: AffineTransform, _ tolerance: Double) -> [Int] {
    pairs.indices.filter { squaredDistance(pairs[$0], map) <= tolerance * tolerance }
  }

  private static func squaredDistance(_ pair: Pair, _ map: AffineTransform) -> Double {
    let (x, y) = map(pair.from.x, pair.from.y)
    return (x - pair.to.x) * (x - pair.to.x) + (y - pair.to.y) * (y - pair.to.y)
  }

  /// Least squares around the center of the pairs, so that large coordinates do not cost precision.
  private static func solve(_ pairs: [Pair]) -> AffineTransform? {
    let count = Double(pairs.count)
    let middle = Point(
      x: pairs.reduce(0) { $0 + $1.from.x } / count, y: pairs.reduce(0) { $0 + $1.from.y } / count)
    let target = Point(
      x: pairs.reduce(0) { $0 + $1.to.x } / count, y: pairs.reduce(0) { $0 + $1.to.y } / count)
    var (spread, along, across) = (0.0, 0.0, 0.0)
    for pair in pairs {
      let (x, y) = (pair.from.x - middle.x, pair.from.y - middle.y)
      let (u, v) = (pair.to.x - target.x, pair.to.y - target.y)
      spread += x * x + y * y
      along += u * x + v * y
      across += v * x - u * y
    }
    guard spread > 1e-9 else { return nil }
    let (cosine, sine) = (along / spread, across / spread)
    return AffineTransform(
      xx: cosine, xy: -sine, yx: sine, yy: cosine, dx: target.x - cosine * middle.x + sine * middle.y,
      dy: target.y - sine * middle.x - cosine * middle.y)
  }
}
