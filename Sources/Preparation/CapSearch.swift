#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds the finest encoding that stays within a number of bytes, measuring as few as it can.
///
/// The grid: integer quality from `best` down to `floor`, then levels, each smaller than the one before (what a level
/// is, the caller knows: coarser colour, shorter edges). Quality is given up first; when even the floor is too large,
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

  private let limit: Int
  private let best: Int
  private let floor: Int
  private let lastLevel: Int
  /// A size that is known without measuring, from which to guess: not proof of anything.
  private let hint: (quality: Int, bytes: Int)?
  private var measured: [Setting: Int] = [:]

  /// - Parameters:
  ///   - limit: the most bytes, inclusive.
  ///   - best: the quality to begin with; equal to `floor` for lossless formats, which have none.
  ///   - lastLevel: the level behind which the picture would become too small.
  ///   - hint: the size that a quality is thought to have; without one the first measurement is at `best`.
  package init(
    limit: Int, best: Int, floor: Int, lastLevel: Int, hint: (quality: Int, bytes: Int)? = nil
  ) {
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
    // A level behind the first is entered at its floor: whether it fits at all decides.
    if level > 0, measured[atFloor] == nil { return atFloor }
    return nextQuality(at: level).map { Setting(quality: $0, level: level) }
  }

  /// The level whose qualities are to be searched: the first that fits at its floor, or the one to try for that.
  private func levelToSearch() -> Int? {
    let sizes = measured.filter { $0.key.quality == floor }.map { (level: $0.key.level, bytes: $0.value) }
    guard let tooLarge = sizes.filter({ $0.bytes > limit }).max(by: { $0.level < $1.level }) else { return 0 }
    let fitting = sizes.filter { $0.bytes <= limit }.min { $0.level < $1.level }
    if let fitting, fitting.level == tooLarge.level + 1 { return fitting.level }
    guard tooLarge.level < lastLevel else { return nil }
    // Sizes fall exponentially with the level, at first by about 9 % each.
    let guess = Self.crossing(
      Self.logarithm(limit), over: (Double(tooLarge.level), Self.logarithm(tooLarge.bytes)),
      under: fitting.map { (Double($0.level), Self.logarithm($0.bytes)) }, usualSlope: -0.092)
    return min(max(Int(guess.rounded(.up)), tooLarge.level + 1), (fitting?.level ?? lastLevel + 1) - 1)
  }

  /// The quality to measure at a level; `nil` when the finest that fits is known there, or that none does.
  private func nextQuality(at level: Int) -> Int? {
    let here = measured.filter { $0.key.level == level }
    let fits = here.filter { $0.value <= limit }.max { $0.key.quality < $1.key.quality }
    let over = here.filter { $0.value > limit }.min { $0.key.quality < $1.key.quality }
    let lowest = fits?.key.quality ?? floor - 1
    let highest = over?.key.quality ?? best + 1
    guard highest - lowest > 1 else { return nil }
    let known = { (entry: (key: Setting, value: Int)) in
      (Self.position(entry.key.quality), Self.logarithm(entry.value))
    }
    let assumed = level == 0 ? hint.map { (Self.position($0.quality), Self.logarithm($0.bytes)) } : nil
    guard let start = over.map(known) ?? assumed ?? fits.map(known) else { return best }
    let guess = Self.quality(
      at: Self.crossing(Self.logarithm(limit), over: start, under: fits.map(known), usualSlope: -0.5))
    return min(max(guess, lowest + 1), highest - 1)
  }

  /// Where a falling line through two points, or through one with the usual slope, reaches `value`.
  private static func crossing(
    _ value: Double, over: (Double, Double), under: (Double, Double)?, usualSlope: Double
  ) -> Double {
    var slope = usualSlope
    if let under, abs(under.0 - over.0) > 1e-9, under.1 < over.1 {
      slope = (under.1 - over.1) / (under.0 - over.0)
    }
    return over.0 + (value - over.1) / slope
  }

  private static func logarithm(_ bytes: Int) -> Double { log(Double(max(1, bytes))) }

  /// Along this axis the logarithm of a JPEG's size is close to a line: the logarithm of the factor by which libjpeg
  /// scales its tables, in hundredths (jcparam.c: 200 - 2 × quality, 5,000 ÷ quality below 50).
  private static func position(_ quality: Int) -> Double {
    log(max(1, quality < 50 ? 5_000 / Double(max(1, quality)) : 200 - 2 * Double(quality)))
  }

  /// The finest quality that lies at or behind a position.
  private static func quality(at position: Double) -> Int {
    let factor = exp(min(position, 9))
    let quality = factor > 100 ? 5_000 / factor : (200 - factor) / 2
    return Int(quality.rounded(.down))
  }
}
