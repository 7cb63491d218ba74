import CIsolation
package import Vocabulary

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
  private static let largeJob = ByteCount(100_000_000)

  /// After each job: what a large one took goes back to the system, so that an idle worker is a small one.
  package static func tidyUp(after limits: WorkerJob.Limits) {
    if limits.memory > largeJob { isolation_release_memory() }
  }

  /// Before each job.
  package static func limit(to limits: WorkerJob.Limits) -> Bool {
    isolation_limit_job(2 * UInt64(limits.memory.bytes) + 1 << 28, UInt32(clamping: limits.cpuSeconds))
  }
}
