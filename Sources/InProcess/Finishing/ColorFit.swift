import Core
import Finishing
import Imaging
import PictureFormats

/// A fit of the colors of one picture to those of another, in linear light: the transform that most of the
/// pixels agree on. The others are what the model has changed.
struct ColorFit {
  /// Linear red, green, and blue, 0…1.
  typealias Color = SIMD3<Double>

  struct Pair {
    let from: Color
    let to: Color
  }

  /// One row for each output channel.
  private(set) var weights: [[Double]]
  private(set) var offset: [Double]
  /// The share of the pairs that agree, 0…1.
  private(set) var agreement = 0.0

  private static let draws = 120
  /// Two fifths of a picture may be changed, and some of it to colors that fit by chance.
  private static let leastAgreement = 0.3

  /// - Returns: `nil` when there is no such tint.
  init?(_ pairs: [Pair]) {
    guard case .success(let fit) = Self.finding(pairs) else { return nil }
    self = fit
  }

  /// The tint that most of the pairs agree on, or why there is none.
  static func finding(_ all: [Pair]) -> Result<ColorFit, Findings.TintFailure> {
    let pairs = fewOfEachKind(all)
    guard pairs.count >= leastColors else {
      return .failure(.fewColors(pairs.count, least: leastColors))
    }
    var fit = gains(pairs)
    func share(_ count: Int) -> Double { Double(count) / Double(pairs.count) }
    for tolerance in [1.0, 0.8, 0.6] {
      let agreeing = pairs.filter { fit.agrees($0, tolerance) }
      guard share(agreeing.count) >= leastAgreement else { return tooFewAgree(share(agreeing.count)) }
      fit.refine(with: agreeing)
    }
    fit.agreement = share(pairs.count { fit.agrees($0, 1) })
    guard fit.agreement >= leastAgreement else { return tooFewAgree(fit.agreement) }
    return fit.isTint ? .success(fit) : .failure(.otherColors)
  }

  private static func tooFewAgree(_ share: Double) -> Result<ColorFit, Findings.TintFailure> {
    .failure(.littleAgreement(share, least: leastAgreement))
  }

  private static let leastColors = 16

  /// Whether the transform is possible as a tint. Colors that are exchanged or become uniform are an edit.
  private var isTint: Bool {
    (0..<3).allSatisfy { row in
      Swift.abs(offset[row]) <= 0.1
        && (0..<3).allSatisfy { column in
          row == column ? (0.5...2).contains(weights[row][row]) : Swift.abs(weights[row][column]) <= 0.25
        }
    }
  }

  /// Limits the votes of each color, so that a uniform background does not outvote the rest: a new color for
  /// it is the edit, not a tint.
  private static func fewOfEachKind(_ pairs: [Pair]) -> [Pair] {
    var counts: [Int: Int] = [:]
    return pairs.filter { pair in
      let level = { (value: Double) in Int(value.squareRoot() * 15.99) }
      let kind = (level(pair.to.x) * 16 + level(pair.to.y)) * 16 + level(pair.to.z)
      counts[kind, default: 0] += 1
      return counts[kind, default: 0] <= maximumOfAKind
    }
  }

  private static let maximumOfAKind = 8

  private init(gain: Color, offset: Color) {
    weights = (0..<3).map { row in (0..<3).map { $0 == row ? gain[row] : 0 } }
    self.offset = (0..<3).map { offset[$0] }
  }

  func callAsFunction(_ color: Color) -> Color {
    var result = Color()
    for row in 0..<3 {
      result[row] =
        weights[row][0] * color.x + weights[row][1] * color.y + weights[row][2] * color.z + offset[row]
    }
    return result
  }

  /// About the difference that the eye and JPEG coding allow, which is less light in the dark.
  private static func tolerance(at color: Color) -> Color { Color(repeating: 0.012) + 0.12 * color }

  private func agrees(_ pair: Pair, _ factor: Double) -> Bool {
    let difference = self(pair.from) - pair.to
    let tolerance = Self.tolerance(at: pair.to) * factor
    return all(abs(difference) .< tolerance)
  }

  private func abs(_ color: Color) -> Color { color.replacing(with: -color, where: color .< 0) }

  /// A gain and an offset for each channel, by random sampling (RANSAC) of two pairs at a time.
  private static func gains(_ pairs: [Pair]) -> ColorFit {
    var random = SplitMix64(state: UInt64(pairs.count))
    var best = ColorFit(gain: Color(repeating: 1), offset: Color())
    var maximum = pairs.count { best.agrees($0, 1) }
    for _ in 0..<draws {
      let one = pairs[Int.random(in: 0..<pairs.count, using: &random)]
      let other = pairs[Int.random(in: 0..<pairs.count, using: &random)]
      var gain = Color(repeating: 1)
      for channel in 0..<3 where Swift.abs(one.from[channel] - other.from[channel]) > 0.05 {
        gain[channel] = (one.to[channel] - other.to[channel]) / (one.from[channel] - other.from[channel])
      }
      guard all(gain .> 0.4), all(gain .< 2.5) else { continue }
      let candidate = ColorFit(gain: gain, offset: one.to - gain * one.from)
      let count = pairs.count { candidate.agrees($0, 1) }
      if count > maximum { (best, maximum) = (candidate, count) }
    }
    return best
  }

  /// Fits the whole matrix by least squares, regularized so that it does not rely on colors that hardly
  /// differ.
  private mutating func refine(with pairs: [Pair]) {
    var normal = [[Double]](repeating: [0, 0, 0, 0], count: 4)
    var right = [[Double]](repeating: [0, 0, 0, 0], count: 3)
    for pair in pairs {
      let from = [pair.from.x, pair.from.y, pair.from.z, 1]
      let tolerance = Self.tolerance(at: pair.to)
      let weight = 1 / (tolerance.sum() * tolerance.sum())
      for i in 0..<4 {
        for j in 0..<4 { normal[i][j] += weight * from[i] * from[j] }
        for channel in 0..<3 { right[channel][i] += weight * from[i] * pair.to[channel] }
      }
    }
    let held = 1e-3 * (normal[0][0] + normal[1][1] + normal[2][2]) / 3
    for i in 0..<4 { normal[i][i] += held }
    for channel in 0..<3 {
      right[channel][channel] += held
      guard let solution = solve(normal, right[channel]) else { continue }
      weights[channel] = Array(solution[..<3])
      offset[channel] = solution[3]
    }
  }
}
