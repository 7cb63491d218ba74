package import Foundation
package import Testing

extension Trait where Self == TimeLimitTrait {
  /// Ends a test that hangs. It is many times what a test takes, because a test that has to wait for others
  /// seems to take as long as they.
  package static var endsInTime: Self { .timeLimit(.minutes(30)) }
}

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

extension Process {
  /// Waits until the process has ended, on this thread. Kills a process that takes too long.
  ///
  /// - Throws: `WaitedInVain`.
  package func waitForExit(atMost limit: Duration = longestWait) throws {
    let end = ContinuousClock.now + limit
    while isRunning {
      guard ContinuousClock.now < end else {
        kill(processIdentifier, SIGKILL)
        let words = [executableURL?.lastPathComponent ?? ""] + (arguments ?? [])
        throw WaitedInVain("'\(words.joined(separator: " "))' has ended", limit)
      }
      usleep(5_000)
    }
  }
}
