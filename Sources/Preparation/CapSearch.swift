#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds the finest encoding that stays within a number of bytes, measuring as few as it can.
///
/// The grid: integer quality from `best` down to `floor`, then edges in steps of 5 % (each 0.95 of the one before).
/// Quality is given up first; when even the floor is too large, pixels go instead and quality rises again as far as it
/// fits. What it settles on is maximal: the next finer setting was measured over the limit. Pure arithmetic: the
/// caller encodes what `next` names and reports its size to `record`.
package struct CapSearch: Sendable {
  package struct Setting: Hashable, Sendable {
    package let quality: Int
    /// How many times the edges were shortened by 5 %.
    package let edgeSteps: Int

    package init(quality: Int, edgeSteps: Int) {
      self.quality = quality
      self.edgeSteps = edgeSteps
    }
  }

  private let limit: Int
  private let best: Int
  private let floor: Int
  private let lastEdgeStep: Int
  private var measured: [Setting: Int] = [:]

  /// - Parameters:
  ///   - limit: the most bytes, inclusive.
  ///   - best: the quality to begin with; equal to `floor` for lossless formats, which have none.
  ///   - lastEdgeStep: the step at which the picture becomes too small to go on.
  package init(limit: Int, best: Int, floor: Int, lastEdgeStep: Int) {
    self.limit = limit
    self.best = best
    self.floor = min(floor, best)
    self.lastEdgeStep = lastEdgeStep
  }

  package static let edgeFactor = 0.95

  package mutating func record(_ bytes: Int, for setting: Setting) {
    measured[setting] = bytes
  }

  /// The smallest size measured so far.
  package var smallest: Int? { measured.values.min() }

  /// The finest setting measured within the limit: most pixels first, then quality.
  package var result: Setting? {
    measured.filter { $0.value <= limit }.keys
      .min { ($0.edgeSteps, -$0.quality) < ($1.edgeSteps, -$1.quality) }
  }

  /// What to measure next; `nil` when the search has ended, with or without a `result`.
  package func next() -> Setting? {
    let first = Setting(quality: best, edgeSteps: 0)
    guard let firstBytes = measured[first] else { return first }
    if firstBytes <= limit { return nil }
    switch searchQuality(edgeSteps: 0) {
    case .measure(let quality): return Setting(quality: quality, edgeSteps: 0)
    case .found: return nil
    case .nothingFits: return nextSmaller()
    }
  }

  private func nextSmaller() -> Setting? {
    let atFloor = measured.filter { $0.key.quality == floor }
    let tooLarge = atFloor.filter { $0.value > limit }.keys.map(\.edgeSteps).max() ?? 0
    let fitting = atFloor.filter { $0.value <= limit }.keys.map(\.edgeSteps).min()
    if let fitting, fitting == tooLarge + 1 {
      if case .measure(let quality) = searchQuality(edgeSteps: fitting) {
        return Setting(quality: quality, edgeSteps: fitting)
      }
      return nil
    }
    guard tooLarge < lastEdgeStep else { return nil }
    let bytes = atFloor[Setting(quality: floor, edgeSteps: tooLarge)] ?? limit
    // Bytes follow the area to a power somewhat below one.
    let estimate = log(Double(limit) / Double(bytes)) / (1.8 * log(Self.edgeFactor))
    let guess = tooLarge + max(1, Int(estimate.rounded(.up)))
    return Setting(quality: floor, edgeSteps: min(guess, (fitting ?? lastEdgeStep + 1) - 1))
  }

  private enum QualityStep {
    case measure(Int)
    case found
    case nothingFits
  }

  private func searchQuality(edgeSteps: Int) -> QualityStep {
    let here = measured.filter { $0.key.edgeSteps == edgeSteps }
    let fits = here.filter { $0.value <= limit }.max { $0.key.quality < $1.key.quality }
    let over = here.filter { $0.value > limit }.min { $0.key.quality < $1.key.quality }
    let lowest = fits?.key.quality ?? floor - 1
    let highest = over?.key.quality ?? best + 1
    if highest - lowest == 1 { return fits == nil ? .nothingFits : .found }
    let guess = estimate(
      below: over.map { ($0.key.quality, $0.value) }, above: fits.map { ($0.key.quality, $0.value) })
    return .measure(min(max(guess, lowest + 1), highest - 1))
  }

  /// The logarithm of the size is close to linear in the quality: about 4.5 % per step where only one point is known.
  private func estimate(below over: (Int, Int)?, above fits: (Int, Int)?) -> Int {
    let rate = 0.045
    func steps(_ bytes: Int) -> Double { log(Double(bytes) / Double(limit)) / rate }
    switch (over, fits) {
    case (let over?, let fits?):
      let span = log(Double(over.1) / Double(max(1, fits.1)))
      let share = log(Double(limit) / Double(max(1, fits.1))) / max(span, 1e-9)
      return fits.0 + Int(share * Double(over.0 - fits.0))
    case (let over?, nil): return over.0 - Int(steps(over.1).rounded(.up))
    case (nil, let fits?): return fits.0 - Int(steps(fits.1))
    case (nil, nil): return best
    }
  }
}
