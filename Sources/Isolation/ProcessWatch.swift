import CIsolation

/// Detects a worker that makes no progress on its job. A worker only computes, so one that uses no CPU time
/// is stopped or hangs. A worker that waits for its turn on a busy machine still gets some CPU time.
final class ProcessWatch {
  private let identifier: Int32
  /// The longest time without any CPU time.
  private let longestStandstill: Duration
  private var used: Int64
  private var lastProgress = ContinuousClock.now
  /// Whether the worker has used CPU time since the watch began.
  private(set) var hasWorked = false

  init(_ identifier: Int32, longestStandstill: Duration) {
    self.identifier = identifier
    self.longestStandstill = longestStandstill
    used = isolation_cpu_time(identifier)
  }

  /// Whether the worker still makes progress. Call it about every second.
  func isAtWork() -> Bool {
    let now = isolation_cpu_time(identifier)
    // Being stopped or woken uses some microseconds too.
    if now > used + 1_000_000 { (used, lastProgress, hasWorked) = (now, .now, true) }
    return lastProgress.duration(to: .now) < longestStandstill
  }
}
