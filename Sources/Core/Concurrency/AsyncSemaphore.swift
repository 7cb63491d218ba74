import Synchronization

/// A counting semaphore for tasks. Waiters are served first in, first out.
package final class AsyncSemaphore: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  /// How many tasks may hold the semaphore at a time.
  package let width: Int
  private let state: Mutex<State>

  package init(width: Int) {
    self.width = width
    state = Mutex(State(free: width))
  }

  /// Runs `work` while holding the semaphore.
  ///
  /// - Throws: `CancellationError` when the task was canceled while it waited; `work` does not run then.
  ///   Otherwise what `work` throws.
  package func take<Result>(_ work: () async throws -> Result) async throws -> Result {
    await enter()
    defer { leave() }
    try Task.checkCancellation()
    return try await work()
  }

  private func enter() async {
    await withCheckedContinuation { continuation in
      let goesNow = state.withLock { state in
        guard state.free > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if goesNow { continuation.resume() }
    }
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}
