/// A clock and a source of random numbers. Tests replace them to be fast and deterministic.
package struct Timing: Sendable {
  /// The time on a monotonic clock with an arbitrary origin.
  package var now: @Sendable () -> Duration
  /// Suspends the task for a duration.
  package var sleep: @Sendable (Duration) async throws -> Void
  /// A random number in 0…1.
  package var random: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
    random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.sleep = sleep
    self.random = random
  }

  /// The system's clock and random numbers.
  package static let real: Timing = {
    let start = ContinuousClock.now
    return Timing(
      now: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) },
      random: { Double.random(in: 0...1) })
  }()
}
