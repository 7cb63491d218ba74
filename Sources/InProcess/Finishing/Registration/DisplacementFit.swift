import Finishing
import Imaging
import PictureFormats
import Core

/// A fit of the displacement that the blocks of a picture agree on: an affine one, whose shear and
/// anisotropic scale count as unlikely unless the picture shows them. What the model has changed does not
/// agree and does not count.
struct DisplacementFit {
  /// The displacement to the right and down, each as the coefficients of a constant, x, and y. x and y are
  /// measured from the center, in halves of the longest edge.
  private(set) var numbers = [Double](repeating: 0, count: 6)
  /// The share of the blocks that are recognized at their position.
  let agreement: Double
  /// How well the blocks fit together, 0…1: the sum over the recognized blocks of correlation times trust,
  /// divided by the number of all blocks.
  private(set) var support = 0.0
  /// The root mean square of the remaining displacement of the blocks, weighted by how much each block shows
  /// of it.
  private(set) var residual = 0.0
  /// The uncertainty of the corners: one standard deviation, in pixels.
  private(set) var uncertainty = Double.infinity
  private let size: PixelSize

  /// The usual size of shear and anisotropic scale, and the maximum of everything else, in pixels at the
  /// middle of the longest edge.
  private static let usualDistortion = 0.5
  private static let largest = 50.0

  /// - Parameters:
  ///   - blocks: the displacements of the blocks of a picture of `size`.
  ///   - known: the coefficients of the displacement that was corrected before, in the same unit.
  init(_ blocks: [GrayPixels.Displacement], _ size: PixelSize, known: [Double]) {
    self.size = size
    var votes = blocks.compactMap { Vote($0, size) }
    agreement = Double(votes.count) / Double(max(1, blocks.count))
    guard !votes.isEmpty else { return }
    var matrix: [[Double]] = []
    for _ in 0..<5 {
      var right: [Double]
      (matrix, right) = Self.equations(votes)
      Self.hold(&matrix, &right, known)
      guard let solution = solve(matrix, right) else { return }
      numbers = solution
      for position in votes.indices { votes[position].judge(by: numbers) }
    }
    support = votes.reduce(0) { $0 + $1.trust * $1.score } / Double(blocks.count)
    residual = Self.residual(votes, numbers)
    uncertainty = uncertainty(matrix)
  }

  /// The vote of one recognized block.
  private struct Vote {
    /// The position from the center, in halves of the longest edge.
    let x: Double
    let y: Double
    let block: GrayPixels.Displacement
    /// The weight of the vote per squared pixel of error.
    let weight: Double
    /// 1 if the block lies where the whole fit says, and falling towards 0 with distance (Cauchy's function).
    private(set) var trust = 1.0

    /// The minimum correlation of a recognized block; hardly one in a hundred blocks of other textures
    /// reaches it.
    private static let leastScore = 0.5
    /// The noise of blocks that agree to the last bit, in squared levels of 255: rounding and compression.
    private static let leastNoise = 4.0
    /// Neighboring pixels have correlated errors, so only this share of their evidence counts.
    private static let independence = 0.05
    /// The distance from the fit at which a block counts half, in standard deviations.
    private static let tolerance = 3.0

    init?(_ block: GrayPixels.Displacement, _ size: PixelSize) {
      guard block.score >= Self.leastScore else { return nil }
      let half = Double(size.longestEdge) / 2
      x = (block.x - Double(size.width) / 2) / half
      y = (block.y - Double(size.height) / 2) / half
      self.block = block
      weight = Self.independence / (block.noise + Self.leastNoise)
    }

    var score: Double { block.score }

    /// The remaining pull of the block after the displacement of the whole.
    func pull(after numbers: [Double]) -> (x: Double, y: Double) {
      let dx = numbers[0] + numbers[1] * x + numbers[2] * y
      let dy = numbers[3] + numbers[4] * x + numbers[5] * y
      return (
        block.xx * dx + block.xy * dy + block.pull.x, block.xy * dx + block.yy * dy + block.pull.y
      )
    }

    mutating func judge(by numbers: [Double]) {
      let (px, py) = pull(after: numbers)
      let floor = 1e-3 * (block.xx + block.yy) + 1e-6
      let (xx, yy) = (block.xx + floor, block.yy + floor)
      let determinant = xx * yy - block.xy * block.xy
      let distance = (yy * px * px - 2 * block.xy * px * py + xx * py * py) / determinant
      trust = 1 / (1 + distance * weight / (Self.tolerance * Self.tolerance))
    }
  }

  /// The normal equations: the products of 1, x, and y with one another, each times the block's evidence
  /// along and across.
  private static func equations(_ votes: [Vote]) -> (matrix: [[Double]], right: [Double]) {
    var sums = [Double](repeating: 0, count: 24)
    for vote in votes {
      let weight = vote.weight * vote.trust
      let (block, x, y) = (vote.block, vote.x, vote.y)
      let (xx, xy, yy) = (weight * block.xx, weight * block.xy, weight * block.yy)
      func add(_ factor: Double, at: Int) {
        sums[at] += factor * xx
        sums[at + 1] += factor * xy
        sums[at + 2] += factor * yy
      }
      add(1, at: 0)
      add(x, at: 3)
      add(y, at: 6)
      add(x * x, at: 9)
      add(x * y, at: 12)
      add(y * y, at: 15)
      let (px, py) = (-weight * block.pull.x, -weight * block.pull.y)
      sums[18] += px
      sums[19] += py
      sums[20] += x * px
      sums[21] += x * py
      sums[22] += y * px
      sums[23] += y * py
    }
    // The index of the product of each two of 1, x, and y.
    let order = [[0, 3, 6], [3, 9, 12], [6, 12, 15]]
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
    for i in 0..<3 {
      for j in 0..<3 {
        let at = order[i][j]
        matrix[i][j] = sums[at]
        matrix[i][j + 3] = sums[at + 1]
        matrix[i + 3][j] = sums[at + 1]
        matrix[i + 3][j + 3] = sums[at + 2]
      }
    }
    return (matrix, [18, 20, 22, 19, 21, 23].map { sums[$0] })
  }

  /// Adds the prior: what is known of such models before a picture is examined.
  private static func hold(_ matrix: inout [[Double]], _ right: inout [Double], _ known: [Double]) {
    // Anisotropic scale is the difference of the first two; shear is the sum of the other two, which are
    // opposites in a rotation.
    for (one, other, sign) in [(1, 5, -1.0), (2, 4, 1.0)] {
      let weight = 1 / (usualDistortion * usualDistortion)
      matrix[one][one] += weight
      matrix[other][other] += weight
      matrix[one][other] += sign * weight
      matrix[other][one] += sign * weight
      let before = known[one] + sign * known[other]
      right[one] -= weight * before
      right[other] -= weight * sign * before
    }
    for i in 0..<6 {
      let weight = 1 / (largest * largest)
      matrix[i][i] += weight
      right[i] -= weight * known[i]
    }
  }

  private static func residual(_ votes: [Vote], _ numbers: [Double]) -> Double {
    var (squares, weights) = (0.0, 0.0)
    for vote in votes where vote.block.xx + vote.block.yy > 0 {
      let (px, py) = vote.pull(after: numbers)
      // Half of the sum is the average evidence along an axis.
      let sharpness = (vote.block.xx + vote.block.yy) / 2
      let weight = vote.weight * vote.trust * sharpness
      squares += weight * (px * px + py * py) / (sharpness * sharpness)
      weights += weight
    }
    return weights > 0 ? (squares / weights).squareRoot() : 0
  }

  private func uncertainty(_ matrix: [[Double]]) -> Double {
    let (x, y) = (
      Double(size.width) / Double(size.longestEdge), Double(size.height) / Double(size.longestEdge)
    )
    var maximum = 0.0
    for at in [[1, x, y], [1, -x, y], [1, x, -y], [1, -x, -y]] {
      let (right, down) = (at + [0, 0, 0], [0, 0, 0] + at)
      guard let one = solve(matrix, right), let other = solve(matrix, down) else { return .infinity }
      maximum = max(
        maximum,
        zip(right, one).reduce(0) { $0 + $1.0 * $1.1 } + zip(down, other).reduce(0) { $0 + $1.0 * $1.1 }
      )
    }
    return maximum.squareRoot()
  }

  /// The map from where a point should be to where it is.
  var map: AffineTransform {
    let half = Double(size.longestEdge) / 2
    let (x, y) = (Double(size.width) / 2, Double(size.height) / 2)
    let (xx, xy, yx, yy) = (
      1 + numbers[1] / half, numbers[2] / half, numbers[4] / half, 1 + numbers[5] / half
    )
    return AffineTransform(
      xx: xx, xy: xy, yx: yx, yy: yy, dx: x + numbers[0] - xx * x - xy * y,
      dy: y + numbers[3] - yx * x - yy * y)
  }

  /// The coefficients of the displacement that a map makes.
  static func numbers(of map: AffineTransform, _ size: PixelSize) -> [Double] {
    let half = Double(size.longestEdge) / 2
    let (x, y) = (Double(size.width) / 2, Double(size.height) / 2)
    let middle = map(x, y)
    return [
      middle.x - x, (map.xx - 1) * half, map.xy * half, middle.y - y, map.yx * half, (map.yy - 1) * half,
    ]
  }
}
