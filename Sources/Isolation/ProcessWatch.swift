import CIsolation

/// Whether a worker that has a job gets on with it. It only ever computes: one that uses no CPU time was stopped or hangs;
/// one that waits for its turn on a busy machine still gets some.
final class ProcessWatch {
  private let identifier: Int32
  /// Without any CPU time.
  private let longestStandstill: Duration
  private var used: Int64
  private var lastProgress = ContinuousClock.now
  /// It has used CPU time since the watch began.
  private(set) var hasWorked = false

  init(_ identifier: Int32, longestStandstill: Duration) {
    self.identifier = identifier
    self.longestStandstill = longestStandstill
    used = isolation_cpu_time(identifier)
  }

  /// To be asked about every second.
  func isAtWork() -> Bool {
    let now = isolation_cpu_time(identifier)
    // Being stopped or woken takes some microseconds, too.
    if now > used + 1_000_000 { (used, lastProgress, hasWorked) = (now, .now, true) }
    return lastProgress.duration(to: .now) < longestStandstill
  }
}
