import CIsolation
package import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The limits that a worker process sets for itself. There is no hook between fork and exec, so the child
/// sets them, before it reads any untrusted byte.
package enum Confinement {
  /// The largest file that a worker may write: 1 GiB, enough for the results that it sends back.
  package static let largestFile = ByteCount(1 << 30)

  /// Confines this process for the rest of its life.
  ///
  /// - Parameter parent: the process that started the worker. A worker that has another parent by now is an
  ///   orphan.
  /// - Returns: whether all limits took effect.
  package static func begin(parent: Int32) -> Bool {
    isolation_confine(parent, UInt64(largestFile.bytes))
  }

  /// Above this size a job leaves behind an amount of free memory that other processes would miss.
  private static let largeJob = ByteCount(200_000_000)

  /// Called after each job: returns the memory of a large job to the system, so that an idle worker is small.
  package static func tidyUp(after limits: WorkerJob.Limits) {
    if limits.memory > largeJob { isolation_release_memory() }
  }

  /// Lifts the limits of the job. Called when all untrusted bytes of a job are decoded: the resources that a
  /// search for a byte limit takes are no sign of a harmful file.
  ///
  /// - Returns: whether it took effect.
  package static func lift() -> Bool { isolation_lift_limits() }

  /// Limits address space and CPU time. Called before each job. Address space is more than memory in use,
  /// because stacks and reserved ranges count too. So the limit is twice the estimate plus a reserve, but no
  /// more than 1 GB unless the estimate with its reserve is above that.
  ///
  /// - Returns: whether it took effect.
  package static func limit(to limits: WorkerJob.Limits) -> Bool {
    let estimate = UInt64(limits.memory.bytes)
    // Includes 100 MB for the libraries that the first picture loads.
    let reserve: UInt64 = 300_000_000
    let addresses = max(estimate + reserve, min(2 * estimate + reserve, 1_000_000_000))
    return isolation_limit_job(addresses, UInt32(clamping: limits.cpuSeconds))
  }
}
