import CIsolation
package import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a worker confines itself. There is no hook between fork and exec: the child does it, before it reads a byte
/// that a stranger made.
package enum Confinement {
  /// The largest file that a worker may write: the results it hands back.
  package static let largestFile = ByteCount(1 << 30)

  /// - Parameter parent: who started it; a worker that has another parent by now is an orphan.
  /// - Returns: whether all of it took effect.
  package static func begin(parent: Int32) -> Bool {
    isolation_confine(parent, UInt64(largestFile.bytes))
  }

  /// A job of this size leaves so much free memory behind that others would miss it.
  private static let largeJob = ByteCount(200_000_000)

  /// After each job: what a large one took goes back to the system, so that an idle worker is a small one.
  package static func tidyUp(after limits: WorkerJob.Limits) {
    if limits.memory > largeJob { isolation_release_memory() }
  }

  /// When all foreign bytes of a job are decoded. What a search for a number of bytes takes is no sign of a harmful file.
  ///
  /// - Returns: whether it took effect.
  package static func lift() -> Bool { isolation_lift_limits() }

  /// Before each job. Addresses are not memory: stacks and what is only reserved count too, so there is twice as much
  /// as is estimated, but no more than a gigabyte where the estimate itself is not near it.
  package static func limit(to limits: WorkerJob.Limits) -> Bool {
    let estimate = UInt64(limits.memory.bytes)
    // With 100 MB for the libraries that the first picture loads.
    let reserve: UInt64 = 300_000_000
    let addresses = max(estimate + reserve, min(2 * estimate + reserve, 1_000_000_000))
    return isolation_limit_job(addresses, UInt32(clamping: limits.cpuSeconds))
  }
}
