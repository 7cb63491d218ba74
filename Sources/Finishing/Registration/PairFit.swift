import Vocabulary

/// The map that most pairs of points agree on. The others are what the model has changed.
struct PairFit {
  /// A point, and where it should come to.
  struct Pair {
    let from: Point
    let to: Point
  }

  struct Point {
    let x: Double
    let y: Double
  }

  /// How the plane may be moved.
  enum Freedom {
    /// Shift, scale and turn.
    case similarity
    /// All that keeps parallels parallel.
    case affine

    fileprivate var leastPairs: Int { self == .similarity ? 2 : 3 }
  }

  let map: AffineMap
  /// The pairs that agree, by their places.
  let inliers: [Int]
  /// The root of the mean square of their distances, in pixels.
  let residual: Double

  private static let draws = 400

  /// - Parameter tolerance: how far a point may lie from where the map brings it, in pixels.
  /// - Returns: `nil` when there are too few pairs, or none agree.
  init?(_ pairs: [Pair], tolerance: Double, _ freedom: Freedom) {
    guard pairs.count >= freedom.leastPairs + 1 else { return nil }
    // The same draws for the same picture: a result must not be a matter of luck.
    var random = SplitMix64(state: UInt64(pairs.count))
    var best: [Int] = []
    for _ in 0..<Self.draws {
      let drawn = (0..<freedom.leastPairs).map { _ in Int.random(in: 0..<pairs.count, using: &random) }
      guard Set(drawn).count == drawn.count, let map = Self.solve(drawn.map { pairs[$0] }, freedom),
        (0.5...2).contains(map.determinant)
      else { continue }
      let agreeing = Self.agreeing(pairs, map, tolerance)
      if agreeing.count > best.count { best = agreeing }
    }
    // Those who agree with a few are not yet those who agree with all.
    var settled: AffineMap?
    for _ in 0..<3 {
      guard best.count > freedom.leastPairs, let map = Self.solve(best.map { pairs[$0] }, freedom) else {
        return nil
      }
      settled = map
      best = Self.agreeing(pairs, map, tolerance)
    }
    guard let settled, !best.isEmpty else { return nil }
    map = settled
    inliers = best
    let squares = best.reduce(0) { $0 + Self.squaredDistance(pairs[$1], settled) }
    residual = (squares / Double(best.count)).squareRoot()
  }

  private static func agreeing(_ pairs: [Pair], _ map: AffineMap, _ tolerance: Double) -> [Int] {
    pairs.indices.filter { squaredDistance(pairs[$0], map) <= tolerance * tolerance }
  }

  private static func squaredDistance(_ pair: Pair, _ map: AffineMap) -> Double {
    let (x, y) = map(pair.from.x, pair.from.y)
    return (x - pair.to.x) * (x - pair.to.x) + (y - pair.to.y) * (y - pair.to.y)
  }

  /// By least squares, around the pairs' middle, so that large coordinates cost no digits.
  private static func solve(_ pairs: [Pair], _ freedom: Freedom) -> AffineMap? {
    let count = Double(pairs.count)
    let middle = Point(
      x: pairs.reduce(0) { $0 + $1.from.x } / count, y: pairs.reduce(0) { $0 + $1.from.y } / count)
    let target = Point(
      x: pairs.reduce(0) { $0 + $1.to.x } / count, y: pairs.reduce(0) { $0 + $1.to.y } / count)
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    var (ux, uy, vx, vy) = (0.0, 0.0, 0.0, 0.0)
    for pair in pairs {
      let (x, y) = (pair.from.x - middle.x, pair.from.y - middle.y)
      let (u, v) = (pair.to.x - target.x, pair.to.y - target.y)
      (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y)
      (ux, uy, vx, vy) = (ux + u * x, uy + u * y, vx + v * x, vy + v * y)
    }
    var map = AffineMap()
    switch freedom {
    case .similarity:
      guard xx + yy > 1e-9 else { return nil }
      let cosine = (ux + vy) / (xx + yy)
      let sine = (vx - uy) / (xx + yy)
      (map.xx, map.xy, map.yx, map.yy) = (cosine, -sine, sine, cosine)
    case .affine:
      let determinant = xx * yy - xy * xy
      // Points on one line say nothing of what is beside it.
      guard determinant > 1e-6 * max(1, xx * yy) else { return nil }
      (map.xx, map.xy) = ((ux * yy - uy * xy) / determinant, (uy * xx - ux * xy) / determinant)
      (map.yx, map.yy) = ((vx * yy - vy * xy) / determinant, (vy * xx - vx * xy) / determinant)
    }
    let (x, y) = map(middle.x, middle.y)
    (map.dx, map.dy) = (target.x - x, target.y - y)
    return map
  }
}
