import Foundation

/// Something that a test waited for did not happen.
package struct WaitedInVain: Error, CustomStringConvertible {
  package let description: String

  init(_ event: String, _ limit: Duration) {
    description = "waited \(limit) in vain until \(event)"
  }
}

/// Against hanging: many times what a busy machine needs for anything that is waited for here.
package let longestWait = Duration.seconds(300)

/// Looks every few milliseconds until `condition` holds, and lets other tests go on meanwhile.
///
/// - Parameter event: what is waited for, as the end of "waited in vain until".
/// - Throws: `WaitedInVain`, and what `condition` throws.
package func waitUntil(
  _ event: String, atMost limit: Duration = longestWait, _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < end else { throw WaitedInVain(event, limit) }
    try await Task.sleep(for: .milliseconds(5))
  }
}

/// Like `waitUntil`, on a thread of its own that looks every other millisecond: for what is over before a task that has been
/// suspended gets a turn on a busy machine.
///
/// - Returns: the first value that `find` finds.
package func watch<Value: Sendable>(
  _ event: String, atMost limit: Duration = longestWait, _ find: @escaping @Sendable () throws -> Value?
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      let end = ContinuousClock.now + limit
      do {
        while ContinuousClock.now < end {
          if let value = try find() { return continuation.resume(returning: value) }
          usleep(2_000)
        }
        throw WaitedInVain(event, limit)
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }
}
