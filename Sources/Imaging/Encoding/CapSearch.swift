import PictureFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds the finest encoding that stays within a number of bytes, measuring as few as it can.
///
/// The grid: integer quality from `best` down to `floor`, then levels, each smaller than the one before (what a level
/// is, the caller knows: coarser color, shorter edges). Quality is given up first; when even the floor is too large,
/// the next levels are tried at the floor, and at the first that fits quality rises again as far as it can. What it
/// settles on is maximal: the next finer setting was measured over the limit. Pure arithmetic: the caller encodes what
/// `next` names and reports its size to `record`.
package struct CapSearch: Sendable {
  package struct Setting: Hashable, Sendable {
    package let quality: Int
    /// 0 is the picture as it is.
    package let level: Int

    package init(quality: Int, level: Int) {
      self.quality = quality
      self.level = level
    }
  }

  /// A size that is known without measuring, from which to guess: not proof of anything.
  package struct Hint: Sendable {
    let quality: Int
    let bytes: Int

    package init(quality: Int, bytes: Int) {
      self.quality = quality
      self.bytes = bytes
    }
  }

  /// How sizes usually fall, as slopes of their logarithm; a good guess saves a measurement, a bad one costs one.
  /// Measured over photographs around the floor's quality.
  package struct Decline: Sendable {
    let scale: Scale
    let quality: Double
    /// From level 0 to 1, and from each further level to the next.
    let firstLevel: Double
    let level: Double

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
  ///   - limit: the most bytes, inclusive.
  ///   - best: the quality to begin with; equal to `floor` for lossless formats, which have none.
  ///   - lastLevel: the level behind which the picture would become too small.
  ///   - decline: how sizes usually fall in this format.
  ///   - hint: the size that the picture as it is is thought to have; one that is too large at the floor leads past
  ///     that level. Without a hint the first measurement is at `best`.
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

  package mutating func record(_ bytes: Int, for setting: Setting) {
    measured[setting] = bytes
  }

  /// The smallest size measured so far.
  package var smallest: Int? { measured.values.min() }

  /// The finest setting measured within the limit: lowest level first, then quality.
  package var result: Setting? {
    measured.filter { $0.value <= limit }.keys
      .min { ($0.level, -$0.quality) < ($1.level, -$1.quality) }
  }

  /// What to measure next; `nil` when the search has ended, with or without a `result`.
  package func next() -> Setting? {
    guard let level = levelToSearch() else { return nil }
    let atFloor = Setting(quality: floor, level: level)
    // A level behind the first is entered at its floor, and so is one that is thought to be too large: whether it fits
    // at all decides.
    if level > 0 || floorHint != nil, measured[atFloor] == nil { return atFloor }
    return nextQuality(at: level).map { Setting(quality: $0, level: level) }
  }

  /// What the picture as it is is thought to have at the floor, where that is too much.
  private var floorHint: Int? {
    hint.flatMap { $0.quality == floor && $0.bytes > limit ? $0.bytes : nil }
  }

  private typealias Point = (position: Double, size: Double)

  /// The level whose qualities are to be searched: the first that fits at its floor, or the one to try for that.
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
    // The step from level 0 is a taller one.
    let point = { (size: (level: Int, bytes: Int)) -> Point in
      let log = Self.logarithm(size.bytes)
      return size.level == 0 ? (1, log + decline.firstLevel) : (Double(size.level), log)
    }
    let guess = crossing(point(tooLarge), fitting.map(point), usualSlope: decline.level).rounded(.up)
    let (lowest, highest) = (tooLarge.level + 1, (fitting?.level ?? lastLevel + 1) - 1)
    return bounded(Int(guess), lowest, highest, after: sizes.map(\.bytes))
  }

  /// The quality to measure at a level; `nil` when the finest that fits is known there, or that none does.
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

  /// A guess within bounds; the middle of them, once so many guesses have missed that the line must be wrong. Where one
  /// came close, what is looked for is probably its neighbor.
  private func bounded(_ guess: Int, _ lowest: Int, _ highest: Int, after sizes: [Int]) -> Int {
    let isClose = sizes.contains { abs(Self.logarithm($0) - Self.logarithm(limit)) < Self.closeness }
    let isWrong = sizes.count > (isClose ? 7 : 4)
    return isWrong ? (lowest + highest) / 2 : min(max(guess, lowest), highest)
  }

  private static let closeness = 0.05
  /// Of two points, one that is so much nearer to the limit than the other tells more alone.
  private static let nearness = 0.4

  /// Where a falling line reaches the limit: through a point on either side of it, or through one with the usual slope.
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

  /// The finest quality that lies at or behind a position.
  private func quality(at position: Double) -> Int {
    (1...100).last { decline.scale.position($0) >= position } ?? 1
  }
}

extension CapSearch.Decline {
  /// An axis for quality along which the logarithm of the size is close to a line.
  package enum Scale: Sendable {
    case jpeg, webP

    func position(_ quality: Int) -> Double {
      let quality = Double(max(1, quality))
      switch self {
      // The factor by which libjpeg scales its tables, in hundredths (jcparam.c).
      case .jpeg: return log(max(1, quality < 50 ? 5_000 / quality : 200 - 2 * quality))
      // The share of the coarsest quantizer that libwebp takes (quant_enc.c, QualityToCompression).
      case .webP:
        let share = quality < 75 ? quality / 150 : quality / 50 - 1
        return log(max(0.01, 1 - cbrt(share)))
      }
    }
  }
}
