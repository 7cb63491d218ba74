import NIOCore

struct TimeUp: Error {}

/// Runs `work`, and cancels it when the time is up.
func within<Value: Sendable>(
  _ timeout: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await work() }
    group.addTask {
      // A canceled `Task.sleep` stays in memory until its time, and most limits are never reached.
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
