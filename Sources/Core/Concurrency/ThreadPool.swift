#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

import Dispatch
package import Synchronization

/// The thread pool for all libvips work. As many jobs run at a time as there are cores, so that many pictures
/// exhaust neither memory nor Swift's cooperative thread pool.
package final class ThreadPool: Sendable {
  /// The pool of the process, with one job per active core.
  package static let shared = ThreadPool(width: activeCores)

  private static var activeCores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private let turns: AsyncSemaphore
  private let queue = DispatchQueue(label: "plantain.imaging", attributes: .concurrent)

  /// Runs on a thread of the pool after each job. A library that keeps memory for each thread frees it
  /// there.
  package static let afterWork = Mutex<(@Sendable () -> Void)?>(nil)

  /// The maximum number of jobs that run at a time.
  package var width: Int { turns.width }

  init(width: Int) {
    turns = AsyncSemaphore(width: width)
  }

  /// Runs one complete job, from input to output, on a thread of the pool when one is free.
  ///
  /// - Throws: `CancellationError` when the task was canceled while it waited; `work` does not run then.
  ///   Otherwise what `work` throws.
  package func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    let queue = queue
    return try await turns.take {
      try await withCheckedThrowingContinuation { continuation in
        queue.async {
          defer { Self.afterWork.withLock { $0 }?() }
          continuation.resume(with: Swift.Result { try work() })
        }
      }
    }
  }
}
