import Core

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

import PictureFormats
import Dispatch

/// The threads that all libvips work runs on: as many at a time as there are cores, so that neither memory nor the
/// cooperative pool is taken by a crowd of pictures.
package final class WorkerPool: Sendable {
  package static let shared = WorkerPool(width: activeCores)

  private static var activeCores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private let turns: AsyncSemaphore
  private let queue = DispatchQueue(label: "plantain.imaging", attributes: .concurrent)

  /// How many pieces of work run at a time.
  package var width: Int { turns.width }

  init(width: Int) {
    turns = AsyncSemaphore(width: width)
  }

  /// Runs one whole piece of work, from input to output, on a thread of the pool. Waits its turn; does not start
  /// when the task was canceled meanwhile.
  package func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    let queue = queue
    return try await turns.take {
      try await withCheckedThrowingContinuation { continuation in
        queue.async {
          defer { ImagingRuntime.finishThread() }
          continuation.resume(with: Swift.Result { try work() })
        }
      }
    }
  }
}
