public import Core

/// A progress event of an edit, passed to its `watch` closure.
public enum EditEvent: Sendable {
  /// A reference was prepared.
  case prepared(Preparer.Result)
  /// The requests are about to be sent.
  case sending(EditPlan)
  /// An attempt failed, and is retried after the given time. `billed` is `.unknown` where an attempt was lost
  /// and the gateway honors idempotency keys, so that the retry is not billed twice.
  case waiting(Duration, because: String, billed: Billing)
  /// A task is in progress. The gateway may report its progress in percent.
  case task(id: String, progress: Int?)
  /// A route failed without being billed, and the next one is tried.
  case failedOver(PlantainError, to: String)
  /// An equal earlier edit was billed and produced no picture. Its stored reply or task is checked for a
  /// result before anything is sent.
  case fetching(id: String)
  /// A gateway has replied to a request.
  case answered(status: Int, elapsed: Duration)
  /// A stop was requested. The edit waits for the pending reply for at most the given time.
  case stopping(atMost: Duration)
  /// The edit is complete.
  case done(EditResult)
}
