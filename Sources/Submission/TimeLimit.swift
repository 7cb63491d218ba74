import NIOCore

/// The error of work that exceeded its timeout.
struct TimeUp: Error {}

/// Runs `work` with a timeout.
///
/// - Throws: `TimeUp` after the timeout, when `work` is canceled; otherwise the error of `work`.
func within<Value: Sendable>(
  _ timeout: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await work() }
    group.addTask {
      // NIO's timer instead of `Task.sleep`, which stays in memory until its time even if it is canceled.
      // Most timeouts are never reached.
      let timer = HTTPSender.group.any().scheduleTask(in: TimeAmount(timeout)) {}
      try await withTaskCancellationHandler {
        try await timer.futureResult.get()
      } onCancel: {
        timer.cancel()
      }
      throw TimeUp()
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw CancellationError() }
    return value
  }
}
