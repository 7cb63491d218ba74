import PictureFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A search for the finest encoding within a byte limit, with as few measurements as possible.
///
/// The grid has integer qualities from `best` down to `floor`, and levels, each of which gives a smaller file
/// than the one before. The caller knows what a level is: coarser color, shorter edges. Quality is reduced
/// first. If even the floor is too large, the next levels are tried at the floor, and at the first level that
/// fits, quality is raised again as far as possible. The result is maximal: the next finer setting was
/// measured and is over the limit. This type only computes: the caller encodes the setting that `next`
/// returns and passes its size to `record`.
package struct CapSearch: Sendable {
  /// A point of the grid.
  package struct Setting: Hashable, Sendable {
    package let quality: Int
    /// The level; 0 is the picture as it is.
    package let level: Int

    package init(quality: Int, level: Int) {
      self.quality = quality
      self.level = level
    }
  }

  /// A size that is assumed without a measurement. It only guides the search and proves nothing.
  package struct Hint: Sendable {
    package let quality: Int
    package let bytes: Int

    package init(quality: Int, bytes: Int) {
      self.quality = quality
      self.bytes = bytes
    }
  }

  /// How sizes typically decrease, as slopes of their logarithm. A good prediction saves a measurement and a
  /// bad one costs one. Measured on photographs around the floor's quality.
  package struct Decline: Sendable {
    package let scale: Scale
    package let quality: Double
    /// The step from level 0 to 1; `level` is the step from each further level to the next.
    let firstLevel: Double
    package let level: Double

    package static func jpeg(halvesChroma: Bool) -> Decline {
      Decline(
        scale: .jpeg, quality: -0.75, firstLevel: halvesChroma ? -0.4 : -0.15, level: -0.096)
    }
    package static let jpegCoefficients = Decline(
      scale: .jpeg, quality: -0.5, firstLevel: 0, level: 0)
    package static let webP = Decline(scale: .webP, quality: -0.6, firstLevel: -0.1, level: -0.084)
    package static let png = Decline(scale: .jpeg, quality: -1, firstLevel: -0.1, level: -0.1)
  }

  private let limit: Int
  private let best: Int
  private let floor: Int
  private let lastLevel: Int
  private let decline: Decline
  private let hint: Hint?
  private var measured: [Setting: Int] = [:]

  /// - Parameters:
  ///   - limit: the maximum number of bytes, inclusive.
  ///   - best: the highest quality, with which the search starts; equal to `floor` for lossless formats,
  ///     which have none.
  ///   - floor: the lowest quality.
  ///   - lastLevel: the last level; beyond it the picture would be too small.
  ///   - decline: how sizes typically decrease in this format.
  ///   - hint: the assumed size of the picture at level 0. If it is too large at the floor, the search skips
  ///     that level. Default: `nil`, so that the first measurement is at `best`.
  package init(
    limit: Int, best: Int, floor: Int, lastLevel: Int, decline: Decline, hint: Hint? = nil
  ) {
    self.decline = decline
    self.limit = limit
    self.best = best
    self.floor = min(floor, best)
    self.lastLevel = lastLevel
    self.hint = hint
  }

  /// Records the measured size of a setting.
  package mutating func record(_ bytes: Int, for setting: Setting) {
    measured[setting] = bytes
  }

  /// The smallest size measured so far, in bytes.
  package var smallest: Int? { measured.values.min() }

  /// The finest measured setting within the limit: the lowest level, then the highest quality.
  package var result: Setting? {
    measured.filter { $0.value <= limit }.keys
      .min { ($0.level, -$0.quality) < ($1.level, -$1.quality) }
  }

  /// The setting to measure next; `nil` when the search has ended, with or without a `result`.
  package func next() -> Setting? {
    guard let level = levelToSearch() else { return nil }
    let atFloor = Setting(quality: floor, level: level)
    // Levels after the first start at the floor, and so does one that is assumed to be too large: the first
    // question is whether it fits at all.
    if level > 0 || floorHint != nil, measured[atFloor] == nil { return atFloor }
    return nextQuality(at: level).map { Setting(quality: $0, level: level) }
  }

  /// The assumed size at level 0 and the floor, if it is over the limit.
  private var floorHint: Int? {
    hint.flatMap { $0.quality == floor && $0.bytes > limit ? $0.bytes : nil }
  }

  private typealias Point = (position: Double, size: Double)

  /// The level whose qualities to search: the first that fits at its floor, or the next one to test for that.
  private func levelToSearch() -> Int? {
    var sizes = measured.filter { $0.key.quality == floor }.map { (level: $0.key.level, bytes: $0.value) }
    let isAssumed = floorHint != nil && measured[Setting(quality: floor, level: 0)] == nil
    if isAssumed, let floorHint { sizes.append((0, floorHint)) }
    let over = sizes.filter { $0.bytes > limit }.max { $0.level < $1.level }
    guard let tooLarge = over else { return 0 }
    let fitting = sizes.filter { $0.bytes <= limit }.min { $0.level < $1.level }
    if let fitting, fitting.level == tooLarge.level + 1 {
      return isAssumed && tooLarge.level == 0 ? 0 : fitting.level
    }
    guard tooLarge.level < lastLevel else { return nil }
    // The step from level 0 has its own height: treat level 0 as level 1 with that step taken.
    let point = { (size: (level: Int, bytes: Int)) -> Point in
      let log = Self.logarithm(size.bytes)
      return size.level == 0 ? (1, log + decline.firstLevel) : (Double(size.level), log)
    }
    let guess = crossing(point(tooLarge), fitting.map(point), usualSlope: decline.level).rounded(.up)
    let (lowest, highest) = (tooLarge.level + 1, (fitting?.level ?? lastLevel + 1) - 1)
    return bounded(Int(guess), lowest, highest, after: sizes.map(\.bytes))
  }

  /// The quality to measure at a level; `nil` when the highest that fits is known, or that none fits.
  private func nextQuality(at level: Int) -> Int? {
    let here = measured.filter { $0.key.level == level }
    let fits = here.filter { $0.value <= limit }.max { $0.key.quality < $1.key.quality }
    let over = here.filter { $0.value > limit }.min { $0.key.quality < $1.key.quality }
    let lowest = fits?.key.quality ?? floor - 1
    let highest = over?.key.quality ?? best + 1
    guard highest - lowest > 1 else { return nil }
    let point = { (entry: (key: Setting, value: Int)) -> Point in
      (decline.scale.position(entry.key.quality), Self.logarithm(entry.value))
    }
    var above = over.map(point)
    if above == nil, level == 0, floorHint == nil, let hint {
      above = (decline.scale.position(hint.quality), Self.logarithm(hint.bytes))
    }
    guard let start = above ?? fits.map(point) else { return best }
    let guess = quality(at: crossing(start, fits.map(point), usualSlope: decline.quality))
    return bounded(guess, lowest + 1, highest - 1, after: Array(here.values))
  }

  /// Clamps a guess to the bounds. After several misses the line must be wrong, and the middle of the bounds
  /// is used instead. If a measurement came close, the result is probably its neighbor, so more misses are
  /// allowed.
  private func bounded(_ guess: Int, _ lowest: Int, _ highest: Int, after sizes: [Int]) -> Int {
    let isClose = sizes.contains { abs(Self.logarithm($0) - Self.logarithm(limit)) < Self.closeness }
    let isWrong = sizes.count > (isClose ? 7 : 4)
    return isWrong ? (lowest + highest) / 2 : min(max(guess, lowest), highest)
  }

  /// The difference in the logarithm of size within which a measurement counts as close to the limit.
  private static let closeness = 0.05
  /// If one of two points is nearer to the limit than this share of the other's distance, it predicts better
  /// alone. The line through both is still used when both are within this distance.
  private static let nearness = 0.4

  /// The position at which a falling line crosses the limit. The line goes through one point on either side
  /// of the limit, or through one point with the usual slope.
  private func crossing(_ first: Point, _ other: Point?, usualSlope: Double) -> Double {
    let distance = { (point: Point) in abs(point.size - Self.logarithm(limit)) }
    var (nearer, slope) = (first, usualSlope)
    if let other {
      if distance(other) < distance(first) { nearer = other }
      let farther = max(distance(first), distance(other))
      let isBetween = distance(nearer) > Self.nearness * farther || farther < Self.nearness
      let found = (other.size - first.size) / (other.position - first.position)
      if isBetween, found < 0 { slope = found }
    }
    return slope == 0 ? nearer.position : nearer.position + (Self.logarithm(limit) - nearer.size) / slope
  }

  private static func logarithm(_ bytes: Int) -> Double { log(Double(max(1, bytes))) }

  /// The highest quality whose position is at or beyond the given one.
  private func quality(at position: Double) -> Int {
    (1...100).last { decline.scale.position($0) >= position } ?? 1
  }
}

extension CapSearch.Decline {
  /// A scale for quality on which the logarithm of the size is nearly linear.
  package enum Scale: Sendable {
    case jpeg, webP

    package func position(_ quality: Int) -> Double {
      let quality = Double(max(1, quality))
      switch self {
      // The percentage by which libjpeg scales its quantization tables (jcparam.c).
      case .jpeg: return log(max(1, quality < 50 ? 5_000 / quality : 200 - 2 * quality))
      // The share of the coarsest quantizer that libwebp uses (quant_enc.c, QualityToCompression).
      case .webP:
        let share = quality < 75 ? quality / 150 : quality / 50 - 1
        return log(max(0.01, 1 - cbrt(share)))
      }
    }
  }
}
