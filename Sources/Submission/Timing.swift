/// Time and chance, so that tests need neither to wait nor to guess.
package struct Timing: Sendable {
  /// Time that only goes forward, from anywhere.
  package var now: @Sendable () -> Duration
  package var sleep: @Sendable (Duration) async throws -> Void
  /// 0…1.
  package var random: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
    random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.sleep = sleep
    self.random = random
  }

  package static let real: Timing = {
    let start = ContinuousClock.now
    return Timing(
      now: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) },
      random: { Double.random(in: 0...1) })
  }()
}
