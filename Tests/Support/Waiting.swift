import Foundation

/// A test waited for something that did not happen.
package struct WaitedInVain: Error, CustomStringConvertible {
  package let description: String

  init(_ event: String, _ limit: Duration) {
    description = "timed out after \(limit) waiting until \(event)"
  }
}

/// A safeguard against hanging: many times what a busy machine needs for anything that the tests wait for.
package let longestWait = Duration.seconds(300)

/// Polls every few milliseconds until `condition` holds, and lets other tests run meanwhile.
///
/// - Parameter event: what is waited for, as the end of "timed out waiting until".
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

/// Like `waitUntil`, but polls every other millisecond on a separate thread, for events that are over before
/// a suspended task resumes on a busy machine.
///
/// - Returns: the first value that `find` returns.
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
